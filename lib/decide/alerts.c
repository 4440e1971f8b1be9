#include "decide/alerts.h"

const char *const alert_names[ALERTS] = {
    [ALERT_BOTH_DOWN] = "HABothCloudspacesDown",
    [ALERT_BLIND] = "HAMonitorBlind",
    [ALERT_SIDE_DOWN] = "HACloudspaceDown",
    [ALERT_DEGRADED] = "HACloudspaceDegraded",
    [ALERT_FLAPPING] = "HACloudspaceFlapping",
};

const char *const alert_priorities[ALERTS] = {
    [ALERT_BOTH_DOWN] = "P0",
    [ALERT_BLIND] = "P1",
    [ALERT_SIDE_DOWN] = "P1",
    [ALERT_DEGRADED] = "P2",
    [ALERT_FLAPPING] = "P2",
};

static bool is_down_alone(const struct pair *pair, int id)
{
	return (pair->status == HA_BLOCKED_PRIMARY_UNAVAILABLE && id == PRIMARY) ||
	    (pair->status == HA_BLOCKED_SECONDARY_UNAVAILABLE && id == SECONDARY);
}

bool alerts_is_silenced(const struct pair *pair, enum side_id id)
{
	return pair->status == HA_DISABLED || pair_is_in_maintenance(pair, id);
}

struct alerts alerts_of(const struct pair *pair, bool is_starting)
{
	struct alerts alerts = {0};
	alerts.is_on[ALERT_BOTH_DOWN][PRIMARY] = pair->status == HA_BLOCKED_BOTH_UNAVAILABLE;
	alerts.is_on[ALERT_BLIND][PRIMARY] = pair->status == HA_UNKNOWN && !is_starting;
	for (int id = 0; id < SIDES + pair->extra_count; id++) {
		if (alerts_is_silenced(pair, (enum side_id)id))
			continue;
		alerts.is_on[ALERT_SIDE_DOWN][id] = is_down_alone(pair, id);
		alerts.is_on[ALERT_DEGRADED][id] = pair->side[id].is_degraded;
		alerts.is_on[ALERT_FLAPPING][id] = pair->side[id].flap.is_flapping;
	}
	return alerts;
}
