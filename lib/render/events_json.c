/* GET /api/v1/events: what happened to a pair, in the order of time. */
#include "base/json_out.h"
#include "render/documents.h"

enum { GAPS_MS = 24 * 3600000 }; /* what the daemon itself has missed is told of the last day */

void events_json_put(struct json_out *j, const struct journal_entry *entry)
{
	const struct event *event = &entry->event;
	bool has_side = journal_has_side(entry->kind);
	json_open(j, NULL, '{');
	json_put_int(j, "number", (int64_t)event->number);
	json_put_time(j, "time", event->at.wall);
	json_put_text(j, "kind", journal_kind_names[entry->kind]);
	json_put_text(j, "side", has_side ? side_id_names[event->side] : NULL);
	json_put_text(j, "cloudspace", has_side ? event->cloudspace : NULL);
	json_put_words(j, "from", event->from);
	json_put_words(j, "to", event->to);
	json_put_text(j, "reason", event->reason);
	json_put_text(j, "note", event->note);
	json_put_time(j, "until", entry->until);
	json_put_known(j, "runners", entry->runners != JOURNAL_RUNNERS_UNKNOWN, entry->runners);
	json_put_known(j, "busy", entry->has_busy, entry->busy);
	json_put_words(j, "uid", entry->uid);
	json_put_words(j, "pid", entry->pid);
	json_close(j, '}');
}

void events_json_put_gaps(struct json_out *j, const struct incidents *in, wall_ms from, wall_ms to)
{
	wall_ms gap[2];
	json_open(j, "gaps", '[');
	for (size_t next = 0; incidents_gap(in, &next, from, to, gap);) {
		json_open(j, NULL, '{');
		json_put_time(j, "from", gap[0]);
		json_put_time(j, "to", gap[1]);
		json_close(j, '}');
	}
	json_close(j, ']');
}

void events_json_put_kept(struct json_out *j, const struct events *events)
{
	json_open(j, "events", '[');
	for (size_t i = 0; i < events_kept(events); i++) {
		struct journal_entry entry = journal_of_event(events_at(events, i));
		events_json_put(j, &entry);
	}
	json_close(j, ']');
}

void events_json_render(
    const struct view *view, const struct view_pair *pair, const struct figures *figures, struct buf *out)
{
	struct json_out j = {out, false};
	size_t kept = events_kept(pair->events);
	(void)figures;
	json_open(&j, NULL, '{');
	json_put_text(&j, "pair", pair->name);
	json_put_int(&j, "kept", (int64_t)kept);
	json_put_int(&j, "total", (int64_t)pair->events->count);
	json_put_int(&j, "omitted", (int64_t)(pair->events->count - kept));
	events_json_put_kept(&j, pair->events);
	events_json_put_gaps(&j, pair->incidents, (wall_ms){view->now.wall.ms - GAPS_MS}, view->now.wall);
	json_close(&j, '}');
}
