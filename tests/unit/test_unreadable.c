/*
 * What is made of a list with objects that could not be read: they are named and counted, and nothing is taken for
 * gone, whole or zero that may be among them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "a_round.h"
#include "decide/drain.h"

#define NODE(name, ready)                                                                                              \
	"{'metadata':{'name':'" name "'},'spec':{'unschedulable':true},'status':{'conditions':[{'type':'Ready',"       \
	"'status':'" ready "'}],'allocatable':{'cpu':'4'}}}"
#define POD(name, status)                                                                                              \
	"{'metadata':{'name':'" name "','uid':'u-" name "'},'spec':{'nodeName':'n1'},'status':{" status "}}"
#define RUNS(container) "'phase':'Running','containerStatuses':[{'name':'" container "','state':{'running':{}}}]"
#define OF_SET "'labels':{'actions.github.com/scale-set-name':'set'}"
#define RUNNER(name, status)                                                                                           \
	"{'metadata':{'name':'" name "'," OF_SET "},'status':{'phase':'Running','ready':true,'runnerId':7" status "}}"

/* `name` NULL: an object whose name cannot be read either. */
static void hide(struct rounds *r, enum inventory_part part, const char *name)
{
	struct unreadable object = {.position = r->facts.unreadable[part].count, .why = "not to be read"};

	snprintf(object.name, sizeof object.name, "%s", name ? name : "");
	unreadables_add(&r->facts.unreadable[part], &object);
}

/* A side with two idle runners, one scale set and its listener. Parts of `without` (bits) stay empty. */
static void add_side(struct rounds *r, unsigned without)
{
	static const struct {
		enum inventory_part part;
		const char *json;
	} objects[] = {
	    {PART_NODES, NODE("n1", "True")},
	    {PART_LEASES, "{'metadata':{'name':'n1'},'spec':{'renewTime':'2026-11-23T10:16:55.000000Z'}}"},
	    {PART_RUNNER_PODS, POD("a", RUNS("runner"))},
	    {PART_RUNNER_PODS, POD("b", RUNS("runner"))},
	    {PART_RUNNERS, RUNNER("a", "")},
	    {PART_RUNNERS, RUNNER("b", "")},
	    {PART_RUNNER_SETS, "{'metadata':{'name':'set-x'," OF_SET "},'spec':{'replicas':2}}"},
	    {PART_SCALE_SETS, "{'metadata':{'name':'set'},'spec':{'minRunners':1,'maxRunners':5}}"},
	    {PART_LISTENERS,
		"{'metadata':{'name':'l'},'spec':{'autoscalingRunnerSetName':'set',"
		"'ephemeralRunnerSetName':'set-x'}}"},
	    {PART_LISTENER_PODS,
		"{'metadata':{'name':'l','uid':'l1'," OF_SET "},'spec':{'nodeName':'n1'},"
		"'status':{" RUNS("listener") "}}"},
	    {PART_CONTROLLER, "{'metadata':{'name':'c'},'spec':{'replicas':1},'status':{'availableReplicas':1}}"},
	    {PART_APPLICATIONS,
		"{'metadata':{'name':'app'},'status':{'sync':{'status':'Synced'},"
		"'health':{'status':'Healthy'},'reconciledAt':'2026-11-23T10:16:00Z'}}"},
	    {PART_PODS, POD("a", "'phase':'Running'")},
	};
	for (size_t i = 0; i < sizeof objects / sizeof *objects; i++)
		if (without >> objects[i].part & 1)
			rounds_read(r, objects[i].part);
		else
			rounds_add(r, objects[i].part, "%s", objects[i].json);
}

#define WITHOUT(part) (1u << (part))

