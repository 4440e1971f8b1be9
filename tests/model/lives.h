/*
 * One episode lived twice: by the real pair, and by what the document makes of everything that
 * happened (history.h). Where the two differ is the first difference between code and document.
 */
#pragma once

#include "decide/events.h"
#include "episode.h"
#include "history.h"

#include <stdio.h>

/* What was met on the way: a simulation that never sees a soft DOWN proves nothing about it. */
static struct {
	long steps, ripe, degraded, pools, stale, flapping, timed;
	long restarts, held, forgotten, windows, refused, events;
	long moves[VERDICTS][VERDICTS], held_moves[VERDICTS][VERDICTS];
	long statuses[HA_STATUSES][HA_STATUSES];
} met;

static bool is_same_now(struct now a, struct now b)
{
	return a.mono.ms == b.mono.ms && a.wall.ms == b.wall.ms;
}

/* The pair's numbers, summed up from the whole list of (time, status) since the process began. */
struct ledger {
	struct now since, blocked_since; /* of the first of them */
	int n;
	struct {
		struct now now;
		enum ha_status status;
	} all[HISTORY_MAX];
};

static bool is_blocked(enum ha_status status)
{
	return !strncmp(ha_status_names[status], "BLOCKED", strlen("BLOCKED"));
}

/* Since when the status holds, and since when the pair has been blocked, if it is. */
static void sum_up(const struct ledger *l, struct now *since, struct now *blocked_since)
{
	*since = l->since;
	*blocked_since = l->blocked_since;
	for (int i = 1; i < l->n; i++) {
		enum ha_status from = l->all[i - 1].status, to = l->all[i].status;
		if (from != to)
			*since = l->all[i].now;
		if (is_blocked(to) && !is_blocked(from))
			*blocked_since = l->all[i].now;
	}
}

static const char *compare_ledger(const struct ledger *l, const struct pair *pair)
{
	uint64_t transitions[HA_STATUSES][HA_STATUSES] = {0};
	int64_t spent[HA_STATUSES] = {0};
	struct now since, blocked_since;
	for (int i = 1; i < l->n; i++) {
		enum ha_status from = l->all[i - 1].status, to = l->all[i].status;
		spent[from] += l->all[i].now.mono.ms - l->all[i - 1].now.mono.ms;
		transitions[from][to] += from != to;
	}
	sum_up(l, &since, &blocked_since);
	return pair->status != l->all[l->n - 1].status                   ? "status"
	    : memcmp(transitions, pair->transitions, sizeof transitions) ? "transitions"
	    : memcmp(spent, pair->spent_ms, sizeof spent)                ? "time spent"
	    : !is_same_now(since, pair->since)                           ? "since"
	    : !is_same_now(blocked_since, pair->blocked_since)           ? "blocked since"
									 : NULL;
}

/* One side as the document has it. */
struct told {
	struct history history;
	struct now since;
	uint64_t changes[VERDICTS]; /* to each state, since the process began */
	int64_t window_ends;        /* by the wall clock; 0: none is declared */
};

static const struct record *last_record(const struct told *t)
{
	return &t->history.all[t->history.n - 1];
}

static const char *compare_side(const struct told *t, const struct pair *pair, enum side_id id, struct now now)
{
	const struct record *r = last_record(t);
	const struct side *side = &pair->side[id];
	const struct maintenance *m = &pair->maintenance[id];
	const struct side_policy *policy = t->history.policy;
	struct provisioning p = side_provisioning(policy, side, now.mono);
	int64_t age_ms = provisioning_age(&t->history, now.mono);
	enum lateness late = age_ms >= policy->provisioning_stuck_ms ? STUCK
	    : age_ms >= policy->provisioning_late_ms                 ? LATE
								     : ON_TIME;
	return r->verdict != side->verdict                                                    ? "verdict"
	    : !is_same_now(t->since, side->since)                                             ? "since"
	    : memcmp(t->changes, pair->state_changes[id], sizeof t->changes)                  ? "changes of state"
	    : r->disagrees != side->disagrees                                                 ? "disagrees"
	    : r->is_degraded != side->is_degraded                                             ? "degraded"
	    : r->from_pools != side->from_pools                                               ? "from pools"
	    : is_held(&t->history, t->history.n - 1) != side->is_held                         ? "held"
	    : r->is_flapping != side->flap.is_flapping                                        ? "flapping"
	    : (p.is_known ? p.age_ms : -1) != age_ms || p.lateness != late                    ? "provisioning"
	    : (m->is_declared ? m->ends.wall.ms : 0) != t->window_ends                        ? "window"
	    : m->is_declared && m->ends.mono.ms - now.mono.ms != t->window_ends - now.wall.ms ? "window's clock"
											      : NULL;
}

