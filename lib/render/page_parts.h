/* The parts that page.c puts together. */
#pragma once

#include "base/buf.h"
#include "render/sources.h"
#include "render/view.h"

/* How a state looks: a class of the style sheet and a sign, so that it can be read without colours. */
struct look {
	const char *class, *sign;
};

extern const struct look page_look_of_status[HA_STATUSES];
extern const struct look page_look_of_verdict[VERDICTS];
extern const struct look page_look_degraded; /* UP, but Spot disagrees */

/* The start of a link to `path` of this daemon: `<a href="...`, without the end of the attribute. */
void page_open_link(struct buf *out, const struct view *view, const char *path);

/* The status in large letters: "ACTIVE", "BLOCKED", "DISABLED" or "UNKNOWN". */
const char *page_word(enum ha_status status);

/* A pair with all its sides, a side of it, and the monitor itself. */
void page_put_pair(
    struct buf *out, const struct view *view, const struct view_pair *pair, const struct figures *figures);
void page_put_side(struct buf *out, const struct view *view, const struct view_pair *pair,
    const struct figures *figures, enum side_id id);

/* A row with the last success of each source, and its problem when the last poll failed. */
void page_put_sources(struct buf *out, const struct view *view, const struct polled *sources, size_t count);
void page_put_monitor(struct buf *out, const struct view *view);
