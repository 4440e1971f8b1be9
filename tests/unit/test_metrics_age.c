/*
 * A value is exported no longer than its source is fresh: every family of the table, and what makes it absent. A new
 * family needs a row here.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "a_metric.h"

/* What gets too old, with its limit, all of SEMANTICS.md section 1 or of what is said of it below lib/decide. */
enum source {
	NODES,      /* the health round's list: 2 x interval; while the side is UP, stale_after (fill_view.c) */
	CLOUDSPACE, /* Spot's object: 2 x spot_interval (fill_view.c) */
	SPOT_WORD,  /* the same, as the verdict counts it (side_spot_word()) */
	POOLS,      /* Spot's node pools and bids: stale_after (fill_view.c) */
	PRICES,     /* the market's: 3 x price_interval (price_poll.c) */
	CLOCKS,     /* the Date headers of all answers: stale_after (metrics_monitor.c) */
	UNREADABLE, /* the lists that had such objects: as above and below (spot_poll_expire(), inventory_expire()) */
	/* The parts of the inventory: 3 rounds of the slowest list that a figure needs (inventory_expire()). */
	PODS,
	RUNNERS,
	SETS,
	LISTENERS,
	CONTROLLER,
	APPS,
	CPU,
	LEASES,
	DRAIN,
	SOURCES
};

#define OF(source) (1u << (source))
enum { PARTLY = 1 << SOURCES }; /* only of a side that is configured so, or in that state */

/* `sources`: each of them makes the family absent. None: it is never absent, because it tells of hawatchd itself,
 * of the verdict, which has limits of its own, of the configuration, or of when something was. */
/* clang-format off */
static const struct {
	const char *name;
	unsigned sources;
} rows[] = {
	{"ha_status", 0},
	{"ha_up", 0},
	{"ha_status_since_timestamp_seconds", 0},
	{"ha_blocked_since_timestamp_seconds", 0},
	{"ha_status_transitions_total", 0},
	{"ha_status_seconds_total", 0},
	{"ha_effective_nodes_per_cloudspace", OF(NODES)}, /* of a pair that is ACTIVE, as these are; of others it is 0 */
	{"ha_effective_nodes", OF(NODES)},
	{"ha_max_possible_nodes", OF(POOLS)},
	{"ha_utilization_ratio", OF(NODES) | OF(POOLS)},
	{"ha_node_imbalance", OF(NODES)},
	{"ha_nodes_constrained", OF(NODES)},
	{"ha_constraining_side", OF(NODES)},
	{"ha_state_saved_timestamp_seconds", 0},
	{"ha_peer_maintenance_agrees", 0},
	{"ha_availability_ratio", 0},
	{"ha_cloudspace_info", 0},
	{"ha_cloudspace_state", 0},
	{"ha_cloudspace_state_reason", 0},
	{"ha_cloudspace_state_since_timestamp_seconds", 0},
	{"ha_cloudspace_state_changes_total", 0},
	{"ha_cloudspace_state_held", 0},
	{"ha_cloudspace_flapping", 0},
	{"ha_cloudspace_ready", 0},
	{"ha_cloudspace_degraded", 0},
	{"ha_cloudspace_phase", 0}, /* is Unknown then */
	{"ha_cloudspace_nodes", OF(NODES)},
	{"ha_cloudspace_nodes_ready", OF(NODES)},
	{"ha_cloudspace_nodes_cordoned", OF(NODES)},
	{"ha_cloudspace_nodes_available", OF(NODES)},
	{"ha_cloudspace_nodes_desired", OF(POOLS)},
	{"ha_cloudspace_nodes_won", OF(POOLS)},
	{"ha_cloudspace_nodes_max", OF(POOLS) | PARTLY},
	{"ha_cloudspace_nodes_from_pools", 0},
	{"ha_max_nodes_drift", OF(POOLS) | PARTLY},
	{"ha_maintenance", 0},
	{"ha_maintenance_declared", 0},
	{"ha_maintenance_ends_timestamp_seconds", 0},
	{"ha_insecure_tls", 0},
	{"ha_provisioning_started_timestamp_seconds", OF(CLOUDSPACE)},
	{"ha_provisioning_late", OF(SPOT_WORD) | PARTLY},
	{"ha_provisioning_stuck", OF(SPOT_WORD) | PARTLY},
	{"ha_bid_price_dollars", OF(POOLS) | OF(PRICES)},
	{"ha_market_price_dollars", OF(POOLS) | OF(PRICES)},
	{"ha_market_price_80th_percentile_dollars", OF(POOLS) | OF(PRICES)},
	{"ha_runner_pods", OF(PODS)},
	{"ha_runner_pods_stuck", OF(PODS)},
	{"ha_runners", OF(RUNNERS)},
	{"ha_runners_stuck", OF(RUNNERS)},
	{"ha_runners_zombie", OF(RUNNERS)},
	{"ha_runners_min", OF(SETS)},
	{"ha_runners_max", OF(SETS)},
	{"ha_runners_desired", OF(SETS)},
	{"ha_runner_utilization_ratio", OF(RUNNERS) | OF(SETS)},
	{"ha_runner_listener", OF(LISTENERS)},
	{"ha_runner_controller_ready", OF(CONTROLLER)},
	{"ha_argocd_apps", OF(APPS)},
	{"ha_argocd_apps_frozen", OF(APPS)},
	{"ha_argocd_apps_benign_out_of_sync", OF(APPS)},
	{"ha_cloudspace_cpu_requested_cores", OF(CPU)},
	{"ha_cloudspace_cpu_allocatable_cores", OF(CPU)},
	{"ha_cloudspace_nodes_silent", OF(LEASES)},
	{"ha_drained", OF(DRAIN)},
	{"ha_inventory_up", 0}, /* is 0 then */
	{"ha_inventory_unreadable_objects", OF(UNREADABLE)},
	{"ha_polls_total", 0},
	{"ha_poll_errors_total", 0},
	{"ha_poll_duration_seconds", 0},
	{"ha_poll_lateness_seconds", 0},
	{"ha_last_successful_poll_timestamp_seconds", 0},
	{"ha_poll_interval_seconds", 0},
	{"ha_clock_offset_seconds", OF(CLOCKS)},
	{"ha_provisioning_late_seconds", 0},
	{"ha_provisioning_stuck_seconds", 0},
	{"ha_utilization_high_ratio", 0},
	{"ha_utilization_critical_ratio", 0},
	{"ha_credential_rejected", 0},
	{"ha_credential_expiry_timestamp_seconds", 0},
	{"ha_credential_renewal_timestamp_seconds", 0},
	{"ha_config_last_reload_successful", 0},
	{"ha_config_last_reload_success_timestamp_seconds", 0},
	{"ha_web_config_last_reload_successful", 0},
	{"ha_web_certificate_expiry_timestamp_seconds", 0},
	{"ha_peer_up", 0},
	{"ha_journal_size_bytes", 0},
	{"ha_journal_write_errors_total", 0},
	{"ha_build_info", 0},
	{"ha_http_requests_total", 0},
	{"ha_http_request_duration_seconds", 0},
	{"ha_http_response_bytes_total", 0},
	{"ha_http_connections", 0},
	{"ha_http_connections_refused_total", 0},
	{"ha_http_passwords_hashed_total", 0},
	{"ha_log_lines_dropped_total", 0},
	{"process_cpu_seconds_total", 0},
	{"process_open_fds", 0},
	{"process_max_fds", 0},
	{"process_virtual_memory_bytes", 0},
	{"process_resident_memory_bytes", 0},
	{"process_start_time_seconds", 0},
	{"process_threads", 0},
};
/* clang-format on */

