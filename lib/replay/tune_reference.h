/*
 * When a pair was BLOCKED in truth, as far as that is known: what an operator confirms; else what the most patient
 * settings of a grid made of the recording, from where the evidence began. Pure.
 */
#pragma once

#include "replay/tune.h"

enum { TUNE_ANY_SIDE = -1 };

struct tune_reference {
	wall_ms from, to;
	int side;        /* or TUNE_ANY_SIDE */
	bool is_carried; /* its beginning is not in the recording: nothing is timed by it */
};

struct tune_references {
	struct tune_reference *v;
	size_t count, room;
};

/* Adds "FROM/TO" or "FROM/TO,SIDE", with times as in RFC 3339 and SIDE primary or secondary. */
bool tune_references_add(struct tune_references *references, const char *text, struct err *e)
    __attribute__((warn_unused_result));

/* Adds the lines of a file; empty ones and those that begin with "#" do not count. */
bool tune_references_add_lines(struct tune_references *references, const char *name, const char *text, struct err *e)
    __attribute__((warn_unused_result));

/* Those of the most patient run, if an operator has confirmed none. False if one is not in the recording. */
bool tune_references_settle(struct tune_references *references, const struct tune *tune, struct err *e)
    __attribute__((warn_unused_result));

void tune_references_fini(struct tune_references *references);
