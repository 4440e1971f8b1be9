/* Scale sets and their listeners, over several rounds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "a_round.h"

enum { NO_STATE = -1 };

static void add_node(struct rounds *r)
{
	rounds_add(
	    r, PART_NODES, "{'metadata':{'name':'well'},'status':{'conditions':[{'type':'Ready','status':'True'}]}}");
	rounds_add(r, PART_NODES, "{'metadata':{'name':'silent'},'status':{}}");
}

static void add_set(struct rounds *r, const char *name, const char *spec)
{
	rounds_add(r, PART_SCALE_SETS, "{'metadata':{'name':'%s'},'spec':{%s}}", name, spec);
}

static void add_runner_set(struct rounds *r, const char *name, const char *scale_set, int replicas)
{
	rounds_add(r, PART_RUNNER_SETS,
	    "{'metadata':{'name':'%s','labels':{'actions.github.com/scale-set-name':'%s'}},"
	    "'spec':{'replicas':%d}}",
	    name, scale_set, replicas);
}

static void add_listener(struct rounds *r, const char *scale_set, const char *runner_set)
{
	rounds_add(r, PART_LISTENERS,
	    "{'metadata':{'name':'%s-754b578d-listener'},'spec':{'autoscalingRunnerSetName':'%s',"
	    "'autoscalingRunnerSetNamespace':'arc-runners','ephemeralRunnerSetName':'%s'}}",
	    scale_set, scale_set, runner_set);
}

static void add_pod(
    struct rounds *r, const char *scale_set, const char *uid, const char *node, const char *state, const char *metadata)
{
	rounds_add(r, PART_LISTENER_PODS,
	    "{'metadata':{'name':'%s-%s','uid':'%s',%s'labels':{'actions.github.com/scale-set-name':'%s',"
	    "'actions.github.com/scale-set-namespace':'arc-runners'}},'spec':{'nodeName':'%s'},'status':{"
	    "'phase':'Running','containerStatuses':[{'name':'listener','state':{'%s':{}}}]}}",
	    scale_set, uid, uid, metadata, scale_set, node, state);
}

/* A round in which all that a listener needs was read, whether there is any or not. */
static void begin_round(struct rounds *r)
{
	add_node(r);
	rounds_read(r, PART_SCALE_SETS);
	rounds_read(r, PART_RUNNER_SETS);
	rounds_read(r, PART_LISTENERS);
	rounds_read(r, PART_LISTENER_PODS);
}

static int state_of(const struct inventory *i, int k)
{
	return i->set[k].has_listener_state ? (int)i->set[k].listener : NO_STATE;
}

/* The one set of a round in which its listener's pod is such; the state that is shown. */
static int look(struct rounds *r, const char *bound_to, const char *uid, const char *node, const char *state)
{
	begin_round(r);
	add_set(r, "set", "");
	add_runner_set(r, "set-new", "set", 1);
	if (bound_to)
		add_listener(r, "set", bound_to);
	if (uid)
		add_pod(r, "set", uid, node, state, "");
	const struct inventory *i = rounds_judge(r);
	int found = state_of(i, 0);
	assert_int_equal(i->has_listener, found != NO_STATE);
	if (found != NO_STATE)
		assert_int_equal(i->listener, found);
	return found;
}

/* What stands in two lists at once counts when they say so twice. */
static void it_takes_two_looks(void **state)
{
	static const struct {
		const char *name, *bound_to, *uid, *node, *state;
		enum listener_state expected;
	} cases[] = {
	    {"no pod", "set-new", NULL, NULL, NULL, LISTENER_ABSENT},
	    {"neither listener nor pod", NULL, NULL, NULL, NULL, LISTENER_ABSENT},
	    {"waits", "set-new", "l1", "well", "waiting", LISTENER_ABSENT},
	    {"on a silent node", "set-new", "l1", "silent", "running", LISTENER_ABSENT},
	    {"on a node that is gone", "set-new", "l1", "gone", "running", LISTENER_ABSENT},
	    {"ended", "set-new", "l1", "well", "terminated", LISTENER_ENDED},
	    {"bound to a set that is gone", "set-old", "l1", "well", "running", LISTENER_DEAD_SET},
	    {"bound to nothing", "", "l1", "well", "running", LISTENER_DEAD_SET},
	    {"bound to a set that is gone, and ended", "set-old", "l1", "well", "terminated", LISTENER_DEAD_SET},
	};
	(void)state;
	for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
		struct rounds r;
		rounds_begin(&r);
		/* From the start nothing is known before the second look. */
		int first = look(&r, cases[k].bound_to, cases[k].uid, cases[k].node, cases[k].state);
		int second = look(&r, cases[k].bound_to, cases[k].uid, cases[k].node, cases[k].state);
		if (first != NO_STATE || second != (int)cases[k].expected)
			fail_msg("%s: %d, then %d", cases[k].name, first, second);
		/* Running is believed at once, and one look to the contrary is not. */
		assert_int_equal(look(&r, "set-new", "l1", "well", "running"), LISTENER_RUNNING);
		assert_int_equal(
		    look(&r, cases[k].bound_to, cases[k].uid, cases[k].node, cases[k].state), LISTENER_RUNNING);
		assert_int_equal(look(&r, "set-new", "l1", "well", "running"), LISTENER_RUNNING);
		rounds_end(&r);
	}
}

