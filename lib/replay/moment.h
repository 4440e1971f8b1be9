/*
 * A moment of a replay: the pair and why its sides are as they are, at a time that was asked for. Pure. Give
 * moment_step() each entry before replay_step() gets it.
 */
#pragma once

#include "replay/replay.h"

/* Start from moment_parse(). */
struct moment {
	wall_ms time;       /* what was asked for, or the time since midnight */
	int64_t span_ms;    /* a text without a fraction means the end of its second */
	bool is_of_day;     /* without a date */
	size_t matches;     /* how often it is in the recording */
	bool is_in_gap;     /* nothing was recorded then */
	wall_ms gap_to;     /* where it is recorded again */
	wall_ms is;         /* the moment itself */
	struct replay then; /* the replay at it; in a gap, at its begin */
};

/* Takes an RFC 3339 time, or HH:MM:SS (UTC) of a day of the recording. */
bool moment_parse(const char *text, struct moment *moment) __attribute__((warn_unused_result));

void moment_step(struct moment *moment, const struct replay *replay, const struct record_entry *entry);

/* The recording has ended. False, and says why, unless the moment is in it once and not in a gap. */
bool moment_end(struct moment *moment, const struct replay *replay, struct err *e) __attribute__((warn_unused_result));
