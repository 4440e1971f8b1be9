/* The inventory of the recorded cluster, against what its own expected.json says of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cJSON.h>

#include <cmocka.h>

#include "a_round.h"

static const struct {
	enum inventory_part part;
	const char *recording, *kind;
} recorded[] = {
    {PART_NODES, "kube/nodes.http", "NodeList"},
    {PART_LEASES, "kube/leases.http", "LeaseList"},
    {PART_RUNNER_PODS, "kube/pods-runners.http", "PodList"},
    {PART_RUNNERS, "kube/ephemeralrunners.http", "EphemeralRunnerList"},
    {PART_RUNNER_SETS, "kube/ephemeralrunnersets.http", "EphemeralRunnerSetList"},
    {PART_SCALE_SETS, "kube/autoscalingrunnersets.http", "AutoscalingRunnerSetList"},
    {PART_LISTENERS, "kube/autoscalinglisteners.http", "AutoscalingListenerList"},
    {PART_LISTENER_PODS, "kube/pods-listener.http", "PodList"},
    {PART_CONTROLLER, "kube/deployments-controller.http", "DeploymentList"},
    {PART_PODS, "kube/pods-runners.http", "PodList"},
};

struct reading {
	struct rounds *rounds;
	enum inventory_part part;
};

static bool take(void *ctx, const char *json, size_t len, struct err *e)
{
	struct reading *reading = ctx;
	return part_read_item(&reading->rounds->facts, reading->part, "arc-runners", json, len, e);
}

static void read_recording(struct rounds *r, enum inventory_part part, const char *name, const char *kind)
{
	struct recording recording = recording_read(name);
	struct reading reading = {r, part};
	struct buf next = buf_of(4096);
	struct items items;
	struct err e;

	items_init(&items, part_members(part), take, &reading);
	if (!items_feed(&items, recording.body, recording.len, &e) || !items_finish(&items, kind, &next, &e))
		fail_msg("%s: %s", name, e.text);
	assert_int_equal(items.unreadable.count, 0);
	rounds_read(r, part);
	items_fini(&items);
	buf_fini(&next);
	free(recording.file);
}

/* The recording's applications were not ready yet; these are what expected.json tells of. */
static void add_apps(struct rounds *r)
{
#define APP(name, sync, health, resources)                                                                             \
	rounds_add(r, PART_APPLICATIONS,                                                                               \
	    "{'metadata':{'name':'" name "','creationTimestamp':'2026-11-20T00:00:00Z'},"                              \
	    "'status':{'sync':{'status':'" sync "'},'health':{'status':'" health "'},"                                 \
	    "'operationState':{'phase':'Succeeded'},'reconciledAt':'2026-11-23T10:15:30Z',"                            \
	    "'resources':[" resources "]}}")
	APP("arc-controller", "Synced", "Healthy", "{'status':'Synced'}");
	APP("arc-prereqs", "Synced", "Healthy", "");
	APP("project-beta-runners-bootstrap", "Synced", "Progressing", "");
	APP("arc-runners", "OutOfSync", "Healthy", "{'status':'Synced'},{'status':'OutOfSync','requiresPruning':true}");
}

static void read_cluster(struct rounds *r)
{
	for (size_t i = 0; i < sizeof recorded / sizeof *recorded; i++)
		read_recording(r, recorded[i].part, recorded[i].recording, recorded[i].kind);
	add_apps(r);
}

static int expected(const cJSON *json, const char *object, const char *name)
{
	const cJSON *m = object ? cJSON_GetObjectItemCaseSensitive(json, object) : json;

	m = cJSON_GetObjectItemCaseSensitive(m, name);
	return m ? m->valueint : 0;
}

static void every_figure(void **state)
{
	struct rounds r;
	size_t len;
	char *text = file_read("tests/fixtures/kube/expected.json", &len);
	cJSON *json = cJSON_Parse(text);
	(void)state;

	assert_non_null(json);
	rounds_begin(&r);
	read_cluster(&r);
	assert_true(inventory_shows_jobs(&r.facts));
	const struct inventory *i = rounds_judge(&r);
	for (int k = 0; k < INVENTORY_PARTS; k++) {
		assert_true(i->part[k].is_known);
		assert_int_equal(i->part[k].read_at.ms, first_date.ms);
		assert_string_equal(i->part[k].problem, "");
	}
	assert_int_equal(i->looked_at.ms, first_date.ms);
	assert_true(i->has_nodes && i->has_leases && i->has_cpu && i->has_pods && i->has_runners);
	assert_true(i->has_scale && i->has_listener && i->has_controller && i->has_apps);
	assert_int_equal(i->nodes_total, expected(json, NULL, "nodes_total"));
	assert_int_equal(i->nodes_cordoned, expected(json, NULL, "nodes_cordoned"));
	for (int k = 0; k < RUNNER_ACTIVITIES; k++)
		assert_int_equal(i->runners[k], expected(json, "runners", activity_names[k]));
	for (int k = 0; k < POD_PHASES; k++)
		assert_int_equal(i->pods[k], expected(json, "runner_pods", pod_phase_names[k]));
	assert_int_equal(i->min, expected(json, NULL, "min_runners"));
	assert_int_equal(i->max, expected(json, NULL, "max_runners"));
	assert_string_equal(
	    listener_state_names[i->listener], cJSON_GetObjectItemCaseSensitive(json, "listener")->valuestring);
	assert_int_equal(
	    inventory_controller_is_ready(i), cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(json, "controller_ready")));
	assert_int_equal(i->apps[APP_SYNCED][APP_HEALTHY], expected(json, "apps", "Synced/Healthy"));
	assert_int_equal(i->apps[APP_SYNCED][APP_PROGRESSING], expected(json, "apps", "Synced/Progressing"));
	assert_int_equal(i->apps_benign, expected(json, "apps", "OutOfSync/Healthy (benign)"));
	cJSON_Delete(json);
	free(text);
	rounds_end(&r);
}

/* What expected.json does not tell, from the recordings by hand. */
static void the_rest(void **state)
{
	struct rounds r;
	(void)state;

	rounds_begin(&r);
	read_cluster(&r);
	const struct inventory *i = rounds_judge(&r);
	assert_int_equal(i->desired, 17);
	assert_int_equal(i->set_count, 1);
	assert_string_equal(i->set[0].name, "project-beta-runners");
	assert_string_equal(i->set[0].version, "0.13.1");
	assert_int_equal(i->set[0].min, 5);
	assert_int_equal(i->set[0].max, 30);
	assert_int_equal(i->set[0].desired, 17);
	assert_true(i->set[0].has_listener_state);
	assert_int_equal(i->set[0].listener, LISTENER_RUNNING);
	assert_int_equal(i->controller_available, 1);
	assert_int_equal(i->controller_desired, 1);
	assert_int_equal(i->cpu_allocatable_milli, 12 * 7800);
	/* 14 of 17 runner pods are on a node, each asking for 1 + 0.5 cores. */
	assert_int_equal(i->cpu_requested_milli, 14 * 1500);
	assert_int_equal(i->nodes_silent, 1); /* that whose Ready is Unknown */
	assert_int_equal(i->pods_stuck, 0);
	assert_int_equal(i->runners_stuck + i->runners_zombie, 0);
	assert_int_equal(i->apps_frozen, 0);
	assert_string_equal(i->app[0].name, "project-beta-runners-bootstrap");
	assert_string_equal(i->app[0].operation, "Succeeded");
	rounds_end(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_figure),
	    cmocka_unit_test(the_rest),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
