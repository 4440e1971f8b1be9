/* The metrics of a view: golden files of both formats, and what must hold in every state. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "a_metric.h"
#include "recording.h"
#include "render/metrics.h"

/* The contract's families, by their names in text. */
/* clang-format off */
static const char *const families[] = {
	"ha_status", "ha_up", "ha_status_since_timestamp_seconds", "ha_blocked_since_timestamp_seconds",
	"ha_status_transitions_total", "ha_status_seconds_total", "ha_effective_nodes_per_cloudspace",
	"ha_effective_nodes", "ha_max_possible_nodes", "ha_utilization_ratio", "ha_node_imbalance",
	"ha_nodes_constrained", "ha_constraining_side", "ha_state_saved_timestamp_seconds", "ha_cloudspace_info", "ha_cloudspace_state",
	"ha_runner_pods", "ha_runner_pods_stuck", "ha_runners", "ha_runners_stuck", "ha_runners_zombie", "ha_runners_min",
	"ha_runners_max", "ha_runners_desired", "ha_runner_utilization_ratio", "ha_runner_listener",
	"ha_runner_controller_ready", "ha_argocd_apps", "ha_argocd_apps_frozen", "ha_argocd_apps_benign_out_of_sync",
	"ha_cloudspace_cpu_requested_cores", "ha_cloudspace_cpu_allocatable_cores", "ha_cloudspace_nodes_won",
	"ha_cloudspace_nodes_silent", "ha_inventory_up", "ha_inventory_unreadable_objects", "ha_drained", "ha_maintenance_declared",
	"ha_maintenance_ends_timestamp_seconds", "ha_provisioning_late", "ha_provisioning_stuck",
	"ha_cloudspace_flapping", "ha_cloudspace_state_held", "ha_cloudspace_state_changes_total",
	"ha_cloudspace_state_reason", "ha_cloudspace_state_since_timestamp_seconds", "ha_cloudspace_ready",
	"ha_cloudspace_degraded", "ha_cloudspace_phase", "ha_cloudspace_nodes", "ha_cloudspace_nodes_ready",
	"ha_cloudspace_nodes_cordoned", "ha_cloudspace_nodes_available", "ha_cloudspace_nodes_desired",
	"ha_cloudspace_nodes_max", "ha_cloudspace_nodes_from_pools", "ha_max_nodes_drift", "ha_maintenance",
	"ha_insecure_tls",
	"ha_availability_ratio", "ha_journal_size_bytes", "ha_journal_write_errors_total",
	"ha_provisioning_started_timestamp_seconds", "ha_bid_price_dollars", "ha_market_price_dollars",
	"ha_market_price_80th_percentile_dollars", "ha_polls_total", "ha_poll_errors_total",
	"ha_poll_duration_seconds", "ha_poll_lateness_seconds", "ha_last_successful_poll_timestamp_seconds", "ha_poll_interval_seconds",
	"ha_clock_offset_seconds",
    "ha_provisioning_late_seconds",
    "ha_provisioning_stuck_seconds",
    "ha_utilization_high_ratio",
    "ha_utilization_critical_ratio",
    "ha_credential_rejected",
    "ha_peer_up", "ha_peer_maintenance_agrees",
	"ha_credential_expiry_timestamp_seconds", "ha_credential_renewal_timestamp_seconds", "ha_config_last_reload_successful",
	"ha_config_last_reload_success_timestamp_seconds", "ha_web_config_last_reload_successful",
	"ha_web_certificate_expiry_timestamp_seconds", "ha_build_info", "ha_http_requests_total",
	"ha_http_request_duration_seconds", "ha_http_response_bytes_total", "ha_http_connections",
	"ha_http_connections_refused_total", "ha_http_passwords_hashed_total",
	"ha_log_lines_dropped_total", "process_cpu_seconds_total",
	"process_open_fds", "process_max_fds", "process_virtual_memory_bytes",
	"process_resident_memory_bytes", "process_start_time_seconds", "process_threads",
};
/* clang-format on */

/* The compiler's name is the only thing that differs from build to build. */
static void hide_compiler(struct buf *out)
{
	char *start = strstr(out->data, "compiler=\"") + strlen("compiler=\"");
	char *end = strchr(start, '"');

	memmove(start, end, strlen(end) + 1);
}

