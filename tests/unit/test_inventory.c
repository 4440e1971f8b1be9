/* What a round says of nodes, pods, the controller and applications; what is known, and for how long. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "a_round.h"

#define READY "'conditions':[{'type':'Ready','status':'True'}]"

static void add_node(struct rounds *r, const char *name, const char *spec, const char *allocatable)
{
	rounds_add(r, PART_NODES, "{'metadata':{'name':'%s'},'spec':{%s},'status':{" READY ",'allocatable':{%s}}}",
	    name, spec, allocatable);
}

static void add_control_plane(struct rounds *r)
{
	rounds_add(r, PART_NODES,
	    "{'metadata':{'name':'cp','labels':{'node-role.kubernetes.io/control-plane':''}},"
	    "'spec':{'unschedulable':true},'status':{" READY ",'allocatable':{'cpu':'64'}}}");
}

static void nodes(void **state)
{
	struct rounds r;
	(void)state;

	rounds_begin(&r);
	add_control_plane(&r);
	add_node(&r, "a", "", "'cpu':'4'");
	add_node(&r, "b", "'unschedulable':true", "'cpu':'4'");
	const struct inventory *i = rounds_judge(&r);
	assert_true(i->has_nodes);
	assert_int_equal(i->nodes_total, 2);
	assert_int_equal(i->nodes_cordoned, 1);
	assert_false(i->has_leases || i->has_cpu || i->has_pods || i->has_runners || i->has_apps);
	rounds_end(&r);
}

static void add_lease(struct rounds *r, const char *name, const char *spec)
{
	rounds_add(r, PART_LEASES, "{'metadata':{'name':'%s'},'spec':{%s}}", name, spec);
}

/* At 10:17:00, by the server's clock. */
static void silent_nodes(void **state)
{
	struct rounds r;
	(void)state;

	rounds_begin(&r);
	add_control_plane(&r);
	for (const char *name = "abcdef"; *name; name++)
		add_node(&r, (char[]){*name, '\0'}, "", "");
	add_lease(&r, "a", "'renewTime':'2026-11-23T10:16:55.083834Z','leaseDurationSeconds':40");
	add_lease(&r, "b", "'renewTime':'2026-11-23T10:16:20.000000Z','leaseDurationSeconds':40"); /* just now */
	add_lease(&r, "c", "'renewTime':'2026-11-23T10:16:19.999000Z','leaseDurationSeconds':40"); /* silent */
	add_lease(&r, "d", "'renewTime':'2026-11-23T10:16:10.000000Z'"); /* 40 s are usual: silent */
	add_lease(&r, "e", "'leaseDurationSeconds':40");                 /* never renewed yet */
	add_lease(&r, "cp", "'renewTime':'2026-11-23T09:00:00.000000Z'");
	add_lease(&r, "gone", "'renewTime':'2026-11-23T09:00:00.000000Z'");
	const struct inventory *i = rounds_judge(&r);
	assert_true(i->has_leases);
	assert_int_equal(i->nodes_silent, 2);
	rounds_end(&r);
}

static void add_pod(struct rounds *r, const char *name, const char *created, const char *status)
{
	rounds_add(r, PART_RUNNER_PODS, "{'metadata':{'name':'%s','uid':'u','creationTimestamp':'%s'},'status':{%s}}",
	    name, created, status);
}

#define WAITING(reason)                                                                                                \
	"'phase':'Pending','containerStatuses':[{'name':'runner','state':{'waiting':{'reason':'" reason "'}}}]"
#define INIT_WAITING(reason)                                                                                           \
	"'phase':'Pending','initContainerStatuses':[{'name':'init','state':{'waiting':{'reason':'" reason "'}}}]"

