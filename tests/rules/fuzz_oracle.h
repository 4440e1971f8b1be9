/*
 * What the pages of a life must be. Of each page, at each evaluation: whether it may fire (`may`), must not end
 * (`stands`) and must fire (`due`); of each pair: whether something must fire (`open`). Made of the truth and of what
 * the daemons tell, not of the rules. Where both leave a doubt, nothing is asked.
 */
#pragma once

#include "fuzz_replica.h"

#include <string.h>

/* Thresholds of the rules, and how long a page may last after what it is about. */
enum {
	HOLD_MS = 5 * MINUTE,            /* keep_firing_for, and how long the last word about a flapping side counts */
	FOR_MS = 20 * SECOND,            /* the `for` of HACloudspaceDown */
	LAG_MS = 45 * SECOND,            /* so late a daemon knows of a recovery at most: Spot is asked every 30 s */
	HEARSAY_MS = 6 * MINUTE,         /* the last samples of a daemon that is away count for five minutes */
	GRACE_MS = 16 * MINUTE,          /* after a window, and of a cordon that is interrupted */
	BLIND_MS = 3 * MINUTE,           /* after that, somebody must have paged that nobody knows */
	BLIND_HOLD_MS = 30 * SECOND,     /* keep_firing_for of HAMonitorBlind, HASideBlind */
	UNWATCHED_HOLD_MS = 75 * SECOND, /* and of HAPairUnwatched, HAExporterDown */
	SLACK_MS = 3 * MINUTE,           /* for thresholds of an hour and more */
	BLOCKED_LONG_MS = 70 * MINUTE,
	CORDONED_LONG_MS = 4 * HOUR,
	CRASHES = 3,
	CRASHES_MS = 15 * MINUTE,
};
static const int64_t never_ms = -1000 * (int64_t)HOUR;

struct ruling {
	bool may, stands, due;
};

/* What is told of a pair in one scrape of all its daemons. */
struct crowd {
	int seen, knowing; /* daemons; those that tell a status */
	bool says_both, says_blocked, agrees_disabled;
	bool is_missed; /* by its last word a daemon watches the pair */
	struct {
		bool is_up, is_down; /* says one that is enabled */
		bool is_known, is_flapping, is_stuck;
		bool is_not_stuck; /* another state, or a fresh answer that is not that old */
		bool is_planned;   /* say all */
	} side[SIDES];
};

/* The doubts about one side. */
struct doubt {
	int64_t down_ms;    /* the last moment at which it truly took no jobs */
	int64_t said_ms;    /* the last time that somebody called it unavailable */
	bool is_said;       /* nobody has seen it UP since */
	bool is_feared;     /* nobody who knows the status as well */
	int64_t flapped_ms; /* the last time that somebody said so */
	int64_t silent_ms;  /* the last time that all agreed on silence */
	int64_t since_ms;   /* it has been called unavailable; -1: it is not */
	int64_t base_ms;    /* the last good reason for its page */
	bool is_stuck;      /* the last word */
	int64_t cordoned_ms, cordoned_since_ms;
	int64_t may_ms, may_stuck_ms, may_cordoned_ms, may_blind_ms; /* until when a page may fire */
};

struct oracle { /* of one pair */
	struct doubt side[SIDES];
	bool is_both_said, is_both_feared;
	int64_t both_base_ms, may_both_ms;
	int64_t blocked_ms, told_blocked_ms; /* since when; -1 */
	int64_t planned_ms;                  /* the last time that the outage was planned */
	int64_t may_blocked_ms;
	int64_t trouble_ms;  /* the last trouble of the monitor */
	int64_t ignorant_ms; /* since when nobody knows; -1 */
	int64_t away_ms; /* the last time that Prometheus was away: what was told before counts for five minutes more */
	int64_t may_monitor_ms;
	bool was_due;
	bool was_enabled[REPLICAS_MAX]; /* by its last word */
	int pod[REPLICAS_MAX];          /* that told it: another one cannot take it back by saying nothing */
};

static struct oracle oracle_of(void)
{
	struct doubt d = {.down_ms = never_ms,
	    .said_ms = never_ms,
	    .flapped_ms = never_ms,
	    .silent_ms = never_ms,
	    .since_ms = -1,
	    .base_ms = never_ms,
	    .cordoned_ms = never_ms,
	    .may_ms = never_ms,
	    .may_stuck_ms = never_ms,
	    .may_cordoned_ms = never_ms,
	    .may_blind_ms = never_ms};
	return (struct oracle){.side = {d, d},
	    .both_base_ms = never_ms,
	    .may_both_ms = never_ms,
	    .blocked_ms = -1,
	    .told_blocked_ms = -1,
	    .planned_ms = never_ms,
	    .may_blocked_ms = never_ms,
	    .trouble_ms = never_ms,
	    .away_ms = never_ms,
	    .ignorant_ms = -1,
	    .may_monitor_ms = never_ms};
}