static void golden(void **state)
{
	struct scene s;
	struct buf out;

	(void)state;
	scene_fill(&s);
	out = render(&s, EXPO_TEXT);
	hide_compiler(&out);
	assert_golden("tests/golden/metrics.text", buf_text(&out));
	buf_fini(&out);
	out = render(&s, EXPO_OPENMETRICS);
	hide_compiler(&out);
	assert_golden("tests/golden/metrics.openmetrics", buf_text(&out));
	buf_fini(&out);
}

static void every_family_of_the_contract(void **state)
{
	struct scene s;
	struct buf out;
	size_t seen = 0;

	(void)state;
	scene_fill(&s);
	out = render(&s, EXPO_TEXT);
	for (const char *p = buf_text(&out); (p = strstr(p, "# TYPE ")); p++)
		seen++;
	assert_int_equal(seen, sizeof families / sizeof *families);
	for (size_t i = 0; i < sizeof families / sizeof *families; i++) {
		char type[128], help[128];

		snprintf(type, sizeof type, "\n# TYPE %s ", families[i]);
		snprintf(help, sizeof help, "# HELP %s ", families[i]);
		if (!strstr(buf_text(&out), type) || !strstr(buf_text(&out), help))
			fail_msg("%s is missing", families[i]);
	}
	buf_fini(&out);
}

static int ones_of(const struct buf *out, const char *family, const char *labels, int *states)
{
	char head[200];
	int ones = 0;

	*states = 0;
	snprintf(head, sizeof head, "\n%s{%s,%s=\"", family, labels, family);
	for (const char *p = buf_text(out); (p = strstr(p, head)); p++) {
		const char *value = strchr(p, '}') + 2;

		(*states)++;
		ones += *value == '1';
		assert_true(*value == '0' || *value == '1');
		assert_int_equal(value[1], '\n');
	}
	return ones;
}

static void exactly_one_state(void **state)
{
	/* clang-format off */
	static const struct {
		const char *family;
		int states;
	} of_side[] = {{"ha_cloudspace_state", 5}, {"ha_cloudspace_state_reason", 12}, {"ha_cloudspace_phase", 8}};
	/* clang-format on */
	struct scene s;

	(void)state;
	scene_fill(&s);
	for (int status = 0; status < HA_STATUSES; status++)
		for (int verdict = 0; verdict < VERDICTS; verdict++)
			for (int reason = 0; reason < SIDE_REASONS; reason++) {
				int phase = reason % SPOT_PHASES, states;
				struct buf out;
				char series[200];

				s.pair.status = (enum ha_status)status;
				s.pair.side[SECONDARY].verdict = (enum verdict)verdict;
				s.pair.side[SECONDARY].reason = (enum side_reason)reason;
				s.cloudspace[SECONDARY].known_phase = (enum spot_phase)phase;
				out = render(&s, reason % 2 ? EXPO_TEXT : EXPO_OPENMETRICS);
				assert_int_equal(ones_of(&out, "ha_status", "pair=\"prod\"", &states), 1);
				assert_int_equal(states, 6);
				assert_int_equal(ones_of(&out, "ha_constraining_side", "pair=\"prod\"", &states), 1);
				assert_int_equal(states, 3);
				for (int i = 0; i < 3; i++) {
					assert_int_equal(ones_of(&out, of_side[i].family,
							     "pair=\"prod\",side=\"secondary\"", &states),
					    1);
					assert_int_equal(states, of_side[i].states);
				}
				/* and it is the right one */
				snprintf(series, sizeof series, "ha_status{pair=\"prod\",ha_status=\"%s\"}",
				    ha_status_names[status]);
				assert_true(value_of(&out, series) == 1);
				snprintf(series, sizeof series,
				    "ha_cloudspace_state{pair=\"prod\",side=\"secondary\",ha_"
				    "cloudspace_state=\"%s\"}",
				    verdict_names[verdict]);
				assert_true(value_of(&out, series) == 1);
				snprintf(
				    series, sizeof series, "ha_cloudspace_ready{pair=\"prod\",side=\"secondary\"}");
				assert_true(value_of(&out, series) == (verdict == UP));
				snprintf(series, sizeof series, "ha_maintenance{pair=\"prod\",side=\"secondary\"}");
				assert_true(value_of(&out, series) == (verdict == MAINTENANCE));
				buf_fini(&out);
			}
}