enum { ROWS = sizeof rows / sizeof *rows };

static struct unreadables spot_unreadable[SPOT_LISTS];

/* Every family has a sample: two sides that are UP, of which one has no max_nodes, and an extra one that is new. */
static void fill(struct scene *s)
{
	scene_fill(s);
	scene_extra(s);
	struct side *extra = &s->pair.side[EXTRA_1];
	extra->verdict = PROVISIONING;
	extra->spot =
	    (struct spot_obs){.word = SPOT_PROVISIONING, .created = {at_nine.ms - 80 * 60000}, .served_at = at_nine};
	extra->spot_at = s->view.now.mono;
	s->cloudspace[EXTRA_1].word = SPOT_PROVISIONING;
	s->vpair.side[SECONDARY].max_nodes = 0;
	s->pair.maintenance[PRIMARY] = (struct maintenance){.is_declared = true, .ends.wall = at_nine};
	s->vpair.side[PRIMARY].token = (struct credential){at_nine, at_eight};
	s->inventory[PRIMARY].part[PART_APPLICATIONS].unreadable = 1;
	spot_unreadable[LIST_SPOT_POOLS].count = 2;
	s->view.spot_unreadable = spot_unreadable;
}

/* The flag that an inventory loses. */
static void forget_figure(struct inventory *i, enum source source)
{
	bool *const has[SOURCES] = {
	    [PODS] = &i->has_pods,
	    [RUNNERS] = &i->has_runners,
	    [SETS] = &i->has_sums,
	    [LISTENERS] = &i->has_listener,
	    [CONTROLLER] = &i->has_controller,
	    [APPS] = &i->has_apps,
	    [CPU] = &i->has_cpu,
	    [LEASES] = &i->has_leases,
	};
	if (has[source])
		*has[source] = false;
}