/* Made anew three times within 15 minutes. */
static void churning(void **state)
{
	struct rounds r;
	(void)state;

	rounds_begin(&r);
	assert_int_equal(look(&r, "set-new", "l1", "well", "running"), LISTENER_RUNNING);
	assert_int_equal(look(&r, "set-new", "l2", "well", "running"), LISTENER_RUNNING);
	assert_int_equal(look(&r, "set-new", NULL, NULL, NULL), LISTENER_RUNNING);
	assert_int_equal(look(&r, "set-new", "l3", "well", "running"), LISTENER_RUNNING);
	assert_int_equal(look(&r, "set-new", "l3", "well", "running"), LISTENER_RUNNING);
	assert_int_equal(look(&r, "set-new", "l4", "well", "running"), LISTENER_CHURNING);
	assert_int_equal(look(&r, "set-new", "l4", "well", "running"), LISTENER_CHURNING);
	assert_false(((struct known_listener *)facts_list_at(&r.memory.listeners, 0))->takes_jobs);
	/* The first of the three was in the second round, and a quarter of an hour later it is over. */
	rounds_pass(&r, CHURN_WITHIN_MS - 7 * ROUND_MS);
	assert_int_equal(look(&r, "set-new", "l4", "well", "running"), LISTENER_CHURNING);
	assert_int_equal(look(&r, "set-new", "l4", "well", "running"), LISTENER_RUNNING);
	assert_true(((struct known_listener *)facts_list_at(&r.memory.listeners, 0))->takes_jobs);
	rounds_end(&r);
}

/* What is worse than churning is said; what is better is not believed while it lasts. */
static void churning_and_worse(void **state)
{
	static const char *const uids[] = {"l1", "l2", "l3", "l4"};
	struct rounds r;
	(void)state;

	rounds_begin(&r);
	for (int k = 0; k < 4; k++)
		look(&r, "set-new", uids[k], "well", "running");
	for (int k = 0; k < 2; k++)
		assert_int_equal(look(&r, "set-new", "l4", "well", "terminated"), LISTENER_CHURNING);
	assert_int_equal(look(&r, "set-new", "l4", "well", "running"), LISTENER_CHURNING);
	assert_int_equal(look(&r, "set-old", "l4", "well", "running"), LISTENER_CHURNING);
	for (int k = 0; k < 2; k++)
		assert_int_equal(look(&r, "set-old", "l4", "well", "running"), LISTENER_DEAD_SET);
	assert_int_equal(look(&r, "set-new", "l4", "well", "running"), LISTENER_CHURNING);
	rounds_end(&r);
}

/* Made anew for as long as it is watched, and never up: the second look finds it absent, the fourth churning. */
static void churning_from_the_start(void **state)
{
	static const char *const uids[] = {"l1", "l2", "l3", "l4"};
	static const int expected[] = {NO_STATE, LISTENER_ABSENT, LISTENER_ABSENT, LISTENER_CHURNING};
	struct rounds r;
	(void)state;

	rounds_begin(&r);
	for (int k = 0; k < 4; k++)
		assert_int_equal(look(&r, "set-new", uids[k], "well", "waiting"), expected[k]);
	rounds_end(&r);
}

/* Three times in an hour is a calm life. */
static void not_churning(void **state)
{
	static const char *const uids[] = {"l1", "l2", "l3", "l4", "l5"};
	struct rounds r;
	(void)state;

	rounds_begin(&r);
	for (int k = 0; k < 5; k++) {
		assert_int_equal(look(&r, "set-new", uids[k], "well", "running"), LISTENER_RUNNING);
		rounds_pass(&r, 8 * 60000);
	}
	rounds_end(&r);
}