/* What is not known is left out: neither 0 nor NaN. */
static void unknown_is_left_out(void **state)
{
	static const char *const of_secondary[] = {"ha_cloudspace_nodes", "ha_cloudspace_nodes_ready",
	    "ha_cloudspace_nodes_cordoned", "ha_cloudspace_nodes_available", "ha_cloudspace_nodes_desired",
	    "ha_cloudspace_nodes_max", "ha_provisioning_started_timestamp_seconds"};
	struct scene s;
	struct buf out;

	(void)state;
	scene_fill(&s);
	s.pair.status = HA_UNKNOWN;
	s.pair.side[SECONDARY].verdict = UNKNOWN;
	s.vpair.side[SECONDARY].has_nodes = s.vpair.side[SECONDARY].has_pools = false;
	s.vpair.side[SECONDARY].max_nodes = 0;
	s.vpair.side[SECONDARY].cloudspace = NULL;
	s.vpair.side[SECONDARY].readyz = (struct poll_stats){0};
	s.view.token_expires = WALL_UNKNOWN;
	s.view.process.open_fds = -1;
	out = render(&s, EXPO_TEXT);
	for (size_t i = 0; i < sizeof of_secondary / sizeof *of_secondary; i++) {
		char series[200];

		snprintf(series, sizeof series, "%s{pair=\"prod\",side=\"secondary\"}", of_secondary[i]);
		if (value_of(&out, series) != -1)
			fail_msg("%s is there", series);
		snprintf(series, sizeof series, "%s{pair=\"prod\",side=\"primary\"}", of_secondary[i]);
		assert_int_equal(value_of(&out, series) >= 0, i < 6);
	}
	assert_null(strstr(buf_text(&out), "\nha_max_possible_nodes{"));
	assert_null(strstr(buf_text(&out), "\nha_utilization_ratio{"));
	assert_null(strstr(buf_text(&out), "\nha_node_imbalance{"));
	assert_null(strstr(buf_text(&out), "\nha_credential_expiry_timestamp_seconds{"));
	assert_null(strstr(buf_text(&out), "\nprocess_open_fds "));
	assert_non_null(strstr(buf_text(&out), "\nprocess_max_fds 1024\n"));
	assert_null(strstr(buf_text(&out), "NaN"));
	assert_true(value_of(&out,
			"ha_last_successful_poll_timestamp_seconds{pair=\"prod\",side="
			"\"secondary\",source=\"readyz\"}") == -1);
	assert_true(value_of(&out,
			"ha_cloudspace_phase{pair=\"prod\",side=\"secondary\",ha_"
			"cloudspace_phase=\"Unknown\"}") == 1);
	buf_fini(&out);
}

