/*
 * Keeps the state of pairs over a restart (SEMANTICS.md section 4, invariant 6), if there is a state
 * directory. Saved on every event and once a minute; restored at start.
 */
#pragma once

#include "loop/poller_state.h"

/*
 * Restores every pair with a usable state file, reads its journal, and logs why another file is not used. Call before
 * the first turn.
 */
void persist_restore(struct poller *poller);

/* Saves the pairs that are due. Returns when it must be called next. */
mono_ms persist_run(struct poller *poller);

/* When a pair was last saved; WALL_UNKNOWN: not yet, or no state directory. */
wall_ms persist_saved_at(const struct watched_pair *pair);

/* Saves all pairs. Called before the process ends. */
void persist_all(struct poller *poller);
