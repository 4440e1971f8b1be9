/*
 * GET /api/v1/summary: what the runbook reads from `terragrunt output ha_summary`, with the field names
 * that its jq filters use (product.md, "Programs"), and both cloudspaces.
 */
#ifndef HAWATCH_RENDER_SUMMARY_H
#define HAWATCH_RENDER_SUMMARY_H

#include "base/buf.h"
#include "render/view.h"

/* Appends the JSON document of one pair, with a newline behind it. */
void summary_render(const struct view *view, const struct view_pair *pair,
    const struct figures *figures, struct buf *out);

/* "83.3%", or NULL while unknown. `out` holds the text. */
const char *summary_utilization(const struct figures *figures, char out[16]);

#endif
