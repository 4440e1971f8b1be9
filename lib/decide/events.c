#include "decide/events.h"

#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const event_kind_names[EVENT_KINDS] = {
    [EVENT_STATUS] = "status",
    [EVENT_STATE] = "state",
    [EVENT_DEGRADED] = "degraded",
    [EVENT_FLAPPING] = "flapping",
    [EVENT_MAINTENANCE] = "maintenance",
};

/* Writes one event and returns the place of the next. */
static struct event *put(
    struct event *e, enum event_kind kind, int side, const char *from, const char *to, const char *reason)
{
	*e = (struct event){.kind = kind, .side = (enum side_id)side, .from = from, .to = to, .reason = reason};
	return e + 1;
}

static struct event *put_mark(struct event *e, enum event_kind kind, int side, bool is_set, const char *reason)
{
	static const char *const words[] = {"false", "true"};
	return put(e, kind, side, words[!is_set], words[is_set], reason);
}

static struct event *put_window(struct event *e, int side, const struct maintenance *was, const struct maintenance *is)
{
	static const char *const words[] = {"none", "declared"};
	struct event *next = put(e, EVENT_MAINTENANCE, side, words[was->is_declared], words[is->is_declared], "");
	memcpy(e->note, is->is_declared ? is->reason : was->reason, sizeof e->note);
	return next;
}

static struct event *put_side(struct event *e, const struct pair *before, const struct pair *after, int id)
{
	const struct side *was = &before->side[id], *is = &after->side[id];
	const struct maintenance *window_was = &before->maintenance[id], *window_is = &after->maintenance[id];
	const char *reason = side_reason_names[is->reason];
	if (was->verdict != is->verdict)
		e = put(e, EVENT_STATE, id, verdict_names[was->verdict], verdict_names[is->verdict], reason);
	else if (was->is_degraded != is->is_degraded)
		e = put_mark(e, EVENT_DEGRADED, id, is->is_degraded, reason);
	if (was->flap.is_flapping != is->flap.is_flapping)
		e = put_mark(e, EVENT_FLAPPING, id, is->flap.is_flapping, "");
	if (!maintenance_is_same(window_was, window_is))
		e = put_window(e, id, window_was, window_is);
	return e;
}

static struct event *put_status(struct event *e, const struct pair *before, const struct pair *after)
{
	const struct side *p = &after->side[PRIMARY], *s = &after->side[SECONDARY];
	struct event *next =
	    put(e, EVENT_STATUS, PRIMARY, ha_status_names[before->status], ha_status_names[after->status], "");
	snprintf(e->note, sizeof e->note, "primary %s (%s), secondary %s (%s)", verdict_names[p->verdict],
	    side_reason_names[p->reason], verdict_names[s->verdict], side_reason_names[s->reason]);
	return next;
}

size_t events_between(
    const struct pair *before, const struct pair *after, struct now now, struct event out[EVENTS_OF_A_STEP])
{
	struct event *end = out;
	for (int id = 0; id < SIDES + after->extra_count; id++)
		end = put_side(end, before, after, id);
	if (before->status != after->status)
		end = put_status(end, before, after);
	for (struct event *e = out; e < end; e++)
		e->at = now;
	return (size_t)(end - out);
}

static size_t statuses_of(const struct events *e)
{
	size_t count = 0;
	for (size_t i = 0; i < events_kept(e); i++)
		count += events_at(e, i)->kind == EVENT_STATUS;
	return count;
}

/* The event that counts least: the oldest change of a side, or of all while changes of the status have more than half.
 */
static size_t least_of(const struct events *e)
{
	size_t i = 0;
	if (2 * statuses_of(e) > EVENTS_KEPT)
		return 0;
	while (e->v[i].kind == EVENT_STATUS)
		i++;
	return i;
}

void events_add(struct events *e, const struct event *event)
{
	size_t kept = events_kept(e);
	if (kept == EVENTS_KEPT) {
		size_t least = least_of(e);
		memmove(e->v + least, e->v + least + 1, (--kept - least) * sizeof *e->v);
	} else if (kept == e->room) {
		size_t room = e->room ? 2 * e->room : 16;
		e->room = room < EVENTS_KEPT ? room : EVENTS_KEPT;
		e->v = mem_resized(e->v, e->room * sizeof *e->v);
	}
	e->v[kept] = *event;
	e->count++;
	if (!event->number)
		e->v[kept].number = e->count;
}

size_t events_kept(const struct events *e)
{
	return e->count < e->room ? (size_t)e->count : e->room;
}

const struct event *events_at(const struct events *e, size_t i)
{
	return &e->v[i];
}

size_t events_pick(const struct events *e, size_t most, const struct event *out[])
{
	size_t owed = statuses_of(e), n = 0; /* places that are left for changes of the status */
	owed = owed < most / 2 ? owed : most / 2;
	for (size_t i = events_kept(e); i > 0 && n < most; i--) {
		const struct event *event = events_at(e, i - 1);
		bool is_status = event->kind == EVENT_STATUS;
		if (!is_status && most - n <= owed)
			continue;
		out[n++] = event;
		owed -= is_status && owed > 0;
	}
	return n;
}

void events_fini(struct events *e)
{
	free(e->v);
	*e = (struct events){0};
}