static bool is_within(int64_t then_ms, int64_t ms, int64_t span_ms)
{
	return ms - then_ms <= span_ms;
}

/* For how long it has been so, in ms; -1: it is not. */
static int64_t held_ms(int64_t *since_ms, bool is_so, int64_t ms)
{
	if (!is_so)
		*since_ms = -1;
	else if (*since_ms < 0)
		*since_ms = ms;
	return is_so ? ms - *since_ms : -1;
}

static bool is_target(const struct life *life, int replica, int64_t ms)
{
	const struct happening *stop = stop_of(life, replica, ms);
	return !going_on(life, LOST, replica, ms) && !(stop && stop->kind == REPLACED);
}

static bool is_seen(const struct life *life, const struct replica *r, int64_t ms)
{
	return r->is_running && is_target(life, r->number, ms) && !going_on(life, UNSCRAPED, r->number, ms) &&
	    !going_on(life, AWAY, -1, ms);
}

/* What tells no pair at all is no hawatchd, whatever answers there. */
static bool is_heard(const struct life *life, const struct replica *r, int64_t ms)
{
	bool has_any = false;
	for (int pair = 0; pair < life->pair_count; pair++)
		has_any |= r->watch[pair].is_configured;
	return has_any && is_seen(life, r, ms);
}

static void hear(struct crowd *c, const struct watch *w, int64_t ms)
{
	const struct pair *pair = &w->pair;
	bool is_enabled = w->policy.is_enabled;
	bool is_both = pair->status == HA_BLOCKED_BOTH_UNAVAILABLE;
	c->seen++;
	c->knowing += is_enabled && pair->status != HA_UNKNOWN;
	c->agrees_disabled &= !is_enabled;
	c->says_both |= is_both;
	c->says_blocked |= pair_status_is_blocked(pair->status);
	c->side[PRIMARY].is_down |= is_both || pair->status == HA_BLOCKED_PRIMARY_UNAVAILABLE;
	c->side[SECONDARY].is_down |= is_both || pair->status == HA_BLOCKED_SECONDARY_UNAVAILABLE;
	for (int id = 0; id < SIDES; id++) {
		const struct side *s = &pair->side[id];
		c->side[id].is_up |= is_enabled && s->verdict == UP;
		c->side[id].is_known |= s->verdict != UNKNOWN;
		c->side[id].is_flapping |= s->flap.is_flapping;
		struct provisioning p = side_provisioning(&w->policy.side[id], s, (mono_ms){ms});
		c->side[id].is_stuck |= p.lateness == STUCK;
		c->side[id].is_not_stuck |= s->verdict != UNKNOWN && (s->verdict != PROVISIONING || p.is_known);
		c->side[id].is_planned &= s->verdict == UNKNOWN || pair_is_in_maintenance(pair, (enum side_id)id);
	}
}

static struct crowd listen(
    const struct life *life, struct oracle *o, const struct replica replicas[], int pair, int64_t ms)
{
	struct crowd c = {.agrees_disabled = true, .side = {{.is_planned = true}, {.is_planned = true}}};
	bool is_left = false;
	for (int i = 0; i < life->replica_count; i++) {
		const struct watch *w = &replicas[i].watch[pair];
		if (!has(life->watched[i], pair))
			continue;
		bool hears = is_heard(life, &replicas[i], ms);
		bool is_blind = going_on(life, BLIND, i, ms) || going_on(life, HALF_BLIND, i, ms);
		if (hears && !w->is_configured && replicas[i].pod == o->pod[i]) {
			is_left = true; /* has been told to leave it */
			if (o->was_enabled[i])
				o->trouble_ms = ms;
			o->was_enabled[i] = false;
			continue;
		}
		if (hears && w->is_configured) {
			hear(&c, w, ms);
			o->pod[i] = replicas[i].pod;
			o->was_enabled[i] = w->policy.is_enabled;
		} else if (is_target(life, i, ms) && o->was_enabled[i])
			c.agrees_disabled = false; /* it watches the pair, and has not agreed */
		if (!hears || is_blind || w->pair.status == HA_UNKNOWN)
			o->trouble_ms = ms;
		c.is_missed |= o->was_enabled[i];
	}
	c.agrees_disabled &= c.seen > 0 || (is_left && !c.is_missed);
	for (int i = 0; i < life->replica_count && c.knowing; i++)
		o->was_enabled[i] &= is_heard(life, &replicas[i], ms); /* another one watches the pair now */
	for (int id = 0; id < SIDES; id++)
		c.side[id].is_planned &= c.side[id].is_known;
	return c;
}

