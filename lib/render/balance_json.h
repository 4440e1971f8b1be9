/* GET /api/v1/node-balance: what the runbook reads from `terragrunt output node_balance_details`. */
#pragma once

#include "base/json_out.h"
#include "render/view.h"

/* Writes the runbook's fields into the open object. The summary's node_balance has exactly these fields. */
void balance_json_put(struct json_out *j, const struct figures *figures);

/* Appends the document: these fields, further fields of the balance, the pair's name and status. */
void balance_json_render(
    const struct view *view, const struct view_pair *pair, const struct figures *figures, struct buf *out);

/* "83.3%", or NULL while unknown. `out` holds the text. */
const char *balance_json_utilization(const struct figures *figures, char out[16]);
