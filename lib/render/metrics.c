#include "render/metrics.h"

#include <string.h>

/* What a row of the table is asked about: the monitor, one pair, or one side of a pair. */
enum scope { OF_MONITOR, OF_PAIR, OF_SIDE };

struct subject {
	const struct view *view;
	const struct view_pair *vpair;
	const struct pair *pair;
	const struct figures *figures;
	enum side_id id;
	const struct view_side *vside; /* what was seen of the side */
	const struct side *side;       /* what was decided about it */
};

enum { LABELS_MAX = 5 };

struct labels {
	struct expo_label v[LABELS_MAX];
	size_t count;
};

struct metric {
	const char *name;
	enum expo_type type;
	enum scope scope;
	const char *help;
	/* One of these: a value (false: not known now, left out), a state's index, or any samples. */
	bool (*value)(const struct subject *, double *);
	int (*state)(const struct subject *);
	const char *const *states; /* with `state`: all its words */
	int state_count;
	void (*samples)(const struct metric *, const struct subject *, struct expo *);
};

static struct labels labels_of(const struct subject *s)
{
	struct labels l = {0};
	if (s->vpair)
		l.v[l.count++] = (struct expo_label){"pair", s->vpair->name};
	if (s->vside)
		l.v[l.count++] = (struct expo_label){"side", side_id_names[s->id]};
	return l;
}

static struct labels with(struct labels l, const char *name, const char *value)
{
	l.v[l.count++] = (struct expo_label){name, value};
	return l;
}

static void put(struct expo *x, const char *name, const char *suffix, struct labels l, double v)
{
	expo_sample(x, name, suffix, l.v, l.count, v);
}

static double seconds(int64_t ms)
{
	return (double)ms / 1000;
}

static double dollars(int64_t nano)
{
	return (double)nano / 1e9;
}

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
		up = up && is_good(&s->vpair->side[id].readyz) && is_good(&s->vpair->side[id].kube_nodes);
	return up;
}

/* A getter of one value: known only where the condition holds. */
#define GETTER(name, is_known, expression)                                                         \
	static bool name(const struct subject *s, double *out)                                     \
	{                                                                                          \
		if (!(is_known))                                                                   \
			return false;                                                              \
		*out = (double)(expression);                                                       \
		return true;                                                                       \
	}
/* A getter of a state's index. */
#define STATE(name, expression)                                                                    \
	static int name(const struct subject *s)                                                   \
	{                                                                                          \
		return (int)(expression);                                                          \
	}

STATE(status, s->pair->status)
GETTER(up, true, is_pair_up(s))
GETTER(status_since, true, seconds(s->pair->since.wall.ms))
GETTER(blocked_since, true,
    ha_status_is_blocked(s->pair->status) ? seconds(s->pair->blocked_since.wall.ms) : 0)
GETTER(effective_each, s->figures->balance.has_effective, s->figures->balance.effective_each)
GETTER(effective_total, s->figures->balance.has_effective, s->figures->balance.effective_total)
GETTER(max_possible, s->figures->balance.has_max, s->figures->balance.max_possible)
GETTER(utilization, s->figures->balance.has_utilization, s->figures->balance.utilization_ratio)
GETTER(imbalance, s->figures->balance.has_imbalance, s->figures->balance.imbalance)
GETTER(constrained, true, s->figures->balance.is_constrained)
STATE(constraining, s->figures->balance.constraining == CONSTRAINING_NA
    ? CONSTRAINING_NONE
    : s->figures->balance.constraining)

STATE(state, s->side->verdict)
STATE(state_reason, s->side->reason)
GETTER(state_since, true, seconds(s->side->since.wall.ms))
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
GETTER(max_drift, true, s->figures->has_drift[s->id])
GETTER(insecure, true, s->vside->is_insecure)
GETTER(maintenance, true, s->side->verdict == MAINTENANCE)
/* Of a new cloudspace only: one that was ready before and upgrades or lost its bids is not late. */
GETTER(provisioning_started,
    s->side->verdict == PROVISIONING && s->vside->cloudspace &&
	s->vside->cloudspace->word == SPOT_PROVISIONING && wall_is_known(s->vside->cloudspace->created),
    seconds(s->vside->cloudspace->created.ms))