static void values(void **state)
{
	struct scene s;

	(void)state;
	scene_fill(&s);
	assert_value(&s, "ha_up{pair=\"prod\"}", 1);
	s.vpair.side[SECONDARY].kube_nodes.last = POLL_TIMEOUT;
	assert_value(&s, "ha_up{pair=\"prod\"}", 0);
	scene_fill(&s);
	s.view.cloudspaces = (struct poll_stats){0};
	assert_value(&s, "ha_up{pair=\"prod\"}", 0);
	s.view.has_spot = false;
	assert_value(&s, "ha_up{pair=\"prod\"}", 1);

	/* sources that stand only where the configuration asks for them; prices are never missed */
	scene_fill(&s);
	assert_value(&s, "ha_polls_total{source=\"organizations\"}", -1);
	assert_value(&s, "ha_polls_total{source=\"prices\"}", -1);
	assert_value(&s, "ha_polls_total{source=\"anchors\"}", -1);
	s.view.has_organizations = s.view.has_prices = s.view.has_anchors = true;
	assert_value(&s, "ha_polls_total{source=\"anchors\"}", 0);
	assert_value(&s, "ha_polls_total{source=\"organizations\"}", 0);
	assert_value(&s, "ha_polls_total{source=\"prices\"}", 0);
	assert_value(&s, "ha_up{pair=\"prod\"}", 0);
	s.view.organizations = s.view.cloudspaces;
	assert_value(&s, "ha_up{pair=\"prod\"}", 1);

	scene_fill(&s);
	s.vpair.side[PRIMARY].has_margin = false;
	assert_value(&s, "ha_bid_price_dollars{pair=\"prod\",side=\"primary\"}", -1);
	assert_value(&s, "ha_market_price_dollars{pair=\"prod\",side=\"primary\"}", -1);
	assert_value(&s, "ha_market_price_80th_percentile_dollars{pair=\"prod\",side=\"primary\"}", -1);
	assert_value(&s, "ha_market_price_dollars{pair=\"prod\",side=\"secondary\"}", 0.07);
	assert_value(&s, "ha_market_price_80th_percentile_dollars{pair=\"prod\",side=\"secondary\"}", -1);

	scene_fill(&s);
	assert_value(&s, "ha_blocked_since_timestamp_seconds{pair=\"prod\"}", 0);
	s.pair.status = HA_BLOCKED_BOTH_UNAVAILABLE;
	s.pair.blocked_since.wall = at_eight;
	assert_value(&s, "ha_blocked_since_timestamp_seconds{pair=\"prod\"}", 1795464000);

	/* credentials */
	scene_fill(&s);
	s.vpair.side[SECONDARY].is_insecure = true;
	s.vpair.side[SECONDARY].token = (struct credential){{1795464000000}, {1795454000000}};
	s.vpair.side[PRIMARY].certificate = (struct credential){{1795465000000}, {1795455000000}};
	assert_value(&s, "ha_insecure_tls{pair=\"prod\",side=\"primary\"}", 0);
	assert_value(&s, "ha_insecure_tls{pair=\"prod\",side=\"secondary\"}", 1);
	assert_value(&s,
	    "ha_credential_expiry_timestamp_seconds{pair=\"prod\",side=\"secondary\",credential=\"kubernetes_token\"}",
	    1795464000);
	assert_value(&s,
	    "ha_credential_expiry_timestamp_seconds{pair=\"prod\",side=\"primary\",credential=\"client_certificate\"}",
	    1795465000);
	assert_value(&s,
	    "ha_credential_renewal_timestamp_seconds{pair=\"prod\",side=\"secondary\",credential=\"kubernetes_token\"}",
	    1795454000);
	assert_value(&s,
	    "ha_credential_renewal_timestamp_seconds{pair=\"prod\",side=\"primary\",credential=\"client_certificate\"}",
	    1795455000);

	/* footnote 1: counts of the pools, marked as such */
	scene_fill(&s);
	s.pair.side[PRIMARY].from_pools = true;
	s.vpair.side[PRIMARY].has_nodes = false;
	s.vpair.side[PRIMARY].pools.won = 7;
	s.vpair.side[PRIMARY].pools.reserved = 2;
	assert_value(&s, "ha_cloudspace_nodes_from_pools{pair=\"prod\",side=\"primary\"}", 1);
	assert_value(&s, "ha_cloudspace_nodes_from_pools{pair=\"prod\",side=\"secondary\"}", 0);
	assert_value(&s, "ha_cloudspace_nodes_available{pair=\"prod\",side=\"primary\"}", 9);
	assert_value(&s, "ha_effective_nodes{pair=\"prod\"}", 18);
	assert_value(&s, "ha_constraining_side{pair=\"prod\",ha_constraining_side=\"primary\"}", 1);

	/* max_nodes as configured, else of the pools; drift where both are there and differ */
	scene_fill(&s);
	s.vpair.side[PRIMARY].max_nodes = 20;
	assert_value(&s, "ha_cloudspace_nodes_max{pair=\"prod\",side=\"primary\"}", 20);
	assert_value(&s, "ha_max_nodes_drift{pair=\"prod\",side=\"primary\"}", 1);
	assert_value(&s, "ha_max_nodes_drift{pair=\"prod\",side=\"secondary\"}", 0);
	s.vpair.side[PRIMARY].max_nodes = 0;
	assert_value(&s, "ha_cloudspace_nodes_max{pair=\"prod\",side=\"primary\"}", 12);
	assert_value(&s, "ha_max_nodes_drift{pair=\"prod\",side=\"primary\"}", 0);

	/* only of a new cloudspace: one that was ready before and provisions again is not late */
	assert_value(&s, "ha_provisioning_started_timestamp_seconds{pair=\"prod\",side=\"primary\"}", -1);
	s.cloudspace[PRIMARY].word = SPOT_PROVISIONING;
	assert_value(&s, "ha_provisioning_started_timestamp_seconds{pair=\"prod\",side=\"primary\"}", -1);
	s.pair.side[PRIMARY].verdict = PROVISIONING;
	assert_value(&s, "ha_provisioning_started_timestamp_seconds{pair=\"prod\",side=\"primary\"}", 1767690000);
}

