/* The metrics of the monitor itself: its polls, its credentials, its process. */
#include "base/limits.h"
#include "render/metrics_table.h"
#include "render/sources.h"

#include <math.h>
#include <stdio.h>

GETTER(poll_interval, true, metric_thousandths(s->view->interval_ms))
GETTER(reload_good, true, s->view->is_reload_good)
GETTER(reloaded, true, metric_thousandths(s->view->reloaded.ms))
static void http_answers(const struct metric *m, const struct subject *s, struct expo *x)
{
	for (int i = 0; i < HTTP_CODES; i++) {
		char code[12];
		snprintf(code, sizeof code, "%d", http_codes[i]);
		metrics_put_counter(x, m, metrics_labels_with(metrics_no_labels, "code", code),
		    (double)s->view->http.answers[i], s->view->counted_from);
	}
}

static void http_refused(const struct metric *m, const struct subject *s, struct expo *x)
{
	for (int i = 0; i < HTTP_REFUSALS; i++)
		metrics_put_counter(x, m, metrics_labels_with(metrics_no_labels, "reason", http_refusal_names[i]),
		    (double)s->view->http.refused[i], s->view->counted_from);
}

static void put_part(struct expo *x, const struct metric *m, const char *suffix, struct labels l, double v)
{
	expo_sample(x, m->name, suffix, l.v, l.count, v);
}

/* A histogram as it is counted: buckets are not cumulative, and those above the last bound are only in `count`. */
struct histogram {
	const char *const *bounds;
	const uint64_t *buckets;
	int bucket_count;
	uint64_t count;
	int64_t sum_ms;
	wall_ms began;
};

static void put_histogram(struct expo *x, const struct metric *m, struct labels l, struct histogram h)
{
	uint64_t cumulative = 0;
	for (int i = 0; i < h.bucket_count; i++) {
		cumulative += h.buckets[i];
		put_part(x, m, "_bucket", metrics_labels_with(l, "le", h.bounds[i]), (double)cumulative);
	}
	put_part(x, m, "_bucket", metrics_labels_with(l, "le", "+Inf"), (double)h.count);
	put_part(x, m, "_sum", l, metric_thousandths(h.sum_ms));
	put_part(x, m, "_count", l, (double)h.count);
	expo_created(x, m->name, m->type, l.v, l.count, h.began);
}

static void http_connections(const struct metric *m, const struct subject *s, struct expo *x)
{
	for (int i = 0; i < HTTP_STATES; i++)
		metrics_put(x, m, metrics_labels_with(metrics_no_labels, "state", http_state_names[i]),
		    s->view->http.connections[i]);
}

static struct labels of_handler(int handler)
{
	return metrics_labels_with(metrics_no_labels, "handler", http_handler_names[handler]);
}

static void http_bytes(const struct metric *m, const struct subject *s, struct expo *x)
{
	for (int i = 0; i < HTTP_HANDLERS; i++)
		metrics_put_counter(x, m, of_handler(i), (double)s->view->http.served[i].bytes, s->view->counted_from);
}

static void http_durations(const struct metric *m, const struct subject *s, struct expo *x)
{
	for (int i = 0; i < HTTP_HANDLERS; i++) {
		const struct http_served *served = &s->view->http.served[i];
		put_histogram(x, m, of_handler(i),
		    (struct histogram){http_bucket_labels, served->buckets, HTTP_BUCKETS, served->count,
			served->duration_ms, s->view->counted_from});
	}
}

static void log_dropped(const struct metric *m, const struct subject *s, struct expo *x)
{
	metrics_put_counter(x, m, metrics_no_labels, (double)s->view->log_dropped, s->view->counted_from);
}

static void process_cpu(const struct metric *m, const struct subject *s, struct expo *x)
{
	wall_ms began = {
	    s->view->process.start_time_s >= 0 ? (int64_t)(s->view->process.start_time_s * 1000 + 0.5) : 0};
	if (s->view->process.cpu_seconds >= 0)
		metrics_put_counter(x, m, metrics_no_labels, s->view->process.cpu_seconds,
		    wall_is_known(began) ? began : s->view->counted_from);
}

