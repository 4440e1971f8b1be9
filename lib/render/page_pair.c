/* A pair on the status page: the status in large letters, its sides, the last events. */
#include "base/rfc3339.h"
#include "render/balance_json.h"
#include "render/documents.h"
#include "render/html.h"
#include "render/page_parts.h"

#include <inttypes.h>

enum { EVENTS_SHOWN = 10 };

static void put_figure(struct buf *out, const char *term, bool is_known, int value)
{
	html_open_row(out, term);
	if (is_known)
		buf_put_int(out, value);
	else
		buf_puts(out, "not known");
	html_close_row(out);
}

/* What a side that is not known may add is not known, too. */
static void put_figures(struct buf *out, const struct figures *figures, const struct pair *pair)
{
	bool is_blind = pair->side[PRIMARY].verdict == UNKNOWN || pair->side[SECONDARY].verdict == UNKNOWN;
	const struct balance *b = &figures->balance;
	char text[16];
	const char *utilization = balance_json_utilization(figures, text);
	buf_puts(out, "<dl class=\"figures\">\n");
	buf_puts(out, "<div>");
	put_figure(out, pair->status == HA_DISABLED ? "effective nodes, primary alone" : "effective nodes",
	    b->has_effective && !is_blind, b->effective_total);
	buf_puts(out, "</div><div>");
	put_figure(out, "max nodes", b->has_max, b->max_possible);
	buf_puts(out, "</div><div>");
	html_open_row(out, "capacity utilization");
	buf_puts(out, utilization ? utilization : "not known");
	html_close_row(out);
	if (pair->status == HA_ACTIVE) { /* with one side out nothing balances, and nothing constrains */
		buf_puts(out, "</div><div>");
		put_figure(out, "imbalance", b->has_imbalance, b->imbalance);
		buf_puts(out, "</div><div>");
		html_open_row(out, "constraining side");
		buf_puts(out, constraining_side_names[b->constraining]);
		html_close_row(out);
	}
	buf_puts(out, "</div></dl>\n");
}

/* One event, in one line. */
static void put_event(struct buf *out, const struct event *event, wall_ms now)
{
	char at[RFC3339_SIZE];
	rfc3339_render(event->at.wall, at);
	buf_printf(out, "<li><time datetime=\"%s\">%.5s %.8s</time> ", at, at + 5, at + 11);
	if (event->kind == EVENT_STATUS)
		buf_puts(out, "pair ");
	else
		buf_printf(out, "%s ", side_id_names[event->side]);
	if (event->kind != EVENT_STATUS && event->kind != EVENT_STATE)
		buf_printf(out, "%s ", event_kind_names[event->kind]);
	html_put_code(out, event->from);
	buf_puts(out, " → <b>");
	html_put_code(out, event->to);
	buf_puts(out, "</b>");
	if (event->reason[0])
		buf_printf(out, " (%s)", event->reason);
	if (event->kind == EVENT_MAINTENANCE && event->note[0]) {
		buf_puts(out, ": ");
		html_put(out, event->note);
	}
	buf_puts(out, " <small>");
	html_put_ago(out, event->at.wall, now);
	buf_puts(out, "</small></li>\n");
}

/* A link to a document of the pair, without its end. */
static void open_link(struct buf *out, const struct view *view, enum document document, const char *pair)
{
	page_open_link(out, view, "api/v1/");
	buf_printf(out, "%s?pair=", document_names[document]);
	html_put(out, pair); /* a pair's name needs no escapes in a URL */
	buf_puts(out, "\">");
}

/* Those that are not shown, and where they are. */
static void put_more_events(struct buf *out, const struct view *view, const struct view_pair *pair, size_t shown)
{
	size_t kept = events_kept(pair->events);
	uint64_t gone = pair->events->count - kept;
	if (kept > shown) {
		buf_puts(out, "<p>");
		open_link(out, view, DOC_EVENTS, pair->name);
		buf_printf(out, "and %zu more</a>", kept - shown);
		if (gone)
			buf_printf(out, "; %" PRIu64 " are no longer kept", gone);
		buf_puts(out, "</p>\n");
	}
}

static void put_events(struct buf *out, const struct view *view, const struct view_pair *pair)
{
	const struct event *shown[EVENTS_SHOWN];
	size_t count = events_pick(pair->events, EVENTS_SHOWN, shown);
	buf_puts(out, "<section><h4>Events, newest first (UTC)</h4>\n");
	if (count == 0)
		buf_puts(out, "<p>No events since the start.</p>\n");
	else {
		buf_puts(out, "<ol class=\"events\" reversed>\n");
		for (size_t i = 0; i < count; i++)
			put_event(out, shown[i], view->now.wall);
		buf_puts(out, "</ol>\n");
	}
	put_more_events(out, view, pair, count);
	buf_puts(out, "</section>\n");
}

static void put_links(struct buf *out, const struct view *view, const char *pair)
{
	buf_puts(out, "<section><h4>As JSON</h4>\n<nav class=\"links\" aria-label=\"JSON of ");
	html_put(out, pair);
	buf_puts(out, "\">");
	for (int doc = 0; doc < DOCUMENTS; doc++) {
		open_link(out, view, (enum document)doc, pair);
		buf_printf(out, "%s</a>\n", document_names[doc]);
	}
	buf_puts(out, "</nav></section>\n");
}

void page_put_pair(
    struct buf *out, const struct view *view, const struct view_pair *pair, const struct figures *figures)
{
	buf_puts(out, "<section class=\"pair\" id=\"");
	html_put(out, pair->name);
	buf_puts(out, "\">\n");
	page_put_verdict(out, view, pair, figures);
	page_put_steps(out, view, pair);
	page_put_troubles(out, view, pair, figures);
	put_figures(out, figures, pair->pair);
	buf_puts(out, "<div class=\"sides\">\n");
	for (int id = 0; id < view_sides(pair); id++)
		page_put_side(out, view, pair, figures, (enum side_id)id);
	buf_puts(out, "</div>\n<div class=\"past\">\n");
	page_put_history(out, view, pair);
	buf_puts(out, "</div>\n<div class=\"more\">\n");
	put_events(out, view, pair);
	put_links(out, view, pair->name);
	buf_puts(out, "</div></section>\n");
}
