/*
 * The peers of this daemon (SEMANTICS.md section 2, "Peers"): rounds in which they are asked for their windows, orders
 * that all of them must hear, and what they ask us. Without peers nothing here does anything.
 */
#pragma once

#include "config/conf.h"
#include "shared/order.h"

struct poller;

/* False with the mistakes in `errs`. `poller` has its configuration, its fetch and its clock reading. */
bool peers_init(struct poller *poller, struct errs *errs) __attribute__((warn_unused_result));
void peers_fini(struct poller *poller);

/* A reload: `old` ran already, so its windows are not those of a late start. */
void peers_adopt(struct poller *poller, struct poller *old);

/* After the start it has asked the peers once, whether or not they have answered. */
bool peers_are_asked(const struct poller *poller);

/* An order is under way that a reload would lose. */
bool peers_are_told(const struct poller *poller);

/* Begins a round if it is due. Returns when to call it next. */
mono_ms peers_run(struct poller *poller);

/* Whether there are any. */
bool peers_exist(const struct poller *poller);

/*
 * Takes an order for a maintenance window, until the peers have heard of it. False if it is refused at once; the result
 * is filled in.
 */
bool peers_take(struct poller *poller, struct order *order);

/* The order that was taken, when it is done or refused; NULL: none. */
struct order *peers_take_ended(struct poller *poller);

/* Fills in the reply to an order of a peer. */
void peers_reply(struct poller *poller, struct order *order);

/* hawatchd ends: the order that is under way ends, too, with what is known. */
void peers_stop(struct poller *poller);

/* How each that is shown stands to the pair: enum peer_word, by the order of view.peers. */
struct watched_pair;
void peers_fill_pair(const struct watched_pair *pair, unsigned char words[PEERS_MAX]);
