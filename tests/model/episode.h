/*
 * Episodes: random lives of a pair, with restarts and maintenance windows. Two thirds of them polls in
 * a world with faults that last, the rest plain noise; the same seed and number make the same episode.
 */
#pragma once

#include "decide/pair.h"
#include "random.h"

#include <stdlib.h>

enum { HAPPENINGS = 300 };

struct happening {
	enum { STEP, RESTART, BEGIN, END } what;
	enum side_id id;         /* but for a restart */
	struct side_input input; /* of a step */
	int64_t for_ms;          /* of a window that begins */
	bool is_forced;
	struct now now; /* after a restart, the monotonic clock counts from anywhere */
};

struct episode {
	struct pair_policy policy;
	struct now start;
	int n;
	struct happening all[HAPPENINGS];
};

static int64_t between(uint64_t *rng, int64_t low, int64_t high)
{
	return low + (int64_t)(random_bits(rng) % (uint64_t)(high - low + 1));
}

static bool once_in(uint64_t *rng, int n)
{
	return random_bits(rng) % (uint64_t)n == 0;
}

/* Small numbers, so that times meet every threshold exactly, and from both sides, often. */
static struct side_policy random_policy(uint64_t *rng)
{
	struct side_policy p = {
	    .has_spot = !once_in(rng, 6),
	    .rise = (int)between(rng, 1, 3),
	    .fall = (int)between(rng, 1, 4),
	    .interval_ms = between(rng, 2, 5),
	    .spot_interval_ms = between(rng, 5, 15),
	};
	p.own_network_window_ms = once_in(rng, 2) ? 2 * p.spot_interval_ms : between(rng, 4, 20);
	p.unreachable_for_ms = p.own_network_window_ms + between(rng, 1, 12);
	p.stale_after_ms = p.unreachable_for_ms + between(rng, 1, 60);
	p.provisioning_late_ms = between(rng, 1, 20);
	p.provisioning_stuck_ms = p.provisioning_late_ms + between(rng, 1, 20);
	return p;
}

static enum kube_word random_kube(uint64_t *rng)
{
	static const enum kube_word words[] = {KUBE_SERVING, KUBE_SERVING, KUBE_SERVING, KUBE_CORDONED,
	    KUBE_NO_CAPACITY, KUBE_DENIED, KUBE_UNREACHABLE, KUBE_UNREACHABLE, KUBE_NONE};
	return words[between(rng, 0, (int64_t)(sizeof words / sizeof *words) - 1)];
}

static struct spot_obs random_spot(uint64_t *rng)
{
	static const enum spot_word words[] = {SPOT_READY, SPOT_READY, SPOT_READY, SPOT_PROVISIONING, SPOT_PROVISIONING,
	    SPOT_ERROR, SPOT_DELETING, SPOT_ABSENT, SPOT_NONE};
	enum spot_word word = words[between(rng, 0, (int64_t)(sizeof words / sizeof *words) - 1)];
	bool is_listed = word != SPOT_ABSENT && word != SPOT_NONE;
	return (struct spot_obs){.word = word,
	    .was_ready = is_listed && once_in(rng, 3),
	    .created = {is_listed ? between(rng, 1, once_in(rng, 4) ? 2 : 1) : 0},
	    .served_at = {between(rng, 0, 20)}};
}

/* What is true of the world, whatever hawatch sees of it. */
struct world {
	uint64_t rng;
	struct now now;
	bool is_network_down; /* ours */
	bool is_spot_down;
	bool is_shaky[SIDES]; /* answers now this, now that */
	struct spot_obs spot[SIDES];
	enum kube_word kube[SIDES];
	mono_ms spot_answer, kube_answer[SIDES]; /* last HTTP answers: the witnesses */
	mono_ms kube_due[SIDES], spot_due;
};

