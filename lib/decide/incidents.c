#include "decide/incidents.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

enum { STARTING_MS = 120000 }; /* SEMANTICS.md section 6, "Not watched" */

const char *const span_use_names[SPAN_USES] = {
    [SPAN_ACTIVE] = "active",
    [SPAN_BLOCKED] = "blocked",
    [SPAN_UNKNOWN] = "unknown",
    [SPAN_PLANNED] = "planned",
    [SPAN_DISABLED] = "disabled",
    [SPAN_UNWATCHED] = "unwatched",
};

#define DAY_MS (24 * INT64_C(3600000))
const struct availability_window availability_windows[AVAILABILITY_WINDOWS] = {
    {"24h", DAY_MS},
    {"7d", 7 * DAY_MS},
    {"30d", 30 * DAY_MS},
    {"90d", 90 * DAY_MS},
};

/* What a status is here: how it counts, how bad it is among those of one incident, and whose it is. */
static const struct {
	enum span_use use;
	int rank;
	bool is_of[SIDES];
} traits[HA_STATUSES] = {
    [HA_ACTIVE] = {SPAN_ACTIVE},
    [HA_BLOCKED_SECONDARY_UNAVAILABLE] = {SPAN_BLOCKED, 1, {[SECONDARY] = true}},
    [HA_BLOCKED_PRIMARY_UNAVAILABLE] = {SPAN_BLOCKED, 2, {[PRIMARY] = true}},
    [HA_BLOCKED_BOTH_UNAVAILABLE] = {SPAN_BLOCKED, 3, {true, true}},
    [HA_DISABLED] = {SPAN_DISABLED},
    [HA_UNKNOWN] = {SPAN_UNKNOWN},
};

static int index_of(const char *text, const char *const *names)
{
	int i = 0;
	while (strcmp(names[i], text) != 0)
		i++;
	return i;
}

static enum ha_status status_named(const char *text)
{
	return (enum ha_status)index_of(text, ha_status_names);
}

static struct incident *open_one(const struct incidents *in)
{
	struct incident *last = in->count ? &in->v[in->count - 1] : NULL;
	return last && !wall_is_known(last->to) ? last : NULL;
}

static bool has_window(const struct incidents *in, int id)
{
	return wall_is_known(in->window_ends[id]);
}

/* A window of its own makes an outage of one side planned; nothing makes one of both. */
static enum span_use use_of(const struct incidents *in)
{
	bool is_planned = (in->status == HA_BLOCKED_PRIMARY_UNAVAILABLE && has_window(in, PRIMARY)) ||
	    (in->status == HA_BLOCKED_SECONDARY_UNAVAILABLE && has_window(in, SECONDARY));
	if (!in->is_watched)
		return SPAN_UNWATCHED;
	return is_planned ? SPAN_PLANNED : traits[in->status].use;
}

/* Spans. */

static void drop_oldest_spans(struct incidents *in)
{
	size_t half = in->spans / 2;
	in->spans -= half;
	memmove(in->span, in->span + half, in->spans * sizeof *in->span);
	in->since = in->span[0].from;
}

static void *with_room(void *v, size_t count, size_t *room, size_t size)
{
	if (count < *room)
		return v;
	*room = *room ? 2 * *room : 16;
	return mem_resized(v, *room * size);
}

static void cut_spans(struct incidents *in, wall_ms at)
{
	while (in->spans && in->span[in->spans - 1].from.ms >= at.ms)
		in->spans--;
}

static void begin_span(struct incidents *in)
{
	enum span_use use = use_of(in);
	if (!wall_is_known(in->since))
		return;
	cut_spans(in, in->at);
	if (in->spans && in->span[in->spans - 1].use == use)
		return;
	if (in->spans == SPANS_KEPT)
		drop_oldest_spans(in);
	in->span = with_room(in->span, in->spans, &in->span_room, sizeof *in->span);
	in->span[in->spans++] = (struct span){in->at, use};
}

