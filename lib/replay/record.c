#include "replay/record.h"

/* The first byte of an entry: its kind, its side, and whether the clocks have moved against each other. */
enum { KIND_BITS = 4, SIDE_BITS = 3, KINDS_MAX = 1 << KIND_BITS, SIDES_SAID = 1 << SIDE_BITS };
enum { COUNT_MAX = 1 << 30 };
_Static_assert((int)RECORD_KINDS <= KINDS_MAX && (int)SIDES_MAX <= SIDES_SAID, "they fit the byte");

struct record_decided record_decided_of(const struct pair *pair)
{
	struct record_decided d = {.status = pair->status};
	for (int id = 0; id < SIDES + pair->extra_count; id++) {
		d.side[id].verdict = pair->side[id].verdict;
		d.side[id].reason = pair->side[id].reason;
		d.side[id].is_degraded = pair->side[id].is_degraded;
	}
	return d;
}

bool record_decided_is_same(const struct record_decided *a, const struct record_decided *b)
{
	bool is_same = a->status == b->status;
	for (int id = 0; id < SIDES_MAX; id++)
		is_same = is_same && a->side[id].verdict == b->side[id].verdict &&
		    a->side[id].reason == b->side[id].reason && a->side[id].is_degraded == b->side[id].is_degraded;
	return is_same;
}

static void walk_now(struct wire *w, struct now *t, struct now at)
{
	wire_mono(w, &t->mono, at.mono);
	wire_wall(w, &t->wall);
}

static void walk_spot(struct wire *w, struct spot_obs *spot)
{
	WIRE_ENUM(w, spot->word, SPOT_WORDS);
	wire_bool(w, &spot->was_ready);
	wire_wall(w, &spot->created);
	wire_wall(w, &spot->served_at);
}

static void walk_kube(struct wire *w, struct kube_obs *kube)
{
	int *const counts[] = {&kube->nodes.total, &kube->nodes.ready, &kube->nodes.cordoned,
	    &kube->nodes.ready_cordoned, &kube->nodes.available, &kube->nodes.control_plane};
	WIRE_ENUM(w, kube->word, KUBE_WORDS);
	for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
		wire_int32(w, counts[i], 0, COUNT_MAX);
}

static void walk_answer(struct wire *w, struct answer *answer)
{
	WIRE_ENUM(w, answer->reason, POLL_REASONS);
	wire_int32(w, &answer->status, 0, COUNT_MAX);
}

static void walk_flap(struct wire *w, struct flap *flap)
{
	int64_t changes = flap->changes;
	wire_int(w, &changes, 0, UINT32_MAX);
	flap->changes = (uint32_t)changes;
	wire_bool(w, &flap->has_last);
	wire_bool(w, &flap->is_flapping);
	WIRE_ENUM(w, flap->last, VERDICTS);
}

static void walk_side(struct wire *w, struct side *s, struct now at)
{
	bool *const marks[] = {
	    &s->is_degraded, &s->from_pools, &s->is_held, &s->disagrees, &s->is_decided, &s->was_up, &s->spot_seen};
	mono_ms *const times[] = {&s->evidence_at, &s->failing_since, &s->soft_since, &s->spot_at, &s->kube_at};
	WIRE_ENUM(w, s->verdict, VERDICTS);
	WIRE_ENUM(w, s->reason, SIDE_REASONS);
	walk_now(w, &s->since, at);
	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
		wire_bool(w, marks[i]);
	WIRE_ENUM(w, s->candidate, VERDICTS);
	wire_int32(w, &s->agreeing, 0, COUNT_MAX);
	for (int i = 0; i < SIDE_SOURCES; i++)
		wire_int32(w, &s->owed[i], 0, COUNT_MAX);
	for (size_t i = 0; i < sizeof times / sizeof *times; i++)
		wire_mono(w, times[i], at.mono);
	walk_spot(w, &s->spot);
	walk_kube(w, &s->kube);
	wire_wall(w, &s->created);
	wire_int32(w, &s->spot_missing, 0, COUNT_MAX);
	walk_flap(w, &s->flap);
}

static void walk_window(struct wire *w, struct maintenance *m, struct now at)
{
	wire_bool(w, &m->is_declared);
	if (!m->is_declared)
		return;
	walk_now(w, &m->began, at);
	walk_now(w, &m->ends, at);
	wire_text(w, m->reason, sizeof m->reason);
}

static void walk_pair(struct wire *w, struct pair *pair, struct now at)
{
	wire_int32(w, &pair->extra_count, 0, SIDES_MAX - SIDES);
	for (int id = 0; id < SIDES + pair->extra_count; id++) {
		walk_side(w, &pair->side[id], at);
		walk_window(w, &pair->maintenance[id], at);
	}
	WIRE_ENUM(w, pair->status, HA_STATUSES);
	walk_now(w, &pair->since, at);
	walk_now(w, &pair->blocked_since, at);
}

static void walk_policy(struct wire *w, struct side_policy *p)
{
	int64_t *const times[] = {&p->interval_ms, &p->spot_interval_ms, &p->unreachable_for_ms,
	    &p->own_network_window_ms, &p->stale_after_ms, &p->provisioning_late_ms, &p->provisioning_stuck_ms};
	wire_bool(w, &p->has_spot);
	wire_int32(w, &p->rise, 1, COUNT_MAX);
	wire_int32(w, &p->fall, 1, COUNT_MAX);
	for (size_t i = 0; i < sizeof times / sizeof *times; i++)
		wire_int(w, times[i], 0, WIRE_TIME_MAX_MS);
}

