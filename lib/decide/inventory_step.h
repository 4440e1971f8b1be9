/*
 * From the facts of one round, and what the rounds before it left, to an inventory. Pure, like side and
 * pair. Each figure is judged on its own: it is made anew when every part that it needs was read in one and
 * the same round, and otherwise stays until it is too old.
 */
#ifndef HAWATCH_DECIDE_INVENTORY_STEP_H
#define HAWATCH_DECIDE_INVENTORY_STEP_H

#include "decide/inventory_memory.h"

/*
 * Advances by one round. What is `fresh_ms` old or older is not known any more: three rounds is right, so
 * that a failure or two blank nothing and nobody decides on what is older.
 */
void inventory_step(struct inventory *inventory, struct inventory_memory *memory,
    const struct facts *facts, struct now now, int64_t fresh_ms);

/* Between rounds: takes back what has become too old, and says so. True when that changed anything. */
bool inventory_expire(struct inventory *inventory, const struct inventory_memory *memory,
    mono_ms now, int64_t fresh_ms);

/* True when one round read all that it takes to say that no job runs. */
bool inventory_shows_jobs(const struct facts *facts);

#endif
