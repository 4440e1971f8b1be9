/* GET /api/v1/cloudspaces: each side of a pair with its verdict and its figures; the summary shows the same. */
#pragma once

#include "base/json_out.h"
#include "render/view.h"

extern const char *const lateness_names[STUCK + 1]; /* "on_time", "late", "stuck" */

/* Writes the object of all sides under `name`, NULL for the document itself. */
void cloudspaces_json_put(struct json_out *j, const char *name, const struct view *view, const struct view_pair *pair,
    const struct figures *figures);

void cloudspaces_json_render(
    const struct view *view, const struct view_pair *pair, const struct figures *figures, struct buf *out);
