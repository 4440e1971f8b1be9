#include "replay/replay.h"

#include <string.h>

static void tell(struct replay *r, struct replay_change change)
{
	change.at = r->at;
	if (r->on_change)
		r->on_change(r->ctx, &change);
}

static void tell_both(struct replay *r, enum replay_news news)
{
	tell(r, (struct replay_change){.news = news, .was = true, .is = true, .decided = r->said});
}

/* What has changed of one side, or of the status: then, in the replay, or in both to the same. */
static void settle_one(struct replay *r, enum replay_news news, int id, const struct record_decided *is,
    bool has_changed_then, bool has_changed_now, bool is_same)
{
	struct replay_change change = {.news = news, .side = (enum side_id)id};
	bool are_both = has_changed_then && has_changed_now && is_same;
	if (has_changed_then) {
		change.was = true;
		change.is = are_both;
		change.decided = r->said;
		tell(r, change);
	}
	if (has_changed_now && !are_both) {
		change.was = false;
		change.is = true;
		change.decided = *is;
		tell(r, change);
	}
}

/* All of a side, in a value of its own: the rest is 0. */
static struct record_decided only(const struct record_decided *d, int id)
{
	struct record_decided one = {0};
	one.side[id] = d->side[id];
	return one;
}

static bool is_side_same(const struct record_decided *a, const struct record_decided *b, int id)
{
	struct record_decided one = only(a, id), other = only(b, id);
	return record_decided_is_same(&one, &other);
}

static void differ(struct replay *r, bool is_inside)
{
	if (!r->differs)
		r->differs_at = r->at;
	if (!r->differs || !is_inside)
		r->differs_inside = is_inside;
	r->differs = true;
}

/* The entry before has come to its end: what it has changed then, and in the replay. */
static void settle(struct replay *r)
{
	struct record_decided is = record_decided_of(&r->pair);
	/* Nearly always: nothing has changed, and nothing differs. */
	if (record_decided_is_same(&r->was, &r->said) && record_decided_is_same(&r->is, &is) &&
	    record_decided_is_same(&r->said, &is))
		return;
	for (int id = 0; id < SIDES_MAX; id++)
		settle_one(r, REPLAY_STATE, id, &is, !is_side_same(&r->was, &r->said, id),
		    !is_side_same(&r->is, &is, id), is_side_same(&r->said, &is, id));
	settle_one(r, REPLAY_STATUS, 0, &is, r->was.status != r->said.status, r->is.status != is.status,
	    r->said.status == is.status);
	if (!record_decided_is_same(&r->said, &is) && (!r->differs || r->differs_inside))
		differ(r, false);
	r->was = r->said;
	r->is = is;
}

/* The pair as it was recorded; what was before does not count. */
static void take_frame(struct replay *r, const struct record_frame *frame)
{
	r->pair = frame->pair;
	r->was = r->said = r->is = record_decided_of(&r->pair);
}

/* Without other settings the pair must be the recorded one, with every counter and time. */
static void compare(struct replay *r, const struct record_frame *frame)
{
	struct buf is = buf_of(RECORD_PAIR_MAX_BYTES), was = buf_of(RECORD_PAIR_MAX_BYTES);
	record_put_pair(&is, &r->pair, r->at);
	record_put_pair(&was, &frame->pair, r->at);
	bool is_same = is.len == was.len && memcmp(is.data, was.data, is.len) == 0;
	buf_fini(&is);
	buf_fini(&was);
	if (!is_same && !r->differs && !(r->set && r->set->count))
		differ(r, true);
}

static void reload(struct replay *r, const struct record_frame *frame)
{
	struct pair_origin from[SIDES_MAX] = {0};
	const struct pair before = r->pair;
	for (int id = 0; id < SIDES + frame->pair.extra_count; id++) {
		int origin = frame->origin[id];
		if (origin >= 0 && origin < SIDES + before.extra_count)
			from[id] = (struct pair_origin){&before, (enum side_id)origin};
		else if (origin == RECORD_ORIGIN_ELSEWHERE)
			from[id] = (struct pair_origin){&frame->pair, (enum side_id)id};
	}
	r->pair = pair_reload(&r->policy, &before, from, r->at);
	r->said = record_decided_of(&frame->pair);
	tell_both(r, REPLAY_RELOAD);
}

bool replay_goes_on(const struct replay *r, const struct record_entry *e)
{
	return r->has_begun && e->kind != RECORD_START && e->frame.started.ms == r->frame.started.ms &&
	    e->frame.number == r->frame.number + 1;
}

/* Of sides that are others, or after a gap, the last results are not known. */
static void forget_why(struct replay *r)
{
	memset(r->why, 0, sizeof r->why);
	memset(r->made, 0, sizeof r->made);
}

static void step_frame(struct replay *r, const struct record_entry *e)
{
	const struct record_frame *frame = &e->frame;
	bool goes_on = replay_goes_on(r, e);
	bool is_gap = r->has_begun && !goes_on && e->kind != RECORD_START;
	r->frame = *frame;
	r->policy = replay_set_apply(r->set, &frame->policy);
	if (!r->has_begun)
		r->began = e->at;
	if (!goes_on || e->kind == RECORD_RELOAD)
		forget_why(r);
	if (!goes_on)
		take_frame(r, frame);
	else if (e->kind == RECORD_RELOAD)
		reload(r, frame);
	if (goes_on)
		compare(r, frame);
	else if (is_gap || e->kind == RECORD_START)
		tell_both(r, is_gap ? REPLAY_GAP : REPLAY_START);
	r->has_begun = true;
}

/* Why the input makes of a side what it does: asked of the step that decides. */
static void note_why(struct replay *r, int id, const struct side_input *input, struct now at)
{
	enum verdict before = r->pair.side[id].verdict;
	struct side after = side_step_why(&r->policy.side[id], r->pair.side[id], input, at, &r->why[id]);
	if (after.verdict == before)
		return;
	bool is_made = after.verdict != UNKNOWN;
	r->made[id] = is_made ? r->why[id] : (struct side_why){0};
}

static void step_input(struct replay *r, const struct record_entry *e)
{
	bool is_of_all = e->kind == RECORD_TICK || e->kind == RECORD_GRACE;
	int sides = SIDES + r->pair.extra_count;
	for (int id = 0; id < sides; id++)
		if (is_of_all || id == (int)e->side) {
			if (r->wants_why)
				note_why(r, id, &e->input, e->at);
			r->pair = pair_step(&r->policy, r->pair, (enum side_id)id, &e->input, e->at);
		}
	if (e->kind == RECORD_GRACE)
		tell(r, (struct replay_change){.news = REPLAY_GRACE, .was = true, .is = true, .late_ms = e->late_ms});
}

void replay_step(struct replay *r, const struct record_entry *e)
{
	if (e->kind == RECORD_DECIDED) {
		r->said = e->decided;
		return;
	}
	if (r->has_begun)
		settle(r);
	r->at = e->at;
	if (record_is_frame(e->kind))
		step_frame(r, e);
	else if (e->kind == RECORD_WINDOW) {
		r->pair.maintenance[e->side] = e->window;
		tell(r,
		    (struct replay_change){
			.news = REPLAY_WINDOW, .side = e->side, .was = true, .is = true, .window = &e->window});
	} else
		step_input(r, e);
}

void replay_end(struct replay *r)
{
	if (r->has_begun)
		settle(r);
}
