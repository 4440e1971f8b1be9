/*
 * Computes an inventory from the facts of one round and from what earlier rounds kept. Pure, like side and pair. Each
 * figure is judged separately: it is replaced when one round read all parts that it needs, and otherwise stays until it
 * is too old.
 */
#pragma once

#include "decide/inventory_memory.h"

/* How old values become unknown: those that need PART_PODS, which is read less often, and all others. */
struct inventory_fresh {
	int64_t pods_ms, ms;
};

/*
 * Advances by one round. A value that is not `fresh` becomes unknown. Three rounds is a good age: one or two failures
 * remove nothing, and no person acts on older values.
 */
void inventory_step(struct inventory *inventory, struct inventory_memory *memory, const struct facts *facts,
    struct now now, struct inventory_fresh fresh);

/* To be called between rounds: makes values unknown that are too old. Returns true when something changed. */
bool inventory_expire(
    struct inventory *inventory, struct inventory_memory *memory, mono_ms now, struct inventory_fresh fresh);

/* True when the round read all that is needed to say that no job runs. */
bool inventory_shows_jobs(const struct facts *facts);