GETTER(bid_price, s->vside->has_margin, dollars(s->vside->margin.bid_nano))
GETTER(market_price, s->vside->has_margin, dollars(s->vside->margin.market_nano))
GETTER(market_price_p80, s->vside->has_margin && s->vside->margin.p80_nano >= 0,
    dollars(s->vside->margin.p80_nano))

GETTER(poll_interval, true, seconds(s->view->interval_ms))
GETTER(reload_good, true, s->view->is_reload_good)
GETTER(reloaded, true, seconds(s->view->reloaded.ms))
GETTER(process_cpu, s->view->process.cpu_seconds >= 0, s->view->process.cpu_seconds)
GETTER(process_open_fds, s->view->process.open_fds >= 0, s->view->process.open_fds)
GETTER(process_max_fds, s->view->process.max_fds >= 0, s->view->process.max_fds)
GETTER(process_virtual, s->view->process.virtual_bytes >= 0, s->view->process.virtual_bytes)
GETTER(process_resident, s->view->process.resident_bytes >= 0, s->view->process.resident_bytes)
GETTER(process_start, s->view->process.start_time_s >= 0, s->view->process.start_time_s)
GETTER(process_threads, s->view->process.threads >= 0, s->view->process.threads)

/* Families with labels of their own. */

static void transitions(const struct metric *m, const struct subject *s, struct expo *x)
{
	for (int from = 0; from < HA_STATUSES; from++)
		for (int to = 0; to < HA_STATUSES; to++)
			if (from != to)
				put(x, m->name, "",
				    with(with(labels_of(s), "from", ha_status_names[from]), "to", ha_status_names[to]),
				    (double)s->pair->transitions[from][to]);
}

static void status_seconds(const struct metric *m, const struct subject *s, struct expo *x)
{
	for (int i = 0; i < HA_STATUSES; i++)
		put(x, m->name, "", with(labels_of(s), "ha_status", ha_status_names[i]),
		    seconds(s->pair->spent_ms[i]));
}

static void cloudspace_info(const struct metric *m, const struct subject *s, struct expo *x)
{
	const struct cloudspace *c = s->vside->cloudspace;
	struct labels l = with(labels_of(s), "cloudspace", s->vside->name);
	put(x, m->name, "", with(l, "cloudspace_region", c ? c->region : ""), 1);
}

static void build_info(const struct metric *m, const struct subject *s, struct expo *x)
{
	struct labels l = with(labels_of(s), "version", s->view->version);
	put(x, m->name, "", with(with(l, "revision", s->view->revision), "compiler", __VERSION__), 1);
}

static struct labels labels_of_side(const struct view_pair *pair, enum side_id id)
{
	return labels_of(&(struct subject){.vpair = pair, .id = id, .vside = &pair->side[id]});
}

static void put_side_credentials(
    const struct metric *m, const struct view_pair *pair, enum side_id id, struct expo *x)
{
	const struct view_side *side = &pair->side[id];
	struct labels l = labels_of_side(pair, id);
	if (wall_is_known(side->token_expires))
		put(x, m->name, "", with(l, "credential", "kubernetes_token"), seconds(side->token_expires.ms));
	if (wall_is_known(side->certificate_expires))
		put(x, m->name, "", with(l, "credential", "client_certificate"),
		    seconds(side->certificate_expires.ms));
}

static void credential_expiry(const struct metric *m, const struct subject *s, struct expo *x)
{
	if (wall_is_known(s->view->token_expires))
		put(x, m->name, "", with(labels_of(s), "credential", "spot_id_token"),
		    seconds(s->view->token_expires.ms));
	for (size_t i = 0; i < s->view->pair_count; i++)
		for (int id = 0; id < view_sides(&s->view->pairs[i]); id++)
			put_side_credentials(m, &s->view->pairs[i], (enum side_id)id, x);
}

/* Poll statistics stand once for the shared sources and once a side for the others. */
static void each_source(const struct metric *m, const struct subject *s, struct expo *x,
    void (*emit)(const struct metric *, const struct poll_stats *, struct labels, struct expo *))
{
	if (s->view->has_spot) {
		struct labels l = {0};
		emit(m, &s->view->token, with(l, "source", "token"), x);
		emit(m, &s->view->cloudspaces, with(l, "source", "cloudspaces"), x);
		emit(m, &s->view->nodepools, with(l, "source", "nodepools"), x);
		if (s->view->has_organizations)
			emit(m, &s->view->organizations, with(l, "source", "organizations"), x);
		if (s->view->has_prices)
			emit(m, &s->view->prices, with(l, "source", "prices"), x);
	}
	for (size_t i = 0; i < s->view->pair_count; i++) {
		const struct view_pair *pair = &s->view->pairs[i];
		for (int id = 0; id < view_sides(pair); id++) {
			struct labels l = labels_of_side(pair, (enum side_id)id);
			emit(m, &pair->side[id].readyz, with(l, "source", "readyz"), x);
			emit(m, &pair->side[id].kube_nodes, with(l, "source", "nodes"), x);
		}
	}
}

