/* The runbook as a page at `/runbook`, with the names of a pair, and an anchor for each heading as alerts link them. */
#pragma once

#include "render/runbook_names.h"
#include "render/view.h"

/* The names that stand in the place of those of the examples; borrowed from `pair`. */
struct runbook_names runbook_page_names(const struct view *view, const struct view_pair *pair);

/* Appends the page's path, escaped for an attribute; `pair` NULL: with the names of the examples. */
void runbook_page_put_path(struct buf *out, const struct view *view, const struct view_pair *pair);

/* Appends the whole page. `pair` is NULL where several pairs are watched and none was named. */
void runbook_page_render(const struct view *view, const struct view_pair *pair, struct buf *out);
