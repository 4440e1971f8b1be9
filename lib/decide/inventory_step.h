/*
 * Computes an inventory from the facts of one round and from what earlier rounds kept. Pure, like side and pair. Each
 * figure is judged separately: it is replaced when one round read all parts that it needs, and otherwise stays until it
 * is too old.
 */
#pragma once

#include "decide/inventory_memory.h"

/*
 * Advances by one round. A value that is `fresh_ms` old or older becomes unknown. Three rounds is a good `fresh_ms`:
 * one or two failures remove nothing, and no person acts on older values.
 */
void inventory_step(struct inventory *inventory, struct inventory_memory *memory, const struct facts *facts,
    struct now now, int64_t fresh_ms);

/* To be called between rounds: makes values unknown that are too old. Returns true when something changed. */
bool inventory_expire(
    struct inventory *inventory, const struct inventory_memory *memory, mono_ms now, int64_t fresh_ms);

/* True when the round read all that is needed to say that no job runs. */
bool inventory_shows_jobs(const struct facts *facts);
