#include "render/page.h"

#include "base/duration.h"
#include "base/rfc3339.h"
#include "render/html.h"
#include "render/page_parts.h"
#include "render/plan.h"
#include "render/trouble.h"

/* From the worst to the best; behind them is an outage that goes as planned, and what is well. */
static const enum ha_status by_urgency[HA_STATUSES] = {HA_BLOCKED_BOTH_UNAVAILABLE, HA_BLOCKED_PRIMARY_UNAVAILABLE,
    HA_BLOCKED_SECONDARY_UNAVAILABLE, HA_UNKNOWN, HA_DISABLED, HA_ACTIVE};

enum { RANK_PLANNED = 4, RANKS = HA_STATUSES + 1 }; /* behind UNKNOWN, before DISABLED */

static int rank_of(const struct view_pair *pair, struct now now)
{
	int rank = 0;
	if (plan_of(pair, now) != PLAN_NONE)
		return RANK_PLANNED;
	while (by_urgency[rank] != pair->pair->status)
		rank++;
	return rank < RANK_PLANNED ? rank : rank + 1;
}

const struct view_pair *page_worst(const struct view *view)
{
	const struct view_pair *worst = NULL;
	for (size_t i = 0; i < view->pair_count; i++)
		if (!worst || rank_of(view->pairs[i], view->now) < rank_of(worst, view->now))
			worst = view->pairs[i];
	return worst;
}

const struct look *page_look_of(const struct view_pair *pair, struct now now)
{
	return plan_of(pair, now) == PLAN_NONE ? &page_look_of_status[pair->pair->status] : &page_look_planned;
}

void page_open_link(struct buf *out, const struct view *view, const char *path)
{
	buf_puts(out, "<a href=\"");
	if (view->link_base)
		html_put(out, view->link_base);
	html_put(out, path);
}

void page_put_path(struct buf *out, const struct view *view, const struct view_pair *pair)
{
	html_put(out, view->link_base ? view->link_base : "./");
	if (pair) {
		buf_puts(out, "?pair=");
		html_put(out, pair->name); /* a pair's name needs no escapes in a URL */
	}
}

/* "ACTIVE prod", or "1 BLOCKED_..., 3 ACTIVE": the status first, because a browser tab shows few letters. */
static void put_title(struct buf *out, const struct view *view, const struct view_pair *pair)
{
	const char *separator = "";
	if (pair) {
		buf_printf(out, "%s ", ha_status_names[pair->pair->status]);
		html_put(out, pair->name);
		return;
	}
	for (int i = 0; i < HA_STATUSES; i++) {
		size_t count = 0;
		for (size_t n = 0; n < view->pair_count; n++)
			count += view->pairs[n]->pair->status == by_urgency[i];
		if (count == 0)
			continue;
		buf_printf(out, "%s%zu %s", separator, count, ha_status_names[by_urgency[i]]);
		separator = ", ";
	}
}

void page_open(struct buf *out, const struct view *view, const char *title, const char *head)
{
	buf_printf(out,
	    "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n%s"
	    "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n<title>%s - hawatch</title>\n"
	    "<link rel=\"icon\" type=\"image/svg+xml\" href=\"",
	    head, title);
	if (view->link_base)
		html_put(out, view->link_base);
	buf_printf(out, "favicon\">\n<style>%s</style></head>\n<body>\n", page_css);
}

static void put_head(struct buf *out, const struct view *view, const struct view_pair *pair)
{
	struct buf title = buf_of(4096), head = buf_of(4096);
	char at[RFC3339_SIZE];
	put_title(&title, view, pair);
	buf_puts(&head, "<meta http-equiv=\"refresh\" content=\"5\">\n");
	if (view->page_url) {
		buf_puts(&head, "<link rel=\"canonical\" href=\"");
		html_put(&head, view->page_url);
		if (pair && view->pair_count > 1) {
			buf_puts(&head, "?pair=");
			html_put(&head, pair->name);
		}
		buf_puts(&head, "\">\n");
	}
	page_open(out, view, buf_text(&title), buf_text(&head));
	rfc3339_render(view->now.wall, at);
	buf_printf(out,
	    "<header><h1>hawatch</h1><span>as of <time datetime=\"%s\">%.10s %.8s UTC</time>, refreshes every 5 "
	    "s</span>",
	    at, at, at + 11);
	if (pair && view->pair_count > 1) {
		buf_puts(out, "<a href=\"");
		page_put_path(out, view, NULL);
		buf_printf(out, "\">All %zu pairs</a>", view->pair_count);
	}
	buf_puts(out, "</header>\n<main>\n");
	buf_fini(&head);
	buf_fini(&title);
}

/* The sides that are not UP: "secondary DOWN (no_capacity)". */
static void put_troubled_sides(struct buf *out, const struct pair *pair)
{
	for (int id = 0; id < SIDES + pair->extra_count; id++) {
		const struct side *side = &pair->side[id];
		if (side->verdict != UP || side->is_degraded)
			buf_printf(out, ", %s %s (%s)", side_id_names[id], verdict_names[side->verdict],
			    side_reason_names[side->reason]);
	}
}

