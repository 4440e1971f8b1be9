/* The monitor itself on the status page: whoever reads a verdict must see how far it can be believed. */
#include "render/html.h"
#include "render/page_parts.h"
#include "render/sources.h"

void page_put_source(struct buf *out, const struct view *view, const struct polled *source)
{
	const struct poll_stats *stats = source->stats;
	bool is_well = stats->polls > 0 && stats->last == POLL_OK;
	html_open_row(out, source->name);
	if (stats->polls == 0)
		buf_puts(out, "not asked yet");
	else if (!is_well)
		buf_printf(out, "<span class=\"trouble\">%s</span>, ", poll_reason_names[stats->last]);
	if (stats->polls > 0 && !wall_is_known(stats->last_success))
		buf_puts(out, "never answered well");
	else if (stats->polls > 0) {
		buf_puts(out, is_well ? "answered " : "answered well ");
		html_put_ago(out, stats->last_success, view->now.wall);
	}
	html_close_row(out);
}

void page_put_monitor(struct buf *out, const struct view *view)
{
	struct polled sources[SHARED_SOURCES_MAX];
	size_t count = sources_shared(view, sources);
	buf_puts(out, "<section><h4>The monitor itself</h4>\n<dl class=\"rows\">\n");
	for (size_t i = 0; i < count; i++)
		page_put_source(out, view, &sources[i]);
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
