/*
 * A maintenance window that somebody declared for a side (SEMANTICS.md section 2, "MAINTENANCE"). It
 * changes no verdict: the side stays what the evidence says, and is marked. Pure.
 */
#ifndef HAWATCH_DECIDE_MAINTENANCE_H
#define HAWATCH_DECIDE_MAINTENANCE_H

#include "base/limits.h"
#include "base/units.h"

#include <stdbool.h>

enum {
	MAINTENANCE_REASON_MAX = 128, /* bytes with the NUL */
	MAINTENANCE_INFERRED_LONGEST_MS = 4 * 3600 * 1000, /* cordoned without a window: P1 beyond it */
};

/* Zero: none is declared. */
struct maintenance {
	bool is_declared;
	struct now began;
	struct now ends; /* by itself */
	char reason[MAINTENANCE_REASON_MAX]; /* what the operator wrote; clean UTF-8, no control characters */
};

/*
 * A window from `now` on for `for_ms`, which the caller has checked; `before`, where it is declared, is the
 * one that it moves. `reason` is clean UTF-8, "" for none; what does not fit is cut between characters.
 */
struct maintenance maintenance_begin(
    struct maintenance before, int64_t for_ms, const char *reason, struct now now);

/* Zero once the window has ended. */
struct maintenance maintenance_step(struct maintenance m, mono_ms now);

/*
 * The window after a restart: what the wall clock says is left of it, at most MAINTENANCE_LONGEST_MS, or zero
 * when nothing is.
 */
struct maintenance maintenance_restore(struct maintenance m, struct now now);

/* Whether both end at the same time, for the same reason. */
bool maintenance_is_same(const struct maintenance *a, const struct maintenance *b);

#endif