static void pods(void **state)
{
	static const struct {
		const char *created, *status;
		enum pod_phase phase;
		bool is_stuck;
	} cases[] = {
	    {"2026-11-23T10:16:59Z", "'phase':'Pending'", POD_PENDING, false},
	    {"2026-11-23T10:16:59Z", "", POD_PENDING, false},
	    {"2026-11-23T10:12:01Z", WAITING("ContainerCreating"), POD_PENDING, false},
	    {"2026-11-23T10:12:00Z", WAITING("ContainerCreating"), POD_PENDING, true},
	    {"2026-11-23T10:12:00Z", "'phase':'Pending'", POD_PENDING, true},
	    {"2026-11-23T10:16:01Z", WAITING("ImagePullBackOff"), POD_PENDING, false},
	    {"2026-11-23T10:16:00Z", WAITING("ImagePullBackOff"), POD_PENDING, true},
	    {"2026-11-23T10:16:00Z", WAITING("ErrImagePull"), POD_PENDING, true},
	    {"2026-11-23T10:16:00Z", WAITING("InvalidImageName"), POD_PENDING, true},
	    {"2026-11-23T10:16:00Z", WAITING("PodInitializing"), POD_PENDING, false},
	    {"2026-11-23T10:16:00Z", INIT_WAITING("ErrImageNeverPull"), POD_PENDING, true},
	    {"2026-11-23T10:16:00Z", INIT_WAITING("CreateContainerConfigError"), POD_PENDING, true},
	    {"2026-11-22T00:00:00Z", "'phase':'Running'", POD_RUNNING, false},
	    {"2026-11-22T00:00:00Z", "'phase':'Succeeded'", POD_SUCCEEDED, false},
	    {"2026-11-22T00:00:00Z", "'phase':'Failed'", POD_FAILED, false},
	    {"2026-11-22T00:00:00Z", "'phase':'Unknown'", POD_UNKNOWN, false},
	    {"2026-11-22T00:00:00Z", "'phase':'Terminating'", POD_UNKNOWN, false},
	};
	(void)state;
	for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
		struct rounds r;
		rounds_begin(&r);
		add_pod(&r, "p", cases[k].created, cases[k].status);
		const struct inventory *i = rounds_judge(&r);
		assert_true(i->has_pods);
		if (i->pods[cases[k].phase] != 1 || i->pods_stuck != cases[k].is_stuck)
			fail_msg("case %zu: stuck %d", k, i->pods_stuck);
		rounds_end(&r);
	}
}

/* Pods of all namespaces, by the node that they are on. */
static void cpu(void **state)
{
	struct rounds r;
	(void)state;

	rounds_begin(&r);
	add_control_plane(&r);
	add_node(&r, "a", "", "'cpu':'3920m'");
	add_node(&r, "b", "", "'cpu':4");
	add_node(&r, "c", "", "'memory':'1Gi'");
#define POD(node, phase, cpu)                                                                                          \
	rounds_add(&r, PART_PODS,                                                                                      \
	    "{'metadata':{'name':'p'},'spec':{'nodeName':'" node "','containers':[{'resources':{'requests':{"          \
	    "'cpu':'" cpu "'}}}]},'status':{'phase':'" phase "'}}")
	POD("a", "Running", "1500m");
	POD("a", "Running", "0.5");
	POD("b", "Pending", "250m");
	POD("b", "Unknown", "1");
	POD("a", "Succeeded", "7");
	POD("b", "Failed", "7");
	POD("", "Pending", "7");
	POD("cp", "Running", "7");
	POD("gone", "Running", "7");
	const struct inventory *i = rounds_judge(&r);
	assert_true(i->has_cpu);
	assert_int_equal(i->cpu_allocatable_milli, 7920);
	assert_int_equal(i->cpu_requested_milli, 3250);
	assert_false(i->has_pods); /* those are the runners' */

	/* A list that begins anew has said nothing yet. */
	add_node(&r, "a", "", "'cpu':'4'");
	POD("a", "Running", "1500m");
	part_forget(&r.facts, PART_PODS);
	POD("a", "Running", "1");
	assert_int_equal(rounds_judge(&r)->cpu_requested_milli, 1000);

	/* A node whose share nobody can read: the sum is not known, the nodes are. */
	add_node(&r, "a", "", "'cpu':'4'");
	add_node(&r, "b", "", "'cpu':'4 cores'");
	rounds_read(&r, PART_PODS);
	assert_false(rounds_judge(&r)->has_cpu);
	assert_int_equal(r.inventory.nodes_total, 2);
	rounds_end(&r);
}

