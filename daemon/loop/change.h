/* The only function that changes a pair: it records and logs each event once and marks the follow-up work. */
#pragma once

#include "loop/poller_state.h"

/* Sets the pair to `after`. Marks it for publishing; if there is an event, for publishing at once. */
void change_pair(struct watched_pair *pair, struct pair after);
