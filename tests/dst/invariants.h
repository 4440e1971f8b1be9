/*
 * What must be true at the end of every turn, whatever happened: SEMANTICS.md section 4 held against the truth of the
 * world, not against what was answered. A violation ends the run: machine_fail().
 */
#pragma once

#include "fetch/fetch.h"
#include "storm.h"

struct poller;

/* A process has started. */
void invariants_begin(struct poller *poller);

/* At the end of a turn. */
void invariants_check(struct poller *poller);

/* Something befalls the daemon: what it should know by now, it may know later. */
void invariants_note_act(enum storm_act act);

/* A reload: what `before` knew, `after` knows. */
void invariants_before_reload(const struct poller *poller);
void invariants_after_reload(const struct poller *poller);

/* Each request as it starts: which credential goes where. And each answer. */
void invariants_see_request(size_t target, const struct fetch_request *request);
void invariants_see_answer(size_t target, const struct fetch_request *request, const struct fetch_result *result);
