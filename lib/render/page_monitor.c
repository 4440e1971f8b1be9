/* The monitor itself on the status page: whoever reads a verdict must see how far it can be believed. */
#include "render/html.h"
#include "render/page_parts.h"
#include "render/sources.h"

static void put_source(struct buf *out, const struct view *view, const struct polled *source)
{
	const struct poll_stats *stats = source->stats;
	bool is_well = stats->polls > 0 && stats->last == POLL_OK;
	buf_printf(out, "%s%s ", is_well ? "" : "<span class=\"trouble\">", source->name);
	if (!is_well)
		buf_printf(out, "%s</span>, ", stats->polls ? poll_reason_names[stats->last] : "not asked yet");
	if (wall_is_known(stats->last_success)) {
		buf_puts(out, is_well ? "" : "well ");
		html_put_ago(out, stats->last_success, view->now.wall);
	} else
		buf_puts(out, "never well");
}

void page_put_sources(struct buf *out, const struct view *view, const struct polled *sources, size_t count)
{
	html_open_row(out, "answers");
	for (size_t i = 0; i < count; i++) {
		buf_puts(out, i ? "; " : "");
		put_source(out, view, &sources[i]);
	}
	html_close_row(out);
}

void page_put_monitor(struct buf *out, const struct view *view)
{
	struct polled sources[SHARED_SOURCES_MAX];
	size_t count = sources_shared(view, sources);
	buf_puts(out, "<section><h4>The monitor itself</h4>\n<dl class=\"rows\">\n");
	page_put_sources(out, view, sources, count);
	if (wall_is_known(view->token_expires)) {
		html_open_row(out, "Spot token");
		buf_puts(out, view->token_expires.ms > view->now.wall.ms ? "ends " : "<span class=\"trouble\">ended</span> ");
		html_put_ago(out, view->token_expires, view->now.wall);
		html_close_row(out);
	}
	html_open_row(out, "configuration");
	buf_puts(out, view->is_reload_good ? "read " : "<span class=\"trouble\">the last reload failed</span>; this one was read ");
	html_put_ago(out, view->reloaded, view->now.wall);
	html_close_row(out);
	html_open_row(out, "restart");
	buf_puts(out, view->keeps_state ? "verdicts and windows outlive one" : "starts anew: no state directory is configured");
	html_close_row(out);
	buf_puts(out, "</dl></section>\n");
}