static void emit_polls(
    const struct metric *m, const struct poll_stats *stats, struct labels l, struct expo *x)
{
	put(x, m->name, "", l, (double)stats->polls);
}

static void emit_errors(
    const struct metric *m, const struct poll_stats *stats, struct labels l, struct expo *x)
{
	for (int reason = POLL_OK + 1; reason < POLL_REASONS; reason++)
		put(x, m->name, "", with(l, "reason", poll_reason_names[reason]),
		    (double)stats->errors[reason]);
}

static void emit_duration(
    const struct metric *m, const struct poll_stats *stats, struct labels l, struct expo *x)
{
	uint64_t cumulative = 0;
	for (int i = 0; i < POLL_BUCKETS; i++) {
		cumulative += stats->buckets[i];
		put(x, m->name, "_bucket", with(l, "le", poll_bucket_labels[i]), (double)cumulative);
	}
	put(x, m->name, "_bucket", with(l, "le", "+Inf"), (double)stats->polls);
	put(x, m->name, "_sum", l, seconds(stats->duration_ms));
	put(x, m->name, "_count", l, (double)stats->polls);
}

static void emit_success(
    const struct metric *m, const struct poll_stats *stats, struct labels l, struct expo *x)
{
	if (wall_is_known(stats->last_success))
		put(x, m->name, "", l, seconds(stats->last_success.ms));
}

static void polls(const struct metric *m, const struct subject *s, struct expo *x)
{
	each_source(m, s, x, emit_polls);
}

static void poll_errors(const struct metric *m, const struct subject *s, struct expo *x)
{
	each_source(m, s, x, emit_errors);
}

static void poll_duration(const struct metric *m, const struct subject *s, struct expo *x)
{
	each_source(m, s, x, emit_duration);
}

static void poll_success(const struct metric *m, const struct subject *s, struct expo *x)
{
	each_source(m, s, x, emit_success);
}

#define VALUE(f)        .value = f
#define STATES(f, n, c) .state = f, .states = n, .state_count = c
#define SAMPLES(f)      .samples = f

