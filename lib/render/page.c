#include "render/page.h"

#include "base/rfc3339.h"
#include "decide/message.h"
#include "render/balance_json.h"

/* Colour never stands alone: each state is also a word, and each class only tints its border. */
static const char style[] =
    ":root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}"
    "body{max-width:60rem;margin:1rem auto;padding:0 1rem}"
    "h1{font-size:1.1rem}h2{font-size:1.6rem;margin:.2rem 0;overflow-wrap:anywhere}"
    "section{border-left:.6rem solid #888;padding:.2rem 1rem;margin:1.5rem 0}"
    ".ACTIVE,.UP{border-color:#0072b2}.BLOCKED,.DOWN{border-color:#d55e00}"
    ".PROVISIONING,.MAINTENANCE{border-color:#e69f00}"
    ".sides{display:grid;grid-template-columns:repeat(auto-fit,minmax(17rem,1fr));gap:1rem}"
    ".sides section{margin:.5rem 0}"
    "dl{display:grid;grid-template-columns:auto 1fr;gap:0 1rem;margin:.5rem 0}"
    "dd{margin:0;overflow-wrap:anywhere}dt{opacity:.75}";

static void put_html(struct buf *out, const char *text)
{
	for (; *text; text++)
		switch (*text) {
		case '<': buf_puts(out, "&lt;"); break;
		case '>': buf_puts(out, "&gt;"); break;
		case '&': buf_puts(out, "&amp;"); break;
		case '"': buf_puts(out, "&quot;"); break;
		default: buf_putc(out, *text);
		}
}

static void row(struct buf *out, const char *term, const char *text)
{
	buf_printf(out, "<dt>%s</dt><dd>", term);
	put_html(out, text);
	buf_puts(out, "</dd>\n");
}

static void row_count(struct buf *out, const char *term, bool is_known, int value)
{
	if (is_known)
		buf_printf(out, "<dt>%s</dt><dd>%d</dd>\n", term, value);
	else
		buf_printf(out, "<dt>%s</dt><dd>not known</dd>\n", term);
}

static void row_since(struct buf *out, const char *term, wall_ms t)
{
	char text[RFC3339_SIZE];
	rfc3339_render(t, text);
	row(out, term, text);
}

static void put_side(struct buf *out, enum side_id id, const struct view_pair *pair,
    const struct figures *figures)
{
	const struct view_side *v = &pair->side[id];
	const struct side *side = &pair->pair->side[id];
	const struct side_capacity *capacity = &figures->capacity[id];

	buf_printf(out, "<section class=\"%s\"><h3>%s: ", verdict_names[side->verdict], side_id_names[id]);
	put_html(out, v->name);
	buf_printf(out, "</h3>\n<p><strong>%s</strong> (%s)%s</p>\n<dl>", verdict_names[side->verdict],
	    side_reason_names[side->reason], side->is_degraded ? ", degraded" : "");
	row_since(out, "since", side->since.wall);
	row(out, "Spot says", v->cloudspace ? v->cloudspace->phase : "not known");
	if (v->cloudspace && v->cloudspace->reason[0])
		row(out, "its reason", v->cloudspace->reason);
	row_count(out, side->from_pools ? "available (from the pools)" : "available nodes",
	    capacity->has_available, capacity->available);
	row_count(out, "ready", v->has_nodes, v->nodes.ready);
	row_count(out, "cordoned", v->has_nodes, v->nodes.cordoned);
	row_count(out, "nodes", v->has_nodes, v->nodes.total);
	row_count(out, "most nodes", capacity->has_max, capacity->max);
	buf_puts(out, "</dl></section>\n");
}

static void put_pair(struct buf *out, const struct view *view, const struct view_pair *pair,
    const struct figures *figures)
{
	enum ha_status status = pair->pair->status;
	struct buf message = buf_of(4096);
	char utilization[16];
	const char *used = balance_utilization(figures, utilization);
	pair_message(pair->policy, pair->pair, figures->names, view->now, &message);

	buf_printf(out, "<section class=\"%s\"><h1>pair ",
	    ha_status_is_blocked(status) ? "BLOCKED" : ha_status_names[status]);
	put_html(out, pair->name);
	buf_printf(out, "</h1>\n<h2>%s</h2>\n<p>", ha_status_names[status]);
	put_html(out, buf_text(&message));
	buf_puts(out, "</p>\n<dl>");
	row_since(out, "since", pair->pair->since.wall);
	row_count(out, "effective nodes", figures->balance.has_effective, figures->balance.effective_total);
	row(out, "capacity utilization", used ? used : "not known");
	row(out, "constraining side", constraining_side_names[figures->balance.constraining]);
	buf_puts(out, "</dl>\n<p><a href=\"/api/v1/summary?pair=");
	put_html(out, pair->name); /* a name needs no escapes in a URL */
	buf_puts(out, "\">as JSON</a></p>\n<div class=\"sides\">\n");
	for (int id = 0; id < view_sides(pair); id++)
		put_side(out, (enum side_id)id, pair, figures);
	buf_puts(out, "</div></section>\n");
	buf_fini(&message);
}

void page_render(const struct view *view, const struct figures *figures, struct buf *out)
{
	buf_puts(out, "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
		      "<meta http-equiv=\"refresh\" content=\"5\">"
		      "<meta name=\"viewport\" content=\"width=device-width\"><title>");
	for (size_t i = 0; i < view->pair_count; i++)
		buf_printf(out, "%s%s", i ? ", " : "", ha_status_names[view->pairs[i].pair->status]);
	buf_printf(out, " - hawatch</title><style>%s</style></head><body>\n", style);
	for (size_t i = 0; i < view->pair_count; i++)
		put_pair(out, view, &view->pairs[i], &figures[i]);
	char at[RFC3339_SIZE];
	rfc3339_render(view->now.wall, at);
	buf_printf(out,
	    "<p>hawatch %s, as of %s. <a href=\"/metrics\">metrics</a> "
	    "<a href=\"/healthz\">healthz</a> "
	    "<a href=\"/readyz\">readyz</a></p>\n</body></html>\n",
	    view->version, at);
}
