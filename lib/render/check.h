/*
 * GET /api/v1/check: the runbook's morning health check, item by item. An item that fails or is unknown names the side
 * and the cause. An item that is unknown never passes, nor does what a side said before it stopped to answer, nor what
 * compares or adds both sides while one takes no work. Items that are unknown for one `cause` have the same text there,
 * so that it can be said once; null where an item has a reason of its own.
 */
#pragma once

#include "base/buf.h"
#include "render/view.h"

/* From best to worst, so that the greatest value is the worst result. */
enum check_result { CHECK_PASS, CHECK_UNKNOWN, CHECK_FAIL, CHECK_RESULTS };
extern const char *const check_result_names[CHECK_RESULTS]; /* "pass", "unknown", "fail" */

void check_render(
    const struct view *view, const struct view_pair *pair, const struct figures *figures, struct buf *out);