static void controller(void **state)
{
	static const struct {
		const char *first, *second;
		int available, desired;
		bool is_ready;
	} cases[] = {
	    {"'spec':{'replicas':1},'status':{'availableReplicas':1}", NULL, 1, 1, true},
	    {"'spec':{'replicas':2},'status':{'availableReplicas':1}", NULL, 1, 2, false},
	    {"'spec':{'replicas':1},'status':{}", NULL, 0, 1, false},
	    {"'spec':{}", NULL, 0, 1, false},
	    {"'spec':{'replicas':0},'status':{}", NULL, 0, 0, false}, /* switched off is not ready */
	    {"'spec':{},'status':{'availableReplicas':1}", "'spec':{},'status':{'availableReplicas':1}", 2, 2, true},
	    {NULL, NULL, 0, 0, false},
	};
	(void)state;
	for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
		struct rounds r;
		rounds_begin(&r);
		rounds_read(&r, PART_CONTROLLER);
		if (cases[k].first)
			rounds_add(&r, PART_CONTROLLER, "{'metadata':{'name':'c'},%s}", cases[k].first);
		if (cases[k].second)
			rounds_add(&r, PART_CONTROLLER, "{'metadata':{'name':'d'},%s}", cases[k].second);
		const struct inventory *i = rounds_judge(&r);
		assert_true(i->has_controller);
		assert_int_equal(i->controller_available, cases[k].available);
		assert_int_equal(i->controller_desired, cases[k].desired);
		assert_int_equal(inventory_controller_is_ready(i), cases[k].is_ready);
		rounds_end(&r);
	}
}

#define PRUNED "{'status':'Synced'},{'status':'OutOfSync','requiresPruning':true}"
#define AT "'reconciledAt':'2026-11-23T10:15:00Z'"

static void apps(void **state)
{
	static const struct {
		const char *name, *status;
		enum app_sync sync;
		enum app_health health;
		bool is_benign, is_frozen;
	} cases[] = {
	    {"well", "'sync':{'status':'Synced'},'health':{'status':'Healthy'}," AT, APP_SYNCED, APP_HEALTHY, false,
		false},
	    {"differs",
		"'sync':{'status':'OutOfSync'},'health':{'status':'Healthy'},'resources':[{'status':'OutOfSync'}]," AT,
		APP_OUT_OF_SYNC, APP_HEALTHY, false, false},
	    {"differs, in what is not told",
		"'sync':{'status':'OutOfSync'},'health':{'status':'Healthy'},'resources':[]," AT, APP_OUT_OF_SYNC,
		APP_HEALTHY, false, false},
	    {"only to prune",
		"'sync':{'status':'OutOfSync'},'health':{'status':'Degraded'},'resources':[" PRUNED "]," AT,
		APP_OUT_OF_SYNC, APP_DEGRADED, true, false},
	    {"to prune, and more", "'sync':{'status':'OutOfSync'},'resources':[" PRUNED ",{'status':'OutOfSync'}]," AT,
		APP_OUT_OF_SYNC, APP_HEALTH_UNKNOWN, false, false},
	    {"to prune, and an unknown one",
		"'sync':{'status':'OutOfSync'},'resources':[" PRUNED ",{'kind':'Role'}]," AT, APP_OUT_OF_SYNC,
		APP_HEALTH_UNKNOWN, false, false},
	    {"to prune, but not compared", "'sync':{'status':'Unknown'},'resources':[" PRUNED "]," AT, APP_SYNC_UNKNOWN,
		APP_HEALTH_UNKNOWN, false, false},
	    {"not compared yet", "'sync':{'status':''},'health':{}," AT, APP_SYNC_UNKNOWN, APP_HEALTH_UNKNOWN, false,
		false},
	    {"suspended", "'sync':{'status':'Synced'},'health':{'status':'Suspended'}," AT, APP_SYNCED, APP_SUSPENDED,
		false, false},
	    {"a word of tomorrow", "'sync':{'status':'Drifting'},'health':{'status':'Fine'}," AT, APP_SYNC_UNKNOWN,
		APP_HEALTH_UNKNOWN, false, false},
	    {"a quarter of an hour ago",
		"'sync':{'status':'Synced'},'health':{'status':'Healthy'},'reconciledAt':'2026-11-23T10:02:00Z'",
		APP_SYNCED, APP_HEALTHY, false, false},
	    {"more than that",
		"'sync':{'status':'Synced'},'health':{'status':'Healthy'},'reconciledAt':'2026-11-23T10:01:59Z'",
		APP_SYNCED, APP_HEALTHY, false, true},
	    {"never", "", APP_SYNC_UNKNOWN, APP_HEALTH_UNKNOWN, false, true},
	};
	(void)state;
	for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
		struct rounds r;
		rounds_begin(&r);
		rounds_add(&r, PART_APPLICATIONS,
		    "{'metadata':{'name':'app','creationTimestamp':'2026-11-20T00:00:00Z'},'status':{%s}}",
		    cases[k].status);
		const struct inventory *i = rounds_judge(&r);
		assert_true(i->has_apps);
		assert_int_equal(i->app_count, 1);
		if (i->apps[cases[k].sync][cases[k].health] != 1 || i->app[0].is_benign != cases[k].is_benign ||
		    i->app[0].is_frozen != cases[k].is_frozen || i->apps_benign != cases[k].is_benign ||
		    i->apps_frozen != cases[k].is_frozen)
			fail_msg("%s: %s, %s, benign %d, frozen %d", cases[k].name, app_sync_names[i->app[0].sync],
			    app_health_names[i->app[0].health], i->app[0].is_benign, i->app[0].is_frozen);
		rounds_end(&r);
	}
}

