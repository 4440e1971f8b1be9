/* Orders to begin or end a maintenance window, carried out at this daemon. */
#pragma once

#include "loop/poller_state.h"

/* The pair that the order is of, if it has the side; else NULL, with the kind of error in `order`. */
struct watched_pair *window_order_pair(struct poller *poller, struct order *order);

/* What the order wants to begin, on behalf of this instance. */
struct peer_wish window_order_wish(const struct order *order, const char *by);

/* Carries it out, writes it into the journal, and fills in the result. */
void window_order_perform(struct poller *poller, struct order *order);

/* Only writes it into the journal, with what `order` has as its result. */
void window_order_note(struct poller *poller, struct order *order);
