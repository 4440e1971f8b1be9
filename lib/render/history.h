/*
 * What a pair and its sides were over time. Of a pair the incidents know it, which outlive a restart where there is a
 * journal; of a side the events that are kept. What is not known of a time, and what was not watched, is told apart
 * from every state.
 */
#pragma once

#include "render/view.h"

enum { HISTORY_NOT_KNOWN = -1 };

/* From `from` until the next span, the newest until now. */
struct history_span {
	wall_ms from;
	int state; /* enum span_use of a pair, enum verdict of a side, or HISTORY_NOT_KNOWN */
};

/* The oldest first; the first one begins at the begin of time. Zero-initialise; history_fini() frees. */
struct history {
	struct history_span *span;
	size_t count, room;
};

void history_of_pair(struct history *history, const struct view_pair *pair);
void history_of_side(struct history *history, const struct view_pair *pair, enum side_id id);

/*
 * The state that counts most in a part of the time, [from, to): that with the lowest `rank`, or HISTORY_NOT_KNOWN where
 * nothing of the part is known.
 */
int history_worst(const struct history *history, wall_ms from, wall_ms to, const int rank[]);

void history_fini(struct history *history);
