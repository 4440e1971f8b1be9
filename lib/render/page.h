/* The status page at `/`: the sides of each pair side by side, verdict and cause, in HTML without scripts. */
#pragma once

#include "base/buf.h"
#include "render/view.h"

/* The text between <style> and </style>: the Content-Security-Policy allows it by its hash. */
extern const char page_css[];

/* Appends the whole page. `figures` holds one element for each pair. */
void page_render(const struct view *view, const struct figures *figures, struct buf *out);
