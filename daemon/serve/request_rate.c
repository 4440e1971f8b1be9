#include "serve/request_rate.h"

#include <stddef.h>

/* The sum of a time and a full burst must not overflow. */
static const int64_t burst_longest_us = INT64_MAX / 4;

struct request_rate_limit request_rate_limit_of(int64_t interval_ns, int64_t burst)
{
	if (interval_ns <= 0)
		return (struct request_rate_limit){0};
	int64_t us = interval_ns < 1000 ? 1 : interval_ns / 1000, most = burst_longest_us / us;
	return (struct request_rate_limit){us, burst < most ? burst : most};
}

/*
 * A bucket is one number: the time at which it is full again (GCRA, as in ATM Forum TM 4.0). Each request moves it one
 * interval on, and it may be at most `burst` intervals ahead. Returns how long to wait; 0: it was taken.
 */
static int64_t take(const struct request_rate_limit *limit, int64_t *full_us, int64_t now_us)
{
	if (!limit->interval_us)
		return 0;
	int64_t full = (*full_us > now_us ? *full_us : now_us) + limit->interval_us;
	int64_t wait_us = full - now_us - limit->burst * limit->interval_us;
	if (wait_us > 0)
		return wait_us;
	*full_us = full;
	return 0;
}

/* Its place; if it has none, a free one, or else that of the bucket which is full soonest. */
static size_t place_of(struct request_rate *rate, uint64_t address)
{
	size_t least = 0;
	for (size_t i = 0; i < REQUEST_RATE_ADDRESSES; i++) {
		if (rate->addresses[i] == address)
			return i;
		if (rate->full_us[i] < rate->full_us[least])
			least = i;
	}
	rate->addresses[least] = address;
	rate->full_us[least] = INT64_MIN;
	return least;
}

int64_t request_rate_take(struct request_rate *rate, const uint64_t *address, mono_ms now)
{
	int64_t now_us = now.ms * 1000, wait_us = 0, *full_us = NULL, before = 0;
	if (address) {
		full_us = &rate->full_us[place_of(rate, *address)];
		before = *full_us;
		wait_us = take(&rate->of_address, full_us, now_us);
	}
	if (!wait_us && (wait_us = take(&rate->of_all, &rate->all_full_us, now_us)) && full_us)
		*full_us = before;
	return (wait_us + 999999) / 1000000;
}
