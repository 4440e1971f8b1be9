/* The metrics of a side: its verdict, its nodes, what Spot reports. */
#include "render/metrics_table.h"

static double dollars(int64_t nano)
{
	return (double)nano / 1e9;
}

STATE(state, s->side->verdict)
STATE(state_reason, s->side->reason)
GETTER(state_since, true, metric_thousandths(s->side->since.wall.ms))
GETTER(ready, true, s->side->verdict == UP)
GETTER(degraded, true, s->side->is_degraded)
STATE(phase, s->vside->cloudspace ? s->vside->cloudspace->known_phase : PHASE_UNKNOWN)
GETTER(nodes, s->vside->has_nodes, s->vside->nodes.total)
GETTER(nodes_ready, s->vside->has_nodes, s->vside->nodes.ready)
GETTER(nodes_cordoned, s->vside->has_nodes, s->vside->nodes.cordoned)
GETTER(nodes_available, s->figures->capacity[s->id].has_available, s->figures->capacity[s->id].available)
GETTER(nodes_desired, s->vside->has_pools, s->vside->pools.desired)
GETTER(nodes_max, s->figures->capacity[s->id].has_max, s->figures->capacity[s->id].max)
GETTER(nodes_from_pools, true, s->side->from_pools)
GETTER(max_drift, s->vside->has_pools || s->vside->max_nodes == 0, s->figures->has_drift[s->id])
GETTER(insecure, true, s->vside->is_insecure)
GETTER(nodes_won, s->vside->has_pools, s->vside->pools.won + s->vside->pools.reserved)
GETTER(flapping, true, s->side->flap.is_flapping)
GETTER(held, true, s->side->is_held)
GETTER(maintenance, true, pair_is_in_maintenance(s->pair, s->id))
GETTER(maintenance_declared, true, s->pair->maintenance[s->id].is_declared)
GETTER(maintenance_ends, s->pair->maintenance[s->id].is_declared,
    metric_thousandths(s->pair->maintenance[s->id].ends.wall.ms))
/* Only for a new cloudspace: one that was ready before and is upgrading or lost its bids is not late. */
GETTER(provisioning_started,
    s->side->verdict == PROVISIONING && s->vside->cloudspace && s->vside->cloudspace->word == SPOT_PROVISIONING &&
	wall_is_known(s->vside->cloudspace->created),
    metric_thousandths(s->vside->cloudspace->created.ms))

/* Known of a side that is not PROVISIONING, and while a fresh answer of Spot says how old the cloudspace is. */
static bool is_later_than(const struct subject *s, enum lateness least, double *out)
{
	struct provisioning p = side_provisioning(s->policy, s->side, s->view->now.mono);
	*out = p.is_known && p.lateness >= least;
	return p.is_known || s->side->verdict != PROVISIONING;
}

static bool provisioning_late(const struct subject *s, double *out)
{
	return is_later_than(s, LATE, out); /* a stuck one is late as well */
}

static bool provisioning_stuck(const struct subject *s, double *out)
{
	return is_later_than(s, STUCK, out);
}

GETTER(bid_price, s->vside->has_margin, dollars(s->vside->margin.bid_nano))
GETTER(market_price, s->vside->has_margin, dollars(s->vside->margin.market_nano))
GETTER(market_price_p80, s->vside->has_margin && s->vside->margin.p80_nano >= 0, dollars(s->vside->margin.p80_nano))

static void cloudspace_info(const struct metric *m, const struct subject *s, struct expo *x)
{
	const struct cloudspace *c = s->vside->cloudspace;
	struct labels l = metrics_labels_with(metrics_no_labels, "cloudspace", s->vside->name);
	metrics_put(x, m, metrics_labels_with(l, "cloudspace_region", c ? c->region : ""), 1);
}

static void state_changes(const struct metric *m, const struct subject *s, struct expo *x)
{
	for (int to = 0; to < VERDICTS; to++)
		metrics_put_counter(x, m, metrics_labels_with(metrics_no_labels, "to", verdict_names[to]),
		    (double)s->pair->state_changes[s->id][to], s->vside->counted_from);
}

