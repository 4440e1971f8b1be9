#include "render/view.h"

const int http_codes[HTTP_CODES] = {200, 202, 301, 302, 400, 401, 404, 405, 409, 421, 429, 503};

const char *const http_refusal_names[HTTP_REFUSALS] = {
    "limit", "address_limit", "displaced", "slow_request", "slow_reader", "bad_request"};

/* SEMANTICS.md section 2, footnote 1: on a denied node list the pools count. */
static struct side_capacity capacity_of(const struct view_side *v, const struct side *side)
{
	struct side_capacity c = {0};
	if (side->from_pools) {
		c.has_available = v->has_pools;
		c.available = v->pools.won + v->pools.reserved;
	} else {
		c.has_available = v->has_nodes;
		c.available = v->nodes.available;
	}
	bool pools_know = v->has_pools && v->pools.max > 0;
	c.has_max = v->max_nodes > 0 || pools_know;
	c.max = v->max_nodes > 0 ? v->max_nodes : v->pools.max;
	return c;
}

int view_sides(const struct view_pair *pair)
{
	return SIDES + pair->pair->extra_count;
}

struct figures view_figures(const struct view_pair *p)
{
	struct figures f = {0};
	for (int id = 0; id < view_sides(p); id++) {
		const struct view_side *v = &p->side[id];
		f.names[id] = v->name;
		f.capacity[id] = capacity_of(v, &p->pair->side[id]);
		f.has_drift[id] = v->max_nodes > 0 && v->has_pools && v->pools.max > 0 && v->max_nodes != v->pools.max;
	}
	f.balance = pair_balance(p->pair, f.capacity);
	return f;
}

bool view_runner_utilization(const struct inventory *inventory, double *ratio)
{
	if (!inventory->has_runners || !inventory->has_sums || inventory->max <= 0 || inventory->max == INT32_MAX)
		return false;
	*ratio = (double)inventory->runners[RUNNER_BUSY] / inventory->max;
	return true;
}
