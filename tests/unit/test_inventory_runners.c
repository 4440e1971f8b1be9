/* The busy rule of lib/decode/ARC.md, branch by branch, for ARC 0.9 to 0.14. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "a_round.h"

#define POD_RUNS "'phase':'Running','containerStatuses':[{'name':'runner','state':{'running':{}}}]"
#define POD_ENDED                                                                                                      \
	"'phase':'Running','containerStatuses':[{'name':'dind','state':{'running':{}}},{'name':'runner','state':{'"    \
	"terminated':{}}}]"
#define POD_WAITS                                                                                                      \
	"'phase':'Pending','containerStatuses':[{'name':'runner','state':{'waiting':{'reason':'ContainerCreating'}}}]"
#define JOB_09 "'jobRequestId':904,'workflowRunId':7000004"
#define JOB_13 "'jobId':'cc5e138c','jobRequestId':904"
#define REGISTERED "'runnerId':4100,'runnerName':'r'"
#define CREATED "'creationTimestamp':'2026-11-23T10:16:30Z'"

enum { NO_ACTIVITY = -1 };

static void add_nodes(struct rounds *r)
{
	rounds_add(
	    r, PART_NODES, "{'metadata':{'name':'well'},'status':{'conditions':[{'type':'Ready','status':'True'}]}}");
	rounds_add(r, PART_NODES,
	    "{'metadata':{'name':'silent'},'status':{'conditions':[{'type':'Ready','status':'Unknown'}]}}");
}

static void add_listener(struct rounds *r, const char *container_state)
{
	rounds_add(r, PART_SCALE_SETS, "{'metadata':{'name':'set'}}");
	rounds_add(r, PART_RUNNER_SETS,
	    "{'metadata':{'name':'set-abcde','labels':{'actions.github.com/scale-set-name':'set'}}}");
	rounds_add(r, PART_LISTENERS,
	    "{'metadata':{'name':'set-1-listener'},'spec':{'autoscalingRunnerSetName':'set',"
	    "'ephemeralRunnerSetName':'set-abcde'}}");
	rounds_add(r, PART_LISTENER_PODS,
	    "{'metadata':{'name':'set-1-listener','uid':'l1','labels':{"
	    "'actions.github.com/scale-set-name':'set'}},'spec':{'nodeName':'well'},'status':{"
	    "'phase':'Running','containerStatuses':[{'name':'listener','state':{'%s':{}}}]}}",
	    container_state);
}

static void add_runner(struct rounds *r, const char *metadata, const char *status)
{
	rounds_add(r, PART_RUNNERS,
	    "{'metadata':{'name':'r'," CREATED "%s,'labels':{'actions.github.com/scale-set-name':'set'}}%s%s%s}",
	    metadata, status ? ",'status':{" : "", status ? status : "", status ? "}" : "");
}

static void add_pod(struct rounds *r, const char *uid, const char *node, const char *status)
{
	rounds_add(r, PART_RUNNER_PODS,
	    "{'metadata':{'name':'r','uid':'%s'," CREATED "},'spec':{'nodeName':'%s'},'status':{%s}}", uid, node,
	    status);
}

/* A round with the nodes and the listener; runners and pods follow. */
static void begin_round(struct rounds *r, const char *listener)
{
	add_nodes(r);
	add_listener(r, listener);
	rounds_read(r, PART_RUNNER_PODS);
	rounds_read(r, PART_RUNNERS);
}

/* The one activity in which there is a runner; fails when there is not just one. */
static int only_activity(const struct inventory *i)
{
	int found = NO_ACTIVITY, sum = 0;
	assert_true(i->has_runners);
	for (int k = 0; k < RUNNER_ACTIVITIES; k++) {
		sum += i->runners[k];
		if (i->runners[k])
			found = k;
	}
	assert_int_equal(sum, 1);
	return found;
}

