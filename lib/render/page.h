/* The status page at `/`: both sides next to each other, verdict and why, in HTML without scripts. */
#ifndef HAWATCH_RENDER_PAGE_H
#define HAWATCH_RENDER_PAGE_H

#include "base/buf.h"
#include "render/view.h"

/* The style sheet, as it stands between <style> and </style>: a policy allows it by its hash. */
extern const char page_css[];

/* Appends the whole page. `figures` holds one element a pair. */
void page_render(const struct view *view, const struct figures *figures, struct buf *out);

#endif