/* Incidents. */

/* The time until `to` belongs to the incident. Before all is known, nobody knows who watched. */
static void pass(const struct incidents *in, struct incident *incident, wall_ms to)
{
	int64_t ms = to.ms - in->at.ms;
	bool is_known = wall_is_known(in->since);
	if (is_known && !in->is_watched)
		incident->unwatched_ms += ms;
	else if (is_known && in->runners != JOURNAL_RUNNERS_UNKNOWN)
		incident->lost_ms += in->runners * ms;
	else if (ms)
		incident->has_lost = false;
}

static void begin_incident(struct incidents *in, const char *note)
{
	if (in->count == INCIDENTS_KEPT)
		memmove(in->v, in->v + 1, --in->count * sizeof *in->v);
	in->v = with_room(in->v, in->count, &in->room, sizeof *in->v);
	struct incident *incident = &in->v[in->count++];
	*incident = (struct incident){.number = ++in->total,
	    .status = in->status,
	    .from = in->at,
	    .has_busy_first = in->has_busy,
	    .busy_first = in->busy,
	    .has_lost = traits[in->status].rank > 0};
	memcpy(incident->cause, note, strlen(note) + 1);
}

static void mark_busy(const struct incidents *in, struct incident *incident)
{
	if (in->has_busy && (!incident->has_busy_least || in->busy < incident->busy_least))
		incident->busy_least = in->busy;
	incident->has_busy_least |= in->has_busy;
}

static void mark(struct incidents *in, struct incident *incident, const char *note)
{
	mark_busy(in, incident);
	if (traits[in->status].rank > traits[incident->status].rank) {
		incident->status = in->status;
		memcpy(incident->cause, note, strlen(note) + 1);
	}
	for (int id = 0; id < SIDES; id++) {
		incident->has_side[id] |=
		    in->status == HA_UNKNOWN ? in->verdict[id] == UNKNOWN : traits[in->status].is_of[id];
		incident->is_declared |= incident->has_side[id] && has_window(in, id);
		incident->is_cordoned |= incident->has_side[id] && in->verdict[id] == MAINTENANCE;
	}
}

/* What holds from now on. While nobody watches, nobody knows whether an incident ends. `note`: of a new status. */
static void settle(struct incidents *in, const char *note)
{
	struct incident *open = open_one(in);
	enum span_use use = traits[in->status].use;
	bool is_bad = use == SPAN_BLOCKED || use == SPAN_UNKNOWN;
	begin_span(in);
	if (!in->is_watched)
		return;
	if (open && traits[open->status].use != use) {
		open->to = in->at;
		open = NULL;
	}
	if (!open && is_bad)
		begin_incident(in, note);
	if (is_bad)
		mark(in, open_one(in), note);
}

/* Time. */

static void pass_to(struct incidents *in, wall_ms at)
{
	struct incident *open = open_one(in);
	if (open)
		pass(in, open, at);
	strips_pass(&in->strips, in->at, at, in->is_watched && wall_is_known(in->since));
	in->at = at;
}

static wall_ms earlier(wall_ms a, wall_ms b)
{
	return a.ms < b.ms ? a : b;
}

/* The clock was ahead, and is right now: what it dated later is cut. */
static void cut(struct incidents *in, wall_ms at)
{
	cut_spans(in, at);
	for (size_t i = 0; i < in->count; i++) {
		in->v[i].from = earlier(in->v[i].from, at);
		in->v[i].to = earlier(in->v[i].to, at);
	}
	in->since = earlier(in->since, at);
	strips_cut(&in->strips, at);
	in->at = at;
}

/* The clock was never set until now: nobody knows when that was which it has dated. */
static void begin_at(struct incidents *in, wall_ms at)
{
	in->spans = 0;
	for (size_t i = 0; i < in->count; i++) {
		in->v[i].from = at;
		if (wall_is_known(in->v[i].to))
			in->v[i].to = at;
	}
	if (wall_is_known(in->since))
		in->since = at;
	in->at = at;
}