static const struct {
	const char *name;
	const char *metadata, *runner; /* status; NULL: it has none */
	const char *node, *pod;        /* NULL: there is none */
	const char *listener;
	enum activity expected;
} rows[] = {
    /* clang-format off */
	{"busy, 0.9",       "", "'phase':'Running','ready':true," REGISTERED "," JOB_09, "well", POD_RUNS, "running", RUNNER_BUSY},
	{"busy, 0.13",      "", "'phase':'Running','ready':true," REGISTERED "," JOB_13, "well", POD_RUNS, "running", RUNNER_BUSY},
	{"by jobId alone",  "", "'phase':'Running','ready':true,'jobId':'x'", "well", POD_RUNS, "running", RUNNER_BUSY},
	{"by jobRequestId alone", "", "'phase':'Running','ready':true,'jobRequestId':9007199254740993", "well", POD_RUNS, "running", RUNNER_BUSY},
	{"by workflowRunId alone", "", "'phase':'Running','ready':true,'workflowRunId':1", "well", POD_RUNS, "running", RUNNER_BUSY},
	{"no job: all empty", "", "'phase':'Running','ready':true,'jobId':'','jobRequestId':0,'workflowRunId':0", "well", POD_RUNS, "running", RUNNER_IDLE},
	{"no job: all null", "", "'phase':'Running','ready':true,'jobId':null,'jobRequestId':null", "well", POD_RUNS, "running", RUNNER_IDLE},
	{"busy, not ready", "", "'phase':'Running','ready':false," JOB_13, "well", POD_RUNS, "running", RUNNER_BUSY},
	{"busy, being deleted", ",'deletionTimestamp':'2026-11-23T10:16:55Z'", "'phase':'Running'," JOB_13, "well", POD_RUNS, "running", RUNNER_BUSY},
	{"busy, the listener down", "", "'phase':'Running'," JOB_13, "well", POD_RUNS, "terminated", RUNNER_BUSY},
	{"a job, the container ended", "", "'phase':'Running'," JOB_13, "well", POD_ENDED, "running", RUNNER_FINISHING},
	{"a job, the pod gone", "", "'phase':'Running'," JOB_13, NULL, NULL, "running", RUNNER_FINISHING},
	{"a job, the pod failed", "", "'phase':'Running'," JOB_13, "well", "'phase':'Failed','reason':'Evicted'", "running", RUNNER_FINISHING},
	{"a job, succeeded", "", "'phase':'Succeeded'," JOB_13, "well", POD_RUNS, "running", RUNNER_FINISHING},
	{"a job, ended on a silent node", "", "'phase':'Running'," JOB_13, "silent", POD_ENDED, "running", RUNNER_FINISHING},
	{"a job, the container waits", "", "'phase':'Running'," JOB_13, "well", POD_WAITS, "running", RUNNER_UNKNOWN},
	{"a job, the phase behind", "", "'phase':'Pending'," JOB_13, "well", POD_RUNS, "running", RUNNER_UNKNOWN},
	{"a job, on a silent node", "", "'phase':'Running'," JOB_13, "silent", POD_RUNS, "running", RUNNER_UNKNOWN},
	{"a job, on a node that is gone", "", "'phase':'Running'," JOB_13, "gone", POD_RUNS, "running", RUNNER_UNKNOWN},
	{"idle",            "", "'phase':'Running','ready':true," REGISTERED, "well", POD_RUNS, "running", RUNNER_IDLE},
	{"idle on a silent node", "", "'phase':'Running','ready':true," REGISTERED, "silent", POD_RUNS, "running", RUNNER_UNKNOWN},
	{"idle, the listener ended", "", "'phase':'Running','ready':true," REGISTERED, "well", POD_RUNS, "terminated", RUNNER_UNKNOWN},
	{"idle, the listener waits", "", "'phase':'Running','ready':true," REGISTERED, "well", POD_RUNS, "waiting", RUNNER_UNKNOWN},
	{"running, not ready", "", "'phase':'Running','ready':false", "well", POD_RUNS, "running", RUNNER_STARTING},
	{"running by its word, the container waits", "", "'phase':'Running','ready':true", "well", POD_WAITS, "running", RUNNER_STARTING},
	{"running by its word, without a pod", "", "'phase':'Running','ready':true", NULL, NULL, "running", RUNNER_STARTING},
	{"no job, the container ended", "", "'phase':'Running'", "well", POD_ENDED, "running", RUNNER_FINISHING},
	{"no status",       "", NULL, NULL, NULL, "running", RUNNER_STARTING},
	{"status null",     "", "'phase':null", "", POD_WAITS, "running", RUNNER_STARTING},
	{"phase empty",     "", "'phase':''", NULL, NULL, "running", RUNNER_STARTING},
	{"pending",         "", "'phase':'Pending'," REGISTERED, "well", POD_WAITS, "running", RUNNER_STARTING},
	{"pending, the listener ended", "", "'phase':'Pending'", "well", POD_WAITS, "terminated", RUNNER_STARTING},
	{"pending, its container already there, the listener ended", "", "'phase':'Pending'", "well", POD_RUNS, "terminated", RUNNER_UNKNOWN},
	{"pending on a silent node", "", "'phase':'Pending'", "silent", POD_WAITS, "running", RUNNER_UNKNOWN},
	{"succeeded",       "", "'phase':'Succeeded'", NULL, NULL, "running", RUNNER_FINISHING},
	{"failed, 0.9",     "", "'phase':'Failed','reason':'TooManyPodFailures','failures':{'a':true,'b':true}", NULL, NULL, "running", RUNNER_FAILED},
	{"failed, 0.12",    "", "'phase':'Failed','reason':'InvalidPod','failures':{'a':'2026-11-23T10:00:00Z'}", NULL, NULL, "running", RUNNER_FAILED},
	{"failed on a silent node", "", "'phase':'Failed'", "silent", POD_RUNS, "running", RUNNER_FAILED},
	{"outdated, 0.14",  "", "'phase':'Outdated'", NULL, NULL, "running", RUNNER_FAILED},
	{"a phase of tomorrow", "", "'phase':'Paused','ready':true", "well", POD_RUNS, "running", RUNNER_UNKNOWN},
    /* clang-format on */
};

