/* What is polled, by the names that the `source` label uses: shared sources, and those of each side. */
#ifndef HAWATCH_RENDER_SOURCES_H
#define HAWATCH_RENDER_SOURCES_H

#include "render/view.h"

struct polled {
	const char *name;
	const struct poll_stats *stats;
	bool has_durations; /* they are exposed: a histogram has many series, and one a side tells of its API server */
};

enum { SHARED_SOURCES_MAX = 6, SIDE_POLLS = 3 };

/* The sources that all pairs share, as far as the configuration asks for them. Returns how many. */
size_t sources_shared(const struct view *view, struct polled out[SHARED_SOURCES_MAX]);

void sources_of_side(const struct view_side *side, struct polled out[SIDE_POLLS]);

#endif
