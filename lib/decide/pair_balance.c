#include "decide/pair.h"

#include <stdlib.h>

const char *const constraining_side_names[CONSTRAINING_NA + 1] = {
    [CONSTRAINING_PRIMARY] = "primary",
    [CONSTRAINING_SECONDARY] = "secondary",
    [CONSTRAINING_NONE] = "none",
    [CONSTRAINING_NA] = "n/a",
};

/* A number of nodes, meaningful only when all of them are known. */
struct sum {
	bool is_known;
	int nodes;
};

static struct sum sum_of(struct sum a, bool is_known, int nodes)
{
	return (struct sum){a.is_known && is_known, a.nodes + nodes};
}

/* SEMANTICS.md section 5: ACTIVE 2 x min; BLOCKED the side that is UP; DISABLED the primary's if UP; else 0. */
static struct sum nodes_of_two(const struct pair *pair, const struct side_capacity capacity[SIDES_MAX])
{
	static const bool carries[HA_STATUSES][SIDES] = {
	    [HA_BLOCKED_PRIMARY_UNAVAILABLE] = {[SECONDARY] = true},
	    [HA_BLOCKED_SECONDARY_UNAVAILABLE] = {[PRIMARY] = true},
	    [HA_DISABLED] = {[PRIMARY] = true},
	};
	const struct side_capacity *p = &capacity[PRIMARY], *s = &capacity[SECONDARY];
	struct sum sum = {.is_known = true};
	if (pair->status == HA_ACTIVE)
		return sum_of(sum, p->has_available && s->has_available,
		    2 * (p->available < s->available ? p->available : s->available));
	for (int id = 0; id < SIDES; id++)
		if (carries[pair->status][id] && pair->side[id].verdict == UP)
			sum = sum_of(sum, capacity[id].has_available, capacity[id].available);
	return sum;
}

static struct sum with_extras(struct sum sum, const struct pair *pair, const struct side_capacity capacity[SIDES_MAX])
{
	for (int id = SIDES; id < SIDES + pair->extra_count; id++)
		if (pair->side[id].verdict == UP)
			sum = sum_of(sum, capacity[id].has_available, capacity[id].available);
	return sum;
}

static struct sum ceiling_of(const struct pair *pair, const struct side_capacity capacity[SIDES_MAX])
{
	struct sum sum = {.is_known = true};
	for (int id = 0; id < SIDES + pair->extra_count; id++)
		sum = sum_of(sum, capacity[id].has_max, capacity[id].max);
	return sum;
}

struct balance pair_balance(const struct pair *pair, const struct side_capacity capacity[SIDES_MAX])
{
	const struct side_capacity *p = &capacity[PRIMARY], *s = &capacity[SECONDARY];
	struct sum two = nodes_of_two(pair, capacity), all = with_extras(two, pair, capacity);
	struct sum ceiling = ceiling_of(pair, capacity);
	bool is_active = pair->status == HA_ACTIVE;
	bool is_comparable = p->has_available && s->has_available;
	int difference = is_comparable ? p->available - s->available : 0;

	struct balance b = {
	    .has_effective = all.is_known,
	    .effective_each = is_active && all.is_known ? two.nodes / 2 : 0,
	    .effective_total = all.is_known ? all.nodes : 0,
	    .is_constrained = is_active && difference != 0,
	    .constraining = !is_active || !is_comparable ? CONSTRAINING_NA
		: difference < 0                         ? CONSTRAINING_PRIMARY
		: difference > 0                         ? CONSTRAINING_SECONDARY
							 : CONSTRAINING_NONE,
	    .has_imbalance = is_comparable,
	    .imbalance = abs(difference),
	    .has_max = ceiling.is_known,
	    .max_possible = ceiling.is_known ? ceiling.nodes : 0,
	};
	b.has_utilization = b.has_effective && b.max_possible > 0;
	if (b.has_utilization)
		b.utilization_ratio = (double)b.effective_total / b.max_possible;
	return b;
}