/* All sides have the same policy but for what is theirs alone, and that decides nothing here. */
static void walk_frame(struct wire *w, struct record_frame *f, struct now at)
{
	wire_text(w, f->pair_name, sizeof f->pair_name);
	wire_wall(w, &f->started);
	wire_int(w, &f->number, 0, INT64_MAX);
	wire_bool(w, &f->policy.is_enabled);
	walk_policy(w, &f->policy.side[PRIMARY]);
	walk_pair(w, &f->pair, at);
	f->policy.extra_count = f->pair.extra_count;
	for (int id = 0; id < SIDES + f->pair.extra_count; id++) {
		f->policy.side[id] = f->policy.side[PRIMARY];
		wire_text(w, f->cloudspace[id], sizeof f->cloudspace[id]);
		wire_int32(w, &f->origin[id], RECORD_ORIGIN_ELSEWHERE, SIDES_MAX - 1);
	}
	f->pair.counted_to = at;
}

static void walk_decided(struct wire *w, struct record_decided *d)
{
	WIRE_ENUM(w, d->status, HA_STATUSES);
	for (int id = 0; id < SIDES_MAX; id++) {
		WIRE_ENUM(w, d->side[id].verdict, VERDICTS);
		WIRE_ENUM(w, d->side[id].reason, SIDE_REASONS);
		wire_bool(w, &d->side[id].is_degraded);
	}
}

/* Each entry has its time as the difference to the one before. The wall clock is said only where it has moved. */
static void walk_time(struct wire *w, struct now *at, struct now *time, bool *has_moved)
{
	int64_t lead_ms = at->wall.ms - at->mono.ms, passed_ms = mono_since(at->mono, time->mono);
	int64_t moved_ms = time->wall.ms - time->mono.ms - lead_ms;
	wire_int(w, &passed_ms, 0, WIRE_TIME_MAX_MS);
	if (*has_moved)
		wire_int(w, &moved_ms, -WIRE_TIME_MAX_MS, WIRE_TIME_MAX_MS);
	else
		moved_ms = 0;
	time->mono = mono_plus(at->mono, passed_ms);
	time->wall.ms = time->mono.ms + lead_ms + moved_ms;
	w->is_bad |=
	    time->mono.ms > WIRE_TIME_MAX_MS || time->wall.ms > WIRE_TIME_MAX_MS || time->wall.ms < -WIRE_TIME_MAX_MS;
	*at = *time;
}

/* The kind, the side and the time. A frame's time is counted from 0. */
static void walk_head(struct wire *w, struct now *at, struct record_entry *e)
{
	bool has_moved = e->at.wall.ms - e->at.mono.ms != at->wall.ms - at->mono.ms;
	int head = (int)e->kind | (int)e->side << KIND_BITS | has_moved << (KIND_BITS + SIDE_BITS);
	if (w->out)
		buf_putc(w->out, (char)head);
	else if (w->at < w->len)
		head = (unsigned char)w->in[w->at++];
	else
		w->is_bad = true;
	w->is_bad |= head % KINDS_MAX >= RECORD_KINDS || head / KINDS_MAX % SIDES_SAID >= SIDES_MAX;
	if (w->is_bad)
		return;
	e->kind = (enum record_kind)(head % KINDS_MAX);
	e->side = (enum side_id)(head / KINDS_MAX % SIDES_SAID);
	has_moved = head / (KINDS_MAX * SIDES_SAID);
	if (record_is_frame(e->kind)) {
		wire_int(w, &e->at.mono.ms, 0, WIRE_TIME_MAX_MS);
		wire_wall(w, &e->at.wall);
		*at = e->at;
	} else
		walk_time(w, at, &e->at, &has_moved);
}

static void walk_input(struct wire *w, struct record_entry *e)
{
	wire_int(w, &e->late_ms, 0, WIRE_TIME_MAX_MS);
	if (e->kind == RECORD_GRACE) {
		e->input.kind = SIDE_GRACE;
		return;
	}
	wire_mono(w, &e->input.witness_at, e->at.mono);
	walk_answer(w, &e->answer);
	if (e->kind == RECORD_SPOT) {
		e->input.kind = SIDE_SPOT;
		walk_spot(w, &e->input.spot);
	} else {
		e->input.kind = SIDE_KUBE;
		walk_kube(w, &e->input.kube);
		walk_answer(w, &e->readyz);
	}
}

void record_walk(struct wire *w, struct now *at, struct record_entry *e)
{
	if (!w->out)
		*e = (struct record_entry){.input.witness_at = MONO_NEVER};
	walk_head(w, at, e);
	if (w->is_bad)
		return;
	switch (e->kind) {
	case RECORD_START:
	case RECORD_RELOAD:
	case RECORD_FRAME: walk_frame(w, &e->frame, e->at); break;
	case RECORD_GRACE:
	case RECORD_SPOT:
	case RECORD_KUBE: walk_input(w, e); break;
	case RECORD_WINDOW: walk_window(w, &e->window, e->at); break;
	case RECORD_DECIDED: walk_decided(w, &e->decided); break;
	default: e->input.kind = SIDE_TICK;
	}
}

void record_put_pair(struct buf *out, const struct pair *pair, struct now at)
{
	struct pair copy = *pair;
	walk_pair(&(struct wire){.out = out}, &copy, at);
}
