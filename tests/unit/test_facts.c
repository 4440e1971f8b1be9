/* What the readers of an inventory's items take, and what they refuse. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "a_round.h"
#include "decode/arc.h"
#include "decode/pod.h"

/* ' stands for ". */
static const char *unquoted(const char *text)
{
	static char json[4096];
	snprintf(json, sizeof json, "%s", text);
	for (char *p = json; *p; p++)
		*p = *p == '\'' ? '"' : *p;
	return json;
}

#define CPU(n) "'resources':{'requests':{'cpu':" n "}}"

/* max(containers + sidecars, each init container + the sidecars before it) + overhead; or the pod's own. */
static void requested_cpu(void **state)
{
	static const struct {
		const char *spec;
		int64_t milli;
	} cases[] = {
	    {"", 0},
	    {"'containers':[{'name':'runner'}]", 0},
	    {"'containers':[{'resources':{}},{'resources':{'requests':{'memory':'1Gi'}}}]", 0},
	    {"'containers':[{" CPU("'1'") "},{" CPU("'500m'") "}]", 1500},
	    {"'containers':[{" CPU("'1500m'") ",'resources2':1}]", 1500},
	    {"'containers':[{" CPU("2") "}]", 2000},
	    {"'containers':[{" CPU("'100n'") "}]", 1}, /* rounds up */
	    {"'containers':[{'resources':{'limits':{'cpu':'9'},'requests':{'cpu':'1'}}}]", 1000},
	    {"'containers':[{" CPU("'1'") "}],'initContainers':[{" CPU("'3'") "},{" CPU("'2'") "}]", 3000},
	    {"'containers':[{" CPU("'4'") "}],'initContainers':[{" CPU("'3'") "}]", 4000},
	    {"'containers':[{" CPU("'1'") "}],'initContainers':[{'restartPolicy':'Always'," CPU("'2'") "}]", 3000},
	    /* A sidecar before an init container runs beside it, one behind it does not. */
	    {"'containers':[{" CPU("'1'") "}],'initContainers':[{'restartPolicy':'Always'," CPU("'2'") "},{" CPU(
		 "'3'") "}]",
		5000},
	    {"'containers':[{" CPU("'1'") "}],'initContainers':[{" CPU("'3'") "},{'restartPolicy':'Always'," CPU(
		 "'1'") "}]",
		3000},
	    {"'containers':[{" CPU("'1'") "}],'overhead':{'cpu':'250m'}", 1250},
	    {"'containers':[{" CPU("'1'") "}]," CPU("'3'"), 3000},
	    {"'containers':[{" CPU("'5'") "}]," CPU("'3'") ",'overhead':{'cpu':'250m'}", 3250},
	    {"'containers':[{" CPU("'5'") "}],'resources':{'requests':{'memory':'1Gi'}}", 5000},
	    {"'containers':[{" CPU("'9e30'") "},{" CPU("'9e30'") "}],'overhead':{'cpu':'1'}", INT64_MAX},
	    {"'containers':[{" CPU("'-1'") "}]", 0},
	};
	(void)state;
	for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
		char json[2048];
		struct pod_fact pod;
		struct err e;
		snprintf(json, sizeof json, "%s{%s}}", "{'metadata':{'name':'p'},'spec':", cases[k].spec);
		const char *text = unquoted(json);
		if (!pod_read(text, strlen(text), "runner", &pod, &e))
			fail_msg("%s: %s", cases[k].spec, e.text);
		if (pod.cpu_milli != cases[k].milli)
			fail_msg("%s: %jd", cases[k].spec, (intmax_t)pod.cpu_milli);
	}
}

