/*
 * A maintenance window that somebody declared for a side (ha-semantics.md section 2, "MAINTENANCE"). It
 * changes no verdict: the side stays what the evidence says, and is marked. Pure.
 */
#ifndef HAWATCH_DECIDE_MAINTENANCE_H
#define HAWATCH_DECIDE_MAINTENANCE_H

#include "base/units.h"

#include <stdbool.h>

enum {
	MAINTENANCE_REASON_MAX = 128, /* bytes with the NUL */
	MAINTENANCE_LONGEST_MS = 8 * 3600 * 1000,
	MAINTENANCE_INFERRED_LONGEST_MS = 4 * 3600 * 1000, /* cordoned without a window: P1 beyond it */
};

/* Zero: none is declared. */
struct maintenance {
	bool is_declared;
	struct now began;
	struct now ends; /* by itself */
	char reason[MAINTENANCE_REASON_MAX]; /* what the operator wrote; clean UTF-8, no control characters */
};

#endif
