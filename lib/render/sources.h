/* The sources that are polled: those that all pairs share, and those of each side. */
#pragma once

#include "render/view.h"

struct polled {
	const char *name; /* as in the `source` label */
	const struct poll_stats *stats;
	bool has_durations; /* exposed as a histogram; one for each side is enough, since a histogram has many series */
};

enum { SHARED_SOURCES_MAX = 6, SIDE_POLLS = 3 };

/* The shared sources that the configuration uses. Returns how many. */
size_t sources_shared(const struct view *view, struct polled out[SHARED_SOURCES_MAX]);

void sources_of_side(const struct view_side *side, struct polled out[SIDE_POLLS]);

/* Why the last poll did not succeed, for people: "connection failed". */
const char *sources_problem(const struct poll_stats *stats);