/* A new application has not been reconciled yet, and is not frozen for that. */
static void new_app(void **state)
{
	struct rounds r;
	(void)state;

	rounds_begin(&r);
	rounds_add(&r, PART_APPLICATIONS, "{'metadata':{'name':'a','creationTimestamp':'2026-11-23T10:16:00Z'}}");
	rounds_add(&r, PART_APPLICATIONS, "{'metadata':{'name':'b'}}");
	assert_int_equal(rounds_judge(&r)->apps_frozen, 0);
	rounds_end(&r);
}

static void worst_first(void **state)
{
	struct rounds r;
	(void)state;

	rounds_begin(&r);
#define STANDS(name, sync, health, at, more)                                                                           \
	rounds_add(&r, PART_APPLICATIONS,                                                                              \
	    "{'metadata':{'name':'" name "'},'status':{'sync':{'status':'" sync "'},'health':{'status':'" health       \
	    "'},'reconciledAt':'2026-11-23T" at "Z'" more "}}")
	STANDS("a", "Synced", "Healthy", "10:15:00", "");
	STANDS("b", "OutOfSync", "Healthy", "10:15:00", ",'resources':[" PRUNED "]"); /* benign */
	STANDS("c", "Synced", "Healthy", "09:00:00", "");                             /* frozen */
	STANDS("d", "OutOfSync", "Healthy", "10:15:00", "");
	STANDS("e", "Synced", "Degraded", "10:15:00", "");
	STANDS("f", "Synced", "Progressing", "10:15:00", "");
	const struct inventory *i = rounds_judge(&r);
	for (int k = 0; k < 6; k++)
		assert_string_equal(i->app[k].name, ((const char *[]){"e", "f", "c", "d", "a", "b"})[k]);
	rounds_end(&r);
}

/* A frozen application among more that are out of sync than are kept: it is kept, and stands before them. */
static void frozen_among_many(void **state)
{
	struct rounds r;
	(void)state;

	rounds_begin(&r);
	for (int k = 0; k < APPS_MAX; k++)
		rounds_add(&r, PART_APPLICATIONS,
		    "{'metadata':{'name':'app-%02d'},'status':{'sync':{'status':'OutOfSync'},'health':{'status':'"
		    "Healthy'}," AT "}}",
		    k);
	STANDS("frozen", "Synced", "Healthy", "09:00:00", "");
	const struct inventory *i = rounds_judge(&r);
	assert_int_equal(i->app_count, APPS_MAX + 1);
	assert_string_equal(i->app[0].name, "frozen");
	assert_string_equal(i->app[1].name, "app-00");
	rounds_end(&r);
}

