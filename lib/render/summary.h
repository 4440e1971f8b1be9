/*
 * GET /api/v1/summary: what the runbook reads from `terragrunt output ha_summary`, with the field names
 * that its jq filters use, and all sides.
 */
#pragma once

#include "base/buf.h"
#include "render/view.h"

void summary_render(
    const struct view *view, const struct view_pair *pair, const struct figures *figures, struct buf *out);
