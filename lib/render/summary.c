#include "render/summary.h"

#include "base/json_out.h"
#include "render/balance_json.h"
#include "render/cloudspaces_json.h"
#include "render/message.h"
#include "render/trouble.h"

static void put_status(
    struct json_out *j, const struct view *view, const struct view_pair *pair, const struct figures *figures)
{
	struct buf message = buf_of(MESSAGE_MAX_BYTES);
	message_of_pair(pair->policy, pair->pair, figures->names, view->now, &message);
	json_put_time(j, "timestamp", view->now.wall);
	json_put_text(j, "pair", pair->name);
	json_put_bool(j, "ha_enabled", pair->is_enabled);
	json_put_bool(j, "ha_active", pair->pair->status == HA_ACTIVE);
	json_put_text(j, "ha_status", ha_status_names[pair->pair->status]);
	json_put_text(j, "ha_status_message", buf_text(&message));
	json_put_time(j, "ha_status_since", pair->pair->since.wall);
	json_put_time(j, "blocked_since",
	    pair_status_is_blocked(pair->pair->status) ? pair->pair->blocked_since.wall : WALL_UNKNOWN);
	buf_fini(&message);
}

static bool is_in_maintenance(const struct view_pair *pair)
{
	bool is = false;
	for (int id = 0; id < view_sides(pair); id++)
		is = is || pair_is_in_maintenance(pair->pair, (enum side_id)id);
	return is;
}

void summary_render(
    const struct view *view, const struct view_pair *pair, const struct figures *figures, struct buf *out)
{
	struct json_out j = {out, false};
	char utilization[16];

	json_open(&j, NULL, '{');
	put_status(&j, view, pair, figures);
	json_put_bool(&j, "maintenance", is_in_maintenance(pair));
	json_put_known(&j, "total_effective_nodes", figures->balance.has_effective, figures->balance.effective_total);
	json_put_text(&j, "capacity_utilization", balance_json_utilization(figures, utilization));
	json_put_text(&j, "primary_cloudspace", figures->names[PRIMARY]);
	json_put_text(&j, "secondary_cloudspace", figures->names[SECONDARY]);
	json_open(&j, "node_balance", '{');
	balance_json_put(&j, figures);
	json_close(&j, '}');
	trouble_put_json(&j, "troubles", view, pair, figures);
	cloudspaces_json_put(&j, "cloudspaces", view, pair, figures);
	json_open(&j, "namespaces", '{');
	json_put_text(&j, "runners", pair->runner_namespace);
	json_put_text(&j, "controller", pair->controller_namespace);
	json_put_text(&j, "argocd", pair->argocd_namespace);
	json_close(&j, '}');
	json_put_text(&j, "status_page_url", view->status_page_url);
	json_close(&j, '}');
}