struct difference {
	int at; /* the happening after which the two differ; -1: never */
	const char *what;
	enum verdict oracle, code;
};

static void note(const struct told *t, bool was_held)
{
	const struct record *r = last_record(t), *before = r - 1;
	met.steps++;
	met.ripe += r->is_ripe && r->verdict == DOWN && before->verdict != DOWN;
	met.degraded += r->is_degraded;
	met.pools += r->from_pools;
	met.stale += r->verdict == UNKNOWN && before->verdict != UNKNOWN;
	met.held += was_held;
	met.flapping += r->is_flapping && !before->is_flapping;
	met.timed += provisioning_age(&t->history, r->at) >= t->history.policy->provisioning_late_ms;
	(was_held ? met.held_moves : met.moves)[before->verdict][r->verdict]++;
}

/* Both lives of one pair. */
struct lives {
	const struct episode *episode;
	struct pair pair;
	struct told told[SIDES];
	struct ledger ledger;
	struct now now;
	bool is_noted;
};

static void enter_status(struct lives *l, struct now now)
{
	enum ha_status status = document_status(l->episode->policy.is_enabled, last_record(&l->told[PRIMARY])->verdict,
	    last_record(&l->told[SECONDARY])->verdict);
	if (l->is_noted && l->ledger.n)
		met.statuses[l->ledger.all[l->ledger.n - 1].status][status]++;
	l->ledger.all[l->ledger.n].now = now;
	l->ledger.all[l->ledger.n++].status = status;
}

/* What of a side makes events. */
struct glance {
	enum verdict verdict;
	bool is_degraded, is_flapping;
	int64_t window_ends;
};

static struct glance glance_at(const struct told *t)
{
	const struct record *r = last_record(t);
	return (struct glance){r->verdict, r->is_degraded, r->is_flapping, t->window_ends};
}

/* Invariant 5: every change is one event. */
static const char *compare_events(const struct lives *l, const struct pair *before, const struct glance was[SIDES])
{
	struct event all[EVENTS_OF_A_STEP];
	size_t n = events_between(before, &l->pair, l->now, all), of[EVENT_KINDS] = {0};
	size_t expected[EVENT_KINDS] = {0};
	for (size_t i = 0; i < n; i++) {
		of[all[i].kind]++;
		if (!strcmp(all[i].from, all[i].to) && all[i].kind != EVENT_MAINTENANCE)
			return "an event of nothing";
	}
	for (int id = 0; id < SIDES; id++) {
		struct glance a = was[id], b = glance_at(&l->told[id]);
		expected[EVENT_STATE] += a.verdict != b.verdict;
		expected[EVENT_DEGRADED] += a.verdict == b.verdict && a.is_degraded != b.is_degraded;
		expected[EVENT_FLAPPING] += a.is_flapping != b.is_flapping;
		expected[EVENT_MAINTENANCE] += a.window_ends != b.window_ends;
	}
	expected[EVENT_STATUS] = l->pair.status != before->status;
	met.events += l->is_noted ? (long)n : 0;
	return memcmp(of, expected, sizeof of) ? "events" : NULL;
}

static struct now later(struct now then, struct now now, struct now is)
{
	int64_t ms = now.wall.ms - then.wall.ms;
	return (struct now){{is.mono.ms - ms}, then.wall};
}

/* The state file's reader adds the time between to the age of the evidence. */
static void live_restart(struct lives *l, struct now now)
{
	const struct episode *e = l->episode;
	int64_t down_ms = now.wall.ms - l->now.wall.ms;
	struct pair_memory memory = pair_remember(&l->pair, l->now);
	enum ha_status was = l->ledger.all[l->ledger.n - 1].status;
	struct now since, blocked_since;
	for (int id = 0; id < SIDES; id++)
		memory.side[id].evidence_age_ms += down_ms;
	l->pair = pair_restore(&e->policy, &memory, now);

	sum_up(&l->ledger, &since, &blocked_since);
	for (int id = 0; id < SIDES; id++) {
		struct told *t = &l->told[id];
		bool was_known = last_record(t)->verdict != UNKNOWN;
		history_restart(&t->history, l->now.mono, down_ms, now.mono);
		bool is_known = last_record(t)->verdict != UNKNOWN;
		memset(t->changes, 0, sizeof t->changes);
		t->since = is_known ? later(t->since, now, now) : now;
		t->window_ends = t->window_ends > now.wall.ms ? t->window_ends : 0;
		met.forgotten += l->is_noted && was_known && !is_known;
	}
	met.restarts += l->is_noted;
	l->ledger = (struct ledger){.since = now, .blocked_since = now};
	l->now = now;
	bool is_noted = l->is_noted;
	l->is_noted = false; /* no change of status is a transition */
	enter_status(l, now);
	l->is_noted = is_noted;
	if (l->ledger.all[0].status != was)
		return;
	l->ledger.since = later(since, now, now);
	if (is_blocked(was))
		l->ledger.blocked_since = later(blocked_since, now, now);
}

