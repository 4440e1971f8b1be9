/*
 * A declared maintenance window of a side (SEMANTICS.md section 2, "MAINTENANCE"). It does not change the verdict; it
 * only marks the side. Pure.
 */
#pragma once

#include "base/limits.h"
#include "base/units.h"

#include <stdbool.h>

enum {
	MAINTENANCE_REASON_MAX = 128,                      /* bytes with the NUL */
	MAINTENANCE_INFERRED_LONGEST_MS = 4 * 3600 * 1000, /* cordoned without a window: P1 beyond it */
};

/* Zero: none is declared. */
struct maintenance {
	bool is_declared;
	struct now began;
	struct now ends;                     /* automatically */
	char reason[MAINTENANCE_REASON_MAX]; /* what the operator wrote; clean UTF-8, no control characters */
};

/*
 * A window that starts at `now` and lasts `for_ms`, which the caller has checked. If `before` is declared, its end
 * moves and its begin stays. `reason` is clean UTF-8, "" for none; a longer text is cut between characters.
 */
struct maintenance maintenance_begin(struct maintenance before, int64_t for_ms, const char *reason, struct now now);

/* Zero once the window has ended. */
struct maintenance maintenance_step(struct maintenance m, mono_ms now);

/*
 * The window after a restart: the rest of it by the wall clock, at most MAINTENANCE_LONGEST_MS; zero when it has ended.
 */
struct maintenance maintenance_restore(struct maintenance m, struct now now);

/* Whether both end at the same time, for the same reason. */
bool maintenance_is_same(const struct maintenance *a, const struct maintenance *b);