/* The next time until `to` at which something ends by itself; `to`: none. */
static wall_ms next_end(const struct incidents *in, wall_ms to)
{
	for (int id = 0; id < SIDES; id++)
		if (has_window(in, id))
			to = earlier(to, in->window_ends[id]);
	return in->is_starting ? earlier(to, in->starts_until) : to;
}

static void end_what_ends(struct incidents *in)
{
	for (int id = 0; id < SIDES; id++)
		if (in->window_ends[id].ms <= in->at.ms)
			in->window_ends[id] = WALL_UNKNOWN;
	if (in->is_starting && in->starts_until.ms <= in->at.ms) {
		in->is_starting = false;
		in->is_watched = true;
	}
	settle(in, "");
}

static void advance(struct incidents *in, wall_ms to)
{
	for (wall_ms end; (end = next_end(in, to)).ms < to.ms;) {
		pass_to(in, end.ms > in->at.ms ? end : in->at);
		end_what_ends(in);
	}
	pass_to(in, to);
}

/* Nobody has watched since the last sign of that, which is no earlier than the entry before. */
static void advance_unwatched(struct incidents *in, const struct journal_entry *entry)
{
	wall_ms sign = earlier(entry->until, entry->event.at.wall);
	if (sign.ms > in->at.ms)
		advance(in, sign);
	in->is_watched = in->is_starting = false;
	settle(in, "");
	advance(in, entry->event.at.wall);
}

/* Entries. */

static void start(struct incidents *in, const struct journal_entry *entry)
{
	enum ha_status was = in->status;
	advance_unwatched(in, entry);
	in->status = status_named(entry->event.to);
	in->is_starting = in->status == HA_UNKNOWN;
	in->is_watched = !in->is_starting;
	in->starts_until = (wall_ms){in->at.ms + STARTING_MS};
	if (in->status != was)
		in->runners = JOURNAL_RUNNERS_UNKNOWN;
	in->has_busy = false;
	if (in->is_starting) /* else the sides are in the states from before */
		strips_forget(&in->strips);
	for (int id = 0; id < SIDES && traits[in->status].rank == 0; id++)
		in->verdict[id] = in->status == HA_UNKNOWN ? UNKNOWN : UP;
}

static void go_on_after_pause(struct incidents *in, const struct journal_entry *entry)
{
	bool was_watched = in->is_watched, was_starting = in->is_starting;
	advance_unwatched(in, entry);
	in->is_watched = was_watched;
	in->is_starting = was_starting;
	in->starts_until = (wall_ms){in->at.ms + STARTING_MS};
}

static void take(struct incidents *in, const struct journal_entry *entry)
{
	const struct event *event = &entry->event;
	if (entry->kind == JOURNAL_STATE)
		strips_set(&in->strips, event->side, (enum verdict)index_of(event->to, verdict_names));
	bool is_of_pair = event->side < (enum side_id)SIDES;
	if (entry->kind == JOURNAL_STATUS) {
		in->status = status_named(event->to);
		in->runners = entry->runners;
		in->has_busy = entry->has_busy;
		in->busy = entry->busy;
		in->is_watched = true;
		in->is_starting = false;
	} else if (entry->kind == JOURNAL_RUNNERS) {
		if (entry->runners != JOURNAL_RUNNERS_UNKNOWN)
			in->runners = entry->runners;
		in->has_busy = entry->has_busy;
		in->busy = entry->busy;
	} else if (entry->kind == JOURNAL_STOP)
		in->is_watched = in->is_starting = false;
	else if (entry->kind == JOURNAL_STATE && is_of_pair)
		in->verdict[event->side] = (enum verdict)index_of(event->to, verdict_names);
	else if (entry->kind == JOURNAL_MAINTENANCE && is_of_pair)
		in->window_ends[event->side] = strcmp(event->to, "declared") == 0 ? entry->until : WALL_UNKNOWN;
}

