#include "render/page.h"

#include "base/rfc3339.h"
#include "render/html.h"
#include "render/page_parts.h"

/* Statuses from the worst to the best: the page shows the worst first. */
static const enum ha_status by_urgency[HA_STATUSES] = {HA_BLOCKED_BOTH_UNAVAILABLE, HA_BLOCKED_PRIMARY_UNAVAILABLE,
    HA_BLOCKED_SECONDARY_UNAVAILABLE, HA_UNKNOWN, HA_DISABLED, HA_ACTIVE};

void page_open_link(struct buf *out, const struct view *view, const char *path)
{
	buf_puts(out, "<a href=\"");
	if (view->link_base)
		html_put(out, view->link_base);
	html_put(out, path);
}

/* "ACTIVE prod", or "1 BLOCKED_..., 3 ACTIVE": the status first, because a browser tab shows few letters. */
static void put_title(struct buf *out, const struct view *view)
{
	const char *separator = "";
	if (view->pair_count == 1) {
		buf_printf(out, "%s ", ha_status_names[view->pairs[0]->pair->status]);
		html_put(out, view->pairs[0]->name);
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

static void put_head(struct buf *out, const struct view *view)
{
	buf_puts(out,
	    "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
	    "<meta http-equiv=\"refresh\" content=\"5\">\n"
	    "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n<title>");
	put_title(out, view);
	buf_puts(out, " - hawatch</title>\n");
	if (view->page_url) {
		buf_puts(out, "<link rel=\"canonical\" href=\"");
		html_put(out, view->page_url);
		buf_puts(out, "\">\n");
	}
	buf_printf(out, "<style>%s</style></head>\n<body>\n", page_css);
	char at[RFC3339_SIZE];
	rfc3339_render(view->now.wall, at);
	buf_printf(out,
	    "<header><h1>hawatch</h1><span>as of <time datetime=\"%s\">%.10s %.8s UTC</time>, refreshes every 5 "
	    "s</span>"
	    "</header>\n",
	    at, at, at + 11);
}

/* A list of all pairs, the worst first. */
static void put_overview(struct buf *out, const struct view *view)
{
	buf_puts(out, "<nav aria-label=\"pairs\"><ul class=\"overview\">\n");
	for (int i = 0; i < HA_STATUSES; i++)
		for (size_t n = 0; n < view->pair_count; n++) {
			const struct view_pair *pair = view->pairs[n];
			const struct look *look = &page_look_of_status[by_urgency[i]];
			if (pair->pair->status != by_urgency[i])
				continue;
			buf_printf(out, "<li class=\"%s\"><a href=\"#", look->class);
			html_put(out, pair->name);
			buf_puts(out, "\"><b>");
			html_put(out, pair->name);
			buf_printf(out, "</b><span aria-hidden=\"true\">%s</span> ", look->sign);
			html_put_code(out, ha_status_names[by_urgency[i]]);
			buf_puts(out, "</a></li>\n");
		}
	buf_puts(out, "</ul></nav>\n");
}

static void put_foot(struct buf *out, const struct view *view)
{
	const char *const paths[] = {view->metrics_link, "healthz", "readyz"};
	static const char *const names[] = {"metrics", "healthz", "readyz"};
	buf_puts(out, "<footer><nav class=\"links\" aria-label=\"more\">");
	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
		buf_puts(out, i ? " " : "");
		page_open_link(out, view, paths[i]);
		buf_printf(out, "\">%s</a>", names[i]);
	}
	if (view->status_page_url) {
		buf_puts(out, " <a href=\"");
		html_put(out, view->status_page_url);
		buf_puts(out, "\" rel=\"noreferrer\">Rackspace Spot's status page</a>");
	}
	buf_puts(out, "</nav><span>hawatch ");
	html_put(out, view->version);
	buf_puts(out, "</span></footer>\n</body></html>\n");
}

void page_render(const struct view *view, const struct figures *figures, struct buf *out)
{
	put_head(out, view);
	buf_puts(out, "<main>\n");
	if (view->pair_count > 1)
		put_overview(out, view);
	for (int i = 0; i < HA_STATUSES; i++)
		for (size_t n = 0; n < view->pair_count; n++)
			if (view->pairs[n]->pair->status == by_urgency[i])
				page_put_pair(out, view, view->pairs[n], &figures[n]);
	page_put_monitor(out, view);
	buf_puts(out, "</main>\n");
	put_foot(out, view);
}