/* The list of names, and what it may hide. */
static void names(void **state)
{
	struct unreadables list = {0}, copy = {0};
	struct buf text = buf_of(1000);
	(void)state;

	assert_false(unreadables_may_hide(&list, "a"));
	unreadables_add(&list, &(struct unreadable){.name = "a", .namespace = "s", .why = "x"});
	unreadables_add(&list, &(struct unreadable){.name = "b"});
	assert_true(unreadables_may_hide(&list, "a") && unreadables_may_hide(&list, "b"));
	assert_false(unreadables_may_hide(&list, "c"));
	unreadables_copy(&copy, &list);
	assert_int_equal(copy.count, 2);
	assert_string_equal(copy.v[0].why, "x");
	unreadables_add(&list, &(struct unreadable){.position = 7});
	assert_true(unreadables_may_hide(&list, "c"));
	for (size_t i = 0; i < 3; i++) {
		unreadable_put_name(&text, &list.v[i]);
		buf_putc(&text, ' ');
	}
	assert_string_equal(buf_text(&text), "s/a b items[7] ");

	/* More than are kept: any name may be among the others. */
	unreadables_fini(&list);
	for (int i = 0; i < UNREADABLE_KEPT; i++)
		unreadables_add(&list, &(struct unreadable){.name = "a"});
	assert_false(unreadables_may_hide(&list, "c"));
	unreadables_add(&list, &(struct unreadable){.name = "a"});
	assert_true(unreadables_may_hide(&list, "c"));
	assert_int_equal(list.count, UNREADABLE_KEPT + 1);
	assert_int_equal(unreadables_kept(&list), UNREADABLE_KEPT);
	unreadables_copy(&copy, &list);
	assert_int_equal(copy.count, UNREADABLE_KEPT + 1);
	unreadables_fini(&list);
	unreadables_fini(&copy);
	assert_int_equal(copy.count, 0);
	buf_fini(&text);
}

static void counted_and_named(void **state)
{
	struct rounds r;
	(void)state;

	rounds_begin(&r);
	add_side(&r, 0);
	hide(&r, PART_APPLICATIONS, "big");
	hide(&r, PART_APPLICATIONS, "broken");
	const struct inventory *i = rounds_judge(&r);
	assert_int_equal(i->part[PART_APPLICATIONS].unreadable, 2);
	assert_int_equal(i->part[PART_RUNNERS].unreadable, 0);
	assert_string_equal(r.memory.unreadable[PART_APPLICATIONS].v[1].name, "broken");
	/* The others are judged. */
	assert_true(i->has_apps);
	assert_int_equal(i->apps[APP_SYNCED][APP_HEALTHY], 1);

	/* A round that does not come to it, or fails there, changes nothing; */
	add_side(&r, 0);
	rounds_fail(&r, PART_APPLICATIONS, "HTTP status 500");
	i = rounds_judge(&r);
	assert_int_equal(i->part[PART_APPLICATIONS].unreadable, 2);
	/* when the list is too old to count, so are they; */
	for (int n = 0; n < 4; n++) {
		rounds_fail(&r, PART_APPLICATIONS, "HTTP status 500");
		i = rounds_judge(&r);
	}
	assert_false(i->part[PART_APPLICATIONS].is_known);
	assert_int_equal(i->part[PART_APPLICATIONS].unreadable, 0);
	/* a list that was refused because of them still tells of them, until it fails for another reason. */
	rounds_fail(&r, PART_NODES, "n2 cannot be read");
	hide(&r, PART_NODES, "n2");
	i = rounds_judge(&r);
	assert_int_equal(i->part[PART_NODES].unreadable, 1);
	assert_string_equal(r.memory.unreadable[PART_NODES].v[0].name, "n2");
	rounds_fail(&r, PART_NODES, "HTTP status 500");
	i = rounds_judge(&r);
	assert_int_equal(i->part[PART_NODES].unreadable, 0);
	assert_int_equal(r.memory.unreadable[PART_NODES].count, 0);
	rounds_end(&r);
}

