/*
 * What the sides of a pair were over a day and over a month, in cells: each has all states that were in its time. So a
 * side that changes a thousand times a day takes no more room than one that never does. Part of incidents.h. Pure.
 */
#pragma once

#include "decide/obs.h"
#include "decide/side.h"

#include <stdint.h>

enum strip_scale { STRIP_DAY, STRIP_MONTH, STRIP_SCALES };
enum { STRIP_CELLS_MAX = 360 };

/* A cell begins at a full multiple of its length. */
struct strip_size {
	const char *name; /* "24 hours", "30 days" */
	int cells;
	int64_t cell_ms;
};
extern const struct strip_size strip_sizes[STRIP_SCALES];

enum { STRIPS_NOT_KNOWN = -1 };

/* Zero-initialise. All members are private. */
struct strips {
	int64_t last[STRIP_SCALES];                                   /* the newest cell, counted from 1970 */
	unsigned char state[SIDES_MAX];                               /* 0: not known; else the verdict + 1 */
	unsigned char cell[STRIP_SCALES][SIDES_MAX][STRIP_CELLS_MAX]; /* in turn: bits of states */
};

/* From now on the side is in this state; no side is in a known one. */
void strips_set(struct strips *strips, enum side_id id, enum verdict verdict);
void strips_forget(struct strips *strips);

/* So much time passes, watched or not. */
void strips_pass(struct strips *strips, wall_ms from, wall_ms to, bool is_watched);

/* What seemed to come later than `at` is cut: the clock was ahead. */
void strips_cut(struct strips *strips, wall_ms at);

/* The verdict in the cell that begins at `begin` whose `rank` is the lowest, or STRIPS_NOT_KNOWN. */
int strips_worst(
    const struct strips *strips, enum strip_scale scale, enum side_id id, wall_ms begin, const int rank[VERDICTS]);
