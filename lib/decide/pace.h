/*
 * When an endpoint may be asked again, beyond what its interval says: the server's own Retry-After
 * (RFC 9110 section 10.2.3) and a circuit breaker after transport failures. It saves load and
 * decides nothing: no verdict reads it. Pure, like side and pair: the random number is an argument.
 *
 * Both are bounded by a ceiling, which for a source that decides is its own interval. Counted from
 * the end of the round, that starts the next one when the observation is one interval old, and
 * leaves the answer a second one before "older than twice its interval" makes it none
 * (SEMANTICS.md section 1). So waiting never makes evidence stale, soft evidence never has a
 * break, a witness stays within own_network_window, and recovery is seen as soon as at the regular
 * pace. What remains to save is the hurry: the probes that confirm_interval and a failing peer
 * bring forward. Sources that are only shown need no ceiling.
 */
#ifndef HAWATCH_DECIDE_PACE_H
#define HAWATCH_DECIDE_PACE_H

#include "decide/obs.h"

enum {
	PACE_FAILURES = 5,    /* transport failures in a row that open the breaker */
	PACE_LEAST_MS = 1000, /* of any wait, before the ceiling */
	PACE_BREAKER_FIRST_MS =
	    2000, /* what the wait is drawn from, doubled at each further failure */
	PACE_BREAKER_MOST_MS = 60000,
	PACE_RETRY_AFTER_MOST_MS = 300000,
};
#define PACE_NO_CEILING (INT64_MAX / 4)

/* What the answers of one round say about the endpoint. Start from {0} and add each answer. */
struct pace_round {
	bool was_asked, was_answered; /* answered: with any HTTP status */
	int64_t retry_after_ms;       /* the longest one; 0: none */
};

void pace_add(struct pace_round *round, struct answer answer, int64_t retry_after_ms);

/* One endpoint. Start from {0}, with not_before MONO_NEVER. */
struct pace {
	int failures; /* rounds in a row in which nothing answered */
	mono_ms not_before;
};

/*
 * Advances by one round that ended at `now`. `draw` is uniform in [0, 1): the breaker's wait is
 * that part of min(60 s, 2 s x 2^n), n counting the failures since it opened.
 */
struct pace pace_step(
    struct pace pace, const struct pace_round *round, int64_t ceiling_ms, double draw, mono_ms now);

#endif
