/* What the status page says to do first: in an outage, while it goes to plan, and while ACTIVE but not well. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "a_page.h"
#include "render/page_parts.h"
#include "render/runbook.h"

static void is_provisioning(struct scene *s, int minutes)
{
	struct side *side = &s->pair.side[SECONDARY];

	s->pair.status = HA_BLOCKED_SECONDARY_UNAVAILABLE;
	side->verdict = PROVISIONING;
	side->reason = REASON_PROVISIONING;
	side->spot = (struct spot_obs){
	    .word = SPOT_PROVISIONING, .created = {at_nine.ms - minutes * INT64_C(60000)}, .served_at = at_nine};
	side->spot_at = s->view.now.mono;
}

static void provisioning(void **state)
{
	struct scene s;

	(void)state;
	scene_fill(&s);
	is_silent_of(&s, "class=\"bar\"");
	is_provisioning(&s, 34);
	says(&s, "34 min of the usual 50-60, ready about 21:16–21:26 UTC<svg class=\"bar\"");
	says(&s, "<rect class=\"done\" width=\"34\"");
	is_provisioning(&s, 84);
	says(&s,
	    "84 min of the usual 50-60, <span class=\"trouble\">late</span>: was to be ready about 20:26–20:36 UTC");
	says(&s, "<rect class=\"done\" width=\"60\"");
	is_provisioning(&s, 134);
	says(&s, "134 min of the usual 50-60, <span class=\"trouble\">stuck</span>");
}

/* What was planned looks like a plan, and the rest like an outage. */
static void as_planned(void **state)
{
	struct scene s;

	(void)state;
	scene_fill(&s);
	is_provisioning(&s, 34);
	says(&s, "class=\"verdict wait\"");
	says(&s,
	    "<b>As planned</b>: it is being built, and is on time; wait, and do not run <code>terragrunt "
	    "apply</code>.</p>\n<p class=\"call\"><b>P1</b>: on-call, within "
	    "30");
	says(&s, "<li value=\"6\">Wait.");
	is_provisioning(&s, 84);
	says(&s, "class=\"verdict bad\"");
	is_silent_of(&s, "As planned");
	is_silent_of(&s, "<li value=\"6\">Wait."); /* it has lasted too long for that */
	says(&s, "<li value=\"3\">Open the Rackspace Spot console");
	is_provisioning(&s, 34);
	s.pair.status = HA_BLOCKED_BOTH_UNAVAILABLE;
	says(&s, "class=\"verdict bad\"");
	s.pair.status = HA_BLOCKED_SECONDARY_UNAVAILABLE;
	s.pair.side[PRIMARY].verdict = UNKNOWN;
	says(&s, "class=\"verdict bad\"");
	says(&s, "It is not known whether CI runs");

	scene_fill(&s);
	s.pair.status = HA_BLOCKED_PRIMARY_UNAVAILABLE;
	s.pair.side[PRIMARY].verdict = MAINTENANCE;
	says(&s, "class=\"verdict bad\""); /* only inferred */
	s.pair.maintenance[PRIMARY] = (struct maintenance){.is_declared = true, .ends.wall = {at_nine.ms + 7200000}};
	says(&s, "class=\"verdict wait\"");
	says(&s, "<b>As planned</b>: declared maintenance");
	says(&s, "<a href=\"runbook?pair=prod#rolling-maintenance\">Rolling maintenance");
	is_silent_of(&s, "What to do first");
	is_silent_of(&s, "<b>P1</b>");
}

