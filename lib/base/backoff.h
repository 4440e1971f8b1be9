/* How long to wait before the next attempt after a failure. */
#pragma once

#include <stdint.h>

/* The longest wait after a failure with `attempt` failures before it: base_ms x 2^attempt, at most `cap_ms`. */
int64_t backoff_ceiling_ms(int64_t base_ms, int64_t cap_ms, int attempt);

/*
 * Exponential backoff with full jitter: a wait in [0, ceiling), chosen by `random`, which is uniform over its type. So
 * many clients that failed together do not try again together. Pure: the caller makes the random number.
 */
int64_t backoff_ms(int64_t base_ms, int64_t cap_ms, int attempt, uint32_t random);
