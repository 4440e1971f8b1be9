#include "decide/alerts.h"

enum { FLAPPING_HOLD_MS = 5 * 60000, WINDOW_HOLD_MS = 15 * 60000 }; /* as in the rules */

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

static bool makes_blocked(const struct pair *pair, int id)
{
	return is_down_alone(pair, id) || (id < SIDES && pair->status == HA_BLOCKED_BOTH_UNAVAILABLE);
}

/* The rules' max_over_time(pair_side:ha_blocked:last[5m]) beside flapping. */
static bool is_held_down(const struct alerts *alerts, const struct pair *pair, int id, mono_ms now)
{
	return pair->side[id].flap.is_flapping && pair->status != HA_BLOCKED_BOTH_UNAVAILABLE &&
	    mono_since(alerts->blocked_at[id], now) < FLAPPING_HOLD_MS;
}

/* The rules' pair_side:ha_silenced:min behind a window. */
static bool is_held_silent(const struct alerts *alerts, const struct pair *pair, int id, mono_ms now)
{
	mono_ms declared = alerts->declared_at[id];
	return mono_since(declared, now) < WINDOW_HOLD_MS && mono_since(pair->side[id].since.mono, declared) > 0;
}

struct alerts alerts_of(const struct alerts *before, const struct pair *pair, mono_ms now, bool is_starting)
{
	struct alerts alerts = {0};
	alerts.is_on[ALERT_BOTH_DOWN][PRIMARY] = pair->status == HA_BLOCKED_BOTH_UNAVAILABLE;
	alerts.is_on[ALERT_BLIND][PRIMARY] = pair->status == HA_UNKNOWN && !is_starting;
	for (int id = 0; id < SIDES + pair->extra_count; id++) {
		bool is_declared = pair->maintenance[id].is_declared;
		alerts.blocked_at[id] = makes_blocked(pair, id) ? now : before ? before->blocked_at[id] : MONO_NEVER;
		alerts.declared_at[id] = is_declared ? now : before ? before->declared_at[id] : MONO_NEVER;
		if (alerts_is_silenced(pair, (enum side_id)id) || is_held_silent(&alerts, pair, id, now))
			continue;
		alerts.is_on[ALERT_SIDE_DOWN][id] = is_down_alone(pair, id) || is_held_down(&alerts, pair, id, now);
		alerts.is_on[ALERT_DEGRADED][id] = pair->side[id].is_degraded;
		alerts.is_on[ALERT_FLAPPING][id] = pair->side[id].flap.is_flapping;
	}
	return alerts;
}