/* A woken person finds whom to call, what still works, and what to do, with the names of this pair. */
static void what_to_do(void **state)
{
	struct scene s;

	(void)state;
	scene_fill(&s);
	is_down(&s, REASON_NO_CAPACITY);
	s.vpair.side[SECONDARY].name = "runners-b";
	s.vpair.side[SECONDARY].context = "ctx-b";
	strcpy(s.cloudspace[SECONDARY].reason, "ControlPlaneFailed");
	says(&s, "<p>runners-b (secondary) is DOWN: ");
	says(&s, " (Spot: ControlPlaneFailed)</p>");
	says(&s, "CI runs on the primary alone: 10 nodes, 7 of 10 runners free");
	says(&s, "<p class=\"call\"><b>P1</b>: on-call, within 30 minutes</p>");
	is_silent_of(&s, "constraining side");
	says(&s, "<li value=\"2\">Check that the primary takes the work");
	says(&s, "<li value=\"3\">Open the Rackspace Spot console");
	says(&s, "<a href=\"runbook?pair=prod#blocked_secondary_unavailable\">All steps");
	is_silent_of(&s, "cordoned</code>: a person"); /* said of another reason */
	s.inventory[PRIMARY].listeners_down = 1;
	says(&s, "CI has stopped: nodes are there, but no listener takes jobs");
	is_down(&s, REASON_CORDONED);
	says(&s, "cordoned</code>: a person cordoned the nodes for maintenance.");
	says(&s, "<pre>kubectl --context=ctx-b uncordon \\\n  -l kubernetes.io/os=linux</pre>");
	is_silent_of(&s, "no_capacity</code>: no node");
	s.pair.status = HA_BLOCKED_BOTH_UNAVAILABLE;
	says(&s, "<p class=\"call\"><b>P0</b>: on-call and management, immediately</p>");
	s.view.link_base = "/a&b/";
	says(&s, "<a href=\"/a&amp;b/runbook?pair=prod#blocked_both_unavailable\">");
	says(&s, "href=\"/a&amp;b/favicon\"");
}

/* Each of the numbers is a step of the runbook, for each reason, and says something. */
static void every_step_is_there(void **state)
{
	struct runbook_section section;
	struct runbook_part step;

	(void)state;
	for (int status = 0; status < HA_STATUSES; status++) {
		assert_true(runbook_find(ha_status_names[status], &section));
		for (int reason = 0; reason < SIDE_REASONS && status != HA_ACTIVE; reason++) {
			const int *numbers = page_steps_of((enum ha_status)status, (enum side_reason)reason);
			assert_true(numbers[0] != numbers[1]);
			for (int i = 0; i < 2; i++) {
				struct buf text = buf_of(10000);
				bool holds[SIDE_REASONS] = {false};
				holds[reason] = true;
				assert_true(runbook_step(&section, numbers[i], &step));
				runbook_put_for(&step, side_reason_names, holds, SIDE_REASONS, &text);
				assert_true(text.len > 20);
				buf_fini(&text);
			}
		}
	}
}

/* The whole sentence. */
static void says_impact(struct scene *s, const char *where, const char *rest)
{
	char text[1000];

	snprintf(text, sizeof text, "<p class=\"impact\">%s%s</p>", where, rest);
	says(s, text);
}

/* ACTIVE, but degraded: who answers it within which time, and two steps, in calm colours and with the side's names. */
static void active_but(void **state)
{
	struct scene s;

	(void)state;
	scene_fill(&s);
	scene_widen(&s);
	is_silent_of(&s, "ACTIVE, but");
	s.vpair.side[SECONDARY].nodes.available = 6;
	says(&s, "class=\"verdict good\"");
	says(&s, "<section class=\"steps notice wait\">");
	says(&s, "<b>ACTIVE, but</b> <b>P2</b>: platform team, within 4 hours</p>");
	says(&s,
	    "<b>P2</b> <a href=\"runbook?pair=prod#hanodeimbalance\">HANodeImbalance</a>: available nodes: primary 10, "
	    "secondary 6 <small>(alerts after 75 min)</small></li>");
	says(&s, "<h4>What to do first: steps 1 and 2 of the runbook</h4>");
	says(&s, "<li value=\"1\">Which side has fewer nodes?");
	is_silent_of(&s, "<li value=\"3\">Done when");
	s.vpair.side[SECONDARY].context = "ctx-b";
	s.inventory[SECONDARY].pods[POD_RUNNING] = s.inventory[SECONDARY].runners[RUNNER_BUSY] = 0;
	says(&s, "HARunnerPodsAbsent</a>: secondary: 6 runners desired, but no runner pod is Running");
	says(&s, "kubectl --context=ctx-b -n arc-runners describe pods");
	says(&s, "#harunnerpodsabsent\">All steps");
	s.inventory[SECONDARY].has_listener = true;
	s.inventory[SECONDARY].listener = LISTENER_ABSENT;
	says(&s, "HARunnerListenerDown</a>: secondary: no working listener: absent");
	says(&s,
	    "<li value=\"1\"><code>hawatch runners"); /* its step names `absent`, which is a reason of a side, too */
	s.pair.status = HA_DISABLED;
	is_silent_of(&s, "ACTIVE, but");
	says(&s, "<p class=\"call\">Nobody is called. After one day <b>P3</b>: platform team, next working day</p>");
	says(&s, "<dt>effective nodes, primary alone</dt><dd>10</dd>");
	scene_fill(&s);
	scene_widen(&s);
	s.vpair.side[SECONDARY].pools.max = 15;
	says(&s, "<b>P3</b>: platform team, next working day");
	is_silent_of(&s, "What to do first");
}

