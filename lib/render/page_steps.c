/* What to do first: who is called, and two steps of the runbook's section for the status, for the reason that holds. */
#include "render/html.h"
#include "render/markdown.h"
#include "render/page_parts.h"
#include "render/plan.h"
#include "render/runbook.h"
#include "render/runbook_page.h"
#include "render/trouble.h"

#include <string.h>

enum { STEPS = 2, STEPS_MAX_BYTES = 16 << 10, TROUBLES_SHOWN = 6 };

/*
 * The numbers of the steps in the section of a status, by the reason of the side that is not UP; of the primary when
 * both are not. A reason without numbers has those of the first row. A test compares them with the runbook.
 */
static const int steps_of[HA_STATUSES][SIDE_REASONS][STEPS] = {
    [HA_BLOCKED_PRIMARY_UNAVAILABLE] = {[REASON_STARTING] = {1, 2},
	[REASON_PROVISIONING] = {1, 6},
	[REASON_NO_CAPACITY] = {1, 3},
	[REASON_UNREACHABLE] = {1, 3},
	[REASON_NOT_READY] = {1, 3},
	[REASON_SPOT_ERROR] = {1, 3},
	[REASON_ABSENT] = {1, 5},
	[REASON_DELETING] = {1, 5}},
    [HA_BLOCKED_SECONDARY_UNAVAILABLE] = {[REASON_STARTING] = {1, 2},
	[REASON_PROVISIONING] = {2, 6},
	[REASON_NO_CAPACITY] = {2, 3},
	[REASON_UNREACHABLE] = {2, 3},
	[REASON_NOT_READY] = {2, 3},
	[REASON_SPOT_ERROR] = {2, 3},
	[REASON_ABSENT] = {2, 5},
	[REASON_DELETING] = {2, 5}},
    [HA_BLOCKED_BOTH_UNAVAILABLE] = {[REASON_STARTING] = {1, 4},
	[REASON_CORDONED] = {1, 3},
	[REASON_PROVISIONING] = {1, 6},
	[REASON_ABSENT] = {1, 5},
	[REASON_DELETING] = {1, 5}},
    [HA_DISABLED] = {[REASON_STARTING] = {2, 3}},
    [HA_UNKNOWN] = {[REASON_STARTING] = {1, 2}},
};

/* Whose time to be built is up is not waited for: it is looked at like one that is not ready. */
static enum side_reason reason_of(const struct view_pair *pair, struct now now)
{
	bool is_primary = pair->pair->status != HA_BLOCKED_SECONDARY_UNAVAILABLE;
	enum side_id id = is_primary ? PRIMARY : SECONDARY;
	const struct side *side = &pair->pair->side[id];
	struct provisioning p = side_provisioning(&pair->policy->side[id], side, now.mono);
	return p.is_known && p.lateness != ON_TIME ? REASON_NOT_READY : side->reason;
}

const int *page_steps_of(enum ha_status status, enum side_reason reason)
{
	const int *numbers = steps_of[status][reason];
	return numbers[0] ? numbers : steps_of[status][REASON_STARTING];
}

static bool find_section(enum ha_status status, struct runbook_section *out)
{
	return status != HA_ACTIVE && runbook_find(ha_status_names[status], out);
}

/* "P1: on-call, within 30 minutes"; while all goes as planned, that none is called. */
void page_put_call(struct buf *out, const struct view *view, const struct view_pair *pair)
{
	static const char *const plans[] = {
	    [PLAN_PROVISIONING] =
		"it is being built, and is on time; wait, and do not run <code>terragrunt apply</code>",
	    [PLAN_MAINTENANCE] = "declared maintenance; the alerts of this side are silent",
	};
	enum plan plan = plan_of(pair, view->now);
	struct runbook_section section;
	struct runbook_part priority, call;
	if (plan != PLAN_NONE)
		buf_printf(out, "<p class=\"call\"><b>As planned</b>: %s.</p>\n", plans[plan]);
	if (plan == PLAN_MAINTENANCE || !find_section(pair->pair->status, &section) ||
	    !runbook_field(&section, "Priority", &priority) || !runbook_field(&section, "Call", &call))
		return;
	buf_printf(out, "<p class=\"call\">%s<b>%.*s</b>: %.*s</p>\n",
	    pair->pair->status == HA_DISABLED ? "Nobody is called. After one day " : "", (int)priority.len,
	    priority.text, (int)call.len, call.text);
}

static void put_step(struct buf *out, const struct view_pair *pair, const struct runbook_names *names,
    const struct runbook_section *section, int number)
{
	struct buf text = buf_of(STEPS_MAX_BYTES);
	struct runbook_part step;
	bool holds[SIDE_REASONS] = {false};
	for (int id = 0; id < SIDES; id++)
		holds[pair->pair->side[id].reason] = true;
	bool is_found = runbook_step(section, number, &step);
	/* The words of an alert's section are no reasons of a side: a listener, too, can be `absent`. */
	if (is_found && pair->pair->status == HA_ACTIVE)
		buf_put(&text, step.text, step.len);
	else if (is_found)
		runbook_put_for(&step, side_reason_names, holds, SIDE_REASONS, &text);
	runbook_names_fill(names, buf_text(&text), text.len, out);
	buf_fini(&text);
}