/* Each is one mistake in an object that is good without it. */
static void wrong(void **state)
{
	static const struct {
		enum inventory_part part;
		const char *json;
	} cases[] = {
	    {PART_NODES, "{'metadata':{}}"},
	    {PART_LEASES, "{'metadata':{'name':'n'},'spec':{'renewTime':'yesterday'}}"},
	    {PART_LEASES, "{'metadata':{'name':'n'},'spec':{'renewTime':1}}"},
	    {PART_LEASES, "{'metadata':{'name':'n'},'spec':{'leaseDurationSeconds':-1}}"},
	    {PART_LEASES, "{'metadata':{'name':''}}"},
	    {PART_LEASES, "{'metadata':{'name':'n'},'metadata':{'name':'n'}}"},
	    {PART_RUNNER_PODS, "{}"},
	    {PART_RUNNER_PODS, "{'metadata':{'name':'n','labels':[]}}"},
	    {PART_RUNNER_PODS, "{'metadata':{'name':'n','creationTimestamp':'now'}}"},
	    {PART_RUNNER_PODS, "{'metadata':{'name':'n'},'status':{'phase':1}}"},
	    {PART_RUNNER_PODS, "{'metadata':{'name':'n'},'status':{'containerStatuses':{}}}"},
	    {PART_RUNNER_PODS, "{'metadata':{'name':'n'},'status':{'containerStatuses':[1]}}"},
	    {PART_RUNNER_PODS,
		"{'metadata':{'name':'n'},'status':{'containerStatuses':[{'name':'runner','state':'running'}]}}"},
	    {PART_RUNNER_PODS,
		"{'metadata':{'name':'n'},'status':{'containerStatuses':[{'name':'runner','state':{'running':true}}]}"
		"}"},
	    {PART_RUNNER_PODS, "{'metadata':{'name':'n'},'spec':{'containers':[null]}}"},
	    {PART_PODS,
		"{'metadata':{'name':'n'},'spec':{'containers':[{'resources':{'requests':{'cpu':'1 core'}}}]}}"},
	    {PART_PODS, "{'metadata':{'name':'n'},'spec':{'containers':[{'resources':{'requests':{'cpu':{}}}}]}}"},
	    {PART_PODS, "{'metadata':{'name':'n'},'spec':{'overhead':{'cpu':''}}}"},
	    {PART_RUNNERS, "{'metadata':{'name':'n'},'status':[]}"},
	    {PART_RUNNERS, "{'metadata':{'name':'n'},'status':{'phase':[]}}"},
	    {PART_RUNNERS, "{'metadata':{'name':'n'},'status':{'ready':'true'}}"},
	    {PART_RUNNERS, "{'metadata':{'name':'n'},'status':{'jobId':7}}"},
	    {PART_RUNNERS, "{'metadata':{'name':'n'},'status':{'jobRequestId':'7'}}"},
	    {PART_RUNNERS, "{'metadata':{'name':'n'},'status':{'jobId':'a','jobRequestId':'7'}}"},
	    {PART_RUNNERS, "{'metadata':{'name':'n'},'status':{'workflowRunId':true}}"},
	    {PART_RUNNERS, "{'metadata':{'name':'n'},'status':{'runnerId':'7'}}"},
	    {PART_RUNNERS, "{'metadata':{'name':'n','deletionTimestamp':1}}"},
	    {PART_RUNNER_SETS, "{'metadata':{'name':'n'},'spec':{'replicas':'3'}}"},
	    {PART_RUNNER_SETS, "{'metadata':{'name':'n'},'spec':{'replicas':2.5}}"},
	    {PART_RUNNER_SETS, "{'metadata':{'name':'n'},'spec':{'replicas':2147483648}}"},
	    {PART_RUNNER_SETS, "{'metadata':{'name':'n','ownerReferences':{}}}"},
	    {PART_SCALE_SETS, "{'metadata':{'name':'n'},'spec':{'minRunners':-1}}"},
	    {PART_SCALE_SETS, "{'metadata':{'name':'n'},'spec':{'maxRunners':[]}}"},
	    {PART_SCALE_SETS, "{'metadata':{'name':'n','labels':{'app.kubernetes.io/version':13}}}"},
	    {PART_LISTENERS, "{'metadata':{'name':'n'},'spec':{'autoscalingRunnerSetName':1}}"},
	    {PART_LISTENERS, "{'metadata':{'name':'n'},'spec':{'ephemeralRunnerSetName':{}}}"},
	    {PART_LISTENER_PODS, "{'metadata':'n'}"},
	    {PART_CONTROLLER, "{'metadata':{'name':'n'},'spec':{'replicas':true}}"},
	    {PART_CONTROLLER, "{'metadata':{'name':'n'},'status':{'availableReplicas':1.5}}"},
	    {PART_APPLICATIONS, "{'metadata':{'name':'n'},'status':{'sync':'Synced'}}"},
	    {PART_APPLICATIONS, "{'metadata':{'name':'n'},'status':{'health':{'status':1}}}"},
	    {PART_APPLICATIONS, "{'metadata':{'name':'n'},'status':{'resources':[7]}}"},
	    {PART_APPLICATIONS, "{'metadata':{'name':'n'},'status':{'resources':[{'requiresPruning':'true'}]}}"},
	    {PART_APPLICATIONS, "{'metadata':{'name':'n'},'status':{'reconciledAt':'soon'}}"},
	};
	struct rounds r;
	(void)state;

	rounds_begin(&r);
	for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
		struct err e = {""};
		const char *json = unquoted(cases[k].json);
		if (part_read_item(&r.facts, cases[k].part, "arc-runners", json, strlen(json), &e))
			fail_msg("taken: %s", cases[k].json);
		assert_non_null(strstr(e.text, "not a"));
		assert_int_equal(r.facts.list[cases[k].part].count, 0);
	}
	rounds_end(&r);
}

