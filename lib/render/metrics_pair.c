/* The metrics of a pair. */
#include "render/metrics_table.h"

static bool is_good(const struct poll_stats *stats)
{
	return stats->polls > 0 && stats->last == POLL_OK;
}

/* The last poll of every source that the pair needs succeeded. */
static bool is_pair_up(const struct subject *s)
{
	bool up = !s->view->has_spot || (is_good(&s->view->token) && is_good(&s->view->cloudspaces));
	up = up && (!s->view->has_organizations || is_good(&s->view->organizations));
	for (int id = 0; id < SIDES; id++)
		up = up && is_good(&s->vpair->side[id].kube_nodes);
	return up;
}

/* A pair that is not ACTIVE is not constrained (SEMANTICS.md section 5); otherwise both sides' nodes must be known. */
static bool is_comparable(const struct subject *s)
{
	return s->pair->status != HA_ACTIVE || s->figures->balance.has_imbalance;
}

STATE(status, s->pair->status)
GETTER(up, true, is_pair_up(s))
GETTER(status_since, true, metric_thousandths(s->pair->since.wall.ms))
GETTER(blocked_since, true,
    pair_status_is_blocked(s->pair->status) ? metric_thousandths(s->pair->blocked_since.wall.ms) : 0)
GETTER(effective_each, s->figures->balance.has_effective, s->figures->balance.effective_each)
GETTER(effective_total, s->figures->balance.has_effective, s->figures->balance.effective_total)
GETTER(max_possible, s->figures->balance.has_max, s->figures->balance.max_possible)
GETTER(utilization, s->figures->balance.has_utilization, s->figures->balance.utilization_ratio)
GETTER(imbalance, s->figures->balance.has_imbalance, s->figures->balance.imbalance)
GETTER(constrained, is_comparable(s), s->figures->balance.is_constrained)
GETTER(state_saved, wall_is_known(s->vpair->state_saved), metric_thousandths(s->vpair->state_saved.ms))

static int constraining(const struct subject *s)
{
	enum constraining_side side = s->figures->balance.constraining;
	if (!is_comparable(s))
		return -1;
	return side == CONSTRAINING_NA ? CONSTRAINING_NONE : (int)side;
}

static void transitions(const struct metric *m, const struct subject *s, struct expo *x)
{
	for (int from = 0; from < HA_STATUSES; from++) {
		struct labels l = metrics_labels_with(metrics_no_labels, "from", ha_status_names[from]);
		for (int to = 0; to < HA_STATUSES; to++)
			if (from != to)
				metrics_put_counter(x, m, metrics_labels_with(l, "to", ha_status_names[to]),
				    (double)s->pair->transitions[from][to], s->vpair->counted_from);
	}
}

/* The present status goes on until now. */
static void status_seconds(const struct metric *m, const struct subject *s, struct expo *x)
{
	const struct pair *pair = s->pair;
	for (int i = 0; i < HA_STATUSES; i++) {
		int64_t more_ms = i == (int)pair->status ? mono_since(pair->counted_to.mono, s->view->now.mono) : 0;
		metrics_put_counter(x, m, metrics_labels_with(metrics_no_labels, "ha_status", ha_status_names[i]),
		    metric_thousandths(pair->spent_ms[i] + (more_ms > 0 ? more_ms : 0)), s->vpair->counted_from);
	}
}

static void availability(const struct metric *m, const struct subject *s, struct expo *x)
{
	for (int i = 0; i < AVAILABILITY_WINDOWS; i++) {
		struct labels l = metrics_labels_with(metrics_no_labels, "window", availability_windows[i].name);
		struct availability a =
		    incidents_availability(s->vpair->incidents, availability_windows[i].ms, s->view->now.wall);
		if (a.has_ratio)
			metrics_put(x, m, l, a.ratio);
	}
}

static void peer_agrees(const struct metric *m, const struct subject *s, struct expo *x)
{
	for (size_t i = 0; i < s->view->peer_count; i++) {
		enum peer_word word = (enum peer_word)s->vpair->peers[i];
		if (word == PEER_AGREES || word == PEER_DISAGREES)
			metrics_put(x, m, metrics_labels_with(metrics_no_labels, "peer", s->view->peers[i].address),
			    word == PEER_AGREES);
	}
}

/* clang-format off */
static const struct metric rows[] = {
	{"ha_status", EXPO_STATESET, "Combined HA status of the pair, from background polls; exactly one is 1.",
		STATES(status, ha_status_names, HA_STATUSES)},
	{"ha_up", EXPO_GAUGE, "1 if the last poll of every source that the pair needs succeeded.", VALUE(up), LIVE},
	{"ha_status_since_timestamp_seconds", EXPO_GAUGE, "Unix time at which the current ha_status began, in seconds.", VALUE(status_since)},
	{"ha_blocked_since_timestamp_seconds", EXPO_GAUGE, "Unix time at which the pair became BLOCKED, with any BLOCKED code, in seconds; 0 while not blocked.", VALUE(blocked_since)},
	{"ha_status_transitions_total", EXPO_COUNTER, "Changes of ha_status.", SAMPLES(transitions), LABELS("from, to")},
	{"ha_status_seconds_total", EXPO_COUNTER, "Time observed in each ha_status, in seconds.", SAMPLES(status_seconds), LIVE, LABELS("ha_status")},
	{"ha_effective_nodes_per_cloudspace", EXPO_GAUGE, "Nodes that each side contributes while ACTIVE: the node count of the smaller side; else 0.", VALUE(effective_each)},
	{"ha_effective_nodes", EXPO_GAUGE, "Effective nodes in total: while ACTIVE twice the smaller side's nodes, plus those of extra sides that are UP.", VALUE(effective_total)},
	{"ha_max_possible_nodes", EXPO_GAUGE, "Sum of the maximum node counts of all sides.", VALUE(max_possible)},
	{"ha_utilization_ratio", EXPO_GAUGE, "ha_effective_nodes divided by ha_max_possible_nodes, 0 to 1 (the runbook's capacity_utilization).", VALUE(utilization)},
	{"ha_node_imbalance", EXPO_GAUGE, "Absolute difference of available nodes between the sides.", VALUE(imbalance)},
	{"ha_nodes_constrained", EXPO_GAUGE, "1 while ACTIVE and one side has fewer available nodes than the other.", VALUE(constrained)},
	{"ha_constraining_side", EXPO_STATESET, "The side with fewer available nodes while ACTIVE.",
		STATES(constraining, constraining_side_names, CONSTRAINING_NA)},
	{"ha_state_saved_timestamp_seconds", EXPO_GAUGE, "Unix time at which the pair's state file was last written, or at which hawatchd began to try, in seconds.", VALUE(state_saved)},
	{"ha_peer_maintenance_agrees", EXPO_GAUGE, "1 if the peer has the same maintenance windows of the pair. Left out for a peer that does not answer, is starting or does not watch the pair.", SAMPLES(peer_agrees), LIVE, LABELS("peer")},
	{"ha_availability_ratio", EXPO_GAUGE, "ACTIVE time divided by ACTIVE, BLOCKED and UNKNOWN time of the window, 0 to 1; no sample for a window that what is kept does not cover.", SAMPLES(availability), LIVE, LABELS("window")},
};
/* clang-format on */

const struct metric_table metrics_of_pair = {rows, sizeof rows / sizeof *rows};