static void random_fault(struct world *w)
{
	enum side_id id = once_in(&w->rng, 2) ? PRIMARY : SECONDARY;
	switch (between(&w->rng, 0, 6)) {
	case 0:
	case 1: w->kube[id] = random_kube(&w->rng); break;
	case 2:
	case 3: w->spot[id] = random_spot(&w->rng); break;
	case 4: w->is_network_down = once_in(&w->rng, 3); break;
	case 5: w->is_spot_down = once_in(&w->rng, 3); break;
	case 6: w->is_shaky[id] = once_in(&w->rng, 3); break;
	}
}

static void add_any(struct episode *e, struct happening h)
{
	if (e->n < HAPPENINGS)
		e->all[e->n++] = h;
}

static void add(struct episode *e, const struct world *w, enum side_id id, struct side_input input)
{
	input.witness_at = mono_max(w->spot_answer, w->kube_answer[!id]);
	add_any(e, (struct happening){.what = STEP, .id = id, .input = input, .now = w->now});
}

/* Another process, perhaps another boot: nothing is left of what the old one had heard. */
static void restart(struct episode *e, struct world *w)
{
	w->now.wall.ms += between(&w->rng, 0, once_in(&w->rng, 3) ? 60 : 5);
	w->now.mono.ms = between(&w->rng, 0, 100000);
	w->spot_answer = w->kube_answer[PRIMARY] = w->kube_answer[SECONDARY] = MONO_NEVER;
	w->kube_due[PRIMARY] = w->kube_due[SECONDARY] = w->spot_due = w->now.mono;
	add_any(e, (struct happening){.what = RESTART, .now = w->now});
}

/* What people do, or the process: now and then. */
static void interfere(struct episode *e, struct world *w)
{
	enum side_id id = once_in(&w->rng, 2) ? PRIMARY : SECONDARY;
	int64_t for_ms = between(&w->rng, -1, 60);
	if (once_in(&w->rng, 100))
		restart(e, w);
	if (once_in(&w->rng, 40))
		add_any(e,
		    (struct happening){.what = BEGIN,
			.id = id,
			.for_ms = once_in(&w->rng, 10) ? MAINTENANCE_LONGEST_MS + for_ms : for_ms,
			.is_forced = once_in(&w->rng, 3),
			.now = w->now});
	if (once_in(&w->rng, 60))
		add_any(e, (struct happening){.what = END, .id = id, .now = w->now});
}

static void poll_kube(struct episode *e, struct world *w, enum side_id id)
{
	enum kube_word word = w->kube[id];
	if (w->is_network_down)
		word = once_in(&w->rng, 4) ? KUBE_NONE : KUBE_UNREACHABLE;
	else if (once_in(&w->rng, w->is_shaky[id] ? 2 : 40))
		word = random_kube(&w->rng);
	/* A 5xx makes a side unreachable, and yet it is an answer. */
	if (!w->is_network_down && word != KUBE_NONE && (word != KUBE_UNREACHABLE || once_in(&w->rng, 8)))
		w->kube_answer[id] = w->now.mono;
	add(e, w, id, (struct side_input){.kind = SIDE_KUBE, .kube = {.word = word}});
	int64_t interval = e->policy.side[id].interval_ms;
	w->kube_due[id] = mono_plus(w->now.mono,
	    once_in(&w->rng, 3)        ? 1
		: once_in(&w->rng, 20) ? 2 * interval + 1
				       : interval);
}

static void poll_spot(struct episode *e, struct world *w)
{
	bool is_answered = !w->is_network_down && !w->is_spot_down;
	if (is_answered)
		w->spot_answer = w->now.mono;
	for (int id = 0; id < SIDES; id++)
		if (e->policy.side[id].has_spot)
			add(e, w, (enum side_id)id,
			    (struct side_input){
				.kind = SIDE_SPOT, .spot = is_answered ? w->spot[id] : (struct spot_obs){0}});
	w->spot_due = mono_plus(w->now.mono, e->policy.side[PRIMARY].spot_interval_ms);
}

