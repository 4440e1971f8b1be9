#include "render/plan.h"

#include "decide/side.h"

enum { MINUTE_MS = 60000 };

static enum plan plan_of_side(const struct view_pair *pair, enum side_id id, struct now now)
{
	struct provisioning p = side_provisioning(&pair->policy->side[id], &pair->pair->side[id], now.mono);
	if (pair->pair->maintenance[id].is_declared)
		return PLAN_MAINTENANCE;
	return p.is_known && p.lateness == ON_TIME ? PLAN_PROVISIONING : PLAN_NONE;
}

enum plan plan_of(const struct view_pair *pair, struct now now)
{
	switch (pair->pair->status) {
	case HA_BLOCKED_PRIMARY_UNAVAILABLE:
		return pair->pair->side[SECONDARY].verdict == UP ? plan_of_side(pair, PRIMARY, now) : PLAN_NONE;
	case HA_BLOCKED_SECONDARY_UNAVAILABLE:
		return pair->pair->side[PRIMARY].verdict == UP ? plan_of_side(pair, SECONDARY, now) : PLAN_NONE;
	default: return PLAN_NONE;
	}
}

bool plan_ready(const struct side_policy *policy, const struct side *side, struct now now, wall_ms *from, wall_ms *to)
{
	struct provisioning p = side_provisioning(policy, side, now.mono);
	int64_t began_ms = now.wall.ms - p.age_ms;
	*from = (wall_ms){began_ms + PROVISIONING_USUAL_FROM_MIN * (int64_t)MINUTE_MS};
	*to = (wall_ms){began_ms + PROVISIONING_USUAL_TO_MIN * (int64_t)MINUTE_MS};
	return p.is_known;
}
