/* What is wrong beside the status: each row as the shipped rule and the runbook have it, and each condition. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "a_view.h"
#include "render/trouble.h"

/* A pair without any: below the utilization that is reported. */
static void fill(struct scene *s)
{
	scene_fill(s);
	for (int id = 0; id < SIDES; id++)
		s->vpair.side[id].max_nodes = s->vpair.side[id].pools.max = 14;
}

/* All of them, as "ALERT SIDE: WHY" lines. */
static void find(struct scene *s, struct buf *out)
{
	struct trouble t = {.next = 0};
	struct buf why = buf_of(TROUBLE_WHY_MAX_BYTES);

	scene_look(s);
	while (trouble_next(&s->view, &s->vpair, &s->figures, &t, &why))
		buf_printf(out, "%s %s: %s\n", t.alert, t.side < 0 ? "pair" : side_id_names[t.side], buf_text(&why));
	assert_false(why.overflow);
	buf_fini(&why);
}

static void finds(struct scene *s, const char *lines)
{
	struct buf found = buf_of(10000);

	find(s, &found);
	assert_string_equal(buf_text(&found), lines);
	buf_fini(&found);
}

static void none(void **state)
{
	struct scene s;

	(void)state;
	fill(&s);
	finds(&s, "");
	for (int id = 0; id < SIDES; id++)
		scene_forget(&s, (enum side_id)id);
	finds(&s, "");
}

static void runners(void **state)
{
	struct scene s;
	struct inventory *i = &s.inventory[SECONDARY];

	(void)state;
	fill(&s);
	i->listener = i->set[0].listener = LISTENER_DEAD_SET;
	finds(&s, "HARunnerListenerDown secondary: no working listener: dead_set\n");
	s.pair.maintenance[SECONDARY].is_declared = true;
	finds(&s, "");
	fill(&s);
	i->controller_available = 0;
	finds(&s, "HARunnerControllerNotReady secondary: 0 of 1 replicas of the runner controller are available\n");
	fill(&s);
	i->pods[POD_RUNNING] = 0;
	finds(&s, ""); /* a runner is busy */
	i->runners[RUNNER_BUSY] = 0;
	finds(&s, "HARunnerPodsAbsent secondary: 6 runners desired, but no runner pod is Running\n");
	fill(&s);
	i->runners[RUNNER_BUSY] = i->runners[RUNNER_IDLE] = 0;
	i->runners[RUNNER_FAILED] = 2;
	finds(&s, "HARunnersFailing secondary: 2 failed and 0 stuck runners, and none that works\n");
	fill(&s);
	i->pods_stuck = 1;
	i->runners_zombie = 2;
	finds(&s, "HARunnersStuck secondary: stuck: 1 pods and 0 runners; 2 zombies\n");
	fill(&s);
	for (int id = 0; id < SIDES; id++)
		s.inventory[id].runners[RUNNER_BUSY] = 10;
	finds(&s, "HARunnersExhausted pair: busy runners of the maximum: primary 100%, secondary 100%\n");
	s.inventory[PRIMARY].runners[RUNNER_BUSY] = 9;
	finds(&s, "");
}

/* Each side in its own way, and no runner that works on any. */
static void no_runners(void **state)
{
	struct scene s;

	(void)state;
	fill(&s);
	s.inventory[PRIMARY].listener = s.inventory[PRIMARY].set[0].listener = LISTENER_ABSENT;
	s.inventory[SECONDARY].pods[POD_RUNNING] = 0;
	for (int id = 0; id < SIDES; id++)
		s.inventory[id].runners[RUNNER_BUSY] = 0;
	finds(&s,
	    "HANoRunners pair: no side takes jobs; primary: no working listener: absent; "
	    "secondary: 6 runners desired, but no runner pod is Running\n"
	    "HARunnerListenerDown primary: no working listener: absent\n"
	    "HARunnerPodsAbsent secondary: 6 runners desired, but no runner pod is Running\n");
	s.inventory[PRIMARY].runners[RUNNER_FINISHING] = 1;
	finds(&s,
	    "HARunnerListenerDown primary: no working listener: absent\n"
	    "HARunnerPodsAbsent secondary: 6 runners desired, but no runner pod is Running\n");
}

static void nodes(void **state)
{
	struct scene s;
	struct view_side *v = &s.vpair.side[SECONDARY];

	(void)state;
	fill(&s);
	v->nodes.available = 6;
	finds(&s, "HANodeImbalance pair: available nodes: primary 10, secondary 6\n");
	s.pair.status = HA_UNKNOWN;
	finds(&s, "");
	fill(&s);
	v->pools.won = 8;
	v->nodes.total = 9;
	finds(&s, "HANodesNotWon secondary: 9 of 12 desired nodes are won\n");
	v->nodes.total = 8;
	finds(&s,
	    "HANodesNotWon secondary: 9 of 12 desired nodes are won\n"
	    "HANodesNotJoined secondary: 8 of 9 won nodes have joined\n");
	fill(&s);
	s.inventory[SECONDARY].nodes_silent = 1;
	finds(&s, "HANodesSilent secondary: 1 node no longer answers\n");
	fill(&s);
	v->margin.bid_nano = 69000000;
	finds(&s, "HABidBelowMarket secondary: the bid is 0.069 dollars an hour, the market price 0.070\n");
	fill(&s);
	v->max_nodes = 15;
	finds(&s, "HAMaxNodesDrift secondary: max_nodes is 15, the maximum of the pools 14\n");
	fill(&s);
	s.inventory[SECONDARY].cpu_requested_milli = 43000;
	finds(&s, "HACpuRequestsHigh secondary: 43 of 47 CPU cores are requested\n");
	scene_fill(&s);
	finds(&s, "HAUtilizationHigh pair: 83.3% of the maximum are in use: 20 of 24 nodes\n");
	for (int id = 0; id < SIDES; id++)
		s.vpair.side[id].max_nodes = s.vpair.side[id].pools.max = 11;
	finds(&s, "HAUtilizationCritical pair: 90.9% of the maximum are in use: 20 of 22 nodes\n");
}