/* What a side runs. */
static void inventory(void **state)
{
#define OF_PRIMARY "{pair=\"prod\",side=\"primary\""
	static const char *const left_out[] = {"ha_runner_pods_stuck", "ha_runners_stuck", "ha_runners_zombie",
	    "ha_runners_min", "ha_runners_max", "ha_runners_desired", "ha_runner_utilization_ratio",
	    "ha_runner_controller_ready", "ha_argocd_apps_frozen", "ha_argocd_apps_benign_out_of_sync",
	    "ha_cloudspace_cpu_requested_cores", "ha_cloudspace_cpu_allocatable_cores", "ha_cloudspace_nodes_silent",
	    "ha_drained", "ha_cloudspace_nodes_won"};
	struct scene s;
	struct inventory *i = &s.inventory[PRIMARY];

	(void)state;
	scene_fill(&s);
	i->pods_stuck = 4;
	i->runners_stuck = 5;
	i->runners_zombie = 6;
	i->apps_frozen = 7;
	i->nodes_silent = 8;
	i->listener = LISTENER_CHURNING;
	i->part[PART_PODS] = (struct part){.problem = "denied"};
	i->controller_available = 0;
	s.vpair.side[PRIMARY].drain.is_drained = true;
	s.vpair.side[PRIMARY].pools.won = 7;
	assert_value(&s, "ha_runner_pods" OF_PRIMARY ",phase=\"Running\"}", 5);
	assert_value(&s, "ha_runner_pods_stuck" OF_PRIMARY "}", 4);
	assert_value(&s, "ha_runners" OF_PRIMARY ",activity=\"busy\"}", 3);
	assert_value(&s, "ha_runners_stuck" OF_PRIMARY "}", 5);
	assert_value(&s, "ha_runners_zombie" OF_PRIMARY "}", 6);
	assert_value(&s, "ha_runners_min" OF_PRIMARY "}", 2);
	assert_value(&s, "ha_runners_max" OF_PRIMARY "}", 10);
	assert_value(&s, "ha_runners_desired" OF_PRIMARY "}", 6);
	assert_value(&s, "ha_runner_utilization_ratio" OF_PRIMARY "}", 0.3);
	assert_value(&s, "ha_runner_listener" OF_PRIMARY ",ha_runner_listener=\"churning\"}", 1);
	assert_value(&s, "ha_runner_listener" OF_PRIMARY ",ha_runner_listener=\"running\"}", 0);
	assert_value(&s, "ha_runner_controller_ready" OF_PRIMARY "}", 0);
	assert_value(&s, "ha_runner_controller_ready{pair=\"prod\",side=\"secondary\"}", 1);
	assert_value(&s, "ha_argocd_apps" OF_PRIMARY ",sync_status=\"OutOfSync\",health_status=\"Healthy\"}", 1);
	assert_value(&s, "ha_argocd_apps" OF_PRIMARY ",sync_status=\"Unknown\",health_status=\"Unknown\"}", 0);
	assert_value(&s, "ha_argocd_apps_frozen" OF_PRIMARY "}", 7);
	assert_value(&s, "ha_argocd_apps_benign_out_of_sync" OF_PRIMARY "}", 1);
	assert_value(&s, "ha_cloudspace_cpu_requested_cores" OF_PRIMARY "}", 12.5);
	assert_value(&s, "ha_cloudspace_cpu_allocatable_cores" OF_PRIMARY "}", 47.04);
	assert_value(&s, "ha_cloudspace_nodes_won" OF_PRIMARY "}", 8);
	assert_value(&s, "ha_cloudspace_nodes_silent" OF_PRIMARY "}", 8);
	assert_value(&s, "ha_inventory_up" OF_PRIMARY ",resource=\"applications\"}", 1);
	assert_value(&s, "ha_inventory_up" OF_PRIMARY ",resource=\"pods\"}", 0);
	assert_value(&s, "ha_drained" OF_PRIMARY "}", 1);
	assert_value(&s, "ha_drained{pair=\"prod\",side=\"secondary\"}", 0);

	i->max = INT32_MAX; /* no limit, so no number and no ratio */
	assert_value(&s, "ha_runners_max" OF_PRIMARY "}", -1);
	assert_value(&s, "ha_runner_utilization_ratio" OF_PRIMARY "}", -1);

	scene_forget(&s, PRIMARY);
	struct buf out = render(&s, EXPO_TEXT);
	for (size_t n = 0; n < sizeof left_out / sizeof *left_out; n++) {
		char series[200];

		snprintf(series, sizeof series, "%s" OF_PRIMARY "}", left_out[n]);
		if (value_of(&out, series) != -1)
			fail_msg("%s is there", series);
	}
	assert_null(strstr(buf_text(&out), "ha_runner_pods" OF_PRIMARY));
	assert_null(strstr(buf_text(&out), "ha_runners" OF_PRIMARY));
	assert_null(strstr(buf_text(&out), "ha_runner_listener" OF_PRIMARY));
	assert_null(strstr(buf_text(&out), "ha_argocd_apps" OF_PRIMARY));
	assert_null(strstr(buf_text(&out), "ha_inventory_up" OF_PRIMARY));
	buf_fini(&out);
}