static void http_passwords(const struct metric *m, const struct subject *s, struct expo *x)
{
	for (int is_right = 0; is_right < 2; is_right++)
		metrics_put_counter(x, m,
		    metrics_labels_with(metrics_no_labels, "result", is_right ? "right" : "wrong"),
		    (double)s->view->http.passwords[is_right], s->view->counted_from);
}

GETTER(web_config_good, s->view->http.web_config.is_used, s->view->http.web_config.is_good)
GETTER(web_certificate_expiry, wall_is_known(s->view->http.web_config.certificate_expires),
    metric_thousandths(s->view->http.web_config.certificate_expires.ms))
GETTER(process_open_fds, s->view->process.open_fds >= 0, s->view->process.open_fds)
GETTER(process_max_fds, s->view->process.max_fds >= 0, s->view->process.max_fds)
GETTER(process_virtual, s->view->process.virtual_bytes >= 0, s->view->process.virtual_bytes)
GETTER(process_resident, s->view->process.resident_bytes >= 0, s->view->process.resident_bytes)
GETTER(process_start, s->view->process.start_time_s >= 0, s->view->process.start_time_s)
GETTER(process_threads, s->view->process.threads >= 0, s->view->process.threads)

static void build_info(const struct metric *m, const struct subject *s, struct expo *x)
{
	struct labels l = metrics_labels_with(metrics_no_labels, "version", s->view->version);
	metrics_put(x, m,
	    metrics_labels_with(metrics_labels_with(l, "revision", s->view->revision), "compiler", __VERSION__), 1);
}

static void put_time(const struct metric *m, struct labels l, const char *credential, wall_ms t, struct expo *x)
{
	if (wall_is_known(t))
		metrics_put(x, m, metrics_labels_with(l, "credential", credential), metric_thousandths(t.ms));
}

/* hawatchd renews this one itself. */
static void spot_expiry(const struct metric *m, const struct subject *s, struct expo *x)
{
	put_time(m, metrics_no_labels, "spot_id_token", s->view->token_expires, x);
}

static void side_expiry(const struct metric *m, const struct subject *s, struct expo *x)
{
	put_time(m, metrics_no_labels, "kubernetes_token", s->vside->token.expires, x);
	put_time(m, metrics_no_labels, "client_certificate", s->vside->certificate.expires, x);
}

static void side_renewal(const struct metric *m, const struct subject *s, struct expo *x)
{
	put_time(m, metrics_no_labels, "kubernetes_token", s->vside->token.renewal, x);
	put_time(m, metrics_no_labels, "client_certificate", s->vside->certificate.renewal, x);
}

/* Shared sources have one set of poll statistics; each side has a set for its own sources. */

typedef void emit_fn(const struct metric *, const struct polled *, struct labels, struct expo *);

static void each_of(const struct metric *m, const struct polled *sources, size_t count, emit_fn *emit, struct expo *x)
{
	for (size_t i = 0; i < count; i++)
		emit(m, &sources[i], metrics_labels_with(metrics_no_labels, "source", sources[i].name), x);
}

static void each_shared(const struct metric *m, const struct subject *s, emit_fn *emit, struct expo *x)
{
	struct polled shared[SHARED_SOURCES_MAX];
	each_of(m, shared, sources_shared(s->view, shared), emit, x);
}

static void each_of_side(const struct metric *m, const struct subject *s, emit_fn *emit, struct expo *x)
{
	struct polled of_side[SIDE_POLLS];
	sources_of_side(s->vside, of_side);
	each_of(m, of_side, SIDE_POLLS, emit, x);
}

static void emit_polls(const struct metric *m, const struct polled *source, struct labels l, struct expo *x)
{
	metrics_put_counter(x, m, l, (double)source->stats->polls, source->counted_from);
}

static void emit_errors(const struct metric *m, const struct polled *source, struct labels l, struct expo *x)
{
	for (int reason = POLL_OK + 1; reason < POLL_REASONS; reason++)
		metrics_put_counter(x, m, metrics_labels_with(l, "reason", poll_reason_names[reason]),
		    (double)source->stats->errors[reason], source->counted_from);
}

