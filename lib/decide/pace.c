#include "decide/pace.h"

static int64_t clamp(int64_t v, int64_t least, int64_t most)
{
	return v < least ? least : v > most ? most : v;
}

void pace_add(struct pace_round *round, struct answer answer, int64_t retry_after_ms)
{
	round->was_asked = true;
	round->was_answered |= answer.status != 0;
	if (retry_after_ms > round->retry_after_ms)
		round->retry_after_ms = retry_after_ms;
}

/* Full jitter, so that many endpoints behind one broken link are not all asked again at the same time. */
static int64_t breaker_wait_ms(int failures, double draw)
{
	int n = (int)clamp(failures - PACE_FAILURES, 0, 5); /* 2 s x 2^5 is past the most */
	int64_t most = clamp((int64_t)PACE_BREAKER_FIRST_MS << n, 0, PACE_BREAKER_MOST_MS);
	return clamp((int64_t)(draw * (double)most), PACE_LEAST_MS, most);
}

struct pace pace_step(struct pace pace, const struct pace_round *round, int64_t ceiling_ms, double draw, mono_ms now)
{
	if (!round->was_asked)
		return pace; /* no request was made */
	int64_t wait_ms = 0;
	pace.failures = round->was_answered ? 0 : pace.failures + (pace.failures < INT32_MAX);
	if (pace.failures >= PACE_FAILURES)
		wait_ms = breaker_wait_ms(pace.failures, draw);
	else if (round->retry_after_ms > 0)
		wait_ms = clamp(round->retry_after_ms, PACE_LEAST_MS, PACE_RETRY_AFTER_MOST_MS);
	pace.not_before = mono_plus(now, clamp(wait_ms, 0, ceiling_ms));
	return pace;
}
