/*
 * How often a client may ask: a token bucket for each address, and one for all. Pure: time is passed in. Memory is
 * bounded: an address whose bucket is full is the same as one that never asked, so its place is free.
 */
#pragma once

#include "base/units.h"

#include <stdbool.h>
#include <stdint.h>

enum {
	REQUEST_RATE_ADDRESSES = 1024, /* more than a listener has connections */
	REQUEST_RATE_PER_SECOND = 50,  /* of one address: far above Prometheus, a page that reloads, and a loop */
	REQUEST_RATE_BURST = 200,
};

/* A bucket holds `burst` tokens. A request takes one; one comes back each interval. */
struct request_rate_limit {
	int64_t interval_us; /* 0: no limit */
	int64_t burst;
};

/* Zero-initialise before use, and set the limits: with none everything is allowed. */
struct request_rate {
	struct request_rate_limit of_address, of_all;
	int64_t all_full_us; /* when the bucket of all is full again; the following: of an address */
	uint64_t addresses[REQUEST_RATE_ADDRESSES];
	int64_t full_us[REQUEST_RATE_ADDRESSES];
};

/* A limit from nanoseconds, where 0 is none. Less than a microsecond counts as one; a burst too large is cut. */
struct request_rate_limit request_rate_limit_of(int64_t interval_ns, int64_t burst);

/*
 * Takes a token from the bucket of `address` (of nothing, if it is NULL), and one from that of all. Returns 0 if both
 * had one; else in how many whole seconds there is one, at least 1, and then neither bucket has lost any.
 */
int64_t request_rate_take(struct request_rate *rate, const uint64_t *address, mono_ms now);