static void emit_duration(const struct metric *m, const struct polled *source, struct labels l, struct expo *x)
{
	const struct poll_stats *stats = source->stats;
	if (source->has_durations)
		put_histogram(x, m, l,
		    (struct histogram){poll_bucket_labels, stats->buckets, POLL_BUCKETS, stats->polls,
			stats->duration_ms, source->counted_from});
}

static void lateness(const struct metric *m, const struct subject *s, struct expo *x)
{
	const struct poll_lateness *all = &s->view->lateness;
	put_histogram(x, m, metrics_no_labels,
	    (struct histogram){
		poll_bucket_labels, all->buckets, POLL_BUCKETS, all->starts, all->late_ms, s->view->counted_from});
}

static void emit_success(const struct metric *m, const struct polled *source, struct labels l, struct expo *x)
{
	if (wall_is_known(source->stats->last_success))
		metrics_put(x, m, l, metric_thousandths(source->stats->last_success.ms));
}

static void emit_refused(const struct metric *m, const struct polled *source, struct labels l, struct expo *x)
{
	metrics_put(x, m, l, source->stats->is_refused);
}

/* The samples of shared sources, and those of a side's sources. */
#define POLLS(name, emit)                                                                                              \
	static void shared_##name(const struct metric *m, const struct subject *s, struct expo *x)                     \
	{                                                                                                              \
		each_shared(m, s, emit, x);                                                                            \
	}                                                                                                              \
	static void side_##name(const struct metric *m, const struct subject *s, struct expo *x)                       \
	{                                                                                                              \
		each_of_side(m, s, emit, x);                                                                           \
	}
POLLS(polls, emit_polls)
POLLS(errors, emit_errors)
POLLS(duration, emit_duration)
POLLS(success, emit_success)

/* Of the shared sources only: after a refusal they wait for long, and no counter tells that it still lasts. */
static void refused(const struct metric *m, const struct subject *s, struct expo *x)
{
	each_shared(m, s, emit_refused, x);
}

/* The same for every side: of the configuration. */
static const struct side_policy *any_policy(const struct subject *s)
{
	return s->view->pair_count ? &s->view->pairs[0]->policy->side[PRIMARY] : NULL;
}

/* A server whose clock is wrong is not ours: the smallest difference counts, of the answers of `stale_after`. */
static void smaller_offset(const struct subject *s, const struct poll_stats *stats, bool *is_known, double *offset)
{
	double seconds = metric_thousandths(stats->clock_offset_ms);
	bool is_fresh = stats->has_clock_offset && any_policy(s) &&
	    mono_since(stats->clock_read_at, s->view->now.mono) < any_policy(s)->stale_after_ms;
	if (is_fresh && (!*is_known || fabs(seconds) < fabs(*offset)))
		*offset = seconds;
	*is_known |= is_fresh;
}

static bool clock_offset(const struct subject *s, double *out)
{
	struct polled shared[SHARED_SOURCES_MAX];
	size_t count = sources_shared(s->view, shared);
	bool is_known = false;
	for (size_t i = 0; i < count; i++)
		smaller_offset(s, shared[i].stats, &is_known, out);
	for (size_t i = 0; i < s->view->pair_count; i++)
		for (int id = 0; id < view_sides(s->view->pairs[i]); id++)
			smaller_offset(s, &s->view->pairs[i]->side[id].kube_nodes, &is_known, out);
	return is_known;
}

GETTER(provisioning_late, any_policy(s), metric_thousandths(any_policy(s)->provisioning_late_ms))
GETTER(provisioning_stuck, any_policy(s), metric_thousandths(any_policy(s)->provisioning_stuck_ms))
GETTER(utilization_high, true, UTILIZATION_WATCH_PERCENT / 100.0)
GETTER(utilization_critical, true, UTILIZATION_HIGH_PERCENT / 100.0)

static void put_unreadable(
    const struct metric *m, struct labels l, const char *resource, size_t objects, struct expo *x)
{
	if (objects)
		metrics_put(x, m, metrics_labels_with(l, "resource", resource), (double)objects);
}