/* What can be true and told of a pair at one moment. */
struct moment {
	const struct life *life;
	int64_t ms;
	struct crowd crowd;
	bool is_away, knows;
	const struct happening *fault[SIDES];
	bool is_planned[SIDES]; /* beyond doubt */
	bool is_silent[SIDES];  /* or may be */
};

/* The side is in this trouble, and the daemons have had the time to see it. */
static bool is_known_to_be(const struct moment *m, int id, enum happening_kind kind)
{
	const struct happening *fault = m->fault[id];
	return fault && fault->kind == kind && !is_within(fault->from_ms, m->ms, LAG_MS);
}

/* The last words: who has said what, and who against it. */
static void remember(struct oracle *o, struct moment *m)
{
	const struct crowd *c = &m->crowd;
	bool sees_up = c->side[PRIMARY].is_up || c->side[SECONDARY].is_up;
	o->is_both_said = c->says_both || (o->is_both_said && !sees_up && !c->agrees_disabled);
	o->is_both_feared = c->says_both || (o->is_both_feared && !(sees_up && c->knowing) && !c->agrees_disabled);
	for (int id = 0; id < SIDES; id++) {
		struct doubt *d = &o->side[id];
		bool is_up = c->side[id].is_up, is_down = c->side[id].is_down;
		bool is_calm = !is_within(o->trouble_ms, m->ms, HEARSAY_MS);
		d->is_said = is_down || (d->is_said && !is_up && !c->agrees_disabled);
		d->is_feared = is_down || (d->is_feared && !(is_up && c->knowing) && !c->agrees_disabled);
		if (is_down)
			d->said_ms = m->ms;
		if (c->side[id].is_flapping)
			d->flapped_ms = m->ms;
		bool was_silent = is_within(d->silent_ms, m->ms, m->life->step_ms);
		if (c->side[id].is_planned || c->agrees_disabled || (!c->side[id].is_known && was_silent))
			d->silent_ms = m->ms;
		m->is_silent[id] = is_within(d->silent_ms, m->ms, GRACE_MS);
		m->is_planned[id] =
		    is_calm && (c->side[id].is_planned || c->agrees_disabled || is_known_to_be(m, id, CORDONED));
	}
}

static struct ruling rule_both(struct oracle *o, const struct moment *m)
{
	const struct doubt *p = &o->side[PRIMARY], *s = &o->side[SECONDARY];
	bool is_flapping = is_within(p->flapped_ms, m->ms, HOLD_MS) || is_within(s->flapped_ms, m->ms, HOLD_MS);
	if (o->is_both_feared || (is_within(p->down_ms, m->ms, LAG_MS) && is_within(s->down_ms, m->ms, LAG_MS)))
		o->both_base_ms = m->ms;
	if (is_within(o->both_base_ms, m->ms, is_flapping ? HOLD_MS + m->life->step_ms : 0))
		o->may_both_ms = m->ms + HOLD_MS + m->life->step_ms;
	return (struct ruling){
	    .may = m->ms <= o->may_both_ms,
	    .stands = o->is_both_said && m->fault[PRIMARY] && m->fault[SECONDARY],
	    .due = m->crowd.says_both,
	};
}

static struct ruling rule_down(struct oracle *o, const struct moment *m, int id)
{
	struct doubt *d = &o->side[id];
	const struct crowd *c = &m->crowd;
	bool is_flapping = is_within(d->flapped_ms, m->ms, HOLD_MS);
	if ((d->is_feared || is_within(d->down_ms, m->ms, LAG_MS)) && !m->is_planned[id])
		d->base_ms = m->ms;
	if (is_within(d->base_ms, m->ms, is_flapping ? HOLD_MS + m->life->step_ms : 0))
		d->may_ms = m->ms + HOLD_MS + m->life->step_ms;
	bool is_told = c->side[id].is_down || (c->side[id].is_flapping && is_within(d->said_ms, m->ms, HOLD_MS));
	bool is_unheard = !c->knowing && !c->agrees_disabled;
	int64_t for_ms = held_ms(&d->since_ms, !m->is_silent[id] && (is_told || (is_unheard && d->is_said)), m->ms);
	return (struct ruling){
	    .may = m->ms <= d->may_ms,
	    .stands = d->is_said && m->fault[id] && !m->is_silent[id],
	    .due = is_told && for_ms >= FOR_MS,
	};
}

