#include "render/history.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

static const wall_ms begin_of_time = {INT64_MIN};

static int verdict_of(const char *name)
{
	for (int i = 0; i < VERDICTS; i++)
		if (strcmp(verdict_names[i], name) == 0)
			return i;
	return HISTORY_NOT_KNOWN;
}

/* A span of the same state goes on; one that does not begin behind the last one takes its place. */
static void add(struct history *h, wall_ms from, int state)
{
	if (h->count && from.ms <= h->span[h->count - 1].from.ms)
		from = h->span[--h->count].from;
	if (h->count && h->span[h->count - 1].state == state)
		return;
	if (h->count == h->room) {
		h->room = h->room ? 2 * h->room : 16;
		h->span = mem_resized(h->span, h->room * sizeof *h->span);
	}
	h->span[h->count++] = (struct history_span){from, state};
}

static void begin(struct history *h)
{
	*h = (struct history){0};
	add(h, begin_of_time, HISTORY_NOT_KNOWN);
}

void history_of_pair(struct history *h, const struct view_pair *pair)
{
	const struct incidents *in = pair->incidents;
	begin(h);
	for (size_t i = 0; i < in->spans; i++)
		add(h, in->span[i].from, in->span[i].use == SPAN_UNWATCHED ? HISTORY_NOT_KNOWN : (int)in->span[i].use);
}

/* The last span is not known up to `to`; what was before a time that was not watched, such as a restart, is. */
static void forget_until(struct history *h, const struct incidents *in, wall_ms to)
{
	struct history_span *last = &h->span[h->count - 1];
	wall_ms gap[2];
	size_t next = 0;
	if (incidents_gap(in, &next, last->from, to, gap) && gap[0].ms > last->from.ms)
		add(h, gap[0], HISTORY_NOT_KNOWN);
	else
		last->state = HISTORY_NOT_KNOWN;
}

/*
 * An event says what was before and after it. Where what was before is not what the last one has left, others between
 * them are no longer kept: the time between is not known. What was before the first one is not known: it may be one of
 * many, or the first verdict after a start.
 */
static void add_events(struct history *h, const struct view_pair *pair, enum side_id id)
{
	const struct events *events = pair->events;
	for (size_t i = 0; i < events_kept(events); i++) {
		const struct event *e = events_at(events, i);
		if (e->kind != EVENT_STATE || e->side != id)
			continue;
		if (verdict_of(e->from) != h->span[h->count - 1].state)
			forget_until(h, pair->incidents, e->at.wall);
		add(h, e->at.wall, verdict_of(e->to));
	}
}

/* The same history, without what was while nothing was watched. */
static void add_watched(struct history *h, const struct history *of_side, const struct incidents *in)
{
	size_t s = 0, n = 0;
	bool is_watched = true;
	begin(h);
	while (s < of_side->count || n < in->spans) {
		bool is_span =
		    s == of_side->count || (n < in->spans && in->span[n].from.ms <= of_side->span[s].from.ms);
		wall_ms from = is_span ? in->span[n].from : of_side->span[s].from;
		if (is_span)
			is_watched = in->span[n++].use != SPAN_UNWATCHED;
		else
			s++;
		add(h, from, s && is_watched ? of_side->span[s - 1].state : HISTORY_NOT_KNOWN);
	}
}

void history_of_side(struct history *h, const struct view_pair *pair, enum side_id id)
{
	const struct side *side = &pair->pair->side[id];
	struct history all;
	begin(&all);
	add_events(&all, pair, id);
	if (all.span[all.count - 1].state != (int)side->verdict)
		add(&all, side->since.wall, (int)side->verdict);
	add_watched(h, &all, pair->incidents);
	history_fini(&all);
}

static int64_t end_of(const struct history *h, size_t i)
{
	return i + 1 < h->count ? h->span[i + 1].from.ms : INT64_MAX;
}

int history_worst(const struct history *h, wall_ms from, wall_ms to, const int rank[])
{
	int worst = HISTORY_NOT_KNOWN;
	for (size_t i = 0; i < h->count; i++) {
		int state = h->span[i].state;
		if (h->span[i].from.ms >= to.ms || end_of(h, i) <= from.ms || state == HISTORY_NOT_KNOWN)
			continue;
		if (worst == HISTORY_NOT_KNOWN || rank[state] < rank[worst])
			worst = state;
	}
	return worst;
}

void history_fini(struct history *h)
{
	free(h->span);
	*h = (struct history){0};
}