static void each_branch(void **state)
{
	(void)state;
	for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
		struct rounds r;
		rounds_begin(&r);
		begin_round(&r, rows[k].listener);
		add_runner(&r, rows[k].metadata, rows[k].runner);
		if (rows[k].pod)
			add_pod(&r, "p1", rows[k].node, rows[k].pod);
		int found = only_activity(rounds_judge(&r));
		if (found != (int)rows[k].expected)
			fail_msg("%s: %s", rows[k].name, activity_names[found]);
		assert_int_equal(r.inventory.runners_stuck + r.inventory.runners_zombie, 0);
		rounds_end(&r);
	}
}

/* A runner that is listened to by nobody known is as uncertain as one whose listener is down. */
static void idle_needs_a_listener(void **state)
{
	struct rounds r;
	(void)state;

	rounds_begin(&r);
	begin_round(&r, "running");
	rounds_fail(&r, PART_LISTENER_PODS, "HTTP status 403");
	add_runner(&r, "", "'phase':'Running','ready':true");
	add_pod(&r, "p1", "well", POD_RUNS);
	assert_int_equal(only_activity(rounds_judge(&r)), RUNNER_UNKNOWN);

	/* Known, and then not read for a round: what is not too old counts. */
	begin_round(&r, "running");
	add_runner(&r, "", "'phase':'Running','ready':true");
	add_pod(&r, "p1", "well", POD_RUNS);
	assert_int_equal(only_activity(rounds_judge(&r)), RUNNER_IDLE);
	for (int k = 0; k < 4; k++) {
		begin_round(&r, "running");
		rounds_fail(&r, PART_LISTENER_PODS, "HTTP status 403");
		add_runner(&r, "", "'phase':'Running','ready':true");
		add_pod(&r, "p1", "well", POD_RUNS);
		int expected = (k + 1) * ROUND_MS < FRESH_MS ? RUNNER_IDLE : RUNNER_UNKNOWN;
		assert_int_equal(only_activity(rounds_judge(&r)), expected);
	}
	rounds_end(&r);
}