/* While a pod is replaced there are two: the one that stays counts. */
static void two_pods(void **state)
{
	struct rounds r;
	(void)state;

	rounds_begin(&r);
	for (int k = 0; k < 2; k++) {
		begin_round(&r);
		add_set(&r, "set", "");
		add_runner_set(&r, "set-new", "set", 1);
		add_listener(&r, "set", "set-new");
		add_pod(&r, "set", "l0", "well", "terminated",
		    "'deletionTimestamp':'2026-11-23T10:16:00Z','creationTimestamp':'2026-11-23T10:15:59Z',");
		add_pod(&r, "set", "l1", "well", "terminated", "'creationTimestamp':'2026-11-23T10:15:56Z',");
		add_pod(&r, "set", "l2", "well", "running", "'creationTimestamp':'2026-11-23T10:15:58Z',");
		add_pod(&r, "set", "l3", "well", "terminated", "'creationTimestamp':'2026-11-23T10:15:57Z',");
		add_pod(&r, "set", "l4", "well", "terminated",
		    "'deletionTimestamp':'2026-11-23T10:16:00Z','creationTimestamp':'2026-11-23T10:15:59Z',");
		assert_int_equal(state_of(rounds_judge(&r), 0), LISTENER_RUNNING);
	}
	rounds_end(&r);
}

/* The listeners of other namespaces stand in the same list. */
static void other_namespaces(void **state)
{
	struct rounds r;
	(void)state;

	rounds_begin(&r);
	for (int k = 0; k < 2; k++) {
		begin_round(&r);
		add_set(&r, "set", "");
		add_runner_set(&r, "set-new", "set", 1);
		rounds_add(&r, PART_LISTENERS,
		    "{'metadata':{'name':'x'},'spec':{'autoscalingRunnerSetName':'set',"
		    "'autoscalingRunnerSetNamespace':'other','ephemeralRunnerSetName':'set-new'}}");
		rounds_add(&r, PART_LISTENER_PODS,
		    "{'metadata':{'name':'x','labels':{'actions.github.com/scale-set-name':'set',"
		    "'actions.github.com/scale-set-namespace':'other'}},'spec':{'nodeName':'well'},'status':{"
		    "'phase':'Running','containerStatuses':[{'name':'listener','state':{'running':{}}}]}}");
		rounds_judge(&r);
	}
	assert_int_equal(state_of(&r.inventory, 0), LISTENER_ABSENT);
	rounds_end(&r);
}

/* ARC takes a listener away after its scale set: what is left of one says nothing of those that are there. */
static void of_a_set_that_is_gone(void **state)
{
	struct rounds r;
	(void)state;

	rounds_begin(&r);
	for (int k = 0; k < 2; k++) {
		begin_round(&r);
		add_set(&r, "set", "");
		add_runner_set(&r, "set-new", "set", 1);
		add_listener(&r, "gone", "gone-old");
		add_listener(&r, "set", "set-new");
		add_pod(&r, "gone", "l0", "well", "terminated", "");
		add_pod(&r, "set", "l1", "well", "running", "");
		const struct inventory *i = rounds_judge(&r);
		assert_int_equal(i->set_count, 1);
		assert_int_equal(state_of(i, 0), LISTENER_RUNNING);
		assert_int_equal(i->listener, LISTENER_RUNNING);
		assert_int_equal(r.memory.listeners.count, 1);
	}
	rounds_end(&r);
}

/* Of two listeners, as while ARC names them anew, the one that is bound to a living set will do. */
static void two_listeners(void **state)
{
	struct rounds r;
	(void)state;

	rounds_begin(&r);
	for (int k = 0; k < 2; k++) {
		begin_round(&r);
		add_set(&r, "set", "");
		add_runner_set(&r, "set-new", "set", 1);
		add_listener(&r, "set", "set-new");
		rounds_add(&r, PART_LISTENERS,
		    "{'metadata':{'name':'set-9-listener'},'spec':{'autoscalingRunnerSetName':'set',"
		    "'autoscalingRunnerSetNamespace':'arc-runners','ephemeralRunnerSetName':'set-old'}}");
		add_pod(&r, "set", "l1", "well", "running", "");
		assert_int_equal(state_of(rounds_judge(&r), 0), LISTENER_RUNNING);
	}
	rounds_end(&r);
}

