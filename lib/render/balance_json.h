/* GET /api/v1/node-balance: what the runbook reads from `terragrunt output node_balance_details`. */
#ifndef HAWATCH_RENDER_BALANCE_JSON_H
#define HAWATCH_RENDER_BALANCE_JSON_H

#include "base/json_out.h"
#include "render/view.h"

/* Writes the runbook's fields into the object that is open: the summary's node_balance is these and no others. */
void balance_json_put(struct json_out *j, const struct figures *figures);

/* Appends the document: these fields, what else there is to tell of the balance, its pair and status. */
void balance_json_render(const struct view *view, const struct view_pair *pair, const struct figures *figures,
    struct buf *out);

/* "83.3%", or NULL while unknown. `out` holds the text. */
const char *balance_json_utilization(const struct figures *figures, char out[16]);

#endif
