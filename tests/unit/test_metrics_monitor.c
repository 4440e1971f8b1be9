/* The metrics of the monitor itself: refused credentials, clocks, how long polls take and how late they start. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "a_metric.h"

static void refusals_and_clocks(void **state)
{
	static const struct {
		enum poll_reason reason;
		int refused;
	} polls[] = {{POLL_TIMEOUT, 0}, {POLL_AUTH, 1}, {POLL_TIMEOUT, 1}, {POLL_AUTH, 1}, {POLL_OK, 0}, {POLL_TLS, 0}};
	struct scene s;
	struct poll_stats *stats = &s.view.token;

	(void)state;
	scene_fill(&s);
	*stats = (struct poll_stats){0};
	for (size_t i = 0; i < sizeof polls / sizeof *polls; i++) {
		poll_stats_count(stats, polls[i].reason, 10, at_nine);
		assert_value(&s, "ha_credential_rejected{source=\"token\"}", polls[i].refused);
	}
	assert_value(&s, "ha_clock_offset_seconds", 1.5);
	for (int id = 0; id < SIDES; id++)
		poll_stats_compare_clocks(&s.vpair.side[id].kube_nodes, (wall_ms){at_nine.ms + 40000}, s.view.now);
	s.view.cloudspaces.has_clock_offset = s.view.nodepools.has_clock_offset = false;
	assert_value(&s, "ha_clock_offset_seconds", -40.5);
	poll_stats_compare_clocks(stats, (wall_ms){at_nine.ms + 30000}, s.view.now);
	poll_stats_compare_clocks(stats, WALL_UNKNOWN, s.view.now);
	assert_value(&s, "ha_clock_offset_seconds", -30.5);
}

static void histogram(void **state)
{
	static const int64_t durations[] = {0, 50, 51, 100, 30000, 30001, 999999};
	struct scene s;
	struct poll_stats *stats = &s.view.token;

	(void)state;
	scene_fill(&s);
	*stats = (struct poll_stats){0};
	for (size_t i = 0; i < sizeof durations / sizeof *durations; i++)
		poll_stats_count(stats, i % 2 ? POLL_OK : POLL_TLS, durations[i], at_nine);
	assert_value(&s, "ha_poll_duration_seconds_bucket{source=\"token\",le=\"0.05\"}", 2);
	assert_value(&s, "ha_poll_duration_seconds_bucket{source=\"token\",le=\"0.1\"}", 4);
	assert_value(&s, "ha_poll_duration_seconds_bucket{source=\"token\",le=\"10.0\"}", 4);
	assert_value(&s, "ha_poll_duration_seconds_bucket{source=\"token\",le=\"30.0\"}", 5);
	assert_value(&s, "ha_poll_duration_seconds_bucket{source=\"token\",le=\"+Inf\"}", 7);
	assert_value(&s, "ha_poll_duration_seconds_count{source=\"token\"}", 7);
	assert_value(&s, "ha_poll_duration_seconds_sum{source=\"token\"}", 1060.201);
	assert_value(&s, "ha_polls_total{source=\"token\"}", 7);
	assert_value(&s, "ha_poll_errors_total{source=\"token\",reason=\"tls\"}", 4);
	assert_value(&s, "ha_poll_errors_total{source=\"token\",reason=\"dns\"}", 0);
	assert_value(&s, "ha_poll_errors_total{source=\"token\",reason=\"ok\"}", -1);
}

static void lateness(void **state)
{
	static const int64_t late[] = {0, 50, 51, 100, 101, 30001};
	struct scene s;

	(void)state;
	scene_fill(&s);
	s.view.lateness = (struct poll_lateness){0};
	for (size_t i = 0; i < sizeof late / sizeof *late; i++)
		poll_stats_count_late(&s.view.lateness, late[i]);
	assert_value(&s, "ha_poll_lateness_seconds_bucket{le=\"0.05\"}", 2);
	assert_value(&s, "ha_poll_lateness_seconds_bucket{le=\"0.1\"}", 4);
	assert_value(&s, "ha_poll_lateness_seconds_bucket{le=\"30.0\"}", 5);
	assert_value(&s, "ha_poll_lateness_seconds_bucket{le=\"+Inf\"}", 6);
	assert_value(&s, "ha_poll_lateness_seconds_count", 6);
	assert_value(&s, "ha_poll_lateness_seconds_sum", 30.303);
}

/* Without a web configuration nothing is said of one. */
static void web_configuration(void **state)
{
	struct scene s;

	(void)state;
	scene_fill(&s);
	s.view.http.web_config = (struct view_web_config){0};
	assert_value(&s, "ha_web_config_last_reload_successful", -1);
	assert_value(&s, "ha_web_certificate_expiry_timestamp_seconds", -1);
	s.view.http.web_config.is_used = true;
	assert_value(&s, "ha_web_config_last_reload_successful", 0);
	s.view.http.web_config.is_good = true;
	assert_value(&s, "ha_web_config_last_reload_successful", 1);
	assert_value(&s, "ha_web_certificate_expiry_timestamp_seconds", -1);
	s.view.http.web_config.certificate_expires = (wall_ms){1500};
	assert_value(&s, "ha_web_certificate_expiry_timestamp_seconds", 1.5);
}

/* The connections' sum is all of them, and a handler's buckets are cumulative. */
static void http(void **state)
{
	static const struct {
		const char *series;
		double value;
	} rows[] = {
	    {"ha_http_connections{state=\"opened\"}", 1},
	    {"ha_http_connections{state=\"idle\"}", 2},
	    {"ha_http_connections{state=\"reading\"}", 3},
	    {"ha_http_connections{state=\"answering\"}", 4},
	    {"ha_http_connections{state=\"closing\"}", 5},
	    {"ha_http_response_bytes_total{handler=\"metrics\"}", 5000},
	    {"ha_http_response_bytes_total{handler=\"error\"}", 7},
	    {"ha_http_request_duration_seconds_bucket{handler=\"metrics\",le=\"0.005\"}", 1},
	    {"ha_http_request_duration_seconds_bucket{handler=\"metrics\",le=\"0.4\"}", 2},
	    {"ha_http_request_duration_seconds_bucket{handler=\"metrics\",le=\"20.0\"}", 2},
	    {"ha_http_request_duration_seconds_bucket{handler=\"metrics\",le=\"+Inf\"}", 3},
	    {"ha_http_request_duration_seconds_count{handler=\"metrics\"}", 3},
	    {"ha_http_request_duration_seconds_sum{handler=\"metrics\"}", 20.404},
	    {"ha_http_request_duration_seconds_count{handler=\"health\"}", 0},
	};
	struct scene s;

	(void)state;
	scene_fill(&s);
	memset(s.view.http.served, 0, sizeof s.view.http.served);
	view_http_served(&s.view.http.served[HTTP_METRICS], 3, 1000);
	view_http_served(&s.view.http.served[HTTP_METRICS], 400, 2000);
	view_http_served(&s.view.http.served[HTTP_METRICS], 20001, 2000);
	view_http_served(&s.view.http.served[HTTP_ERROR], 0, 7);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		assert_value(&s, rows[i].series, rows[i].value);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(refusals_and_clocks),
	    cmocka_unit_test(histogram),
	    cmocka_unit_test(lateness),
	    cmocka_unit_test(web_configuration),
	    cmocka_unit_test(http),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