/* Of more than are kept the worst are. */
static void many_apps(void **state)
{
	struct rounds r;
	(void)state;

	rounds_begin(&r);
	for (int k = 0; k < APPS_MAX + 6; k++)
		rounds_add(&r, PART_APPLICATIONS,
		    "{'metadata':{'name':'app-%02d'},'status':{'sync':{'status':'%s'},'health':{'status':'%s'}," AT
		    "}}",
		    k, k == 40 ? "OutOfSync" : "Synced", k == APPS_MAX + 5 ? "Degraded" : "Healthy");
	const struct inventory *i = rounds_judge(&r);
	assert_int_equal(i->app_count, APPS_MAX + 6);
	assert_int_equal(i->apps[APP_SYNCED][APP_HEALTHY], APPS_MAX + 4);
	assert_string_equal(i->app[0].name, "app-69");
	assert_string_equal(i->app[1].name, "app-40");
	assert_string_equal(i->app[2].name, "app-00");
	rounds_end(&r);
}

/* A part that fails keeps its figures until they are FRESH_MS old; what stands beside it goes on. */
static void freshness(void **state)
{
	struct rounds r;
	(void)state;

	rounds_begin(&r);
	add_pod(&r, "p", "2026-11-23T10:16:59Z", "'phase':'Running'");
	add_node(&r, "a", "", "");
	rounds_judge(&r);
	for (int k = 1; k <= 4; k++) {
		rounds_fail(&r, PART_RUNNER_PODS, "timed out");
		add_node(&r, "a", "", "");
		const struct inventory *i = rounds_judge(&r);
		bool is_fresh = k * ROUND_MS < FRESH_MS;
		assert_int_equal(i->has_pods, is_fresh);
		assert_int_equal(i->part[PART_RUNNER_PODS].is_known, is_fresh);
		assert_int_equal(i->part[PART_RUNNER_PODS].read_at.ms, first_date.ms);
		assert_string_equal(i->part[PART_RUNNER_PODS].problem, "timed out");
		assert_true(i->has_nodes && i->part[PART_NODES].is_known);
		assert_int_equal(i->looked_at.ms, first_date.ms + k * ROUND_MS);
	}
	add_pod(&r, "p", "2026-11-23T10:16:59Z", "'phase':'Running'");
	assert_true(rounds_judge(&r)->has_pods);
	assert_string_equal(r.inventory.part[PART_RUNNER_PODS].problem, "");
	rounds_end(&r);
}

/* Time alone takes away what is too old, also where rounds have ceased to come. */
static void expiry(void **state)
{
	struct rounds r;
	(void)state;

	rounds_begin(&r);
	add_node(&r, "a", "", "");
	mono_ms at = r.now.mono;
	rounds_judge(&r);
	r.inventory.part[PART_NODES].unreadable = 1;
	unreadables_add(&r.memory.unreadable[PART_NODES], &(struct unreadable){.name = "b"});
	assert_false(inventory_expire(&r.inventory, &r.memory, mono_plus(at, FRESH_MS - 1), rounds_fresh));
	assert_true(r.inventory.has_nodes && r.inventory.part[PART_NODES].unreadable == 1);
	assert_true(inventory_expire(&r.inventory, &r.memory, mono_plus(at, FRESH_MS), rounds_fresh));
	assert_false(r.inventory.has_nodes || r.inventory.part[PART_NODES].is_known);
	assert_int_equal(r.inventory.part[PART_NODES].unreadable, 0);
	assert_int_equal(r.memory.unreadable[PART_NODES].count, 0);
	assert_string_equal(r.inventory.part[PART_NODES].problem, "not read for too long");
	assert_false(inventory_expire(&r.inventory, &r.memory, mono_plus(at, FRESH_MS + 1), rounds_fresh));
	rounds_end(&r);
}

