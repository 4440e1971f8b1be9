/*
 * Which source is polled next, and when: intervals, confirmations, early rounds and delayed rounds (pace.h). Pure: time
 * and random numbers are arguments. One `struct schedule` stands for one source that is polled in rounds: the health of
 * a side, its inventory, the lists of Spot.
 */
#pragma once

#include "decide/pace.h"

enum {
	SCHEDULE_STAGGER_MS = 100, /* the longest time between the first rounds of two sides */
	SCHEDULE_JITTER = 16,      /* a regular interval is shortened by up to 1/16 */
};

struct schedule {
	mono_ms started_at; /* start of the last round; MONO_NEVER: there was none */
	mono_ms due;        /* start of the next round, if no round is running */
	struct pace pace;
	bool is_confirming; /* its last answers contradict the verdict, so it is polled again soon */
};

/* The input of schedule_end(): the round that has ended, and the times for the next. */
struct schedule_round {
	const struct pace_round *answers;
	int64_t interval_ms; /* from start to start */
	int64_t ceiling_ms;  /* the longest delay after failures: pace.h */
	int64_t confirm_ms;  /* from the end to the next start; 0: nothing to confirm */
	bool counts;         /* its results are counted (`rise` and `fall`, SEMANTICS.md section 2): no delay */
	double jitter, draw; /* two random numbers in [0, 1), new for each round */
};

/*
 * The `index`th of `count` sources with the same interval. They begin one after another, and jitter keeps them apart,
 * so that many sides are never all polled in the same turn.
 */
struct schedule schedule_begin(size_t index, size_t count, int64_t interval_ms, mono_ms now);

/* Whether a round must start now, if none is running. */
bool schedule_is_due(const struct schedule *schedule, mono_ms now);

/* A round starts. */
struct schedule schedule_start(struct schedule schedule, mono_ms now);

/* The round has ended. */
struct schedule schedule_end(struct schedule schedule, const struct schedule_round *round, mono_ms now);

/*
 * Another source has stopped answering, so this one is polled early: now, but not before its endpoint may be asked
 * again, and not before `least_ms` after its last start. A source that is confirming keeps its time: its `fall` answers
 * must not come faster than confirm_interval (SEMANTICS.md section 2).
 */
struct schedule schedule_bring_forward(struct schedule schedule, int64_t least_ms, mono_ms now);

/*
 * Another source has changed what the last answers mean, and they were not counted: asks again now, but not before the
 * endpoint may be asked. Also where the source is confirming, because there is no counted answer yet to confirm.
 */
struct schedule schedule_ask_again(struct schedule schedule, mono_ms now);

/* A reload ends a running round: what the answers so far ask for (pace.h) stays. */
struct schedule schedule_break_off(
    struct schedule schedule, const struct pace_round *answers, int64_t ceiling_ms, double draw, mono_ms now);

/*
 * A reload: `fresh` is asked at its turn, or when `old` would have been asked if that is earlier, but not before its
 * endpoint may be asked again. A source that confirms keeps its time, or reloads would shorten it.
 */
struct schedule schedule_adopt(struct schedule fresh, const struct schedule *old, mono_ms now);