/* A life in which a long outage can only be trouble. */
static bool is_plain(const struct life *life)
{
	for (int i = 0; i < life->n; i++)
		if (life->all[i].kind >= REBUILT && life->all[i].kind <= DISABLED)
			return false;
	return true;
}

static bool is_on_time(const struct moment *m, int id)
{
	return is_known_to_be(m, id, REBUILT) && m->crowd.side[id].is_known &&
	    is_within(m->fault[id]->from_ms, m->ms, usual_policy.provisioning_late_ms);
}

static struct ruling rule_blocked(struct oracle *o, const struct moment *m)
{
	bool is_blocked = false, is_planned = true, is_said = false, is_true = false;
	for (int id = 0; id < SIDES; id++) {
		const struct doubt *d = &o->side[id];
		bool is_down = d->is_feared || is_within(d->down_ms, m->ms, LAG_MS);
		is_blocked |= is_down;
		is_planned &= !is_down || m->is_planned[id] || is_on_time(m, id);
		is_said |= d->is_said;
		is_true |= m->fault[id] != NULL;
	}
	if (is_blocked && is_planned && !o->is_both_feared)
		o->planned_ms = m->ms;
	if (held_ms(&o->blocked_ms, is_blocked, m->ms) >= BLOCKED_LONG_MS - SLACK_MS &&
	    !is_within(o->planned_ms, m->ms, BLOCKED_LONG_MS - SLACK_MS))
		o->may_blocked_ms = m->ms + HOLD_MS + m->life->step_ms;
	bool is_told = m->crowd.says_blocked || (!m->crowd.knowing && is_said);
	bool is_long = held_ms(&o->told_blocked_ms, is_told, m->ms) >= BLOCKED_LONG_MS + m->life->step_ms;
	return (struct ruling){
	    .may = m->ms <= o->may_blocked_ms,
	    .stands = is_long && is_said && is_true && is_plain(m->life),
	    .due = is_long && m->crowd.says_blocked && is_plain(m->life),
	};
}

static struct ruling rule_provisioning(struct oracle *o, const struct moment *m, int id)
{
	struct doubt *d = &o->side[id];
	d->is_stuck = m->crowd.side[id].is_stuck || (d->is_stuck && !m->crowd.side[id].is_not_stuck);
	if (d->is_stuck)
		d->may_stuck_ms = m->ms + HOLD_MS + m->life->step_ms;
	return (struct ruling){
	    .may = m->ms <= d->may_stuck_ms,
	    .stands = d->is_stuck && m->fault[id] && m->fault[id]->kind == REBUILT && !m->is_silent[id],
	    .due = m->crowd.side[id].is_stuck && !m->is_silent[id],
	};
}

/* Cordoned for hours: only whether it may fire. */
static struct ruling rule_cordoned(struct oracle *o, const struct moment *m, int id)
{
	struct doubt *d = &o->side[id];
	bool is_cordoned = m->fault[id] && m->fault[id]->kind == CORDONED;
	if (is_cordoned) {
		if (!is_within(d->cordoned_ms, m->ms, GRACE_MS))
			d->cordoned_since_ms = m->ms;
		d->cordoned_ms = m->ms;
	}
	bool is_long = is_cordoned && !is_within(d->cordoned_since_ms, m->ms, CORDONED_LONG_MS - SLACK_MS);
	if (is_long || (!m->crowd.knowing && m->ms <= d->may_cordoned_ms))
		d->may_cordoned_ms = m->ms + GRACE_MS;
	return (struct ruling){.may = m->ms <= d->may_cordoned_ms};
}

/* Whether something about the pair or the monitor must fire. */
static bool rule_open(struct oracle *o, const struct moment *m, bool stands, bool due)
{
	if (m->is_away)
		o->away_ms = m->ms;
	bool is_ignorant = !m->knows && m->crowd.is_missed && !is_within(o->away_ms, m->ms, HOLD_MS);
	int64_t ignorant_ms = held_ms(&o->ignorant_ms, is_ignorant, m->ms);
	bool is_trouble = stands || ignorant_ms >= 0;
	due |= ignorant_ms >= BLIND_MS + 2 * m->life->step_ms;
	o->was_due = is_trouble && (o->was_due || due);
	return o->was_due;
}
