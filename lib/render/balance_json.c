#include "render/balance_json.h"

#include <stdio.h>

const char *balance_json_utilization(const struct figures *figures, char out[16])
{
	if (!figures->balance.has_utilization)
		return NULL;
	snprintf(out, 16, "%.1f%%", figures->balance.utilization_ratio * 100);
	return out;
}

static void put_extras(struct json_out *j, const struct view_pair *pair, const struct figures *figures)
{
	json_open(j, "extras", '[');
	for (int id = SIDES; id < view_sides(pair); id++) {
		const struct side_capacity *capacity = &figures->capacity[id];
		json_open(j, NULL, '{');
		json_put_text(j, "side", side_id_names[id]);
		json_put_text(j, "name", figures->names[id]);
		json_put_known(j, "actual", capacity->has_available, capacity->available);
		json_close(j, '}');
	}
	json_close(j, ']');
}

void balance_json_put(struct json_out *j, const struct figures *figures)
{
	const struct balance *b = &figures->balance;
	const struct side_capacity *primary = &figures->capacity[PRIMARY];
	const struct side_capacity *secondary = &figures->capacity[SECONDARY];

	json_put_known(j, "primary_actual", primary->has_available, primary->available);
	json_put_known(j, "secondary_actual", secondary->has_available, secondary->available);
	json_put_known(j, "effective_each", b->has_effective, b->effective_each);
	json_put_known(j, "total_effective", b->has_effective, b->effective_total);
	json_put_bool(j, "nodes_constrained", b->is_constrained);
	json_put_text(j, "constraining_side", constraining_side_names[b->constraining]);
}

void balance_json_render(
    const struct view *view, const struct view_pair *pair, const struct figures *figures, struct buf *out)
{
	struct json_out j = {out, false};
	const struct balance *b = &figures->balance;
	char utilization[16];
	(void)view;
	json_open(&j, NULL, '{');
	balance_json_put(&j, figures);
	json_put_known(&j, "imbalance", b->has_imbalance, b->imbalance);
	json_put_known(&j, "max_possible", b->has_max, b->max_possible);
	json_put_text(&j, "capacity_utilization", balance_json_utilization(figures, utilization));
	put_extras(&j, pair, figures);
	json_put_text(&j, "pair", pair->name);
	json_put_text(&j, "ha_status", ha_status_names[pair->pair->status]);
	json_close(&j, '}');
}
