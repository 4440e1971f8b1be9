/* A side on the status page: its verdict, since when, why, and how far it is built; its rows are page_rows.c's. */
#include "base/rfc3339.h"
#include "render/html.h"
#include "render/message.h"
#include "render/page_parts.h"
#include "render/plan.h"

#include <inttypes.h>

static void put_head(
    struct buf *out, const struct view *view, const struct view_side *v, const struct side *side, enum side_id id)
{
	const struct look *look = side->is_degraded ? &page_look_degraded : &page_look_of_verdict[side->verdict];
	buf_printf(out, "<section class=\"side %s\">\n<h3><span>%s ", look->class, side_id_names[id]);
	html_put(out, v->name);
	buf_printf(out, "</span> <b><span aria-hidden=\"true\">%s</span> %s%s</b></h3>\n<p>since ", look->sign,
	    verdict_names[side->verdict], side->is_degraded ? ", degraded" : "");
	html_put_time(out, side->since.wall, view->now.wall);
	buf_printf(out, " <small>%s</small></p>\n", side_reason_names[side->reason]);
}

/* What the verdict above has told is not told again. */
static void put_message(struct buf *out, const struct side_policy *policy, const struct side *side, struct now now)
{
	struct buf text = buf_of(MESSAGE_MAX_BYTES);
	if (!page_is_told(side)) {
		message_of_side(policy, side, now, &text);
		buf_puts(out, "<p>");
		html_put(out, buf_text(&text));
		buf_puts(out, "</p>\n");
	}
	buf_fini(&text);
}

static void put_window(struct buf *out, const struct pair *pair, enum side_id id, wall_ms now)
{
	const struct maintenance *m = &pair->maintenance[id];
	if (!pair_is_in_maintenance(pair, id))
		return;
	buf_puts(out, "<li>under maintenance, ");
	if (m->is_declared) {
		buf_puts(out, "declared, ends ");
		html_put_ago(out, m->ends.wall, now);
		buf_puts(out, m->reason[0] ? ": " : "");
		html_put(out, m->reason);
	} else
		buf_puts(out, "inferred: its nodes are cordoned");
	buf_puts(out, "</li>");
}

static void put_marks(struct buf *out, const struct view *view, const struct view_pair *pair,
    const struct figures *figures, enum side_id id)
{
	const struct side *side = &pair->pair->side[id];
	const struct view_side *v = &pair->side[id];
	const struct {
		bool is_set;
		const char *text;
	} marks[] = {
	    {side->flap.is_flapping, "flapping: its results contradict each other"},
	    {side->is_held, "no fresh data since the restart; showing the state from before"},
	    {v->drain.is_known && v->drain.is_drained, "drained: no job runs"},
	    {side->from_pools, "node count comes from Spot's node pools"},
	    {figures->has_drift[id], "max_nodes differs from the maximum of Spot's node pools"},
	    {v->is_insecure, "certificate not verified"},
	};
	bool has_any = pair_is_in_maintenance(pair->pair, id);
	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
		has_any = has_any || marks[i].is_set;
	if (!has_any)
		return;
	buf_puts(out, "<ul class=\"marks\">");
	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
		if (marks[i].is_set)
			buf_printf(out, "<li>%s</li>", marks[i].text);
	put_window(out, pair->pair, id, view->now.wall);
	buf_puts(out, "</ul>\n");
}

/* "14:20", of a day */
static void put_clock(struct buf *out, wall_ms t)
{
	char text[RFC3339_SIZE];
	rfc3339_render(t, text);
	buf_printf(out, "%.5s", text + 11);
}

/* A bar in minutes: the dark part is done; the light one behind it is what is usually left, from 50 to 60 hatched. */
static void put_bar(struct buf *out, int minutes)
{
	int done = minutes < PROVISIONING_USUAL_TO_MIN ? minutes : PROVISIONING_USUAL_TO_MIN;
	buf_printf(out,
	    "<svg class=\"bar\" viewBox=\"0 0 %d 4\" preserveAspectRatio=\"none\" role=\"img\" "
	    "aria-label=\"%d of %d minutes\"><rect class=\"left\" width=\"%d\" height=\"4\"/>"
	    "<rect class=\"likely\" x=\"%d\" width=\"%d\" height=\"4\"/>"
	    "<rect class=\"done\" width=\"%d\" height=\"4\"/></svg>",
	    PROVISIONING_USUAL_TO_MIN, done, PROVISIONING_USUAL_TO_MIN, PROVISIONING_USUAL_TO_MIN,
	    PROVISIONING_USUAL_FROM_MIN, PROVISIONING_USUAL_TO_MIN - PROVISIONING_USUAL_FROM_MIN, done);
}

static void put_progress(
    struct buf *out, const struct view *view, const struct side_policy *policy, const struct side *side)
{
	static const char *const late[] = {
	    [LATE] = "<span class=\"trouble\">late</span>: was to be ready about ",
	    [STUCK] = "<span class=\"trouble\">stuck</span>: was to be ready about ",
	};
	struct provisioning p = side_provisioning(policy, side, view->now.mono);
	wall_ms from, to;
	if (!plan_ready(policy, side, view->now, &from, &to))
		return;
	buf_printf(out, "<p>%" PRId64 " min of the usual " PROVISIONING_USUAL ", ", p.age_ms / 60000);
	buf_puts(out, p.lateness == ON_TIME ? "ready about " : late[p.lateness]);
	put_clock(out, from);
	buf_puts(out, "–");
	put_clock(out, to);
	buf_puts(out, " UTC");
	put_bar(out, (int)(p.age_ms / 60000));
	buf_puts(out, "</p>\n");
}

void page_put_side(struct buf *out, const struct view *view, const struct view_pair *pair,
    const struct figures *figures, enum side_id id)
{
	const struct view_side *v = &pair->side[id];
	const struct side *side = &pair->pair->side[id];
	put_head(out, view, v, side, id);
	put_message(out, &pair->policy->side[id], side, view->now);
	put_progress(out, view, &pair->policy->side[id], side);
	put_marks(out, view, pair, figures, id);
	page_put_side_rows(out, view, pair, figures, id);
	buf_puts(out, "</section>\n");
}
