/*
 * A recording with many settings at once: when a pair would have been BLOCKED with each combination of a grid. Pure.
 *
 * A recording has the answers that came, and no others. A longer interval takes of them what would have been asked
 * then: the next answer at or after the time that the schedule (decide/schedule.h) gives. Whether that is soon after an
 * outage begins is luck, so it is tried in several phases. A shorter interval than the
 * recorded one cannot be replayed, and is left out. Where a side is confirming, every answer that came is taken: a
 * daemon would have asked again after confirm_interval, so the times here are upper limits.
 */
#pragma once

#include "decide/schedule.h"
#include "replay/replay.h"
#include "replay/tune_grid.h"

enum { TUNE_PHASES_MAX = 4 };

/* A time in which the pair was BLOCKED. */
struct tune_span {
	wall_ms from, to;
	wall_ms evidence;         /* since then, without a break, results said something else than the verdict */
	wall_ms side_from[SIDES]; /* since when the side was not available; unknown: it was */
	bool is_carried;          /* the recording began so, or went on so after a gap or a restart */
};

/* One combination; with a longer interval than the recorded one, in one of its phases. */
struct tune_run {
	int phase, phases;
	int64_t value[TUNE_KEYS];
	struct replay_set set;
	struct replay replay;
	struct schedule health[SIDES_MAX];
	mono_ms started;        /* the phases count from here */
	wall_ms against[SIDES]; /* since then results disagree with the verdict; unknown: they do not */
	bool is_blocked;        /* the last span goes on */
	struct tune_span *spans;
	size_t span_count, span_room;
};

struct tune {
	struct tune_run *runs;
	size_t count; /* those of a combination stand together, by their phase */
	size_t combinations;
	size_t patient;   /* the run that takes most to be BLOCKED, with every answer */
	size_t refused;   /* combinations that hawatchd would refuse */
	size_t too_short; /* intervals that are shorter than the recorded one */
	struct pair_policy present;
	bool has_begun;
	wall_ms began, ended;
};

/*
 * All combinations. `present`: the policy of the recording; `interval_ms`: the longest recorded interval. False if
 * there are too many or none.
 */
bool tune_begin(struct tune *tune, const struct tune_grid *grid, const struct pair_policy *present, int64_t interval_ms,
    struct err *e) __attribute__((warn_unused_result));

/* The next entry, and the end of the recording. */
void tune_step(struct tune *tune, const struct record_entry *entry);
void tune_end(struct tune *tune);
void tune_fini(struct tune *tune);

/* Whether a run has the settings of the recording. */
bool tune_is_present(const struct tune *tune, const struct tune_run *run);

/* Requests for the nodes of all sides in an hour in which nothing is confirmed, by the daemon's own schedule. */
int64_t tune_requests(const struct tune *tune, const struct tune_run *run);