/* Marks of a side: they stand beside its state. */
static void marks(void **state)
{
	struct scene s;
	struct side *side = &s.pair.side[PRIMARY];

	(void)state;
	scene_fill(&s);
	s.pair.state_changes[PRIMARY][DOWN] = 9;
	assert_value(&s, "ha_cloudspace_state_changes_total" OF_PRIMARY ",to=\"DOWN\"}", 9);
	assert_value(&s, "ha_cloudspace_flapping" OF_PRIMARY "}", 0);
	assert_value(&s, "ha_cloudspace_state_held" OF_PRIMARY "}", 0);
	side->flap.is_flapping = side->is_held = true;
	assert_value(&s, "ha_cloudspace_flapping" OF_PRIMARY "}", 1);
	assert_value(&s, "ha_cloudspace_state_held" OF_PRIMARY "}", 1);

	assert_value(&s, "ha_maintenance" OF_PRIMARY "}", 0);
	assert_value(&s, "ha_maintenance_declared" OF_PRIMARY "}", 0);
	assert_value(&s, "ha_maintenance_ends_timestamp_seconds" OF_PRIMARY "}", -1);
	s.pair.maintenance[PRIMARY] = (struct maintenance){.is_declared = true, .ends.wall = at_nine};
	assert_value(&s, "ha_maintenance" OF_PRIMARY "}", 1);
	assert_value(&s, "ha_maintenance_declared" OF_PRIMARY "}", 1);
	assert_value(&s, "ha_maintenance_ends_timestamp_seconds" OF_PRIMARY "}", 1795467600);

	assert_value(&s, "ha_provisioning_late" OF_PRIMARY "}", 0);
	for (int minutes = 74; minutes <= 120; minutes += minutes == 75 ? 44 : 1) {
		side->verdict = PROVISIONING;
		side->spot = (struct spot_obs){
		    .word = SPOT_PROVISIONING, .created = {at_nine.ms - minutes * 60000}, .served_at = at_nine};
		side->spot_at = s.view.now.mono;
		assert_value(&s, "ha_provisioning_late" OF_PRIMARY "}", minutes >= 75);
		assert_value(&s, "ha_provisioning_stuck" OF_PRIMARY "}", minutes >= 120);
	}
	side->spot_at.ms -= 61000; /* too old to say so */
	assert_value(&s, "ha_provisioning_late" OF_PRIMARY "}", -1);
	assert_value(&s, "ha_provisioning_stuck" OF_PRIMARY "}", -1);

	/* an extra side is one more side */
	assert_value(&s, "ha_cloudspace_ready{pair=\"prod\",side=\"extra-1\"}", -1);
	scene_extra(&s);
	assert_value(&s, "ha_cloudspace_ready{pair=\"prod\",side=\"extra-1\"}", 1);
	assert_value(&s, "ha_polls_total{pair=\"prod\",side=\"extra-1\",source=\"inventory\"}", 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(golden),
	    cmocka_unit_test(every_family_of_the_contract),
	    cmocka_unit_test(exactly_one_state),
	    cmocka_unit_test(unknown_is_left_out),
	    cmocka_unit_test(values),
	    cmocka_unit_test(inventory),
	    cmocka_unit_test(marks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