static void applications(void **state)
{
	struct scene s;

	(void)state;
	fill(&s);
	scene_app(&s.inventory[PRIMARY], "x", APP_SYNCED, APP_DEGRADED);
	finds(&s, "HAArgoCDAppsUnhealthy primary: 1 of 4 applications are Degraded or Missing\n");
	fill(&s);
	s.inventory[PRIMARY].apps_frozen = 2;
	finds(&s, "HAArgoCDAppsFrozen primary: ArgoCD has not reconciled 2 of 3 applications for 15 minutes\n");
}

static void sides(void **state)
{
	struct scene s;

	(void)state;
	fill(&s);
	s.pair.side[PRIMARY].is_degraded = true;
	s.pair.side[PRIMARY].reason = REASON_SPOT_ERROR;
	finds(&s, "HACloudspaceDegraded primary: degraded: nodes take work, but Spot reports an error\n");
	fill(&s);
	s.pair.side[PRIMARY].flap.is_flapping = true;
	finds(&s, "HACloudspaceFlapping primary: its state keeps changing\n");
	s.pair.status = HA_DISABLED;
	finds(&s, "");
	fill(&s);
	s.pair.side[PRIMARY].verdict = UNKNOWN;
	s.pair.side[PRIMARY].reason = REASON_CREDENTIAL_DENIED;
	finds(&s, "HACredentialRejected primary: the Kubernetes API refuses our credential\n");
	fill(&s);
	scene_extra(&s);
	s.vpair.side[EXTRA_1].max_nodes = s.vpair.side[EXTRA_1].pools.max = 14;
	s.pair.side[EXTRA_1].verdict = DOWN;
	s.pair.side[EXTRA_1].reason = REASON_SPOT_ERROR;
	finds(&s, "HAExtraCloudspaceDown extra-1: DOWN: Spot reports an error\n");
}

/* What the text of a file has between two texts, behind another one; "" where there is none. */
static void between(
    const char *text, const char *behind, const char *from, const char *to, const char *end, char *out, size_t size)
{
	const char *at = strstr(text, behind), *stop = at ? strstr(at + 1, end) : NULL;

	at = at ? strstr(at, from) : NULL;
	*out = '\0';
	if (at && (!stop || at < stop))
		snprintf(out, size, "%.*s", (int)strcspn(at + strlen(from), to), at + strlen(from));
}

/* The minutes of the rule, and its priority; a section with who answers it, and with two steps at least. */
static void as_the_rules_and_the_runbook(void **state)
{
	static const char *const files[] = {"config/prometheus/hawatch.rules.yml",
	    "config/prometheus/capacity.rules.yml", "config/prometheus/monitor.rules.yml"};
	struct trouble row;
	int found = 0, before = 0;

	(void)state;
	for (; trouble_kind((size_t)found, &row); found++) {
		struct runbook_section section;
		struct runbook_part part;
		char behind[100], minutes[16] = "", priority[16] = "";

		assert_true(runbook_find(row.alert, &section));
		assert_true(runbook_field(&section, "Call", &part));
		assert_true(runbook_step(&section, 1, &part) && runbook_step(&section, 2, &part));
		assert_true(runbook_field(&section, "Priority", &part));
		assert_true(part.text[1] - '0' >= before); /* the most urgent first */
		before = part.text[1] - '0';
		snprintf(behind, sizeof behind, "- alert: %s\n", row.alert);
		for (size_t i = 0; i < sizeof files / sizeof *files && !*priority; i++) {
			size_t len;
			char *text = file_read(files[i], &len);
			between(text, behind, "\n        for: ", "\n", "- alert: ", minutes, sizeof minutes);
			between(text, behind, "priority: ", "\n", "- alert: ", priority, sizeof priority);
			free(text);
		}
		assert_memory_equal(priority, part.text, 2);
		if (strcmp(row.alert, "HANoRunners") != 0) /* its expression has the time */
			assert_int_equal(row.after_min, atoi(minutes) * (strchr(minutes, 'h') ? 60 : 1));
	}
	assert_true(found > 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(none),
	    cmocka_unit_test(runners),
	    cmocka_unit_test(no_runners),
	    cmocka_unit_test(nodes),
	    cmocka_unit_test(applications),
	    cmocka_unit_test(sides),
	    cmocka_unit_test(as_the_rules_and_the_runbook),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
