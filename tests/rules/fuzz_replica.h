/*
 * A daemon in a life. What it decides and what it exports is the real code: pair_step() at the real intervals, and
 * metrics_render(). Only its sources are made up: they say what the life says.
 */
#pragma once

#include "fuzz_life.h"
#include "render/metrics.h"

/* The defaults, but for provisioning: a life has three hours at most. */
static const struct side_policy usual_policy = {
    .has_spot = true,
    .rise = 2,
    .fall = 3,
    .interval_ms = 5 * SECOND,
    .spot_interval_ms = 30 * SECOND,
    .own_network_window_ms = 60 * SECOND,
    .unreachable_for_ms = 90 * SECOND,
    .stale_after_ms = 5 * MINUTE,
    .provisioning_late_ms = 40 * MINUTE,
    .provisioning_stuck_ms = 60 * MINUTE,
};
enum { CONFIRM_MS = SECOND, TURN_MS = SECOND };

struct watch { /* of one pair */
	struct pair_policy policy;
	struct pair pair;
	struct pair_memory memory; /* the state file, while there is no process */
	bool is_configured;
	int64_t due_ms[SIDES][SIDE_SOURCES];
	struct cloudspace cloudspace[SIDES];
	bool has_cloudspace[SIDES];
};

struct replica {
	int number;
	bool is_running;
	int64_t started_ms, stopped_ms;
	const struct happening *stop; /* why it does not run */
	int pod;                      /* how often it was replaced */
	struct watch watch[PAIRS_MAX];
};

static struct now now_at(int64_t ms)
{
	return (struct now){{ms}, {ms}};
}

static bool sees(const struct life *life, const struct replica *r, int pair, int side, int64_t ms)
{
	const struct happening *half = going_on(life, HALF_BLIND, r->number, ms);
	return !going_on(life, BLIND, r->number, ms) && !(half && has(half->pairs, pair) && has(half->sides, side));
}

static void poll_kube(const struct life *life, struct replica *r, int pair, int side, int64_t ms)
{
	struct watch *w = &r->watch[pair];
	const struct happening *fault = fault_of(life, pair, side, ms);
	struct side_input input = {
	    .kind = SIDE_KUBE,
	    .kube = {.word = fault ? kinds[fault->kind].kube : KUBE_SERVING},
	    .witness_at = going_on(life, BLIND, r->number, ms) ? MONO_NEVER : (mono_ms){ms},
	};
	if (!sees(life, r, pair, side, ms))
		input.kube.word = KUBE_NONE;
	w->pair = pair_step(&w->policy, w->pair, (enum side_id)side, &input, now_at(ms));
	w->due_ms[side][SOURCE_KUBE] = ms + (w->pair.side[side].disagrees ? CONFIRM_MS : usual_policy.interval_ms);
}

static void poll_spot(const struct life *life, struct replica *r, int pair, int side, int64_t ms)
{
	struct watch *w = &r->watch[pair];
	const struct happening *fault = fault_of(life, pair, side, ms);
	bool is_new = fault && fault->kind == REBUILT;
	wall_ms created = {created_at(life, pair, side, ms)};
	struct side_input input = {.kind = SIDE_SPOT, .witness_at = MONO_NEVER};
	if (!going_on(life, BLIND, r->number, ms)) {
		input.spot = (struct spot_obs){fault ? kinds[fault->kind].spot : SPOT_READY, !is_new, created, {ms}};
		w->has_cloudspace[side] = true;
		w->cloudspace[side] = (struct cloudspace){.region = "us-central-dfw-1",
		    .created = created,
		    .known_phase = is_new ? PHASE_PROVISIONING : PHASE_READY,
		    .word = input.spot.word};
	}
	w->pair = pair_step(&w->policy, w->pair, (enum side_id)side, &input, now_at(ms));
	w->due_ms[side][SOURCE_SPOT] = ms + usual_policy.spot_interval_ms;
}

static void start_watch(const struct replica *r, struct watch *w, bool has_state, int64_t ms)
{
	if (has_state) {
		for (int side = 0; side < SIDES; side++)
			w->memory.side[side].evidence_age_ms += ms - r->stopped_ms;
		w->pair = pair_restore(&w->policy, &w->memory, now_at(ms));
	} else
		w->pair = pair_start(&w->policy, now_at(ms));
	for (int side = 0; side < SIDES; side++) {
		w->has_cloudspace[side] = false;
		for (int source = 0; source < SIDE_SOURCES; source++)
			w->due_ms[side][source] = ms + side * TURN_MS;
	}
}

/* Starts it, or stops it. */
static void turn_process(const struct life *life, struct replica *r, int64_t ms)
{
	const struct happening *stop = stop_of(life, r->number, ms);
	if (!stop == r->is_running)
		return;
	r->is_running = !stop;
	for (int pair = 0; pair < life->pair_count; pair++)
		if (stop)
			r->watch[pair].memory = pair_remember(&r->watch[pair].pair, now_at(ms));
		else
			start_watch(r, &r->watch[pair], r->stop->kind == RESTARTED, ms);
	if (stop) {
		r->stop = stop;
		r->stopped_ms = ms;
		r->pod += stop->kind == REPLACED;
	} else
		r->started_ms = ms;
}