/* Other sets' listeners say nothing of a runner whose own scale set is not listed, or that names none. */
static void of_no_known_set(void **state)
{
	static const char *const labels[] = {"", "'actions.github.com/scale-set-name':'gone'"};
	(void)state;
	for (size_t k = 0; k < sizeof labels / sizeof *labels; k++) {
		struct rounds r;
		rounds_begin(&r);
		begin_round(&r, "running");
		rounds_add(&r, PART_RUNNERS,
		    "{'metadata':{'name':'r','labels':{%s}},'status':{'phase':'Running','ready':true}}", labels[k]);
		add_pod(&r, "p1", "well", POD_RUNS);
		assert_int_equal(only_activity(rounds_judge(&r)), RUNNER_UNKNOWN);
		assert_true(r.inventory.has_listener);
		assert_int_equal(r.inventory.listener, LISTENER_RUNNING);
		rounds_end(&r);
	}
}

/* The pod that is there is not the one that took the job. */
static void zombie(void **state)
{
	static const struct {
		const char *uid, *status;
		enum activity activity;
		int zombies;
	} looks[] = {
	    {"p1", POD_RUNS, RUNNER_BUSY, 0},
	    {"p1", POD_RUNS, RUNNER_BUSY, 0},
	    {NULL, NULL, RUNNER_FINISHING, 0},
	    {"p2", POD_WAITS, RUNNER_UNKNOWN, 1},
	    {"p2", POD_RUNS, RUNNER_UNKNOWN, 1},
	    {"p2", POD_ENDED, RUNNER_FINISHING, 1},
	};
	struct rounds r;
	(void)state;

	rounds_begin(&r);
	/* Before it had its job it had another pod: that does not count. */
	begin_round(&r, "running");
	add_runner(&r, "", "'phase':'Running','ready':true");
	add_pod(&r, "p0", "well", POD_RUNS);
	assert_int_equal(only_activity(rounds_judge(&r)), RUNNER_IDLE);
	for (size_t k = 0; k < sizeof looks / sizeof *looks; k++) {
		begin_round(&r, "running");
		add_runner(&r, "", "'phase':'Running','ready':true," JOB_13);
		if (looks[k].uid)
			add_pod(&r, looks[k].uid, "well", looks[k].status);
		const struct inventory *i = rounds_judge(&r);
		assert_int_equal(only_activity(i), looks[k].activity);
		assert_int_equal(i->runners_zombie, looks[k].zombies);
	}
	/* With the runner its memory goes. */
	begin_round(&r, "running");
	rounds_judge(&r);
	assert_int_equal(r.memory.runners.count, 0);
	rounds_end(&r);
}

/* What happened to the lists in between is not to be missed: memory outlives a round without them. */
static void zombie_over_a_failure(void **state)
{
	struct rounds r;
	(void)state;

	rounds_begin(&r);
	begin_round(&r, "running");
	add_runner(&r, "", "'phase':'Running'," JOB_09);
	add_pod(&r, "p1", "well", POD_RUNS);
	rounds_judge(&r);
	begin_round(&r, "running");
	rounds_fail(&r, PART_RUNNER_PODS, "HTTP status 503");
	add_runner(&r, "", "'phase':'Running'," JOB_09);
	assert_int_equal(only_activity(rounds_judge(&r)), RUNNER_BUSY); /* the round before */
	begin_round(&r, "running");
	add_runner(&r, "", "'phase':'Running'," JOB_09);
	add_pod(&r, "p2", "well", POD_RUNS);
	assert_int_equal(rounds_judge(&r)->runners_zombie, 1);
	rounds_end(&r);
}