/* What each part makes unknown. */
static void figures(void **state)
{
	/* clang-format off */
	static const struct {
		const char *what;
		enum inventory_part part;
		const char *name;
		int unknown_runners, idle_runners;
		bool has_sums, has_controller, has_cpu, has_listener, can_be_drained;
	} rows[] = {
		{"nothing is hidden", INVENTORY_PARTS, NULL, 0, 2, true, true, true, true, true},
		{"a lease", PART_LEASES, "n1", 0, 2, true, true, true, true, true},
		{"a runner", PART_RUNNERS, "c", 1, 2, true, true, true, true, false},
		{"a runner without a name", PART_RUNNERS, NULL, 1, 2, true, true, true, true, false},
		{"a pod of no runner", PART_RUNNER_PODS, "c", 0, 2, true, true, true, true, false},
		{"a runner set", PART_RUNNER_SETS, "set-y", 0, 2, false, true, true, true, true},
		{"a scale set", PART_SCALE_SETS, "other", 0, 2, false, true, true, true, true},
		{"a listener", PART_LISTENERS, "m", 0, 2, true, true, true, true, true},
		{"a listener's pod", PART_LISTENER_PODS, "m", 0, 2, true, true, true, true, true},
		{"a controller", PART_CONTROLLER, "d", 0, 2, true, false, true, true, true},
		{"an application", PART_APPLICATIONS, "big", 0, 2, true, true, true, true, true},
		{"some pod", PART_PODS, "p", 0, 2, true, true, false, true, true},
	};
	/* clang-format on */
	(void)state;
	for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
		struct rounds r;
		struct drain drain = {0};
		const struct inventory *i = NULL;

		rounds_begin(&r);
		for (int round = 0; round < 2; round++) {
			add_side(&r, 0);
			if (rows[k].part < INVENTORY_PARTS)
				hide(&r, rows[k].part, rows[k].name);
			i = rounds_judge(&r);
			drain = drain_step(drain, i, true);
		}
		print_message("%s\n", rows[k].what);
		assert_true(i->has_nodes && i->has_leases && i->has_pods && i->has_runners && i->has_apps);
		assert_int_equal(i->runners[RUNNER_UNKNOWN], rows[k].unknown_runners);
		assert_int_equal(i->runners[RUNNER_IDLE], rows[k].idle_runners);
		assert_int_equal(i->runners_stuck, 0);
		assert_int_equal(i->has_sums, rows[k].has_sums);
		assert_int_equal(i->has_controller, rows[k].has_controller);
		assert_int_equal(i->has_cpu, rows[k].has_cpu);
		assert_int_equal(i->has_listener, rows[k].has_listener);
		assert_int_equal(i->set[0].desired, rows[k].part == PART_RUNNER_SETS ? -1 : 2);
		assert_int_equal(drain.is_known, rows[k].can_be_drained);
		assert_int_equal(drain.is_drained, rows[k].can_be_drained);
		rounds_end(&r);
	}
}

/* A node that cannot be read makes the list no evidence, so that nobody says drained. */
static void node(void **state)
{
	struct rounds r;
	(void)state;

	rounds_begin(&r);
	add_side(&r, 0);
	rounds_judge(&r);
	assert_true(drain_is_possible(&r.inventory));
	add_side(&r, 0);
	hide(&r, PART_NODES, "n2");
	rounds_fail(&r, PART_NODES, "n2 cannot be read");
	rounds_judge(&r);
	assert_false(drain_is_possible(&r.inventory));
	rounds_end(&r);
}

/* A runner whose pod may be the one that cannot be read: it is not finishing, not lost, not stuck. */
static void pod_of_a_runner(void **state)
{
	static const struct {
		const char *status, *hidden; /* of runner b, which has no pod in the list */
		enum activity activity;
		int stuck;
	} rows[] = {
	    {",'jobId':'j'", "b", RUNNER_UNKNOWN, 0},
	    {",'jobId':'j'", NULL, RUNNER_UNKNOWN, 0},
	    {",'jobId':'j'", "c", RUNNER_FINISHING, 1},
	    {"", "b", RUNNER_UNKNOWN, 0},
	    {"", NULL, RUNNER_UNKNOWN, 0},
	    {"", "c", RUNNER_STARTING, 1},
	    {",'phase':'Failed'", "b", RUNNER_FAILED, 0},
	};
	(void)state;
	for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
		struct rounds r;

		rounds_begin(&r);
		for (int round = 0; round < 3; round++) {
			bool is_failed = strstr(rows[k].status, "Failed");
			add_side(&r, WITHOUT(PART_RUNNERS) | WITHOUT(PART_RUNNER_PODS));
			rounds_add(&r, PART_RUNNERS, "{'metadata':{'name':'b'," OF_SET "},'status':{'runnerId':7%s%s}}",
			    is_failed ? "" : ",'phase':'Running','ready':true", rows[k].status);
			hide(&r, PART_RUNNER_PODS, rows[k].hidden);
			rounds_judge(&r);
		}
		assert_int_equal(r.inventory.runners[rows[k].activity], 1);
		assert_int_equal(r.inventory.runners_stuck, rows[k].stuck);
		assert_int_equal(r.inventory.pods[POD_RUNNING], 0);
		rounds_end(&r);
	}
}

