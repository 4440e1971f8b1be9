#include "replay/tune.h"

#include "base/mem.h"

#include <stdlib.h>

enum { HOUR_MS = 3600000 };

/* The grid, combination by combination. */

static struct tune_run run_of(const struct tune_grid *grid, const size_t chosen[TUNE_KEYS])
{
	struct tune_run run = {0};
	for (int key = 0; key < TUNE_KEYS; key++) {
		const struct replay_set *one = &grid->key[key].v[chosen[key]];
		run.value[key] = tune_grid_value(one);
		run.set.v[run.set.count++] = one->v[0];
	}
	return run;
}

/* The next combination; false behind the last one. */
static bool advance(const struct tune_grid *grid, size_t chosen[TUNE_KEYS])
{
	for (int key = TUNE_KEYS; key-- > 0; chosen[key] = 0)
		if (++chosen[key] < grid->key[key].count)
			return true;
	return false;
}

static bool is_more_patient(const struct tune_run *a, const struct tune_run *b)
{
	static const struct {
		enum tune_key key;
		int sign;
	} order[] = {{TUNE_FALL, 1}, {TUNE_UNREACHABLE_FOR, 1}, {TUNE_INTERVAL, -1}, {TUNE_RISE, -1}};
	for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
		int64_t more = order[i].sign * (a->value[order[i].key] - b->value[order[i].key]);
		if (more)
			return more > 0;
	}
	return false;
}

/* In as many phases as there are recorded answers in its interval. */
static void add_combination(struct tune *t, const struct tune_run *combination, int64_t interval_ms)
{
	int64_t phases = interval_ms ? (combination->value[TUNE_INTERVAL] + interval_ms - 1) / interval_ms : 1;
	if (!t->count || is_more_patient(combination, &t->runs[t->patient]))
		t->patient = t->count;
	for (int phase = 0; phase < phases && phase < TUNE_PHASES_MAX; phase++) {
		struct tune_run *run = &t->runs[t->count++];
		*run = *combination;
		run->phase = phase;
		run->phases = phases < TUNE_PHASES_MAX ? (int)phases : TUNE_PHASES_MAX;
		run->replay.set = &run->set;
	}
	t->combinations++;
}

bool tune_begin(
    struct tune *t, const struct tune_grid *grid, const struct pair_policy *present, int64_t interval_ms, struct err *e)
{
	size_t all = 1, chosen[TUNE_KEYS] = {0};
	struct err refusal;
	*t = (struct tune){.present = *present};
	for (int key = 0; key < TUNE_KEYS; key++)
		all *= grid->key[key].count; /* at most TUNE_VALUES_MAX each */
	if (all > TUNE_RUNS_MAX)
		return err_set(e, "%zu combinations of settings; expected at most %d: name fewer values with --set",
		    all, TUNE_RUNS_MAX);
	for (size_t i = 0; i < grid->key[TUNE_INTERVAL].count; i++)
		t->too_short += tune_grid_value(&grid->key[TUNE_INTERVAL].v[i]) < interval_ms;
	if (t->too_short == grid->key[TUNE_INTERVAL].count)
		return err_set(e,
		    "each poll.interval is shorter than the recorded one of %lld ms: what would have been answered "
		    "between is not known; name one that is not shorter",
		    (long long)interval_ms);
	t->runs = mem_zeroed(all * TUNE_PHASES_MAX, sizeof *t->runs);
	do {
		const struct tune_run run = run_of(grid, chosen);
		if (run.value[TUNE_INTERVAL] < interval_ms)
			continue;
		if (replay_set_check(&run.set, present, t->refused ? NULL : &refusal))
			add_combination(t, &run, interval_ms);
		else
			t->refused++;
	} while (advance(grid, chosen));
	if (!t->count)
		tune_fini(t);
	return t->count ||
	    err_set(e, "hawatchd would refuse each combination, such as the first: %.300s", refusal.text);
}

void tune_fini(struct tune *t)
{
	for (size_t i = 0; i < t->count; i++)
		free(t->runs[i].spans);
	free(t->runs);
	t->runs = NULL;
	t->count = 0;
}

/* One entry in one run. */

/*
 * The next time, after `now`, at which a phase would ask that has asked in intervals of the same length since the
 * start: in the shortest that jitter gives, so that it does not pass over an answer that came so soon.
 */
static mono_ms next_of_phase(const struct tune_run *run, mono_ms now)
{
	int64_t interval_ms = run->value[TUNE_INTERVAL] - run->value[TUNE_INTERVAL] / SCHEDULE_JITTER;
	int64_t since_ms = mono_since(run->started, now) - interval_ms * run->phase / run->phases;
	int64_t gone_ms = (since_ms % interval_ms + interval_ms) % interval_ms;
	return mono_plus(now, interval_ms - gone_ms);
}

static void start_phase(struct tune_run *run, mono_ms now)
{
	run->started = now;
	for (int id = 0; id < SIDES_MAX; id++) {
		run->health[id] = schedule_begin(0, 1, run->value[TUNE_INTERVAL], now);
		if (run->phase)
			run->health[id].due = next_of_phase(run, now);
	}
}

