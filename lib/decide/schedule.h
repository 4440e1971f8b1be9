/*
 * Who is asked next, and when: intervals, confirmations, what is brought forward, and what is put off (pace.h). Pure:
 * time and chance are arguments. One `struct schedule` stands for one source that is asked in rounds: the health of a
 * side, its inventory, the lists of Spot.
 */
#ifndef HAWATCH_DECIDE_SCHEDULE_H
#define HAWATCH_DECIDE_SCHEDULE_H

#include "decide/pace.h"

enum {
	SCHEDULE_STAGGER_MS = 100, /* between the first rounds of two sides, at most */
	SCHEDULE_JITTER = 16,      /* a regular interval is shorter by up to this part of it */
};

struct schedule {
	mono_ms started_at;  /* the last round's start; MONO_NEVER: there was none */
	mono_ms due;         /* the next one's, where none is under way */
	struct pace pace;
	bool is_confirming;  /* its last answers contradict what is held, and it is asked again soon */
};

/* What a round that has ended leads to. */
struct schedule_round {
	const struct pace_round *answers;
	int64_t interval_ms; /* from start to start */
	int64_t ceiling_ms;  /* of what an endpoint's trouble puts off: pace.h */
	int64_t confirm_ms;  /* from its end to the next start; 0: nothing is to be confirmed */
	bool counts;         /* its result counts up to a verdict (SEMANTICS.md section 2, `rise` and `fall`): it is not put off */
	double jitter, draw; /* two numbers of [0, 1), drawn anew for each round */
};

/*
 * The `index`th of `count` sources of the same interval: they begin one after another, and the jitter keeps them
 * apart, so that many sides never ask all in one turn.
 */
struct schedule schedule_begin(size_t index, size_t count, int64_t interval_ms, mono_ms now);

/* Whether a round is to start, where none is under way. */
bool schedule_is_due(const struct schedule *schedule, mono_ms now);

/* A round starts. */
struct schedule schedule_start(struct schedule schedule, mono_ms now);

/* The round has ended. */
struct schedule schedule_end(struct schedule schedule, const struct schedule_round *round, mono_ms now);

/*
 * Another source has stopped answering, so this one is wanted soon: at once, but not before its endpoint may be asked
 * again, nor `least_ms` after its last start. One that confirms is left alone: `fall` answers must span their time
 * (SEMANTICS.md section 2).
 */
struct schedule schedule_bring_forward(struct schedule schedule, int64_t least_ms, mono_ms now);

#endif