/* A reload: the configuration says which pairs there are, and whether HA is enabled. */
static void turn_configuration(const struct life *life, struct replica *r, int pair, int64_t ms)
{
	struct watch *w = &r->watch[pair];
	bool was_configured = w->is_configured;
	w->is_configured = watches(life, r->number, pair, ms);
	if (w->is_configured && !was_configured)
		start_watch(r, w, false, ms);
	const struct side_input tick = {.kind = SIDE_TICK, .witness_at = MONO_NEVER};
	const struct happening *h = going_on(life, DISABLED, r->number, ms);
	w->policy.is_enabled = !(h && has(h->pairs, pair));
	if (w->policy.is_enabled == (w->pair.status == HA_DISABLED))
		w->pair = pair_step(&w->policy, w->pair, PRIMARY, &tick, now_at(ms));
}

/* Windows that people have declared since its last turn. */
static void turn_windows(const struct life *life, struct replica *r, int64_t ms)
{
	for (int i = 0; i < life->n; i++) {
		const struct happening *h = &life->all[i];
		bool begins = h->from_ms > ms - TURN_MS && h->from_ms <= ms;
		for (int pair = 0; pair < life->pair_count && has(h->replicas, r->number); pair++) {
			struct watch *w = &r->watch[pair];
			for (int side = 0; side < SIDES && h->kind == WINDOW && begins; side++)
				if (has(h->pairs, pair) && has(h->sides, side)) {
					struct err e = {""};
					if (!pair_begin_maintenance(&w->pair, (enum side_id)side,
						h->until_ms - h->from_ms, "", true, now_at(ms), &e))
						printf("# %s\n", e.text);
				}
		}
	}
}

/* One turn of the daemon's loop. */
static void replica_turn(const struct life *life, struct replica *r, int64_t ms)
{
	turn_process(life, r, ms);
	if (!r->is_running)
		return;
	turn_windows(life, r, ms);
	for (int pair = 0; pair < life->pair_count; pair++) {
		turn_configuration(life, r, pair, ms);
		for (int side = 0; side < SIDES && r->watch[pair].is_configured; side++) {
			const int64_t *due_ms = r->watch[pair].due_ms[side];
			if (due_ms[SOURCE_SPOT] <= ms)
				poll_spot(life, r, pair, side, ms);
			if (due_ms[SOURCE_KUBE] <= ms)
				poll_kube(life, r, pair, side, ms);
		}
	}
}

/* What it answers to a scrape. */
static void replica_scrape(const struct life *life, const struct replica *r, int64_t ms, struct buf *out)
{
	static const struct inventory nothing;
	static const struct incidents none;
	struct view_pair vpairs[PAIRS_MAX] = {0};
	const struct view_pair *shown[PAIRS_MAX];
	struct metrics_lines *lines[PAIRS_MAX] = {0};
	struct figures figures[PAIRS_MAX];
	struct view view = {.now = now_at(ms),
	    .version = "",
	    .revision = "",
	    .has_spot = true,
	    .process = {.start_time_s = (double)r->started_ms / SECOND},
	    .pairs = shown};
	for (int pair = 0; pair < life->pair_count; pair++) {
		const struct watch *w = &r->watch[pair];
		struct view_pair *v = &vpairs[view.pair_count];
		if (!w->is_configured)
			continue;
		*v = (struct view_pair){.name = pair_name(pair),
		    .is_enabled = w->policy.is_enabled,
		    .policy = &w->policy,
		    .incidents = &none,
		    .pair = &w->pair};
		for (int side = 0; side < SIDES; side++)
			v->side[side] = (struct view_side){.name = side_name(side),
			    .cloudspace = w->has_cloudspace[side] ? &w->cloudspace[side] : NULL,
			    .inventory = &nothing};
		figures[view.pair_count] = view_figures(v);
		shown[view.pair_count] = v;
		lines[view.pair_count] = metrics_lines_new(v, &figures[view.pair_count]);
		view.pair_count++;
	}
	buf_reset(out);
	metrics_render(&view, figures, (const struct metrics_lines *const *)lines, EXPO_TEXT, out);
	for (size_t i = 0; i < view.pair_count; i++)
		metrics_lines_free(&lines[i]);
}

static struct replica replica_of(int number, int64_t ms)
{
	struct replica r = {.number = number, .started_ms = ms, .is_running = true};
	for (int pair = 0; pair < PAIRS_MAX; pair++) {
		struct watch *w = &r.watch[pair];
		w->policy = (struct pair_policy){.is_enabled = true, .side = {usual_policy, usual_policy}};
		start_watch(&r, w, false, ms);
	}
	return r;
}