/* Only what there is: most lists never have such an object. Spot's lists are of no side. */
static void spot_unreadable(const struct metric *m, const struct subject *s, struct expo *x)
{
	for (int i = 0; s->view->spot_unreadable && i < SPOT_LISTS; i++)
		put_unreadable(m, metrics_no_labels, spot_list_names[i], s->view->spot_unreadable[i].count, x);
}

static void side_unreadable(const struct metric *m, const struct subject *s, struct expo *x)
{
	const struct part *parts = s->vside->inventory->part;
	for (int i = 0; i < INVENTORY_PARTS; i++)
		put_unreadable(m, metrics_no_labels, inventory_part_names[i], (size_t)parts[i].unreadable, x);
}

/* Of all pairs together; all have a journal, or none. */
static bool journal_bytes(const struct subject *s, double *out)
{
	int64_t bytes = 0;
	for (size_t i = 0; i < s->view->pair_count; i++)
		bytes += s->view->pairs[i]->journal_bytes;
	*out = (double)bytes;
	return bytes > 0;
}

static void journal_errors(const struct metric *m, const struct subject *s, struct expo *x)
{
	uint64_t errors = 0;
	for (size_t i = 0; i < s->view->pair_count; i++)
		errors += s->view->pairs[i]->journal_errors;
	if (s->view->keeps_state)
		metrics_put_counter(x, m, metrics_no_labels, (double)errors, s->view->counted_from);
}

static void peer_up(const struct metric *m, const struct subject *s, struct expo *x)
{
	for (size_t i = 0; i < s->view->peer_count; i++)
		metrics_put(x, m, metrics_labels_with(metrics_no_labels, "peer", s->view->peers[i].address),
		    s->view->peers[i].is_up);
}

