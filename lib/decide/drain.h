/*
 * Whether a side is drained: SEMANTICS.md section 4, invariant 7. Pure.
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

/* Whether nothing that is known rules it out. Where that is so, a look that saw only a part may be passed over. */
bool drain_is_possible(const struct inventory *inventory);

/* A node takes work again, whoever saw it: the looks before count no more. */
struct drain drain_interrupt(struct drain drain);

#endif