static void pass(struct world *w, int64_t ms)
{
	w->now.mono = mono_plus(w->now.mono, ms);
	w->now.wall.ms += ms;
}

/* Polls at their cadences, faults that last, late turns now and then. */
static void live(struct episode *e, struct world *w)
{
	w->kube_due[PRIMARY] = w->kube_due[SECONDARY] = w->spot_due = w->now.mono;
	while (e->n < HAPPENINGS) {
		interfere(e, w);
		if (once_in(&w->rng, 25))
			random_fault(w);
		if (once_in(&w->rng, 250)) {
			pass(w, between(&w->rng, 6, 150));
			for (int id = 0; id < SIDES; id++)
				add(e, w, (enum side_id)id, (struct side_input){.kind = SIDE_GRACE});
		}
		if (mono_since(w->spot_due, w->now.mono) >= 0)
			poll_spot(e, w);
		for (int id = 0; id < SIDES; id++)
			if (mono_since(w->kube_due[id], w->now.mono) >= 0)
				poll_kube(e, w, (enum side_id)id);
			else if (once_in(&w->rng, 4))
				add(e, w, (enum side_id)id, (struct side_input){.kind = SIDE_TICK});
		pass(w, 1);
	}
}

/* No world at all: any input at any time, with a liking for repetition and for thresholds. */
static void scribble(struct episode *e, struct world *w)
{
	while (e->n < HAPPENINGS) {
		interfere(e, w);
		enum side_id id = once_in(&w->rng, 3) ? SECONDARY : PRIMARY;
		const struct side_policy *p = &e->policy.side[id];
		const int64_t steps[] = {0, 1, 1, 1, p->interval_ms, 2 * p->interval_ms, 2 * p->spot_interval_ms,
		    p->own_network_window_ms, p->unreachable_for_ms, p->stale_after_ms};
		if (once_in(&w->rng, 12))
			random_fault(w);
		pass(w,
		    once_in(&w->rng, 15) ? steps[between(&w->rng, 0, 9)] + between(&w->rng, 0, 1)
					 : steps[between(&w->rng, 0, 4)]);
		if (once_in(&w->rng, 2))
			w->spot_answer = mono_plus(w->now.mono, -between(&w->rng, 0, 3));
		int64_t kind = between(&w->rng, 0, 40);
		if (kind == 0)
			add(e, w, id, (struct side_input){.kind = SIDE_GRACE});
		else if (kind < 5)
			add(e, w, id, (struct side_input){.kind = SIDE_TICK});
		else if (kind < 15 && p->has_spot)
			add(e, w, id, (struct side_input){.kind = SIDE_SPOT, .spot = w->spot[id]});
		else
			add(e, w, id, (struct side_input){.kind = SIDE_KUBE, .kube = {.word = w->kube[id]}});
	}
}

static void random_episode(struct episode *e, uint64_t seed, int number)
{
	struct world w = {
	    .rng = seed * 1000003u + (uint64_t)number,
	    .now = {{7777777}, {1795464000000}},
	    .spot = {{SPOT_READY, true, {1}, {9}}, {SPOT_READY, true, {1}, {9}}},
	    .kube = {KUBE_SERVING, KUBE_SERVING},
	    .spot_answer = MONO_NEVER,
	    .kube_answer = {MONO_NEVER, MONO_NEVER},
	};
	*e = (struct episode){.start = w.now, .policy.is_enabled = !once_in(&w.rng, 12)};
	for (int id = 0; id < SIDES; id++) {
		e->policy.side[id] = random_policy(&w.rng);
		if (once_in(&w.rng, 2)) {
			w.spot[id] = random_spot(&w.rng);
			w.kube[id] = random_kube(&w.rng);
		}
	}
	if (once_in(&w.rng, 3))
		scribble(e, &w);
	else
		live(e, &w);
}