/* clang-format off */
static const struct metric rows[] = {
	{"ha_inventory_unreadable_objects", EXPO_GAUGE, "Objects of a list that could not be read, while the others were; no sample where there is none.", SAMPLES(spot_unreadable), OF_EACH_SIDE(side_unreadable), LABELS("resource")},
	{"ha_polls_total", EXPO_COUNTER, "Polls completed, failures included.", SAMPLES(shared_polls), OF_EACH_SIDE(side_polls), LABELS("source")},
	{"ha_poll_errors_total", EXPO_COUNTER, "Failed polls, by reason.", SAMPLES(shared_errors), OF_EACH_SIDE(side_errors), LABELS("source, reason")},
	{"ha_poll_duration_seconds", EXPO_HISTOGRAM, "Duration of a poll in seconds; of a side's polls only those of the nodes.", SAMPLES(shared_duration), OF_EACH_SIDE(side_duration), LABELS("source")},
	{"ha_poll_lateness_seconds", EXPO_HISTOGRAM, "How late the rounds of the sides' nodes and of Spot's lists started, against their schedule, in seconds.", SAMPLES(lateness)},
	{"ha_last_successful_poll_timestamp_seconds", EXPO_GAUGE, "Unix time of the source's last successful poll, in seconds.", SAMPLES(shared_success), OF_EACH_SIDE(side_success), LABELS("source")},
	{"ha_poll_interval_seconds", EXPO_GAUGE, "Configured interval between health polls, in seconds.", VALUE(poll_interval)},
	{"ha_clock_offset_seconds", EXPO_GAUGE, "Our clock minus the nearest clock of the servers that are polled, by their last Date headers, in seconds.", VALUE(clock_offset)},
	{"ha_provisioning_late_seconds", EXPO_GAUGE, "Age from which a new cloudspace is late (poll.provisioning_late), in seconds.", VALUE(provisioning_late)},
	{"ha_provisioning_stuck_seconds", EXPO_GAUGE, "Age from which a new cloudspace is stuck (poll.provisioning_stuck), in seconds.", VALUE(provisioning_stuck)},
	{"ha_utilization_high_ratio", EXPO_GAUGE, "ha_utilization_ratio from which capacity is short.", VALUE(utilization_high)},
	{"ha_utilization_critical_ratio", EXPO_GAUGE, "ha_utilization_ratio above which jobs may queue.", VALUE(utilization_critical)},
	{"ha_credential_rejected", EXPO_GAUGE, "1 if a source of Spot has refused the credential and no answer was good since.", SAMPLES(refused), LABELS("source")},
	{"ha_credential_expiry_timestamp_seconds", EXPO_GAUGE, "Unix time at which a credential in use expires, in seconds.", SAMPLES(spot_expiry), OF_EACH_SIDE(side_expiry), LABELS("credential")},
	{"ha_credential_renewal_timestamp_seconds", EXPO_GAUGE, "Unix time by which a credential in use should have been renewed, in seconds: when a quarter of its life is left. Left out if hawatchd or the kubelet renews it.", OF_EACH_SIDE(side_renewal), LABELS("credential")},
	{"ha_config_last_reload_successful", EXPO_GAUGE, "1 if the last load of the configuration succeeded.", VALUE(reload_good)},
	{"ha_config_last_reload_success_timestamp_seconds", EXPO_GAUGE, "Unix time of the last successful load of the configuration, in seconds.", VALUE(reloaded)},
	{"ha_web_config_last_reload_successful", EXPO_GAUGE, "1 if what stands in the files of the web configuration now is in use. Left out without a web configuration.", VALUE(web_config_good)},
	{"ha_web_certificate_expiry_timestamp_seconds", EXPO_GAUGE, "Unix time at which this server's own certificate expires, in seconds. Left out without TLS.", VALUE(web_certificate_expiry)},
	{"ha_peer_up", EXPO_GAUGE, "1 if the peer has answered the last question; by its address.", SAMPLES(peer_up), LABELS("peer")},
	{"ha_journal_size_bytes", EXPO_GAUGE, "Size of all pairs' journal files, in bytes.", VALUE(journal_bytes)},
	{"ha_journal_write_errors_total", EXPO_COUNTER, "Writes to a pair's journal that failed.", SAMPLES(journal_errors)},
	{"ha_build_info", EXPO_INFO, "Version, revision and compiler of this build.", SAMPLES(build_info), LABELS("version, revision, compiler")},
	{"ha_http_requests_total", EXPO_COUNTER, "Requests that this server has answered, by HTTP status.", SAMPLES(http_answers), LABELS("code")},
	{"ha_http_request_duration_seconds", EXPO_HISTOGRAM, "Time from a request's complete head until its answer was sent, in seconds.", SAMPLES(http_durations), LABELS("handler")},
	{"ha_http_response_bytes_total", EXPO_COUNTER, "Bytes of the bodies of the answers that were sent.", SAMPLES(http_bytes), LABELS("handler")},
	{"ha_http_connections", EXPO_GAUGE, "Open connections to this server, by what they do.", SAMPLES(http_connections), LABELS("state")},
	{"ha_http_connections_refused_total", EXPO_COUNTER, "Connections to this server that it has refused or cut, by reason.", SAMPLES(http_refused), LABELS("reason")},
	{"ha_http_passwords_hashed_total", EXPO_COUNTER, "Passwords of clients that were hashed, because they were not known, by result.", SAMPLES(http_passwords), LABELS("result")},
	{"ha_log_lines_dropped_total", EXPO_COUNTER, "Lines of the log that were dropped, because its reader was too slow.", SAMPLES(log_dropped)},
	{"process_cpu_seconds_total", EXPO_COUNTER, "Total user and system CPU time spent in seconds.", SAMPLES(process_cpu)},
	{"process_open_fds", EXPO_GAUGE, "Number of open file descriptors.", VALUE(process_open_fds)},
	{"process_max_fds", EXPO_GAUGE, "Maximum number of open file descriptors.", VALUE(process_max_fds)},
	{"process_virtual_memory_bytes", EXPO_GAUGE, "Virtual memory size in bytes.", VALUE(process_virtual)},
	{"process_resident_memory_bytes", EXPO_GAUGE, "Resident memory size in bytes.", VALUE(process_resident)},
	{"process_start_time_seconds", EXPO_GAUGE, "Start time of the process since unix epoch in seconds.", VALUE(process_start)},
	{"process_threads", EXPO_GAUGE, "Number of OS threads in the process.", VALUE(process_threads)},
};
/* clang-format on */

const struct metric_table metrics_of_monitor = {rows, sizeof rows / sizeof *rows};