/* Pods of all namespaces are not read in each round: what they request stays, unless the nodes themselves are lost. */
static void pods_seldom(void **state)
{
	struct rounds r;
	(void)state;

	rounds_begin(&r);
	add_node(&r, "a", "", "'cpu':'4'");
	POD("a", "Running", "1");
	assert_int_equal(rounds_judge(&r)->cpu_requested_milli, 1000);
	for (int k = 1; k * ROUND_MS < POD_FRESH_MS; k++) {
		add_node(&r, "a", "", "'cpu':'4'");
		r.facts.part[PART_PODS].is_skipped = true;
		const struct inventory *i = rounds_judge(&r);
		assert_true(i->has_cpu && i->part[PART_PODS].is_known);
		assert_string_equal(i->part[PART_PODS].problem, "");
		assert_int_equal(i->cpu_requested_milli, 1000);
	}
	add_node(&r, "a", "", "'cpu':'4'");
	assert_false(rounds_judge(&r)->has_cpu || r.inventory.part[PART_PODS].is_known);
	assert_true(r.inventory.has_nodes);

	/* A refusal is told until they are read again, also in the rounds that leave them out. */
	rounds_fail(&r, PART_PODS, "forbidden");
	rounds_judge(&r);
	r.facts.part[PART_PODS].is_skipped = true;
	assert_string_equal(rounds_judge(&r)->part[PART_PODS].problem, "forbidden");

	add_node(&r, "a", "", "'cpu':'4'");
	POD("a", "Running", "1");
	assert_true(rounds_judge(&r)->has_cpu);
	for (int k = 1; k < FRESH_MS / ROUND_MS; k++) {
		r.facts.part[PART_PODS].is_skipped = true;
		rounds_fail(&r, PART_NODES, "timed out");
		assert_true(rounds_judge(&r)->has_cpu);
	}
	rounds_fail(&r, PART_NODES, "timed out");
	assert_false(rounds_judge(&r)->has_cpu || r.inventory.has_nodes);
	assert_true(r.inventory.part[PART_PODS].is_known);
	rounds_end(&r);
}

/* Two lists that are never read in the same round never make a figure, however fresh each is. */
static void never_together(void **state)
{
	struct rounds r;
	(void)state;

	rounds_begin(&r);
	for (int k = 0; k < 4; k++) {
		if (k % 2) {
			add_node(&r, "a", "", "'cpu':'4'");
			rounds_fail(&r, PART_PODS, "timed out");
		} else {
			rounds_read(&r, PART_PODS);
			rounds_fail(&r, PART_NODES, "timed out");
		}
		assert_false(rounds_judge(&r)->has_cpu);
	}
	assert_true(r.inventory.part[PART_NODES].is_known && r.inventory.part[PART_PODS].is_known);
	rounds_end(&r);
}

static void not_installed(void **state)
{
	struct rounds r;
	(void)state;

	rounds_begin(&r);
	rounds_fail(&r, PART_APPLICATIONS, "no CRD");
	r.facts.part[PART_APPLICATIONS].is_not_installed = true;
	const struct inventory *i = rounds_judge(&r);
	assert_true(i->part[PART_APPLICATIONS].is_not_installed);
	assert_false(i->has_apps || i->part[PART_APPLICATIONS].is_known);
	/* Not asked, it stays what it was. */
	assert_true(rounds_judge(&r)->part[PART_APPLICATIONS].is_not_installed);
	rounds_read(&r, PART_APPLICATIONS);
	assert_false(rounds_judge(&r)->part[PART_APPLICATIONS].is_not_installed);
	rounds_end(&r);
}

static void too_many(void **state)
{
	static const char json[] = "{\"metadata\":{\"name\":\"n\"}}";
	struct rounds r;
	struct err e;
	(void)state;

	rounds_begin(&r);
	for (int k = 0; k < FACTS_MAX; k++)
		assert_true(part_read_item(&r.facts, PART_LEASES, "arc-runners", json, sizeof json - 1, &e));
	assert_false(part_read_item(&r.facts, PART_LEASES, "arc-runners", json, sizeof json - 1, &e));
	assert_non_null(strstr(e.text, "20000"));
	/* Pods of all namespaces are not kept, so there may be any number. */
	for (int k = 0; k <= FACTS_MAX; k++)
		assert_true(part_read_item(&r.facts, PART_PODS, "arc-runners", json, sizeof json - 1, &e));
	rounds_end(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(nodes),
	    cmocka_unit_test(silent_nodes),
	    cmocka_unit_test(pods),
	    cmocka_unit_test(cpu),
	    cmocka_unit_test(controller),
	    cmocka_unit_test(apps),
	    cmocka_unit_test(new_app),
	    cmocka_unit_test(worst_first),
	    cmocka_unit_test(frozen_among_many),
	    cmocka_unit_test(many_apps),
	    cmocka_unit_test(freshness),
	    cmocka_unit_test(expiry),
	    cmocka_unit_test(pods_seldom),
	    cmocka_unit_test(never_together),
	    cmocka_unit_test(not_installed),
	    cmocka_unit_test(too_many),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
