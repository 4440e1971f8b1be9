/*
 * The one way in which a pair becomes another value: what happened is kept and logged once, and what must
 * follow from it is marked.
 */
#ifndef HAWATCH_LOOP_CHANGE_H
#define HAWATCH_LOOP_CHANGE_H

#include "loop/poller_state.h"

/* `pair` is `after` from now on. Something to publish; something that cannot wait where there is an event. */
void change_pair(struct watched_pair *pair, struct pair after);

#endif