static void live_step(struct lives *l, const struct happening *h)
{
	struct told *t = &l->told[h->id];
	bool was_held = is_held(&t->history, t->history.n - 1);
	l->pair = pair_step(&l->episode->policy, l->pair, h->id, &h->input, h->now);
	const struct record *r = history_add(&t->history, &h->input, h->now.mono);
	if (r->verdict != r[-1].verdict) {
		t->since = h->now;
		t->changes[r->verdict]++;
	}
	for (int id = 0; id < SIDES; id++)
		if (l->told[id].window_ends <= h->now.wall.ms)
			l->told[id].window_ends = 0;
	if (l->is_noted)
		note(t, was_held);
	l->now = h->now;
	enter_status(l, h->now);
}

/* A window is declared, or ended; refused where the other side does not carry the pair. */
static const char *live_window(struct lives *l, const struct happening *h)
{
	struct told *t = &l->told[h->id], *other = &l->told[!h->id];
	bool is_carried = last_record(other)->verdict == UP && !other->window_ends;
	bool is_let = h->what == END ? t->window_ends > 0
				     : h->for_ms > 0 && h->for_ms <= 8 * 3600 * 1000 && (is_carried || h->is_forced);
	struct err e = {""};
	bool is_done = h->what == END
	    ? pair_end_maintenance(&l->pair, h->id, &e)
	    : pair_begin_maintenance(&l->pair, h->id, h->for_ms, "", h->is_forced, h->now, &e);
	if (is_let)
		t->window_ends = h->what == END ? 0 : h->now.wall.ms + h->for_ms;
	if (l->is_noted)
		(*(is_let ? &met.windows : &met.refused))++;
	l->now = h->now;
	return is_done != is_let ? "permission" : !is_done && !e.text[0] ? "remedy" : NULL;
}

static void begin_lives(struct lives *l, const struct episode *e, bool is_noted)
{
	l->episode = e;
	l->is_noted = is_noted;
	l->pair = pair_start(&e->policy, e->start);
	l->ledger.n = 0;
	l->ledger.since = l->ledger.blocked_since = l->now = e->start;
	for (int id = 0; id < SIDES; id++) {
		struct told *t = &l->told[id];
		t->since = e->start;
		memset(t->changes, 0, sizeof t->changes);
		t->window_ends = 0;
		t->history.policy = &e->policy.side[id];
		t->history.n = 1;
		t->history.all[0] = (struct record){.at = e->start.mono, .verdict = UNKNOWN, .says = '.', .tells = '.'};
	}
	enter_status(l, e->start);
}

static struct difference run(const struct episode *e, bool is_noted)
{
	static struct lives l;
	begin_lives(&l, e, is_noted);
	for (int i = 0; i < e->n; i++) {
		const struct happening *h = &e->all[i];
		struct pair before = l.pair;
		struct difference d = {.at = i};
		struct glance was[SIDES] = {glance_at(&l.told[PRIMARY]), glance_at(&l.told[SECONDARY])};
		if (h->what == RESTART)
			live_restart(&l, h->now);
		else if (h->what == STEP)
			live_step(&l, h);
		else
			d.what = live_window(&l, h);
		for (int id = 0; id < SIDES && !d.what; id++)
			d.what = compare_side(&l.told[id], &l.pair, (enum side_id)id, h->now);
		if (!d.what && h->what != RESTART)
			d.what = compare_events(&l, &before, was);
		if (!d.what)
			d.what = compare_ledger(&l.ledger, &l.pair);
		d.oracle = last_record(&l.told[h->id])->verdict;
		d.code = l.pair.side[h->id].verdict;
		if (d.what)
			return d;
	}
	return (struct difference){.at = -1};
}