/* Each set its own state, the worst first; above all of them the worst. */
static void several_sets(void **state)
{
	struct rounds r;
	(void)state;

	rounds_begin(&r);
	for (int k = 0; k < 2; k++) {
		begin_round(&r);
		add_set(&r, "b", "'minRunners':2,'maxRunners':10");
		add_set(&r, "a", "'minRunners':5,'maxRunners':30");
		add_runner_set(&r, "a-1", "a", 7);
		add_runner_set(&r, "b-old", "b", 3);
		add_runner_set(&r, "b-new", "b", 4); /* while it is rolled out there are two */
		add_listener(&r, "a", "a-1");
		add_listener(&r, "b", "b-new");
		add_pod(&r, "a", "l1", "well", "running", "");
		rounds_judge(&r);
	}
	const struct inventory *i = &r.inventory;
	assert_int_equal(i->set_count, 2);
	assert_string_equal(i->set[0].name, "b");
	assert_int_equal(state_of(i, 0), LISTENER_ABSENT);
	assert_int_equal(state_of(i, 1), LISTENER_RUNNING);
	assert_int_equal(i->listener, LISTENER_ABSENT);
	assert_int_equal(i->listeners_down, 1);
	assert_int_equal(i->set[0].desired, 7);
	assert_int_equal(i->set[1].desired, 7);
	assert_int_equal(i->desired, 14);
	assert_int_equal(i->min, 7);
	assert_int_equal(i->max, 40);
	rounds_end(&r);
}

static void limits(void **state)
{
	struct rounds r;
	(void)state;

	rounds_begin(&r);
	begin_round(&r);
	add_set(&r, "a", "'minRunners':5,'maxRunners':30");
	add_set(&r, "b", ""); /* left out: 0 and none */
	add_set(&r, "c", "'maxRunners':2147483647");
	/* Named by its owner, whatever its label says. */
	rounds_add(&r, PART_RUNNER_SETS,
	    "{'metadata':{'name':'x','labels':{'actions.github.com/scale-set-name':'b'},'ownerReferences':["
	    "{'kind':'Other','name':'c'},{'kind':'AutoscalingRunnerSet','name':'a'}]},'spec':{'replicas':2}}");
	rounds_add(&r, PART_RUNNER_SETS,
	    "{'metadata':{'name':'y','labels':{'actions.github.com/scale-set-name':'b'}},'spec':{}}");
	rounds_add(&r, PART_RUNNER_SETS,
	    "{'metadata':{'name':'z','labels':{'actions.github.com/"
	    "scale-set-name':'c'}},'spec':{'replicas':2147483647}}");
	const struct inventory *i = rounds_judge(&r);
	assert_int_equal(i->min, 5);
	assert_int_equal(i->max, INT32_MAX);
	assert_int_equal(i->desired, INT32_MAX);
	assert_int_equal(i->set[0].desired, 2);
	assert_int_equal(i->set[1].min, 0);
	assert_int_equal(i->set[1].max, INT32_MAX);
	assert_int_equal(i->set[1].desired, 0);
	rounds_end(&r);
}

/* Of more sets than are listed all are counted, and the worst are listed, wherever they stand. */
static void many_sets(void **state)
{
	enum { SETS = SCALE_SETS_MAX + 2, GONE = SETS - 1, ABSENT = SETS - 2, FULL = SETS - 3 };
	struct rounds r;
	(void)state;

	rounds_begin(&r);
	for (int round = 0; round < 2; round++) {
		begin_round(&r);
		for (int k = 0; k < SETS; k++) {
			char name[8];
			snprintf(name, sizeof name, "s%02d", k);
			/* A set without work may have no runners at all; it is not full. */
			add_set(&r, name, k ? "'minRunners':1,'maxRunners':2" : "'minRunners':0,'maxRunners':0");
			add_runner_set(&r, name, name, k == FULL ? 2 : k > 0);
			add_listener(&r, name, k == GONE ? "gone" : name);
			if (k != ABSENT)
				add_pod(&r, name, name, "well", "running", "");
		}
		rounds_judge(&r);
	}
	const struct inventory *i = &r.inventory;
	assert_int_equal(i->set_count, SETS);
	assert_int_equal(i->sets_listed, SCALE_SETS_MAX);
	assert_int_equal(i->listeners_down, 2);
	assert_int_equal(i->max, 2 * (SETS - 1));
	assert_int_equal(i->desired, SETS);
	assert_int_equal(i->listener, LISTENER_DEAD_SET);
	assert_int_equal(state_of(i, 0), LISTENER_DEAD_SET);
	assert_string_equal(i->set[0].name, "s65");
	assert_int_equal(state_of(i, 1), LISTENER_ABSENT);
	assert_string_equal(i->set[1].name, "s64");
	assert_string_equal(i->set[2].name, "s63");
	assert_string_equal(i->set[3].name, "s00");
	assert_int_equal(state_of(i, SCALE_SETS_MAX - 1), LISTENER_RUNNING);
	rounds_end(&r);
}