void incidents_add(struct incidents *in, const struct journal_entry *entry)
{
	struct journal_entry timed = *entry;
	wall_ms at = journal_time(in->at, entry->event.at.wall);
	if (entry->is_carried && wall_is_known(in->since))
		return; /* it was in an older file, and that is here, too */
	in->version++;
	timed.event.at.wall = at;
	if (!wall_is_known(in->at))
		in->at = at;
	else if (wall_is_set(at) && !wall_is_set(in->at))
		begin_at(in, at);
	else if (at.ms < in->at.ms)
		cut(in, at);
	if (entry->kind == JOURNAL_START)
		start(in, &timed);
	else if (entry->kind == JOURNAL_PAUSE)
		go_on_after_pause(in, &timed);
	else
		advance(in, at);
	take(in, entry);
	if (!wall_is_known(in->since) && !entry->is_carried)
		in->since = at;
	settle(in, entry->kind == JOURNAL_STATUS ? entry->event.note : "");
}

bool incidents_is_starting(const struct incidents *in)
{
	return in->is_starting;
}

bool incidents_step(struct incidents *in, wall_ms now)
{
	if (!wall_is_known(in->at) || next_end(in, now).ms >= now.ms)
		return false;
	in->version++;
	advance(in, now);
	return true;
}

/* What is asked. */

struct incident incidents_at(const struct incidents *in, size_t i, wall_ms now)
{
	struct incident incident = in->v[i];
	if (!wall_is_known(incident.to) && now.ms > in->at.ms)
		pass(in, &incident, now);
	return incident;
}

static wall_ms end_of(const struct incidents *in, size_t i, wall_ms now)
{
	return i + 1 < in->spans ? earlier(in->span[i + 1].from, now) : now;
}

struct availability incidents_availability(const struct incidents *in, int64_t window_ms, wall_ms now)
{
	struct availability a = {0};
	wall_ms begins = {now.ms - window_ms};
	a.is_covered = wall_is_known(in->since) && in->since.ms <= begins.ms;
	for (size_t i = in->spans; i > 0; i--) {
		const struct span *span = &in->span[i - 1];
		int64_t from_ms = span->from.ms > begins.ms ? span->from.ms : begins.ms;
		int64_t ms = end_of(in, i - 1, now).ms - from_ms;
		a.ms[span->use] += ms > 0 ? ms : 0;
	}
	int64_t counted = a.ms[SPAN_ACTIVE] + a.ms[SPAN_BLOCKED] + a.ms[SPAN_UNKNOWN];
	a.has_ratio = a.is_covered && counted > 0;
	if (a.has_ratio)
		a.ratio = (double)a.ms[SPAN_ACTIVE] / (double)counted;
	return a;
}

bool incidents_gap(const struct incidents *in, size_t *next, wall_ms from, wall_ms to, wall_ms gap[2])
{
	for (size_t i = *next; i < in->spans; i++) {
		gap[0] = in->span[i].from.ms > from.ms ? in->span[i].from : from;
		gap[1] = end_of(in, i, to);
		*next = i + 1;
		if (in->span[i].use == SPAN_UNWATCHED && gap[0].ms < gap[1].ms)
			return true;
	}
	return false;
}

static void *copy_of(const void *v, size_t bytes)
{
	return bytes ? memcpy(mem_resized(NULL, bytes), v, bytes) : NULL;
}

struct incidents incidents_copy(const struct incidents *in)
{
	struct incidents copy = *in;
	copy.v = copy_of(in->v, in->count * sizeof *in->v);
	copy.span = copy_of(in->span, in->spans * sizeof *in->span);
	copy.room = in->count;
	copy.span_room = in->spans;
	return copy;
}

void incidents_fini(struct incidents *in)
{
	free(in->v);
	free(in->span);
	*in = (struct incidents){0};
}
