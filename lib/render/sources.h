/* The sources that are polled: those that all pairs share, and those of each side. */
#pragma once

#include "render/view.h"

struct polled {
	const char *name; /* as in the `source` label */
	const struct poll_stats *stats;
	wall_ms counted_from; /* the statistics began */
	bool has_durations; /* exposed as a histogram; one for each side is enough, since a histogram has many series */
};

/*
 * /readyz comes last of a side's: it is asked only after a node list that leaves a doubt, so it may never have been
 * asked, and its last answer may be an old one. It is counted, but not shown or checked.
 */
enum { SHARED_SOURCES_MAX = 6, SIDE_POLLS = 3, SIDE_POLLS_SHOWN = SIDE_POLLS - 1 };

/* The shared sources that the configuration uses. Returns how many. */
size_t sources_shared(const struct view *view, struct polled out[SHARED_SOURCES_MAX]);

void sources_of_side(const struct view_side *side, struct polled out[SIDE_POLLS]);

/* Why the last poll did not succeed, for people: "connection failed". */
const char *sources_problem(const struct poll_stats *stats);
