/*
 * Keeps what happens to pairs: in memory their events and incidents, and where there is a state directory, each as a
 * line of the pair's journal (SEMANTICS.md section 6). The state writer writes the lines; here no file is waited for,
 * but at the start.
 */
#pragma once

#include "loop/poller_state.h"

/* Reads what is in the pair's journal, and logs what of it cannot be used. Call before the first turn. */
void pair_journal_read(struct watched_pair *pair);

/* hawatchd starts with the pair as it is now, and last saved its state at `last_sign` (unknown: never). */
void pair_journal_start(struct watched_pair *pair, wall_ms last_sign);

/* It happened to the pair; the pair is what it became by it. */
void pair_journal_event(struct watched_pair *pair, const struct event *event);

/* An order was done or refused. */
void pair_journal_order(struct watched_pair *pair, const struct order *order);

/* Call after each change of the pair: which alerts have become true or false. */
void pair_journal_alerts(struct watched_pair *pair);

/*
 * For all pairs: a reload was done, or refused with this first mistake (NULL: it was done), and who asked for it;
 * nothing was watched for `for_ms` until now; hawatchd ends.
 */
void pair_journal_reload(struct poller *poller, const struct reload_asker *asker, const char *mistake);
void pair_journal_pause(struct poller *poller, int64_t for_ms);
void pair_journal_stop(struct poller *poller);

/* Time passes. */
void pair_journal_tick(struct watched_pair *pair);

void pair_journal_fini(struct watched_pair *pair);