/* product.md, "Metrics". Values come from background polls, never from the scrape itself. */
/* clang-format off */
static const struct metric table[] = {
	{"ha_status", EXPO_STATESET, OF_PAIR, "Combined HA status of the pair, from background polls; exactly one is 1.",
		STATES(status, ha_status_names, HA_STATUSES)},
	{"ha_up", EXPO_GAUGE, OF_PAIR, "1 if the last poll of every source that the pair needs succeeded.", VALUE(up)},
	{"ha_status_since_timestamp_seconds", EXPO_GAUGE, OF_PAIR, "When the present ha_status began.", VALUE(status_since)},
	{"ha_blocked_since_timestamp_seconds", EXPO_GAUGE, OF_PAIR, "When BLOCKED began, across BLOCKED codes; 0 while not blocked.", VALUE(blocked_since)},
	{"ha_status_transitions_total", EXPO_COUNTER, OF_PAIR, "Changes of ha_status.", SAMPLES(transitions)},
	{"ha_status_seconds_total", EXPO_COUNTER, OF_PAIR, "Time observed in each ha_status.", SAMPLES(status_seconds)},
	{"ha_effective_nodes_per_cloudspace", EXPO_GAUGE, OF_PAIR, "Nodes that each side contributes while ACTIVE: the smaller side's; else 0.", VALUE(effective_each)},
	{"ha_effective_nodes", EXPO_GAUGE, OF_PAIR, "Nodes that take work, in total.", VALUE(effective_total)},
	{"ha_max_possible_nodes", EXPO_GAUGE, OF_PAIR, "Ceiling of the total: both sides' maxima.", VALUE(max_possible)},
	{"ha_utilization_ratio", EXPO_GAUGE, OF_PAIR, "Effective nodes over the ceiling, 0 to 1 (the runbook's capacity_utilization).", VALUE(utilization)},
	{"ha_node_imbalance", EXPO_GAUGE, OF_PAIR, "Absolute difference of available nodes between the sides.", VALUE(imbalance)},
	{"ha_nodes_constrained", EXPO_GAUGE, OF_PAIR, "1 while ACTIVE and one side has fewer available nodes than the other.", VALUE(constrained)},
	{"ha_constraining_side", EXPO_STATESET, OF_PAIR, "The side with fewer available nodes while ACTIVE.",
		STATES(constraining, constraining_side_names, CONSTRAINING_NA)},

	{"ha_cloudspace_info", EXPO_INFO, OF_SIDE, "Which cloudspace the side is.", SAMPLES(cloudspace_info)},
	{"ha_cloudspace_state", EXPO_STATESET, OF_SIDE, "Verdict on the side; exactly one is 1.", STATES(state, verdict_names, VERDICTS)},
	{"ha_cloudspace_state_reason", EXPO_STATESET, OF_SIDE, "Why the side is in its state; exactly one is 1.", STATES(state_reason, side_reason_names, SIDE_REASONS)},
	{"ha_cloudspace_state_since_timestamp_seconds", EXPO_GAUGE, OF_SIDE, "When the present state began.", VALUE(state_since)},
	{"ha_cloudspace_ready", EXPO_GAUGE, OF_SIDE, "1 if the side is UP.", VALUE(ready)},
	{"ha_cloudspace_degraded", EXPO_GAUGE, OF_SIDE, "1 if the side is UP although Spot reports an error, provisioning or absence.", VALUE(degraded)},
	{"ha_cloudspace_phase", EXPO_STATESET, OF_SIDE, "Phase that Spot reports for the cloudspace.", STATES(phase, spot_phase_names, SPOT_PHASES)},
	{"ha_cloudspace_nodes", EXPO_GAUGE, OF_SIDE, "Nodes of the cluster, control-plane nodes left out.", VALUE(nodes)},
	{"ha_cloudspace_nodes_ready", EXPO_GAUGE, OF_SIDE, "Nodes whose Ready condition is True.", VALUE(nodes_ready)},
	{"ha_cloudspace_nodes_cordoned", EXPO_GAUGE, OF_SIDE, "Nodes marked unschedulable.", VALUE(nodes_cordoned)},
	{"ha_cloudspace_nodes_available", EXPO_GAUGE, OF_SIDE, "Nodes that take work: ready, not cordoned, not deleting, not repelling by a taint.", VALUE(nodes_available)},
	{"ha_cloudspace_nodes_desired", EXPO_GAUGE, OF_SIDE, "Nodes that the side's pools ask for.", VALUE(nodes_desired)},
	{"ha_cloudspace_nodes_max", EXPO_GAUGE, OF_SIDE, "Most nodes the side may have: max_nodes, else the pools' maxima.", VALUE(nodes_max)},
	{"ha_cloudspace_nodes_from_pools", EXPO_GAUGE, OF_SIDE, "1 if available nodes are the pools' counts because the node list is denied.", VALUE(nodes_from_pools)},
	{"ha_max_nodes_drift", EXPO_GAUGE, OF_SIDE, "1 if the configured max_nodes and the pools' maxima differ.", VALUE(max_drift)},
	{"ha_maintenance", EXPO_GAUGE, OF_SIDE, "1 while the side is under maintenance.", VALUE(maintenance)},
	{"ha_insecure_tls", EXPO_GAUGE, OF_SIDE, "1 if the API server's certificate is not verified.", VALUE(insecure)},
	{"ha_provisioning_started_timestamp_seconds", EXPO_GAUGE, OF_SIDE, "Creation of a new cloudspace, while Spot reports it as provisioning.", VALUE(provisioning_started)},
	{"ha_bid_price_dollars", EXPO_GAUGE, OF_SIDE, "Bid per node and hour of the spot pool nearest to being outbid.", VALUE(bid_price)},
	{"ha_market_price_dollars", EXPO_GAUGE, OF_SIDE, "Market price per node and hour of that pool's server class.", VALUE(market_price)},
	{"ha_market_price_80th_percentile_dollars", EXPO_GAUGE, OF_SIDE, "80th percentile of that market price.", VALUE(market_price_p80)},

	{"ha_polls_total", EXPO_COUNTER, OF_MONITOR, "Polls completed, failures included.", SAMPLES(polls)},
	{"ha_poll_errors_total", EXPO_COUNTER, OF_MONITOR, "Polls failed, by reason.", SAMPLES(poll_errors)},
	{"ha_poll_duration_seconds", EXPO_HISTOGRAM, OF_MONITOR, "Time from a poll's start to its end.", SAMPLES(poll_duration)},
	{"ha_last_successful_poll_timestamp_seconds", EXPO_GAUGE, OF_MONITOR, "When a source last answered well.", SAMPLES(poll_success)},
	{"ha_poll_interval_seconds", EXPO_GAUGE, OF_MONITOR, "Configured interval of health polls.", VALUE(poll_interval)},
	{"ha_credential_expiry_timestamp_seconds", EXPO_GAUGE, OF_MONITOR, "When a credential in use expires.", SAMPLES(credential_expiry)},
	{"ha_config_last_reload_successful", EXPO_GAUGE, OF_MONITOR, "1 if the last load of the configuration succeeded.", VALUE(reload_good)},
	{"ha_config_last_reload_success_timestamp_seconds", EXPO_GAUGE, OF_MONITOR, "Last good load of the configuration.", VALUE(reloaded)},
	{"ha_build_info", EXPO_INFO, OF_MONITOR, "Version, revision and compiler of this build.", SAMPLES(build_info)},
	{"process_cpu_seconds_total", EXPO_COUNTER, OF_MONITOR, "Total user and system CPU time spent in seconds.", VALUE(process_cpu)},
	{"process_open_fds", EXPO_GAUGE, OF_MONITOR, "Number of open file descriptors.", VALUE(process_open_fds)},
	{"process_max_fds", EXPO_GAUGE, OF_MONITOR, "Maximum number of open file descriptors.", VALUE(process_max_fds)},
	{"process_virtual_memory_bytes", EXPO_GAUGE, OF_MONITOR, "Virtual memory size in bytes.", VALUE(process_virtual)},
	{"process_resident_memory_bytes", EXPO_GAUGE, OF_MONITOR, "Resident memory size in bytes.", VALUE(process_resident)},
	{"process_start_time_seconds", EXPO_GAUGE, OF_MONITOR, "Start time of the process since unix epoch in seconds.", VALUE(process_start)},
	{"process_threads", EXPO_GAUGE, OF_MONITOR, "Number of OS threads in the process.", VALUE(process_threads)},
};
/* clang-format on */