/* What a trouble means for CI stands in the sentence of the impact; what shows in the numbers does not. */
static void impact_agrees(void **state)
{
	static const char all[] = "CI runs on the primary and the secondary: 20 nodes, ";
	struct scene s;
	struct inventory *one = &s.inventory[PRIMARY], *two = &s.inventory[SECONDARY];

	(void)state;
	scene_fill(&s);
	scene_widen(&s);
	says_impact(&s, all, "14 of 20 runners free");
	scene_app(one, "x", APP_SYNCED, APP_DEGRADED);
	one->apps_frozen = 1;
	s.vpair.side[PRIMARY].max_nodes = 15;
	s.vpair.side[PRIMARY].pools.won = 8;
	says_impact(&s, all, "14 of 20 runners free");
	two->controller_available = 0;
	two->pods_stuck = 1;
	s.pair.side[PRIMARY].flap.is_flapping = true;
	says_impact(&s, all,
	    "14 of 20 runners free; jobs may break off on the primary; new runners may not start on the secondary; "
	    "runners hang on the secondary");

	scene_fill(&s);
	scene_widen(&s);
	one->nodes_silent = 1;
	one->cpu_requested_milli = 43000;
	two->runners[RUNNER_FAILED] = 2; /* each is one of the maximum, and does nothing */
	s.vpair.side[SECONDARY].margin.bid_nano = 69000000;
	s.vpair.side[SECONDARY].kube_nodes.is_refused = true;
	says_impact(&s, all,
	    "12 of 20 runners free; it is not known what runs on the secondary; jobs may be lost on the primary; "
	    "nodes may be lost on the secondary; new runners may find no CPU on the primary");

	scene_fill(&s);
	scene_widen(&s);
	one->runners[RUNNER_BUSY] = two->runners[RUNNER_BUSY] = 10;
	says_impact(&s, all, "0 of 20 runners free; new jobs may wait");
	two->runners[RUNNER_BUSY] = two->runners[RUNNER_IDLE] = 0;
	two->runners[RUNNER_FAILED] = 2;
	says_impact(
	    &s, "CI runs on the primary alone: 10 nodes, ", "0 of 10 runners free; no job runs on the secondary");
	one->pods[POD_RUNNING] = one->runners[RUNNER_BUSY] = 0;
	says_impact(&s, "No job runs: nodes are there, but no runner works", "");
	one->listener = two->listener = LISTENER_ABSENT;
	one->listeners_down = two->listeners_down = 1;
	says_impact(&s, "CI has stopped: nodes are there, but no listener takes jobs", "");

	scene_fill(&s);
	scene_widen(&s);
	two->set_count = 2;
	two->listeners_down = 1;
	two->listener = LISTENER_ENDED;
	says_impact(&s, all, "14 of 20 runners free; new jobs may not start on the secondary");
	two->listeners_down = 2;
	says_impact(&s, "CI runs on the primary alone: 10 nodes, ",
	    "7 of 10 runners free; new jobs may not start on the secondary");
	s.pair.maintenance[SECONDARY].is_declared = true;
	says_impact(&s, "CI runs on the primary alone: 10 nodes, ", "7 of 10 runners free");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(provisioning),
	    cmocka_unit_test(as_planned),
	    cmocka_unit_test(what_to_do),
	    cmocka_unit_test(every_step_is_there),
	    cmocka_unit_test(active_but),
	    cmocka_unit_test(impact_agrees),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
