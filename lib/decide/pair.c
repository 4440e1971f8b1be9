#include "decide/pair.h"

#include <stdlib.h>

const char *const ha_status_names[HA_STATUSES] = {
    [HA_ACTIVE] = "ACTIVE",
    [HA_BLOCKED_PRIMARY_UNAVAILABLE] = "BLOCKED_PRIMARY_UNAVAILABLE",
    [HA_BLOCKED_SECONDARY_UNAVAILABLE] = "BLOCKED_SECONDARY_UNAVAILABLE",
    [HA_BLOCKED_BOTH_UNAVAILABLE] = "BLOCKED_BOTH_UNAVAILABLE",
    [HA_DISABLED] = "DISABLED",
    [HA_UNKNOWN] = "UNKNOWN",
};

const char *const constraining_side_names[CONSTRAINING_NA + 1] = {
    [CONSTRAINING_PRIMARY] = "primary",
    [CONSTRAINING_SECONDARY] = "secondary",
    [CONSTRAINING_NONE] = "none",
    [CONSTRAINING_NA] = "n/a",
};

#define Active    HA_ACTIVE
#define Primary   HA_BLOCKED_PRIMARY_UNAVAILABLE
#define Secondary HA_BLOCKED_SECONDARY_UNAVAILABLE
#define Both      HA_BLOCKED_BOTH_UNAVAILABLE
#define Blind     HA_UNKNOWN

/* ha-semantics.md section 3: rows are the primary's state, columns the secondary's. */
/* clang-format off */
static const enum ha_status table[VERDICTS][VERDICTS] = {
	[UP] = {
		[UP] = Active, [DOWN] = Secondary, [PROVISIONING] = Secondary, [MAINTENANCE] = Secondary, [UNKNOWN] = Blind },
	[DOWN] = {
		[UP] = Primary, [DOWN] = Both, [PROVISIONING] = Both, [MAINTENANCE] = Both, [UNKNOWN] = Primary },
	[PROVISIONING] = {
		[UP] = Primary, [DOWN] = Both, [PROVISIONING] = Both, [MAINTENANCE] = Both, [UNKNOWN] = Primary },
	[MAINTENANCE] = {
		[UP] = Primary, [DOWN] = Both, [PROVISIONING] = Both, [MAINTENANCE] = Both, [UNKNOWN] = Primary },
	[UNKNOWN] = {
		[UP] = Blind, [DOWN] = Secondary, [PROVISIONING] = Secondary, [MAINTENANCE] = Secondary, [UNKNOWN] = Blind },
};
/* clang-format on */

enum ha_status pair_status(bool is_enabled, enum verdict primary, enum verdict secondary)
{
	return is_enabled ? table[primary][secondary] : HA_DISABLED;
}

bool ha_status_is_blocked(enum ha_status status)
{
	return status == HA_BLOCKED_PRIMARY_UNAVAILABLE ||
	    status == HA_BLOCKED_SECONDARY_UNAVAILABLE || status == HA_BLOCKED_BOTH_UNAVAILABLE;
}

struct pair pair_start(const struct pair_policy *policy, struct now now)
{
	struct pair pair = {.extra_count = policy->extra_count, .since = now, .blocked_since = now, .counted_to = now};
	for (int id = 0; id < SIDES + pair.extra_count; id++)
		pair.side[id] = side_start(now);
	pair.status = pair_status(policy->is_enabled, UNKNOWN, UNKNOWN);
	return pair;
}

struct pair pair_step(const struct pair_policy *policy, struct pair pair, enum side_id id,
    const struct side_input *input, struct now now)
{
	pair.spent_ms[pair.status] += mono_since(pair.counted_to.mono, now.mono);
	pair.counted_to = now;
	pair.side[id] = side_step(&policy->side[id], pair.side[id], input, now);

	enum ha_status status = pair_status(
	    policy->is_enabled, pair.side[PRIMARY].verdict, pair.side[SECONDARY].verdict);
	if (status != pair.status) {
		if (ha_status_is_blocked(status) && !ha_status_is_blocked(pair.status))
			pair.blocked_since = now;
		pair.transitions[pair.status][status]++;
		pair.status = status;
		pair.since = now;
	}
	return pair;
}

/* product.md: ACTIVE 2 x min; BLOCKED the side that is UP; DISABLED the primary's if UP; else 0. */
static struct effective {
	bool is_known;
	int total;
} effective_nodes(const struct pair *pair, const struct side_capacity capacity[SIDES_MAX])
{
	const struct side_capacity *p = &capacity[PRIMARY], *s = &capacity[SECONDARY];
	const struct side_capacity *only = NULL;
	switch (pair->status) {
	case HA_ACTIVE:
		return (struct effective){p->has_available && s->has_available,
		    2 * (p->available < s->available ? p->available : s->available)};
	case HA_BLOCKED_PRIMARY_UNAVAILABLE: only = pair->side[SECONDARY].verdict == UP ? s : NULL; break;
	case HA_BLOCKED_SECONDARY_UNAVAILABLE:
	case HA_DISABLED: only = pair->side[PRIMARY].verdict == UP ? p : NULL; break;
	case HA_BLOCKED_BOTH_UNAVAILABLE:
	case HA_UNKNOWN:
	case HA_STATUSES: break;
	}
	return only ? (struct effective){only->has_available, only->available}
		    : (struct effective){true, 0};
}

struct balance pair_balance(const struct pair *pair, const struct side_capacity capacity[SIDES_MAX])
{
	const struct side_capacity *p = &capacity[PRIMARY], *s = &capacity[SECONDARY];
	struct effective effective = effective_nodes(pair, capacity);
	bool is_active = pair->status == HA_ACTIVE;
	bool is_comparable = p->has_available && s->has_available;
	int difference = is_comparable ? p->available - s->available : 0;

	struct balance b = {
	    .has_effective = effective.is_known,
	    .effective_total = effective.is_known ? effective.total : 0,
	    .is_constrained = is_active && difference != 0,
	    .constraining = !is_active || !is_comparable ? CONSTRAINING_NA
		: difference < 0			 ? CONSTRAINING_PRIMARY
		: difference > 0			 ? CONSTRAINING_SECONDARY
							 : CONSTRAINING_NONE,
	    .has_imbalance = is_comparable,
	    .imbalance = abs(difference),
	    .has_max = p->has_max && s->has_max,
	};
	b.effective_each = is_active ? b.effective_total / 2 : 0;
	b.max_possible = b.has_max ? p->max + s->max : 0;
	b.has_utilization = b.has_effective && b.max_possible > 0;
	if (b.has_utilization)
		b.utilization_ratio = (double)b.effective_total / b.max_possible;
	return b;
}

bool pair_is_in_maintenance(const struct pair *pair, enum side_id id)
{
	return pair->maintenance[id].is_declared || pair->side[id].verdict == MAINTENANCE;
}
