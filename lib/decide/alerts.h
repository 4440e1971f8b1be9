/*
 * What would cause a page: the conditions of the alerts that follow from what is decided here. A condition that is true
 * is not yet a page: Prometheus waits for the alert's `for`, also knows other daemons and other pairs, and Alertmanager
 * mutes one alert by another. Alerts of the inventory, of prices and of the monitor itself are not among them. Pure.
 */
#pragma once

#include "decide/pair.h"

enum alert {
	ALERT_BOTH_DOWN,   /* P0: BLOCKED_BOTH_UNAVAILABLE, also in maintenance */
	ALERT_BLIND,       /* P1: UNKNOWN, but not yet while hawatchd starts */
	ALERT_PAIR_ALERTS, /* the following ones are of a side, and true only while it is not in maintenance */
	ALERT_SIDE_DOWN = ALERT_PAIR_ALERTS, /* P1: the pair is BLOCKED by this side alone */
	ALERT_DEGRADED,                      /* P2 */
	ALERT_FLAPPING,                      /* P2 */
	ALERTS
};
extern const char *const alert_names[ALERTS];      /* as config/prometheus names them */
extern const char *const alert_priorities[ALERTS]; /* "P0", ... */

/* Which conditions are true; those of the pair at the primary. */
struct alerts {
	bool is_on[ALERTS][SIDES_MAX];
	/* For the holds: when the side last made the pair BLOCKED, and when a window of it was last declared. */
	mono_ms blocked_at[SIDES_MAX], declared_at[SIDES_MAX];
};

/* Nobody is called for the side: it is in maintenance, or the pair is DISABLED (the rules' pair_side:ha_silenced:min).
 */
bool alerts_is_silenced(const struct pair *pair, enum side_id id);

/*
 * What follows `before`; NULL: nothing. `is_starting`: hawatchd has no first verdict yet, and is not late with it. Two
 * holds of the rules are kept: a side that flaps stays unavailable for 5 minutes, and for 15 minutes behind its window
 * a side that is still in the state that it had then is silent.
 */
struct alerts alerts_of(const struct alerts *before, const struct pair *pair, mono_ms now, bool is_starting);