/* clang-format off */
static const struct metric rows[] = {
	{"ha_cloudspace_info", EXPO_INFO, "Which cloudspace the side is.", SAMPLES(cloudspace_info), LABELS("cloudspace, cloudspace_region")},
	{"ha_cloudspace_state", EXPO_STATESET, "Verdict on the side; exactly one is 1.", STATES(state, verdict_names, VERDICTS)},
	{"ha_cloudspace_state_reason", EXPO_STATESET, "Why the side is in its state; exactly one is 1.", STATES(state_reason, side_reason_names, SIDE_REASONS)},
	{"ha_cloudspace_state_since_timestamp_seconds", EXPO_GAUGE, "Unix time at which the current state began, in seconds.", VALUE(state_since)},
	{"ha_cloudspace_state_changes_total", EXPO_COUNTER, "Changes of the side's state, by the new state.", SAMPLES(state_changes), LABELS("to")},
	{"ha_cloudspace_state_held", EXPO_GAUGE, "1 while the state is from before the restart and no fresh data has confirmed it yet.", VALUE(held)},
	{"ha_cloudspace_flapping", EXPO_GAUGE, "1 while the side's results keep contradicting each other.", VALUE(flapping)},
	{"ha_cloudspace_ready", EXPO_GAUGE, "1 if the side is UP.", VALUE(ready)},
	{"ha_cloudspace_degraded", EXPO_GAUGE, "1 if the side is UP although Spot reports an error, provisioning or absence.", VALUE(degraded)},
	{"ha_cloudspace_phase", EXPO_STATESET, "Phase that Spot reports for the cloudspace.", STATES(phase, spot_phase_names, SPOT_PHASES)},
	{"ha_cloudspace_nodes", EXPO_GAUGE, "Nodes of the cluster, without control-plane nodes.", VALUE(nodes)},
	{"ha_cloudspace_nodes_ready", EXPO_GAUGE, "Nodes whose Ready condition is True.", VALUE(nodes_ready)},
	{"ha_cloudspace_nodes_cordoned", EXPO_GAUGE, "Nodes marked unschedulable.", VALUE(nodes_cordoned)},
	{"ha_cloudspace_nodes_available", EXPO_GAUGE, "Nodes that take work: ready, not cordoned, not being deleted, without a taint that repels pods.", VALUE(nodes_available)},
	{"ha_cloudspace_nodes_desired", EXPO_GAUGE, "Nodes that the side's pools ask for.", VALUE(nodes_desired)},
	{"ha_cloudspace_nodes_won", EXPO_GAUGE, "Nodes that the side's pools have, won by bids or reserved.", VALUE(nodes_won)},
	{"ha_cloudspace_nodes_max", EXPO_GAUGE, "Maximum number of nodes of the side: max_nodes, else the sum of the pools' maxima.", VALUE(nodes_max)},
	{"ha_cloudspace_nodes_from_pools", EXPO_GAUGE, "1 if ha_cloudspace_nodes_available comes from the pools' counts because the node list is denied.", VALUE(nodes_from_pools)},
	{"ha_max_nodes_drift", EXPO_GAUGE, "1 if the configured max_nodes differs from the sum of the pools' maxima.", VALUE(max_drift)},
	{"ha_maintenance", EXPO_GAUGE, "1 while the side is under maintenance: declared, or inferred from cordoning.", VALUE(maintenance)},
	{"ha_maintenance_declared", EXPO_GAUGE, "1 while a maintenance window is declared for the side.", VALUE(maintenance_declared)},
	{"ha_maintenance_ends_timestamp_seconds", EXPO_GAUGE, "Unix time at which the declared maintenance window ends, in seconds.", VALUE(maintenance_ends)},
	{"ha_insecure_tls", EXPO_GAUGE, "1 if the API server's certificate is not verified.", VALUE(insecure)},
	{"ha_provisioning_started_timestamp_seconds", EXPO_GAUGE, "Unix time at which a new cloudspace was created, in seconds; only while Spot reports it as provisioning.", VALUE(provisioning_started)},
	{"ha_provisioning_late", EXPO_GAUGE, "1 if Spot has been provisioning a new cloudspace for longer than provisioning_late, by Spot's clock.", VALUE(provisioning_late), LIVE},
	{"ha_provisioning_stuck", EXPO_GAUGE, "1 if Spot has been provisioning a new cloudspace for longer than provisioning_stuck, by Spot's clock.", VALUE(provisioning_stuck), LIVE},
	{"ha_bid_price_dollars", EXPO_GAUGE, "Bid in dollars per node and hour of the spot pool that is nearest to being outbid.", VALUE(bid_price)},
	{"ha_market_price_dollars", EXPO_GAUGE, "Market price in dollars per node and hour of the server class of ha_bid_price_dollars.", VALUE(market_price)},
	{"ha_market_price_80th_percentile_dollars", EXPO_GAUGE, "80th percentile of ha_market_price_dollars, in dollars per node and hour.", VALUE(market_price_p80)},
};
/* clang-format on */

const struct metric_table metrics_of_side = {rows, sizeof rows / sizeof *rows};
