/* How long to wait before asking again what has just failed. */
#ifndef HAWATCH_BASE_BACKOFF_H
#define HAWATCH_BASE_BACKOFF_H

#include <stdint.h>

/* The longest wait after `attempt` failures before this one (0: the first): doubling, up to `cap_ms`. */
int64_t backoff_ceiling_ms(int64_t base_ms, int64_t cap_ms, int attempt);

/*
 * Exponential backoff with full jitter: a wait in [0, ceiling), `random` (uniform over its type) choosing
 * it. Many clients that failed together thus do not come back together. Pure: the caller brings the
 * randomness.
 */
int64_t backoff_ms(int64_t base_ms, int64_t cap_ms, int attempt, uint32_t random);

#endif
