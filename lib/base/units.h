/*
 * Time as values. Monotonic and wall time are different struct types, so that the compiler refuses to mix them.
 * Verdicts use only monotonic time (SEMANTICS.md section 2, "Time"). Wall time is for people and for timestamps from
 * outside.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* A point on the monotonic clock, in milliseconds from an arbitrary start. */
typedef struct {
	int64_t ms;
} mono_ms;

/* A time of day and date, in milliseconds from 1970-01-01T00:00:00Z. */
typedef struct {
	int64_t ms;
} wall_ms;

/* The clock reading of one turn of the poll loop: it is made once and passed to all functions. */
struct now {
	mono_ms mono;
	wall_ms wall;
};

/* Long before any reading, but far from the limit, so that differences do not overflow. */
#define MONO_NEVER ((mono_ms){INT64_MIN / 4})
#define MONO_FAR ((mono_ms){INT64_MAX / 4}) /* nothing is due */

/* Wall time 0 also means "not known": nothing here happened in 1970. */
#define WALL_UNKNOWN ((wall_ms){0})

/* Milliseconds from `then` to `now`; negative when `then` is later. */
static inline int64_t mono_since(mono_ms then, mono_ms now)
{
	return now.ms - then.ms;
}

static inline mono_ms mono_plus(mono_ms t, int64_t ms)
{
	return (mono_ms){t.ms + ms};
}

static inline mono_ms mono_min(mono_ms a, mono_ms b)
{
	return a.ms < b.ms ? a : b;
}

static inline mono_ms mono_max(mono_ms a, mono_ms b)
{
	return a.ms > b.ms ? a : b;
}

static inline bool mono_is_set(mono_ms t)
{
	return t.ms != MONO_NEVER.ms;
}

static inline bool wall_is_known(wall_ms t)
{
	return t.ms != WALL_UNKNOWN.ms;
}

/*
 * False for a time before hawatch was made: it is of a clock that was not set. A machine without a battery for it
 * starts in 1970, or when its system was built.
 */
static inline bool wall_is_set(wall_ms t)
{
	return t.ms >= INT64_C(1767225600000); /* 2026-01-01T00:00:00Z */
}

/* The clock reading at `then`; `now` itself when `then` is not known or in the future. */
static inline struct now now_was(struct now now, wall_ms then)
{
	if (then.ms <= 0 || then.ms > now.wall.ms)
		return now;
	return (struct now){mono_plus(now.mono, then.ms - now.wall.ms), then};
}
