/* GET /api/v1/events: what happened to a pair, in the order of time. */
#include "base/json_out.h"
#include "render/documents.h"

void events_json_put(struct json_out *j, const struct event *event)
{
	bool has_side = event->kind != EVENT_STATUS;
	json_open(j, NULL, '{');
	json_put_int(j, "number", (int64_t)event->number);
	json_put_time(j, "time", event->at.wall);
	json_put_text(j, "kind", event_kind_names[event->kind]);
	json_put_text(j, "side", has_side ? side_id_names[event->side] : NULL);
	json_put_text(j, "cloudspace", has_side ? event->cloudspace : NULL);
	json_put_text(j, "from", event->from);
	json_put_text(j, "to", event->to);
	json_put_text(j, "reason", event->reason);
	json_put_text(j, "note", event->note);
	json_close(j, '}');
}

void events_json_render(
    const struct view *view, const struct view_pair *pair, const struct figures *figures, struct buf *out)
{
	struct json_out j = {out, false};
	size_t kept = events_kept(pair->events);
	(void)view, (void)figures;
	json_open(&j, NULL, '{');
	json_put_text(&j, "pair", pair->name);
	json_put_int(&j, "kept", (int64_t)kept);
	json_put_int(&j, "total", (int64_t)pair->events->count);
	json_put_int(&j, "omitted", (int64_t)(pair->events->count - kept));
	json_open(&j, "events", '[');
	for (size_t i = 0; i < kept; i++)
		events_json_put(&j, events_at(pair->events, i));
	json_close(&j, ']');
	json_close(&j, '}');
}
