/* Whether a side is drained: SEMANTICS.md section 4, invariant 7. Pure. */
#pragma once

#include "decide/inventory.h"

enum { DRAIN_LOOKS = 2 };

/* One side. Zero: nothing is known. */
struct drain {
	bool is_known; /* the last round read all that is needed to decide */
	bool is_drained;
	int clear_looks; /* rounds in a row without a job; at most DRAIN_LOOKS */
};

/*
 * Advances by one inventory round. `is_exact`: everything was read from the API server's storage and not
 * from its cache (no resourceVersion=0), and in one round.
 */
struct drain drain_step(struct drain drain, const struct inventory *inventory, bool is_exact);

/* True when the known data shows no job and every node cordoned. The caller may then ignore a partial round. */
bool drain_is_possible(const struct inventory *inventory);

/* To be called when any source saw a node that takes work again: earlier rounds no longer count. */
struct drain drain_interrupt(struct drain drain);
