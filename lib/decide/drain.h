/*
 * Whether a side is drained: ha-semantics.md section 4, invariant 7. Pure.
 */
#ifndef HAWATCH_DECIDE_DRAIN_H
#define HAWATCH_DECIDE_DRAIN_H

#include "decide/inventory.h"

enum { DRAIN_LOOKS = 2 };

/* One side. Zero: nothing is known. */
struct drain {
	bool is_known;   /* the last look saw all that it takes */
	bool is_drained;
	int clear_looks; /* in a row, DRAIN_LOOKS at most */
};

/*
 * Advances by one inventory round. `is_exact`: everything was read from the API server's storage and not
 * from its cache (no resourceVersion=0), and in one round.
 */
struct drain drain_step(struct drain drain, const struct inventory *inventory, bool is_exact);

#endif
