/*
 * When an endpoint may be asked again, in addition to its interval: the server's own Retry-After (RFC 9110 section
 * 10.2.3) and a circuit breaker after transport failures. This saves load and decides nothing: no verdict reads it.
 * Pure, like side and pair: the random number is an argument.
 *
 * Both waits have a ceiling; for a source that decides, it is the source's own interval. The wait counts from the end
 * of the round, so the next round starts when the observation is one interval old. One more interval is left for the
 * answer, until "older than twice its interval" makes the observation none (SEMANTICS.md section 1). So waiting never
 * makes evidence stale, never interrupts soft evidence, keeps a witness within own_network_window, and does not delay
 * recovery. It only delays the probes that confirm_interval or a failing peer would start early. Sources that are only
 * shown need no ceiling.
 */
#pragma once

#include "decide/obs.h"

enum {
	PACE_FAILURES = 5,            /* transport failures in a row that open the breaker */
	PACE_LEAST_MS = 1000,         /* the shortest wait, before the ceiling is applied */
	PACE_BREAKER_FIRST_MS = 2000, /* the upper limit of the random wait, doubled at each further failure */
	PACE_BREAKER_MOST_MS = 60000,
	PACE_RETRY_AFTER_MOST_MS = 300000,
};
#define PACE_NO_CEILING (INT64_MAX / 4)

/* The answers of one round, for the endpoint as a whole. Start from {0} and add each answer. */
struct pace_round {
	bool was_asked, was_answered; /* answered: with any HTTP status */
	int64_t retry_after_ms;       /* the longest one; 0: none */
};

void pace_add(struct pace_round *round, struct answer answer, int64_t retry_after_ms);

/* One endpoint. Start from {0}, with not_before MONO_NEVER. */
struct pace {
	int failures; /* rounds in a row without any answer */
	mono_ms not_before;
};

/*
 * Advances by one round that ended at `now`. `draw` is uniform in [0, 1). The breaker's wait is
 * draw x min(60 s, 2 s x 2^n), where n is the number of failures since it opened.
 */
struct pace pace_step(struct pace pace, const struct pace_round *round, int64_t ceiling_ms, double draw, mono_ms now);