static void stuck(void **state)
{
	static const struct {
		const char *name, *metadata, *status;
		const char *pod;
		int64_t minutes; /* after 10:16:30, its creation, and 10:16:55, its deletion */
		int expected;
	} cases[] = {
	    {"not registered yet", "", "'phase':'Pending'", POD_WAITS, 9, 0},
	    {"never registered", "", "'phase':'Pending'", POD_WAITS, 10, 1},
	    {"never registered, no status", "", NULL, NULL, 10, 1},
	    {"registered, its image is large", "", "'phase':'Pending'," REGISTERED, POD_WAITS, 60, 0},
	    {"failed", "", "'phase':'Failed'", NULL, 60, 0},
	    {"being deleted", ",'deletionTimestamp':'2026-11-23T10:16:30Z'",
		"'phase':'Running','ready':true," REGISTERED, POD_RUNS, 9, 0},
	    {"not let go", ",'deletionTimestamp':'2026-11-23T10:16:30Z'", "'phase':'Running','ready':true," REGISTERED,
		POD_RUNS, 10, 1},
	    {"runs its job to the end", ",'deletionTimestamp':'2026-11-23T10:16:30Z'", "'phase':'Running'," JOB_13,
		POD_RUNS, 300, 0},
	};
	(void)state;
	for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
		struct rounds r;
		rounds_begin(&r);
		rounds_pass(&r, cases[k].minutes * 60000 - 30000);
		begin_round(&r, "running");
		add_runner(&r, cases[k].metadata, cases[k].status);
		if (cases[k].pod)
			add_pod(&r, "p1", "well", cases[k].pod);
		if (rounds_judge(&r)->runners_stuck != cases[k].expected)
			fail_msg("%s: %d", cases[k].name, r.inventory.runners_stuck);
		rounds_end(&r);
	}
}

/* Running without a pod, as after a drain: the lists disagree once, or it is so. */
static void lost_its_pod(void **state)
{
	struct rounds r;
	(void)state;

	rounds_begin(&r);
	for (int k = 0; k < 3; k++) {
		begin_round(&r, "running");
		add_runner(&r, "", "'phase':'Running','ready':true," REGISTERED);
		assert_int_equal(rounds_judge(&r)->runners_stuck, k > 0);
	}
	begin_round(&r, "running");
	add_runner(&r, "", "'phase':'Running','ready':true," REGISTERED);
	add_pod(&r, "p1", "well", POD_RUNS);
	assert_int_equal(rounds_judge(&r)->runners_stuck, 0);
	assert_int_equal(r.inventory.runners_zombie, 0); /* it never had a job that another pod took */
	begin_round(&r, "running");
	add_runner(&r, "", "'phase':'Running','ready':true," REGISTERED);
	assert_int_equal(rounds_judge(&r)->runners_stuck, 0);
	rounds_end(&r);
}

/* Without the server's clock nothing is called late by ours. */
static void no_date(void **state)
{
	struct rounds r;
	(void)state;

	rounds_begin(&r);
	begin_round(&r, "running");
	add_runner(&r, ",'deletionTimestamp':'2020-01-01T00:00:00Z'", "'phase':'Pending'");
	r.facts.part[PART_RUNNERS].date = WALL_UNKNOWN;
	assert_int_equal(rounds_judge(&r)->runners_stuck, 0);
	rounds_end(&r);
}

/* Without one of the three lists nothing is said of runners, and all is said of the rest. */
static void needs_three_lists(void **state)
{
	static const enum inventory_part needed[] = {PART_NODES, PART_RUNNER_PODS, PART_RUNNERS};
	(void)state;
	for (size_t k = 0; k < sizeof needed / sizeof *needed; k++) {
		struct rounds r;
		rounds_begin(&r);
		begin_round(&r, "running");
		add_runner(&r, "", "'phase':'Running','ready':true");
		rounds_fail(&r, needed[k], "HTTP status 403: forbidden");
		assert_false(inventory_shows_jobs(&r.facts));
		const struct inventory *i = rounds_judge(&r);
		assert_false(i->has_runners);
		assert_int_equal(i->has_pods, needed[k] != PART_RUNNER_PODS);
		assert_int_equal(i->has_nodes, needed[k] != PART_NODES);
		assert_true(i->has_scale);
		assert_false(i->part[needed[k]].is_known);
		assert_string_equal(i->part[needed[k]].problem, "HTTP status 403: forbidden");
		rounds_end(&r);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_branch),
	    cmocka_unit_test(idle_needs_a_listener),
	    cmocka_unit_test(of_no_known_set),
	    cmocka_unit_test(zombie),
	    cmocka_unit_test(zombie_over_a_failure),
	    cmocka_unit_test(stuck),
	    cmocka_unit_test(lost_its_pod),
	    cmocka_unit_test(no_date),
	    cmocka_unit_test(needs_three_lists),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