static void make_old_of_side(struct scene *s, int id, enum source source)
{
	struct view_side *v = &s->vpair.side[id];

	forget_figure(&s->inventory[id], source);
	if (source == NODES)
		v->has_nodes = false;
	if (source == CLOUDSPACE)
		v->cloudspace = NULL;
	if (source == SPOT_WORD)
		s->pair.side[id].spot_at.ms -= 2 * s->policy.side[id].spot_interval_ms + 1;
	if (source == POOLS)
		v->has_pools = false;
	if (source == POOLS || source == PRICES)
		v->has_margin = false;
	if (source == DRAIN)
		v->drain.is_known = false;
	if (source == CLOCKS)
		v->kube_nodes.clock_read_at.ms -= 300000;
	if (source == UNREADABLE)
		s->inventory[id].part[PART_APPLICATIONS].unreadable = 0;
}

static void make_old(struct scene *s, enum source source)
{
	for (int id = 0; id < view_sides(&s->vpair); id++)
		make_old_of_side(s, id, source);
	if (source == UNREADABLE)
		spot_unreadable[LIST_SPOT_POOLS].count = 0;
	if (source == CLOCKS)
		s->view.token.clock_read_at.ms = s->view.cloudspaces.clock_read_at.ms =
		    s->view.nodepools.clock_read_at.ms = s->view.now.mono.ms - 300000; /* stale_after */
}

static int samples_of(const struct buf *out, const char *family)
{
	int samples = 0;
	char head[128];

	snprintf(head, sizeof head, "\n# TYPE %s ", family);
	const char *line = strstr(buf_text(out), head);
	assert_non_null(line);
	for (line = strchr(line + 1, '\n') + 1; *line && *line != '#'; line = strchr(line, '\n') + 1)
		samples++;
	return samples;
}

static void every_family_has_a_row(void **state)
{
	const char *names[ROWS];

	(void)state;
	assert_int_equal(metrics_names(names, ROWS), ROWS);
	for (size_t i = 0; i < ROWS; i++)
		assert_string_equal(rows[i].name, names[i]);
}

/* Each source alone: the families that need it lose their samples, the others keep as many as they had. */
static void old_values_are_absent(void **state)
{
	struct scene s;

	(void)state;
	fill(&s);
	struct buf before = render(&s, EXPO_TEXT);
	for (int source = 0; source < SOURCES; source++) {
		fill(&s);
		make_old(&s, (enum source)source);
		struct buf after = render(&s, EXPO_TEXT);
		for (size_t i = 0; i < ROWS; i++) {
			int had = samples_of(&before, rows[i].name), has = samples_of(&after, rows[i].name);
			bool needs = rows[i].sources & OF(source), is_partly = rows[i].sources & PARTLY;

			if (had == 0)
				fail_msg("%s has no sample", rows[i].name);
			if (!needs ? has != had : is_partly ? has >= had : has != 0)
				fail_msg("%s, source %d: %d samples, then %d", rows[i].name, source, had, has);
		}
		buf_fini(&after);
	}
	buf_fini(&before);
}

/* A millisecond before its limit each clock still counts. */
static void clocks_count_until_stale_after(void **state)
{
	struct scene s;

	(void)state;
	scene_fill(&s);
	s.view.now.mono.ms += 299999;
	assert_value(&s, "ha_clock_offset_seconds", 1.5);
	s.view.now.mono.ms += 1;
	assert_value(&s, "ha_clock_offset_seconds", -1);
	poll_stats_compare_clocks(&s.vpair.side[SECONDARY].kube_nodes, (wall_ms){at_nine.ms - 9500}, s.view.now);
	assert_value(&s, "ha_clock_offset_seconds", 9);
}

/* SEMANTICS.md section 2, footnote 1: of a denied node list the pools count, so they are the source. */
static void pools_instead_of_nodes(void **state)
{
	static const char *const absent[] = {
	    "ha_effective_nodes", "ha_node_imbalance", "ha_nodes_constrained", "ha_constraining_side"};
	struct scene s;

	(void)state;
	scene_fill(&s);
	s.pair.side[PRIMARY].from_pools = true;
	s.vpair.side[PRIMARY].has_nodes = false;
	assert_value(&s, "ha_nodes_constrained{pair=\"prod\"}", 1);
	s.vpair.side[PRIMARY].has_pools = false;
	struct buf out = render(&s, EXPO_TEXT);
	for (size_t i = 0; i < sizeof absent / sizeof *absent; i++)
		assert_int_equal(samples_of(&out, absent[i]), 0);
	buf_fini(&out);
	s.pair.status = HA_BLOCKED_PRIMARY_UNAVAILABLE; /* no pair is constrained that is not ACTIVE */
	assert_value(&s, "ha_nodes_constrained{pair=\"prod\"}", 0);
	assert_value(&s, "ha_constraining_side{pair=\"prod\",ha_constraining_side=\"none\"}", 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_family_has_a_row),
	    cmocka_unit_test(old_values_are_absent),
	    cmocka_unit_test(clocks_count_until_stale_after),
	    cmocka_unit_test(pools_instead_of_nodes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