static void put_steps(struct buf *out, const struct view *view, const struct view_pair *pair,
    const struct runbook_names *names, const struct runbook_section *section, const int numbers[STEPS])
{
	struct buf text = buf_of(STEPS_MAX_BYTES), base = buf_of(STEPS_MAX_BYTES);
	buf_printf(out, "<h4>What to do first: steps %d and %d of the runbook</h4>\n", numbers[0], numbers[1]);
	for (int i = 0; i < STEPS; i++)
		put_step(&text, pair, names, section, numbers[i]);
	runbook_page_put_path(&base, view, pair);
	markdown_put(buf_text(&text), text.len, buf_text(&base), out);
	buf_fini(&base);
	buf_fini(&text);
}

/* Where to read on, and the links to elsewhere. */
static void put_links(struct buf *out, const struct view *view, const struct view_pair *pair, const char *section,
    size_t len, const char *text)
{
	buf_puts(out, "<p class=\"links\"><a href=\"");
	runbook_page_put_path(out, view, pair);
	buf_putc(out, '#');
	runbook_put_anchor(section, len, out);
	buf_printf(out, "\">%s</a>", text);
	page_put_outside_links(out, view, pair);
	buf_puts(out, "</p></section>\n");
}

/* In a declared maintenance there is nothing to repair, but a procedure to go on with. */
void page_put_steps(struct buf *out, const struct view *view, const struct view_pair *pair)
{
	static const char rolling[] = "Rolling maintenance";
	struct runbook_section section;
	if (!find_section(pair->pair->status, &section))
		return;
	buf_puts(out, "<section class=\"steps\">");
	if (plan_of(pair, view->now) == PLAN_MAINTENANCE) {
		put_links(out, view, pair, rolling, sizeof rolling - 1, "Rolling maintenance, in the runbook");
		return;
	}
	struct runbook_names names = runbook_page_names(view, pair);
	put_steps(out, view, pair, &names, &section, page_steps_of(pair->pair->status, reason_of(pair, view->now)));
	put_links(out, view, pair, section.name, section.name_len, "All steps, in the runbook");
}

/* What is wrong, of which side, and when the alert comes. */
static void put_trouble(struct buf *out, const struct view *view, const struct view_pair *pair,
    const struct trouble *trouble, const char *why)
{
	struct runbook_part priority = trouble_field(trouble, "Priority");
	buf_printf(out, "<li><b>%.*s</b> <a href=\"", (int)priority.len, priority.text);
	runbook_page_put_path(out, view, pair);
	buf_putc(out, '#');
	runbook_put_anchor(trouble->alert, strlen(trouble->alert), out);
	buf_printf(out, "\">%s</a>: %s%s", trouble->alert, trouble->side < 0 ? "" : side_id_names[trouble->side],
	    trouble->side < 0 ? "" : ": ");
	html_put(out, why);
	if (trouble->after_min)
		buf_printf(out, " <small>(alerts after %d min)</small>", trouble->after_min);
	buf_puts(out, "</li>\n");
}

static void put_troubles(
    struct buf *out, const struct view *view, const struct view_pair *pair, const struct figures *figures)
{
	struct trouble trouble = {.next = 0};
	struct buf why = buf_of(TROUBLE_WHY_MAX_BYTES);
	int count = 0;
	buf_puts(out, "<ul class=\"troubles\">\n");
	while (trouble_next(view, pair, figures, &trouble, &why))
		if (++count <= TROUBLES_SHOWN)
			put_trouble(out, view, pair, &trouble, buf_text(&why));
	if (count > TROUBLES_SHOWN)
		buf_printf(out, "<li>and %d more</li>\n", count - TROUBLES_SHOWN);
	buf_puts(out, "</ul>\n");
	buf_fini(&why);
}

/* The section of a side's alert has the primary in its commands. */
static struct runbook_names names_for(
    const struct view *view, const struct view_pair *pair, const struct trouble *trouble)
{
	struct runbook_names names = runbook_page_names(view, pair);
	if (trouble->side >= 0) {
		const struct view_side *side = &pair->side[trouble->side];
		names.v[NAME_PRIMARY] = side->name;
		names.v[NAME_PRIMARY_CONTEXT] = side->context ? side->context : side->name;
	}
	return names;
}

void page_put_troubles(
    struct buf *out, const struct view *view, const struct view_pair *pair, const struct figures *figures)
{
	static const int first[STEPS] = {1, 2};
	struct trouble worst = {.next = 0};
	struct buf why = buf_of(TROUBLE_WHY_MAX_BYTES);
	struct runbook_section section;
	bool is_shown = pair->pair->status == HA_ACTIVE && trouble_next(view, pair, figures, &worst, &why) &&
	    runbook_find(worst.alert, &section);
	buf_fini(&why);
	if (!is_shown)
		return;
	struct runbook_part priority = trouble_field(&worst, "Priority"), call = trouble_field(&worst, "Call");
	struct runbook_names names = names_for(view, pair, &worst);
	buf_printf(
	    out, "<section class=\"steps notice %s\">\n<p class=\"call\"><b>ACTIVE, but</b>", page_look_degraded.class);
	buf_printf(out, " <b>%.*s</b>: %.*s</p>\n", (int)priority.len, priority.text, (int)call.len, call.text);
	put_troubles(out, view, pair, figures);
	if (trouble_is_urgent(&worst))
		put_steps(out, view, pair, &names, &section, first);
	put_links(out, view, pair, section.name, section.name_len, "All steps, in the runbook");
}