/* A name as long as Kubernetes allows is told from another that ends otherwise; a longer one is none. */
static void long_names(void **state)
{
	char json[600], name[FACT_NAME_MAX + 1];
	struct rounds r;
	struct err e;
	(void)state;

	rounds_begin(&r);
	for (const char *end = "ab"; *end; end++) {
		memset(name, 'n', sizeof name);
		name[FACT_NAME_MAX - 2] = *end;
		name[FACT_NAME_MAX - 1] = '\0';
		rounds_add(&r, PART_LEASES, "{'metadata':{'name':'%s'}}", name);
	}
	const struct lease_fact *found = facts_list_find(&r.facts.list[PART_LEASES], name);
	assert_ptr_equal(found, facts_list_at(&r.facts.list[PART_LEASES], 1));
	name[FACT_NAME_MAX - 1] = 'c';
	name[FACT_NAME_MAX] = '\0';
	snprintf(json, sizeof json, "{\"metadata\":{\"name\":\"%s\"}}", name);
	assert_false(part_read_item(&r.facts, PART_LEASES, "arc-runners", json, strlen(json), &e));
	rounds_end(&r);
}

/* The credential of a runner, which ARC up to 0.12 writes into its status, comes to nobody. */
static bool holds_no_credential(void *ctx, const char *json, size_t len, struct err *e)
{
	(void)len, (void)e;
	*(int *)ctx += strstr(json, "c2VjcmV0") == NULL;
	return true;
}

static void credential(void **state)
{
	const char *list = unquoted("{'kind':'L','items':[{'metadata':{'name':'r'},'status':{"
				    "'runnerJITConfig':'c2VjcmV0','phase':'Running'}}]}");
	struct items items;
	struct err e;
	int clean = 0;
	(void)state;

	items_init(&items, arc_runner_members, holds_no_credential, &clean);
	assert_true(items_feed(&items, list, strlen(list), &e));
	items_fini(&items);
	assert_int_equal(clean, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(requested_cpu),
	    cmocka_unit_test(wrong),
	    cmocka_unit_test(long_names),
	    cmocka_unit_test(credential),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
