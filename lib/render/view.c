#include "render/view.h"

const int http_codes[HTTP_CODES] = {200, 202, 301, 302, 400, 401, 404, 405, 409, 421, 429, 503};

const char *const http_refusal_names[HTTP_REFUSALS] = {
    "limit", "address_limit", "displaced", "slow_request", "slow_reader", "bad_request"};

const char *const http_state_names[HTTP_STATES] = {
    [HTTP_OPENED] = "opened",
    [HTTP_IDLE] = "idle",
    [HTTP_READING] = "reading",
    [HTTP_ANSWERING] = "answering",
    [HTTP_CLOSING] = "closing",
};

const char *const http_handler_names[HTTP_HANDLERS] = {
    [HTTP_METRICS] = "metrics",
    [HTTP_PAGE] = "page",
    [HTTP_API] = "api",
    [HTTP_HEALTH] = "health",
    [HTTP_CONTROL] = "control",
    [HTTP_ERROR] = "error",
};

/* As Prometheus' own, of which 60 and 120 s are longer than any answer may take; and two for quick ones. */
const char *const http_bucket_labels[HTTP_BUCKETS] = {
    "0.005", "0.025", "0.1", "0.2", "0.4", "1.0", "3.0", "8.0", "20.0"};
const int64_t http_bucket_ms[HTTP_BUCKETS] = {5, 25, 100, 200, 400, 1000, 3000, 8000, 20000};

void view_http_served(struct http_served *served, int64_t duration_ms, uint64_t bytes)
{
	int bucket = 0;
	while (bucket < HTTP_BUCKETS && duration_ms > http_bucket_ms[bucket])
		bucket++;
	if (bucket < HTTP_BUCKETS)
		served->buckets[bucket]++;
	served->count++;
	served->duration_ms += duration_ms;
	served->bytes += bytes;
}

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