/* Which pod took the runner's job is remembered while the runner cannot be read. */
static void memory_of_a_runner(void **state)
{
	static const char *const hidden[] = {"z", "a", "b", NULL};
	(void)state;
	for (size_t k = 0; k < sizeof hidden / sizeof *hidden; k++) {
		struct rounds r;

		rounds_begin(&r);
		add_side(&r, WITHOUT(PART_RUNNERS));
		rounds_add(&r, PART_RUNNERS, RUNNER("a", ",'jobId':'j'"));
		rounds_add(&r, PART_RUNNERS, RUNNER("b", ",'jobId':'j'"));
		rounds_judge(&r);
		assert_int_equal(r.memory.runners.count, 2);
		add_side(&r, WITHOUT(PART_RUNNERS));
		rounds_add(&r, PART_RUNNERS, RUNNER("b", ",'jobId':'j'"));
		hide(&r, PART_RUNNERS, hidden[k]);
		rounds_judge(&r);
		bool is_kept = hidden[k] && strcmp(hidden[k], "a") == 0;
		assert_int_equal(r.memory.runners.count, is_kept ? 2 : 1);
		assert_non_null(facts_list_find(&r.memory.runners, "b"));
		assert_true(!is_kept || facts_list_find(&r.memory.runners, "a"));
		rounds_end(&r);
	}
}

/* A scale set of which something may be among what cannot be read has no state, rather than a bad one. */
static void listener(void **state)
{
	/* clang-format off */
	static const struct {
		const char *what;
		unsigned without;
		enum inventory_part hidden;
		const char *name;
		bool has_state;
		enum listener_state state;
		enum activity activity; /* of the runners: without a listener nobody would tell of a job */
	} rows[] = {
		{"all is there", 0, INVENTORY_PARTS, NULL, true, LISTENER_RUNNING, RUNNER_IDLE},
		{"no pod", WITHOUT(PART_LISTENER_PODS), INVENTORY_PARTS, NULL, true, LISTENER_ABSENT, RUNNER_UNKNOWN},
		{"its pod may be hidden", WITHOUT(PART_LISTENER_PODS), PART_LISTENER_PODS, "m", false, LISTENER_ABSENT, RUNNER_UNKNOWN},
		{"another pod is hidden", 0, PART_LISTENER_PODS, NULL, true, LISTENER_RUNNING, RUNNER_IDLE},
		{"no runner set", WITHOUT(PART_RUNNER_SETS), INVENTORY_PARTS, NULL, true, LISTENER_DEAD_SET, RUNNER_UNKNOWN},
		{"its runner set is hidden", WITHOUT(PART_RUNNER_SETS), PART_RUNNER_SETS, "set-x", false, LISTENER_ABSENT, RUNNER_UNKNOWN},
		{"its runner set may be hidden", WITHOUT(PART_RUNNER_SETS), PART_RUNNER_SETS, NULL, false, LISTENER_ABSENT, RUNNER_UNKNOWN},
		{"another runner set is hidden", WITHOUT(PART_RUNNER_SETS), PART_RUNNER_SETS, "set-y", true, LISTENER_DEAD_SET, RUNNER_UNKNOWN},
		{"no listener", WITHOUT(PART_LISTENERS), INVENTORY_PARTS, NULL, true, LISTENER_RUNNING, RUNNER_IDLE},
		{"its listener may be hidden", WITHOUT(PART_LISTENERS), PART_LISTENERS, "m", false, LISTENER_ABSENT, RUNNER_UNKNOWN},
		{"another listener is hidden", 0, PART_LISTENERS, NULL, true, LISTENER_RUNNING, RUNNER_IDLE},
	};
	/* clang-format on */
	(void)state;
	for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
		struct rounds r;
		const struct inventory *i = NULL;

		rounds_begin(&r);
		add_side(&r, 0);
		rounds_judge(&r); /* it was well */
		for (int round = 0; round < 2; round++) {
			add_side(&r, rows[k].without);
			if (rows[k].hidden < INVENTORY_PARTS)
				hide(&r, rows[k].hidden, rows[k].name);
			i = rounds_judge(&r);
		}
		print_message("%s\n", rows[k].what);
		assert_int_equal(i->set[0].has_listener_state, rows[k].has_state);
		assert_int_equal(i->has_listener, rows[k].has_state);
		if (rows[k].has_state)
			assert_int_equal(i->set[0].listener, rows[k].state);
		assert_int_equal(i->runners[rows[k].activity], 2);
		rounds_end(&r);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(names),
	    cmocka_unit_test(counted_and_named),
	    cmocka_unit_test(figures),
	    cmocka_unit_test(node),
	    cmocka_unit_test(pod_of_a_runner),
	    cmocka_unit_test(memory_of_a_runner),
	    cmocka_unit_test(listener),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
