#include "render/summary.h"

#include "decide/message.h"
#include "render/json_out.h"

#include <stdio.h>

static void put_known(struct json_out *j, const char *name, bool is_known, int value)
{
	if (is_known)
		json_put_int(j, name, value);
	else
		json_put_null(j, name);
}

static void put_side(struct json_out *j, enum side_id id, const struct view_pair *pair,
    const struct figures *figures)
{
	const struct view_side *v = &pair->side[id];
	const struct side *side = &pair->pair->side[id];
	const struct side_capacity *capacity = &figures->capacity[id];

	json_open(j, side_id_names[id], '{');
	json_put_text(j, "name", v->name);
	json_put_bool(j, "ready", side->verdict == UP);
	json_put_text(j, "state", verdict_names[side->verdict]);
	json_put_text(j, "state_reason", side_reason_names[side->reason]);
	json_put_time(j, "since", side->since.wall);
	json_put_bool(j, "degraded", side->is_degraded);
	json_put_text(j, "status", v->cloudspace ? v->cloudspace->phase : NULL);
	json_put_text(j, "health", v->cloudspace ? v->cloudspace->health : NULL);
	json_put_text(j, "reason", v->cloudspace ? v->cloudspace->reason : NULL);
	put_known(j, "nodes", capacity->has_available, capacity->available);
	put_known(j, "nodes_total", v->has_nodes, v->nodes.total);
	put_known(j, "nodes_ready", v->has_nodes, v->nodes.ready);
	put_known(j, "nodes_cordoned", v->has_nodes, v->nodes.cordoned);
	json_put_text(j, "nodes_source",
	    !capacity->has_available ? "none"
		: side->from_pools   ? "node_pools"
				     : "kubernetes");
	put_known(j, "desired", v->has_pools, v->pools.desired);
	put_known(j, "max", capacity->has_max, capacity->max);
	json_put_text(j, "endpoint", v->endpoint);
	json_close(j, '}');
}

static void put_balance(struct json_out *j, const struct figures *figures)
{
	const struct balance *b = &figures->balance;
	const struct side_capacity *primary = &figures->capacity[PRIMARY];
	const struct side_capacity *secondary = &figures->capacity[SECONDARY];

	json_open(j, "node_balance", '{');
	put_known(j, "primary_actual", primary->has_available, primary->available);
	put_known(j, "secondary_actual", secondary->has_available, secondary->available);
	put_known(j, "effective_each", b->has_effective, b->effective_each);
	put_known(j, "total_effective", b->has_effective, b->effective_total);
	json_put_bool(j, "nodes_constrained", b->is_constrained);
	json_put_text(j, "constraining_side", constraining_side_names[b->constraining]);
	json_close(j, '}');
}

const char *summary_utilization(const struct figures *figures, char out[16])
{
	if (!figures->balance.has_utilization)
		return NULL;
	snprintf(out, 16, "%.1f%%", figures->balance.utilization_ratio * 100);
	return out;
}

void summary_render(const struct view *view, const struct view_pair *pair,
    const struct figures *figures, struct buf *out)
{
	struct json_out j = {out, false};
	const char *const *names = figures->names;
	struct buf message = buf_of(4096);
	char utilization[16];
	pair_message(pair->policy, pair->pair, names, view->now, &message);

	json_open(&j, NULL, '{');
	json_put_time(&j, "timestamp", view->now.wall);
	json_put_text(&j, "pair", pair->name);
	json_put_bool(&j, "ha_enabled", pair->is_enabled);
	json_put_bool(&j, "ha_active", pair->pair->status == HA_ACTIVE);
	json_put_text(&j, "ha_status", ha_status_names[pair->pair->status]);
	json_put_text(&j, "ha_status_message", buf_text(&message));
	json_put_time(&j, "ha_status_since", pair->pair->since.wall);
	put_known(&j, "total_effective_nodes", figures->balance.has_effective, figures->balance.effective_total);
	json_put_text(&j, "capacity_utilization", summary_utilization(figures, utilization));
	json_put_text(&j, "primary_cloudspace", names[PRIMARY]);
	json_put_text(&j, "secondary_cloudspace", names[SECONDARY]);
	put_balance(&j, figures);
	json_open(&j, "cloudspaces", '{');
	for (int id = 0; id < view_sides(pair); id++)
		put_side(&j, (enum side_id)id, pair, figures);
	json_close(&j, '}');
	json_close(&j, '}');
	buf_putc(out, '\n');
	buf_fini(&message);
}