enum { METRICS = sizeof table / sizeof *table };

static void render_subject(const struct metric *m, const struct subject *s, struct expo *x)
{
	double v;
	if (m->samples)
		m->samples(m, s, x);
	else if (m->state) {
		/* A StateSet's label is named as its family. */
		int now = m->state(s);
		for (int i = 0; i < m->state_count; i++)
			put(x, m->name, "", with(labels_of(s), m->name, m->states[i]), i == now);
	} else if (m->value(s, &v))
		put(x, m->name, "", labels_of(s), v);
}

static void render_metric(
    const struct metric *m, const struct view *view, const struct figures *figures, struct expo *x)
{
	expo_family(x, m->name, m->type, m->help);
	if (m->scope == OF_MONITOR) {
		render_subject(m, &(struct subject){.view = view}, x);
		return;
	}
	for (size_t i = 0; i < view->pair_count; i++) {
		const struct view_pair *vpair = &view->pairs[i];
		struct subject s = {
		    .view = view, .vpair = vpair, .pair = vpair->pair, .figures = &figures[i]};
		if (m->scope == OF_PAIR)
			render_subject(m, &s, x);
		for (int id = 0; m->scope == OF_SIDE && id < view_sides(vpair); id++) {
			s.id = (enum side_id)id;
			s.vside = &vpair->side[id];
			s.side = &vpair->pair->side[id];
			render_subject(m, &s, x);
		}
	}
}

void metrics_render(const struct view *view, const struct figures *figures, enum expo_format format,
    struct buf *out)
{
	struct expo x = {out, format};
	for (size_t i = 0; i < METRICS; i++)
		render_metric(&table[i], view, figures, &x);
	expo_end(&x);
}

size_t metrics_names(const char **names, size_t room)
{
	for (size_t i = 0; i < METRICS && i < room; i++)
		names[i] = table[i].name;
	return METRICS;
}
