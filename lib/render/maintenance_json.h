/* GET /api/v1/maintenance: which sides are under maintenance, declared or inferred from cordoning. */
#pragma once

#include "base/json_out.h"
#include "render/view.h"

/* Writes a side's window, or null when it has none. An inferred window has no end and no reason. */
void maintenance_json_put(struct json_out *j, const char *name, const struct pair *pair, enum side_id id);

void maintenance_json_render(
    const struct view *view, const struct view_pair *pair, const struct figures *figures, struct buf *out);
