/* A pair's status as a small SVG picture for READMEs and wikis, and the icon of the browser's tab. */
#pragma once

#include "base/buf.h"
#include "render/view.h"

/* Appends the badge: the pair's name on grey, its status on the status's colour. */
void badge_render(const struct view *view, const struct view_pair *pair, struct buf *out);

/*
 * Appends the badge of the pair's availability in this window: in percent, where the journal covers it and any of it
 * counts; else "not known".
 */
void badge_render_availability(
    const struct view *view, const struct view_pair *pair, const struct availability_window *window, struct buf *out);

/* Appends the icon: the sign of the worst status of all pairs on its colour. */
void badge_render_icon(const struct view *view, struct buf *out);
