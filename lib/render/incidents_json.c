/* GET /api/v1/incidents: what went wrong with a pair, and how its time was spent (SEMANTICS.md section 6). */
#include "base/json_out.h"
#include "render/documents.h"

#include <stdio.h>

static void put_window(struct json_out *j, const struct incidents *in, const struct availability_window *w, wall_ms now)
{
	struct availability a = incidents_availability(in, w->ms, now);
	char ratio[32], name[32];
	json_open(j, NULL, '{');
	json_put_text(j, "window", w->name);
	json_put_bool(j, "covered", a.is_covered);
	snprintf(ratio, sizeof ratio, "%.6f", a.ratio);
	json_put_raw(j, "ratio", a.has_ratio ? ratio : "null");
	for (int i = 0; i < SPAN_USES; i++) {
		snprintf(name, sizeof name, "%s_seconds", span_use_names[i]);
		json_put_int(j, name, a.ms[i] / 1000);
	}
	json_close(j, '}');
}

static const char *side_of(const struct incident *incident)
{
	return incident->has_side[PRIMARY] && incident->has_side[SECONDARY] ? "both"
	    : incident->has_side[PRIMARY]                                   ? side_id_names[PRIMARY]
	    : incident->has_side[SECONDARY]                                 ? side_id_names[SECONDARY]
									    : NULL;
}

static void put_incident(struct json_out *j, const struct view_pair *pair, size_t i, wall_ms now)
{
	struct incident incident = incidents_at(pair->incidents, i, now);
	bool is_open = !wall_is_known(incident.to);
	int64_t length_ms = (is_open ? now.ms : incident.to.ms) - incident.from.ms;
	json_open(j, NULL, '{');
	json_put_int(j, "number", (int64_t)incident.number);
	json_put_text(j, "status", ha_status_names[incident.status]);
	json_put_time(j, "since", incident.from);
	json_put_time(j, "until", incident.to);
	json_put_bool(j, "open", is_open);
	json_put_int(j, "length_seconds", length_ms > 0 ? length_ms / 1000 : 0);
	json_put_int(j, "unwatched_seconds", incident.unwatched_ms / 1000);
	json_put_text(j, "side", side_of(&incident));
	json_put_words(j, "cause", incident.cause);
	json_put_text(j, "maintenance", incident.is_declared ? "declared" : incident.is_cordoned ? "cordoned" : NULL);
	json_put_known(j, "runners_busy_at_start", incident.has_busy_first, incident.busy_first);
	json_put_known(j, "runners_busy_least", incident.has_busy_least, incident.busy_least);
	json_put_milli(j, "runner_minutes_lost", incident.has_lost, incident.lost_ms / 60);
	events_json_put_gaps(j, pair->incidents, incident.from, is_open ? now : incident.to);
	json_close(j, '}');
}

void incidents_json_render(
    const struct view *view, const struct view_pair *pair, const struct figures *figures, struct buf *out)
{
	const struct incidents *in = pair->incidents;
	struct json_out j = {out, false};
	wall_ms now = view->now.wall;
	(void)figures;
	json_open(&j, NULL, '{');
	json_put_text(&j, "pair", pair->name);
	json_put_bool(&j, "journal", pair->has_journal);
	json_put_time(&j, "known_since", in->since);
	json_put_int(&j, "lines_lost", (int64_t)pair->journal_lost);
	json_put_int(&j, "lines_damaged", (int64_t)pair->journal_damaged);
	json_put_int(&j, "events_omitted", (int64_t)(pair->events->count - events_kept(pair->events)));
	json_open(&j, "availability", '[');
	for (int i = 0; i < AVAILABILITY_WINDOWS; i++)
		put_window(&j, in, &availability_windows[i], now);
	json_close(&j, ']');
	json_put_int(&j, "total", (int64_t)in->total);
	json_put_int(&j, "omitted", (int64_t)(in->total - in->count));
	json_open(&j, "incidents", '[');
	for (size_t i = in->count; i > 0; i--)
		put_incident(&j, pair, i - 1, now);
	json_close(&j, ']');
	events_json_put_kept(&j, pair->events);
	json_close(&j, '}');
}
