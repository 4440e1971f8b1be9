/* What a woken person reads first: the status in large letters, why, what it means, since when, and who is called. */
#include "render/html.h"
#include "render/impact.h"
#include "render/message.h"
#include "render/page_parts.h"
#include "render/plan.h"

#include <stdio.h>
#include <string.h>

enum { IMPACT_MAX_BYTES = 4096 };

/* Spot's own word for what is wrong: its reason, or else a phase that is not Ready. */
static void put_spots_word(struct buf *out, const struct view_side *v)
{
	const struct cloudspace *c = v->cloudspace;
	bool has_reason = c && c->reason[0];
	if (!c || (!has_reason && c->known_phase == PHASE_READY))
		return;
	buf_puts(out, " (Spot: ");
	html_put(out, has_reason ? c->reason : c->phase[0] ? c->phase : "no phase");
	buf_putc(out, ')');
}

/* "matchpoint-runners-2 (secondary) is DOWN: Spot reports an error (Spot: ControlPlaneFailed)" */
static void put_side(struct buf *out, const struct view *view, const struct view_pair *pair, enum side_id id)
{
	const struct side *side = &pair->pair->side[id];
	struct buf text = buf_of(MESSAGE_MAX_BYTES);
	wall_ms evidence_at = message_evidence_at(side, view->now);
	message_why(&pair->policy->side[id], side, view->now, &text);
	buf_puts(out, "<p>");
	html_put(out, pair->side[id].name);
	buf_printf(out, " (%s) is %s: ", side_id_names[id], verdict_names[side->verdict]);
	html_put(out, buf_text(&text));
	if (wall_is_known(evidence_at)) {
		buf_puts(out, " since ");
		html_put_time(out, evidence_at, view->now.wall);
	}
	put_spots_word(out, &pair->side[id]);
	buf_puts(out, "</p>\n");
	buf_fini(&text);
}

bool page_is_told(const struct side *side)
{
	return side->verdict != UP || side->is_degraded || side->is_held || side->reason != REASON_SERVING;
}

static void put_why(struct buf *out, const struct view *view, const struct view_pair *pair)
{
	static const char *const texts[HA_STATUSES] = {
	    [HA_ACTIVE] = "Both cloudspaces are UP.",
	    [HA_DISABLED] = "HA is disabled in the configuration.",
	};
	if (texts[pair->pair->status])
		buf_printf(out, "<p>%s</p>\n", texts[pair->pair->status]);
	for (int id = 0; id < view_sides(pair); id++)
		if (page_is_told(&pair->pair->side[id]))
			put_side(out, view, pair, (enum side_id)id);
}

static void put_impact(
    struct buf *out, const struct view *view, const struct view_pair *pair, const struct figures *figures)
{
	struct buf text = buf_of(IMPACT_MAX_BYTES);
	impact_put(&text, view, pair, figures);
	buf_printf(out, "<p class=\"impact\">%s</p>\n", buf_text(&text));
	buf_fini(&text);
}

static void put_since(struct buf *out, const struct view *view, const struct pair *pair)
{
	buf_puts(out, "<p>since ");
	html_put_time(out, pair->since.wall, view->now.wall);
	if (pair_status_is_blocked(pair->status) && pair->blocked_since.wall.ms != pair->since.wall.ms) {
		buf_puts(out, ", blocked since ");
		html_put_time(out, pair->blocked_since.wall, view->now.wall);
	}
	buf_puts(out, "</p>\n");
}

void page_put_verdict(
    struct buf *out, const struct view *view, const struct view_pair *pair, const struct figures *figures)
{
	const struct pair *p = pair->pair;
	const struct look *look = page_look_of(pair, view->now);
	buf_printf(out, "<div class=\"verdict %s\">\n<h2><span>", look->class);
	html_put(out, pair->name);
	buf_printf(out, "</span> <strong><span aria-hidden=\"true\">%s</span> %s</strong></h2>\n", look->sign,
	    page_word(p->status));
	if (pair_status_is_blocked(p->status)) {
		buf_puts(out, "<p class=\"code\">");
		html_put_code(out, ha_status_names[p->status]);
		buf_puts(out, "</p>\n");
	}
	put_why(out, view, pair);
	put_impact(out, view, pair, figures);
	put_since(out, view, p);
	page_put_call(out, view, pair);
	buf_puts(out, "</div>\n");
}