/* What the schedule asks for after a health round. Only when an answer came is known: so no round takes time here. */
static void end_round(struct tune_run *run, enum side_id id, bool was_disagreeing, mono_ms now)
{
	const struct pace_round answers = {0};
	const struct pair *pair = &run->replay.pair;
	bool disagrees = pair->side[id].disagrees;
	run->health[id] = schedule_end(schedule_start(run->health[id], now),
	    &(struct schedule_round){.answers = &answers,
		.interval_ms = run->value[TUNE_INTERVAL],
		.ceiling_ms = run->value[TUNE_INTERVAL],
		.confirm_ms = disagrees,
		.counts = true},
	    now);
	/* Phases that were asked early at the same time part again. */
	if (!disagrees)
		run->health[id].due = next_of_phase(run, now);
	for (int other = 0; disagrees && !was_disagreeing && other < SIDES + pair->extra_count; other++)
		if (other != (int)id)
			run->health[other] = schedule_bring_forward(run->health[other], 0, now);
}

/* An interval that is not longer than the recorded one takes every answer. */
static bool is_asked(const struct tune_run *run, const struct record_entry *entry)
{
	bool is_thinned = run->value[TUNE_INTERVAL] > run->replay.frame.policy.side[PRIMARY].interval_ms;
	return !is_thinned || schedule_is_due(&run->health[entry->side], entry->at.mono);
}

static struct tune_span *new_span(struct tune_run *run)
{
	if (run->span_count == run->span_room) {
		run->span_room = run->span_room ? 2 * run->span_room : 4;
		run->spans = mem_resized(run->spans, run->span_room * sizeof *run->spans);
	}
	struct tune_span *span = &run->spans[run->span_count++];
	*span = (struct tune_span){0};
	return span;
}

static bool is_out(enum verdict verdict)
{
	return verdict == DOWN || verdict == PROVISIONING || verdict == MAINTENANCE;
}

/* What the pair is now: a span begins, goes on or ends. */
static void follow(struct tune_run *run, wall_ms now, bool is_carried)
{
	const struct pair *pair = &run->replay.pair;
	bool is_blocked = pair_status_is_blocked(pair->status);
	struct tune_span *span = run->is_blocked ? &run->spans[run->span_count - 1] : NULL;
	if (is_blocked && !span) {
		span = new_span(run);
		span->from = span->evidence = now;
		span->is_carried = is_carried;
	}
	for (int id = 0; span && is_blocked && id < SIDES; id++) {
		if (!is_out(pair->side[id].verdict) || wall_is_known(span->side_from[id]))
			continue;
		span->side_from[id] = now;
		if (span->from.ms == now.ms && wall_is_known(run->against[id]) &&
		    run->against[id].ms < span->evidence.ms)
			span->evidence = run->against[id];
	}
	if (span)
		span->to = now;
	run->is_blocked = is_blocked;
}

static void step_run(struct tune_run *run, const struct record_entry *e, bool is_new)
{
	const struct pair *pair = &run->replay.pair;
	bool was_disagreeing = pair->side[e->side].disagrees;
	if (e->kind == RECORD_KUBE && !is_asked(run, e))
		return;
	replay_step(&run->replay, e);
	if (e->kind == RECORD_DECIDED)
		return;
	if (is_new || e->kind == RECORD_RELOAD)
		start_phase(run, e->at.mono);
	for (int id = 0; id < SIDES; id++)
		if (pair->side[id].disagrees && !wall_is_known(run->against[id]))
			run->against[id] = e->at.wall;
	follow(run, e->at.wall, is_new);
	for (int id = 0; id < SIDES; id++)
		if (!pair->side[id].disagrees)
			run->against[id] = WALL_UNKNOWN;
	if (e->kind == RECORD_KUBE)
		end_round(run, e->side, was_disagreeing, e->at.mono);
	else if (e->kind == RECORD_SPOT && side_is_refusal_backed(&pair->side[e->side]))
		run->health[e->side] = schedule_ask_again(run->health[e->side], e->at.mono);
}

void tune_step(struct tune *t, const struct record_entry *e)
{
	/* hawatchd has started, or something is missing; each run gets every frame, so the first one knows. */
	bool is_new = record_is_frame(e->kind) && !replay_goes_on(&t->runs[0].replay, e);
	if (!t->has_begun)
		t->began = e->at.wall;
	t->has_begun = true;
	t->ended = e->at.wall;
	for (size_t i = 0; i < t->count; i++)
		step_run(&t->runs[i], e, is_new);
}

void tune_end(struct tune *t)
{
	for (size_t i = 0; i < t->count; i++)
		if (t->runs[i].is_blocked)
			t->runs[i].spans[t->runs[i].span_count - 1].to = t->ended;
}

bool tune_is_present(const struct tune *t, const struct tune_run *run)
{
	bool is_present = true;
	for (int key = 0; key < TUNE_KEYS; key++)
		is_present = is_present && run->value[key] == tune_grid_of(&t->present, (enum tune_key)key);
	return is_present;
}

int64_t tune_requests(const struct tune *t, const struct tune_run *run)
{
	const mono_ms start = {0};
	const struct pace_round answers = {0};
	const struct schedule health =
	    schedule_end(schedule_start(schedule_begin(0, 1, run->value[TUNE_INTERVAL], start), start),
		&(struct schedule_round){
		    .answers = &answers, .interval_ms = run->value[TUNE_INTERVAL], .counts = true, .jitter = 0.5},
		start);
	int64_t sides = SIDES + t->present.extra_count, apart_ms = mono_since(start, health.due);
	return (HOUR_MS * sides + apart_ms / 2) / apart_ms;
}