/* Names that differ only behind 200 characters are two names, each with its own listener. */
static void long_names(void **state)
{
	struct rounds r;
	char name[2][220];
	(void)state;

	for (int k = 0; k < 2; k++) {
		memset(name[k], 'x', sizeof name[k] - 2);
		strcpy(name[k] + sizeof name[k] - 2, k ? "b" : "a");
	}
	rounds_begin(&r);
	for (int round = 0; round < 2; round++) {
		begin_round(&r);
		for (int k = 0; k < 2; k++) {
			add_set(&r, name[k], "");
			add_runner_set(&r, k ? "rb" : "ra", "label", 1);
			add_listener(&r, name[k], k ? "rb" : "gone");
		}
		rounds_judge(&r);
	}
	assert_string_equal(r.inventory.set[0].name, name[0]);
	assert_int_equal(state_of(&r.inventory, 0), LISTENER_DEAD_SET);
	assert_string_equal(r.inventory.set[1].name, name[1]);
	assert_int_equal(state_of(&r.inventory, 1), LISTENER_ABSENT);
	rounds_end(&r);
}

/* Sets that are read anew beside listeners that are not keep what is known of these, while it is fresh. */
static void partly_read(void **state)
{
	struct rounds r;
	(void)state;

	rounds_begin(&r);
	assert_int_equal(look(&r, "set-new", "l1", "well", "running"), LISTENER_RUNNING);
	for (int k = 1; k <= 3; k++) {
		add_set(&r, "set", "'minRunners':3");
		add_runner_set(&r, "set-new", "set", 1);
		rounds_fail(&r, PART_LISTENERS, "HTTP status 403: no");
		const struct inventory *i = rounds_judge(&r);
		assert_true(i->has_scale);
		assert_int_equal(i->min, 3);
		bool is_fresh = k * ROUND_MS < FRESH_MS;
		assert_int_equal(i->has_listener, is_fresh);
		assert_int_equal(state_of(i, 0), is_fresh ? LISTENER_RUNNING : NO_STATE);
		assert_int_equal(i->part[PART_LISTENERS].is_known, is_fresh);
	}
	rounds_end(&r);
}

/* Of a set that came when listeners could not be read nothing is known, whatever is of the others. */
static void new_set_partly_read(void **state)
{
	struct rounds r;
	(void)state;

	rounds_begin(&r);
	for (int k = 0; k < 2; k++)
		look(&r, "set-new", NULL, NULL, NULL);
	add_set(&r, "another", "");
	add_set(&r, "set", "");
	add_runner_set(&r, "set-new", "set", 1);
	rounds_fail(&r, PART_LISTENERS, "HTTP status 403: no");
	const struct inventory *i = rounds_judge(&r);
	assert_string_equal(i->set[1].name, "another");
	assert_int_equal(state_of(i, 1), NO_STATE);
	assert_int_equal(state_of(i, 0), LISTENER_ABSENT);
	assert_int_equal(i->listener, LISTENER_ABSENT);
	rounds_end(&r);
}

/* Beside its set as well a state is taken back once it is too old. */
static void expiry(void **state)
{
	struct rounds r;
	(void)state;

	rounds_begin(&r);
	assert_int_equal(look(&r, "set-new", "l1", "well", "running"), LISTENER_RUNNING);
	mono_ms later = mono_plus(r.now.mono, FRESH_MS);
	assert_true(inventory_expire(&r.inventory, &r.memory, later, rounds_fresh));
	assert_false(r.inventory.has_listener || r.inventory.has_scale);
	assert_int_equal(state_of(&r.inventory, 0), NO_STATE);
	rounds_end(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(it_takes_two_looks),
	    cmocka_unit_test(churning),
	    cmocka_unit_test(churning_and_worse),
	    cmocka_unit_test(churning_from_the_start),
	    cmocka_unit_test(not_churning),
	    cmocka_unit_test(two_pods),
	    cmocka_unit_test(other_namespaces),
	    cmocka_unit_test(of_a_set_that_is_gone),
	    cmocka_unit_test(two_listeners),
	    cmocka_unit_test(several_sets),
	    cmocka_unit_test(limits),
	    cmocka_unit_test(many_sets),
	    cmocka_unit_test(long_names),
	    cmocka_unit_test(partly_read),
	    cmocka_unit_test(new_set_partly_read),
	    cmocka_unit_test(expiry),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
