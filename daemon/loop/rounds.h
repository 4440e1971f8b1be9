/*
 * Callbacks at the end of each round: the observation becomes an input of the core, and the next round is
 * scheduled.
 */
#pragma once

#include "loop/poller_state.h"

/* Applies the same input to every side: a tick or a grace. */
void rounds_advance_all(struct poller *poller, struct side_input input);

/* `ctx` is the struct watched_side. */
void rounds_on_kube(void *ctx, const struct kube_obs *obs);
void rounds_on_workload(void *ctx);

/*
 * Starts the side's inventory round, or its next list, unless a health round is running. So one connection to a side is
 * enough, and its evidence never waits: a health round that is due while a list is being read opens a second one.
 */
void rounds_go_on(void *ctx);

/* Whether the health round that starts now is to keep its nodes for an inventory round. */
bool rounds_wants_nodes(const struct watched_side *side, mono_ms now);

/* `ctx` is the struct poller. */
void rounds_on_spot(void *ctx, bool is_answered);

/* Gives every side that Spot serves what is known of its endpoint, and the present id_token. The same `ctx`. */
void rounds_hand_on(void *ctx);
