/* The parts that pages, and the badge, are put together of. */
#pragma once

#include "base/buf.h"
#include "render/sources.h"
#include "render/view.h"

/*
 * How a state looks: a class of the style sheet and a sign, so that it can be read without colours. The colours are
 * those of the class on a light ground: of the area, and of the text on it.
 */
struct look {
	const char *class, *sign, *colour, *on;
};

extern const struct look page_look_of_status[HA_STATUSES];
extern const struct look page_look_of_verdict[VERDICTS];
extern const struct look page_look_degraded; /* UP, but Spot disagrees */
extern const struct look page_look_planned;  /* an outage of one side that goes as planned */

/* Of a pair's status, with regard to what is planned. */
const struct look *page_look_of(const struct view_pair *pair, struct now now);

/* The pair whose status is the worst; NULL when there is none. */
const struct view_pair *page_worst(const struct view *view);

/* The start of a page up to <body>: `title` and `head`, lines of the <head>, are HTML. */
void page_open(struct buf *out, const struct view *view, const char *title, const char *head);

/* The start of a link to `path` of this daemon: `<a href="...`, without the end of the attribute. */
void page_open_link(struct buf *out, const struct view *view, const char *path);

/* The path of a pair's page, escaped for an attribute; `pair` NULL: of the list of all pairs. */
void page_put_path(struct buf *out, const struct view *view, const struct view_pair *pair);

/* Links to what is configured: dashboard, alerts, Spot's status page; of one pair, or of all where it is NULL. */
void page_put_outside_links(struct buf *out, const struct view *view, const struct view_pair *pair);

/* The status in large letters: "ACTIVE", "BLOCKED", "DISABLED" or "UNKNOWN". */
const char *page_word(enum ha_status status);

/* A pair with all its sides, and of it: the verdict, who is called, the first steps, a side; and the monitor itself. */
void page_put_pair(
    struct buf *out, const struct view *view, const struct view_pair *pair, const struct figures *figures);
void page_put_verdict(
    struct buf *out, const struct view *view, const struct view_pair *pair, const struct figures *figures);
void page_put_call(struct buf *out, const struct view *view, const struct view_pair *pair);
void page_put_steps(struct buf *out, const struct view *view, const struct view_pair *pair);
/* While ACTIVE: what is wrong all the same, who answers it within which time, and the first steps for the worst. */
void page_put_troubles(
    struct buf *out, const struct view *view, const struct view_pair *pair, const struct figures *figures);
void page_put_history(struct buf *out, const struct view *view, const struct view_pair *pair);
void page_put_side(struct buf *out, const struct view *view, const struct view_pair *pair,
    const struct figures *figures, enum side_id id);
void page_put_side_rows(struct buf *out, const struct view *view, const struct view_pair *pair,
    const struct figures *figures, enum side_id id);

/* A ratio in percent with two digits, cut: "99.99 %". */
void page_put_ratio(struct buf *out, double ratio);

/* Whether the verdict tells of this side why it is in its state: it is not simply UP. */
bool page_is_told(const struct side *side);

/* The numbers of the two steps of the runbook's section of this status that come first for this reason. */
const int *page_steps_of(enum ha_status status, enum side_reason reason);

/* A row with the last success of each source, and its problem when the last poll failed. */
void page_put_sources(struct buf *out, const struct view *view, const struct polled *sources, size_t count);
void page_put_monitor(struct buf *out, const struct view *view);