/* The most urgent one, of a pair that is ACTIVE. */
static void put_trouble(struct buf *out, const struct view *view, const struct view_pair *pair)
{
	const struct figures figures = view_figures(pair);
	struct trouble trouble = {.next = 0};
	struct buf why = buf_of(TROUBLE_WHY_MAX_BYTES);
	if (pair->pair->status == HA_ACTIVE && trouble_next(view, pair, &figures, &trouble, &why) &&
	    trouble_is_urgent(&trouble)) {
		struct runbook_part priority = trouble_field(&trouble, "Priority");
		buf_printf(out, ", %.*s %s", (int)priority.len, priority.text, trouble.alert);
	}
	buf_fini(&why);
}

/* A pair in one line. */
static void put_line(struct buf *out, const struct view *view, const struct view_pair *pair)
{
	const struct look *look = page_look_of(pair, view->now);
	buf_printf(out, "<li class=\"%s\"><a href=\"", look->class);
	page_put_path(out, view, pair);
	buf_puts(out, "\"><b>");
	html_put(out, pair->name);
	buf_printf(out, "</b> <span aria-hidden=\"true\">%s</span> ", look->sign);
	html_put_code(out, ha_status_names[pair->pair->status]);
	buf_puts(out, "</a> <small>for ");
	duration_put_words(out, view->now.wall.ms - pair->pair->since.wall.ms);
	put_troubled_sides(out, pair->pair);
	put_trouble(out, view, pair);
	buf_puts(out, "</small></li>\n");
}

/* A list of all pairs, the worst first. */
static void put_fleet(struct buf *out, const struct view *view)
{
	buf_puts(out, "<nav aria-label=\"pairs\"><ul class=\"fleet\">\n");
	for (int rank = 0; rank < RANKS; rank++)
		for (size_t n = 0; n < view->pair_count; n++)
			if (rank_of(view->pairs[n], view->now) == rank)
				put_line(out, view, view->pairs[n]);
	buf_puts(out, "</ul></nav>\n");
}

/* The rest of a link to elsewhere, which tells nobody where it came from. */
static void end_link(struct buf *out, const char *text)
{
	buf_printf(out, "\" rel=\"noreferrer\">%s</a>", text);
}

static void put_grafana(struct buf *out, const struct view *view, const struct view_pair *pair)
{
	buf_puts(out, " <a href=\"");
	html_put(out, view->grafana_url);
	if (pair) {
		buf_puts(out, "?var-pair=");
		html_put(out, pair->name);
	}
	end_link(out, "Grafana");
}

/* The filter {pair="NAME"}, escaped as a URL's. */
static void put_alertmanager(struct buf *out, const struct view *view, const struct view_pair *pair)
{
	buf_puts(out, " <a href=\"");
	html_put(out, view->alertmanager_url);
	if (pair) {
		buf_puts(out, "/#/alerts?filter=%7Bpair%3D%22");
		html_put(out, pair->name);
		buf_puts(out, "%22%7D");
	}
	end_link(out, "Alertmanager");
}

void page_put_outside_links(struct buf *out, const struct view *view, const struct view_pair *pair)
{
	if (view->grafana_url)
		put_grafana(out, view, pair);
	if (view->alertmanager_url)
		put_alertmanager(out, view, pair);
	if (view->status_page_url) {
		buf_puts(out, " <a href=\"");
		html_put(out, view->status_page_url);
		end_link(out, "Rackspace Spot's status page");
	}
}

static void put_foot(struct buf *out, const struct view *view, const struct view_pair *pair)
{
	const char *const paths[] = {"runbook", view->metrics_link, "healthz", "readyz"};
	static const char *const names[] = {"runbook", "metrics", "healthz", "readyz"};
	buf_puts(out, "</main>\n<footer><nav class=\"links\" aria-label=\"more\">");
	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
		buf_puts(out, i ? " " : "");
		page_open_link(out, view, paths[i]);
		buf_printf(out, "\">%s</a>", names[i]);
	}
	page_put_outside_links(out, view, pair);
	buf_puts(out, "</nav><span>hawatch ");
	html_put(out, view->version);
	buf_puts(out, "</span></footer>\n</body></html>\n");
}

void page_render_pair(
    const struct view *view, const struct view_pair *pair, const struct figures *figures, struct buf *out)
{
	put_head(out, view, pair);
	page_put_pair(out, view, pair, figures);
	page_put_monitor(out, view);
	put_foot(out, view, pair);
}

void page_render(const struct view *view, const struct figures *figures, struct buf *out)
{
	if (view->pair_count == 1) {
		page_render_pair(view, view->pairs[0], figures, out);
		return;
	}
	put_head(out, view, NULL);
	put_fleet(out, view);
	page_put_monitor(out, view);
	put_foot(out, view, NULL);
}
