/* The monitor itself on the status page: it shows how reliable the verdicts are. */
#include "render/html.h"
#include "render/page_parts.h"
#include "render/sources.h"

static void put_source(struct buf *out, const struct view *view, const struct polled *source)
{
	const struct poll_stats *stats = source->stats;
	bool is_ok = stats->polls > 0 && stats->last == POLL_OK;
	buf_printf(out, "%s%s: ", is_ok ? "" : "<span class=\"trouble\">", source->name);
	if (!is_ok)
		buf_printf(out, "%s</span>, ", sources_problem(stats));
	if (wall_is_known(stats->last_success)) {
		buf_puts(out, is_ok ? "OK " : "last OK ");
		html_put_ago(out, stats->last_success, view->now.wall);
	} else
		buf_puts(out, "never OK");
}

void page_put_sources(struct buf *out, const struct view *view, const struct polled *sources, size_t count)
{
	html_open_row(out, "sources");
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
		buf_puts(out,
		    view->token_expires.ms > view->now.wall.ms ? "expires "
							       : "<span class=\"trouble\">expired</span> ");
		html_put_ago(out, view->token_expires, view->now.wall);
		html_close_row(out);
	}
	if (view->shard_count > 1) {
		html_open_row(out, "shard");
		buf_printf(out, "%lld of %lld, counted from 0; other daemons watch the other pairs",
		    (long long)view->shard_index, (long long)view->shard_count);
		html_close_row(out);
	}
	html_open_row(out, "configuration");
	buf_puts(out,
	    view->is_reload_good ? "loaded "
				 : "<span class=\"trouble\">the last reload failed</span>; in use: the one loaded ");
	html_put_ago(out, view->reloaded, view->now.wall);
	html_close_row(out);
	html_open_row(out, "restart");
	buf_puts(out,
	    view->keeps_state ? "a restart keeps state and maintenance windows"
			      : "a restart loses state, events and maintenance windows (set state_directory)");
	html_close_row(out);
	buf_puts(out, "</dl></section>\n");
}
