/*
 * Keeps what pairs know over a restart (SEMANTICS.md section 4, invariant 6), where there is a state
 * directory: saved on every event and once a minute, restored at start.
 */
#ifndef HAWATCH_LOOP_PERSIST_H
#define HAWATCH_LOOP_PERSIST_H

#include "loop/poller_state.h"

/* Restores every pair whose file is usable; tells of each that is not, and why. Before the first turn. */
void persist_restore(struct poller *poller);

/* Has the pairs saved whose time has come. Returns when it must be called next. */
mono_ms persist_run(struct poller *poller);

/* When a pair was last saved; unknown: not yet, or there is no state directory. */
wall_ms persist_saved_at(const struct watched_pair *pair);

/* Has all pairs saved: the end. */
void persist_all(struct poller *poller);

#endif
