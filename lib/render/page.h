/*
 * The status page at `/`: the sides of a pair side by side, verdict and cause, in HTML without scripts; where several
 * pairs are watched, a list of them, each with a page of its own.
 */
#pragma once

#include "base/buf.h"
#include "render/view.h"

/* The text between <style> and </style>: the Content-Security-Policy allows it by its hash. */
extern const char page_css[];

/*
 * Appends the whole page of the only pair, or the list of all pairs where there are several. `figures` holds one
 * element for each pair.
 */
void page_render(const struct view *view, const struct figures *figures, struct buf *out);

/* Appends the page of one pair: `figures` are its own. */
void page_render_pair(
    const struct view *view, const struct view_pair *pair, const struct figures *figures, struct buf *out);
