/* The status page of a pair: what a person must find on it in each state, and that nobody else can write on it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "a_page.h"
#include "render/html.h"
#include "render/page_parts.h"
#include "render/runbook.h"

/* Words that others write reach the page as text. */
static void escapes(void **state)
{
	static const char evil[] = "<script>\"a\"&'b'</script>";
	static const char escaped[] = "&lt;script&gt;&quot;a&quot;&amp;&#39;b&#39;&lt;/script&gt;";
	struct scene s;
	int found = 0;

	(void)state;
	scene_fill(&s);
	s.vpair.name = s.view.version = s.view.status_page_url = s.view.grafana_url = s.view.alertmanager_url = evil;
	s.pair.status = HA_BLOCKED_SECONDARY_UNAVAILABLE;
	s.pair.side[SECONDARY].verdict = DOWN; /* so that its name stands in the message as well */
	s.vpair.side[SECONDARY].name = s.vpair.side[SECONDARY].context = evil;
	strcpy(s.cloudspace[PRIMARY].phase, evil);
	strcpy(s.cloudspace[PRIMARY].health, evil);
	strcpy(s.cloudspace[PRIMARY].reason, evil);
	s.pair.maintenance[PRIMARY].is_declared = true;
	strcpy(s.pair.maintenance[PRIMARY].reason, evil);
	s.ring[2].kind = EVENT_MAINTENANCE;
	strcpy(s.ring[2].note, evil);
	strcpy(s.inventory[PRIMARY].app[0].name, evil);
	s.inventory[PRIMARY].app[0].health = APP_DEGRADED;
	s.inventory[SECONDARY].has_runners = s.inventory[SECONDARY].has_apps = false;
	s.inventory[SECONDARY].part[PART_RUNNERS] = s.inventory[SECONDARY].part[PART_APPLICATIONS] = (struct part){0};
	strcpy(s.inventory[SECONDARY].part[PART_RUNNERS].problem, evil);
	strcpy(s.inventory[SECONDARY].part[PART_APPLICATIONS].problem, evil);
	struct buf out = page_of(&s);
	assert_null(strstr(buf_text(&out), "<script"));
	assert_null(strstr(buf_text(&out), "\"a\""));
	assert_null(strstr(buf_text(&out), "&'"));
	for (const char *p = buf_text(&out); (p = strstr(p, escaped)); p++)
		found++;
	/* The pair in title, id, heading, label and ten links; the same in two links to Grafana and two to
	   Alertmanager; three links to elsewhere, twice; version; name in message and heading; context; Spot's three
	   words, and its reason in the verdict; the window's reason in mark and event; an application; two problems. */
	assert_int_equal(found, 14 + 4 + 6 + 1 + 2 + 1 + 4 + 2 + 1 + 2);
	buf_fini(&out);
}

static void codes_break_at_their_joints(void **state)
{
	struct buf out = buf_of(1000);

	(void)state;
	html_put_code(&out, "BLOCKED_BOTH_UNAVAILABLE");
	assert_string_equal(buf_text(&out), "BLOCKED_<wbr>BOTH_<wbr>UNAVAILABLE");
	buf_reset(&out);
	html_put_code(&out, "UP");
	assert_string_equal(buf_text(&out), "UP");
	buf_fini(&out);
}

static void times(void **state)
{
	struct buf out = buf_of(1000);

	(void)state;
	html_put_time(&out, at_eight, at_nine);
	assert_string_equal(
	    buf_text(&out), "<time datetime=\"2026-11-23T20:00:00Z\">2026-11-23 20:00:00 UTC</time> (1 h ago)");
	buf_reset(&out);
	html_put_ago(&out, at_nine, at_eight);
	assert_string_equal(buf_text(&out), "in 1 h");
	buf_reset(&out);
	html_put_time(&out, WALL_UNKNOWN, at_nine);
	assert_string_equal(buf_text(&out), "not known");
	buf_fini(&out);
}

/* A word and a sign for each status, so that no colour stands alone; the tab begins with it. */
static void statuses(void **state)
{
	static const char *const verdicts[HA_STATUSES] = {[HA_ACTIVE] = "✓</span> ACTIVE",
	    [HA_BLOCKED_PRIMARY_UNAVAILABLE] = "✗</span> BLOCKED",
	    [HA_BLOCKED_SECONDARY_UNAVAILABLE] = "✗</span> BLOCKED",
	    [HA_BLOCKED_BOTH_UNAVAILABLE] = "✗✗</span> BLOCKED",
	    [HA_DISABLED] = "–</span> DISABLED",
	    [HA_UNKNOWN] = "?</span> UNKNOWN"};
	static const char *const states[VERDICTS] = {[UNKNOWN] = "?</span> UNKNOWN</b>",
	    [UP] = "✓</span> UP</b>",
	    [DOWN] = "✗</span> DOWN</b>",
	    [PROVISIONING] = "…</span> PROVISIONING</b>",
	    [MAINTENANCE] = "=</span> MAINTENANCE</b>"};
	struct scene s;
	char title[100];

	(void)state;
	for (int i = 0; i < HA_STATUSES; i++) {
		scene_fill(&s);
		s.pair.status = (enum ha_status)i;
		snprintf(title, sizeof title, "<title>%s prod - hawatch</title>", ha_status_names[i]);
		says(&s, title);
		says(&s, verdicts[i]);
	}
	for (int i = 0; i < VERDICTS; i++) {
		scene_fill(&s);
		s.pair.side[SECONDARY].verdict = (enum verdict)i;
		says(&s, states[i]);
		says(&s, verdict_names[i]);
	}
}

static void what_stands_when_all_is_well(void **state)
{
	static const char *const texts[] = {"<!DOCTYPE html>", "<html lang=\"en\">", "<main>",
	    "http-equiv=\"refresh\" content=\"5\"", "Both cloudspaces are UP.",
	    "CI runs on the primary and the secondary: 20 nodes, 14 of 20 runners free", "<dt>constraining side</dt>",
	    "2026-11-23 20:00:00 UTC</time> (1 h ago)", "71.4%", "<b>10 available</b>, 11 ready of 12", "1 cordoned",
	    "12 won of 12 desired, at most 14", "<b>3 busy</b>, 2 idle, 1 starting; 6 desired, min 2, max 10",
	    "5 Running, 1 Pending", "listener running, controller ready", "3 of 3 healthy",
	    "12.5 of 47.0 cores requested", "Ready, Healthy", "nodes: OK 0 s ago; inventory: OK 0 s ago",
	    "nodepools: OK 0 s ago", "pair UNKNOWN → <b>ACTIVE</b>", "\"api/v1/maintenance?pair=prod", "\"metrics\"",
	    "https://rackspace.service-now.com/system_status", "</html>"};
	struct scene s;

	(void)state;
	scene_fill(&s);
	says(&s, "83.3%");
	scene_widen(&s);
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		says(&s, texts[i]);
	is_silent_of(&s, "<script");
	is_silent_of(&s, " style=\""); /* the policy knows no such */
	is_silent_of(&s, "class=\"marks\"");
	is_silent_of(&s, "What to do first");
	is_silent_of(&s, "class=\"call\"");
	is_silent_of(&s, "class=\"trouble\">0");
}

static void nothing_known(void **state)
{
	struct scene s;

	(void)state;
	scene_fill(&s);
	scene_forget(&s, SECONDARY);
	says(&s,
	    "6 facts about the secondary are unknown: it was not asked yet <small>(nodes, runners, pods, listener, "
	    "controller, apps)</small>");
	says(&s, "<dt>pools</dt><dd>not known</dd>");
	says(&s, "<dt>Spot reports</dt><dd>not known</dd>");
	says(&s, "nodes: not asked yet</span>, never OK");
	says(&s, "<dt>capacity utilization</dt><dd>not known</dd>");
}

static void troubles(void **state)
{
	struct scene s;
	struct inventory *i = &s.inventory[PRIMARY];
	struct side *side = &s.pair.side[PRIMARY];

	(void)state;
	scene_fill(&s);
	i->listener = LISTENER_DEAD_SET;
	i->controller_available = 0;
	i->pods_stuck = 4;
	i->runners_stuck = 5;
	i->runners_zombie = 6;
	i->runners[RUNNER_FAILED] = 7;
	i->nodes_silent = 8;
	i->app[0].is_frozen = true;
	side->is_degraded = side->is_held = side->flap.is_flapping = true;
	s.vpair.side[PRIMARY].drain.is_drained = true;
	s.vpair.side[PRIMARY].max_nodes = 16;
	s.vpair.side[PRIMARY].kube_nodes.last = POLL_TIMEOUT;
	s.vpair.side[PRIMARY].kube_nodes.last_success = at_eight;
	s.vpair.side[PRIMARY].token.expires = at_eight;
	s.view.is_reload_good = false;
	for (const char *const *text = (const char *const[]){"runner set that no longer exists",
		 "controller <span class=\"trouble\">not ready", "4 stuck", "5 stuck", "6 zombie", "7 failed",
		 "8 silent", "Synced, Healthy, frozen", "!</span> UP, degraded</b>", "<li>no fresh data",
		 "<li>flapping", "<li>drained", "12 in Spot's pools", "nodes: timeout</span>, last OK 1 h ago",
		 "<span class=\"trouble\">expired</span> 1 h ago", "the last reload failed", NULL};
	     *text; text++)
		says(&s, *text);
}

/* One cause is said once, and what is known stays. */
static void one_cause(void **state)
{
	static const char libcurl[] = "Failed to connect to 10.0.0.1 port 443";
	struct scene s;
	struct inventory *i = &s.inventory[SECONDARY];

	(void)state;
	scene_fill(&s);
	i->has_runners = i->has_pods = i->has_apps = i->has_sums = false;
	for (int part = 0; part < INVENTORY_PARTS; part++) {
		i->part[part].is_known = false;
		strcpy(i->part[part].problem, libcurl);
	}
	says(&s, "3 facts about the secondary are unknown: Failed to connect"); /* though the API server answers */
	strcpy(i->part[PART_APPLICATIONS].problem, "forbidden");                /* two causes: each row says its own */
	is_silent_of(&s, "facts about");
	says(&s, "<dt>apps</dt><dd>not known: forbidden");
	s.vpair.side[SECONDARY].kube_nodes.last = POLL_CONNECT;
	says(&s,
	    "3 facts about the secondary are unknown: its API server accepts no connection <small>(runners, pods, "
	    "apps)</small>");
	says(&s, "listener running");
	is_silent_of(&s, libcurl);
	s.vpair.side[SECONDARY].kube_nodes.last = POLL_AUTH;
	s.vpair.side[SECONDARY].credential_problem = "no <token>";
	says(&s, "are unknown: no &lt;token&gt; <small>");
	i->has_runners = i->has_pods = true; /* a single fact keeps its row */
	is_silent_of(&s, "facts about");
	says(&s, "<dt>apps</dt><dd>not known");
}

static void windows(void **state)
{
	struct scene s;

	(void)state;
	scene_fill(&s);
	s.pair.side[PRIMARY].verdict = MAINTENANCE;
	says(&s, "<li>under maintenance, inferred: its nodes are cordoned</li>");
	s.pair.maintenance[PRIMARY] =
	    (struct maintenance){.is_declared = true, .ends.wall = {at_nine.ms + 7200000}, .reason = "kernel"};
	says(&s, "<li>under maintenance, declared, ends in 2 h: kernel</li>");
}

static void the_last_events(void **state)
{
	struct scene s;
	struct events many = {0};
	struct event event;

	(void)state;
	scene_fill(&s);
	s.vpair.events = &many;
	says(&s, "No events since the start.");
	for (int i = 0; i < 12; i++) {
		event = s.ring[0];
		event.at.wall.ms += i * 1000;
		events_add(&many, &event);
	}
	says(&s, "11-23 20:00:11</time>");
	says(&s, "11-23 20:00:02</time>");
	is_silent_of(&s, "11-23 20:00:01</time>"); /* the eleventh */
	struct buf out = page_of(&s);
	assert_true(strstr(buf_text(&out), "20:00:11</time>") < strstr(buf_text(&out), "20:00:10</time>"));
	buf_fini(&out);
	events_fini(&many);
}

/* Where the events in memory no longer reach, the side's cells still know what it was. */
static void the_strip_of_a_side_that_flaps(void **state)
{
	struct scene s;
	const int64_t forty_days_ms = 40 * INT64_C(24 * 3600000);
	wall_ms to = {1795464000000};

	(void)state;
	scene_fill(&s);
	is_silent_of(&s, "aria-label=\"secondary over the last 30 days\"><rect class=\"bad\"");
	strips_set(&s.incidents.strips, SECONDARY, DOWN);
	strips_pass(&s.incidents.strips, (wall_ms){to.ms - forty_days_ms}, to, true);
	says(&s, "aria-label=\"secondary over the last 30 days\"><rect class=\"bad\" x=\"0\" y=\"0\" width=\"359\" ");
}

/* What the journal knows, and where it knows nothing, that. */
static void history(void **state)
{
	struct scene s;

	(void)state;
	scene_fill(&s);
	says(&s,
	    "aria-label=\"pair over the last 24 hours\"><rect class=\"good\" x=\"0\" y=\"0\" width=\"288\" "
	    "height=\"12\">");
	says(&s, "aria-label=\"pair over the last 30 days\"><rect class=\"none\" x=\"0\" y=\"11\" ");
	says(&s, "<rect class=\"bad\"");
	says(&s, "<title>BLOCKED: 11-17 20:00–11-18 04:00 UTC</title>"); /* in cells of two hours */
	says(&s, "<dt>availability</dt><dd>100.00 %</dd>");
	says(&s, "<dt>availability</dt><dd>97.50 % of the 10 d that were watched</dd>");
	says(&s, "Last incident: BLOCKED_<wbr>SECONDARY_<wbr>UNAVAILABLE, began <time ");
	says(&s, ", lasted 6 h: primary UP (serving), secondary DOWN (no_capacity)</p>");
	s.incident.to = WALL_UNKNOWN;
	s.incident.is_declared = true;
	says(&s, ", lasts for 6 d, in declared maintenance");
	s.spans[0].use = s.spans[2].use = SPAN_UNWATCHED;
	says(&s, "<dt>availability</dt><dd>not known</dd>");
}

static void extras(void **state)
{
	struct scene s;

	(void)state;
	scene_fill(&s);
	is_silent_of(&s, "extra-1");
	scene_extra(&s);
	says(&s, "extra-1 matchpoint-runners-3");
}

static void ratios(void **state)
{
	static const struct {
		double ratio;
		const char *text;
	} rows[] = {{1, "100.00 %"}, {0.99999, "99.99 %"}, {0.0029, "0.29 %"}, {0, "0.00 %"}};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct buf out = buf_of(100);

		page_put_ratio(&out, rows[i].ratio);
		assert_string_equal(buf_text(&out), rows[i].text);
		buf_fini(&out);
	}
}

/* A proxy that changes the path hides it from us, so links and the page's own address are the external URL's. */
static void behind_a_proxy(void **state)
{
	struct scene s;

	(void)state;
	scene_fill(&s);
	is_silent_of(&s, "canonical");
	s.view.page_url = "https://mon.example/a&b/";
	says(&s, "<link rel=\"canonical\" href=\"https://mon.example/a&amp;b/\">");
	says(&s, "<a href=\"metrics\">");
	s.view.link_base = "/a&b/";
	says(&s, "<a href=\"/a&amp;b/metrics\">metrics</a> <a href=\"/a&amp;b/healthz\">");
	says(&s, "<a href=\"/a&amp;b/api/v1/summary?pair=");
	is_silent_of(&s, "<a href=\"metrics");
	is_silent_of(&s, "<a href=\"api/");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(escapes),
	    cmocka_unit_test(codes_break_at_their_joints),
	    cmocka_unit_test(times),
	    cmocka_unit_test(statuses),
	    cmocka_unit_test(what_stands_when_all_is_well),
	    cmocka_unit_test(nothing_known),
	    cmocka_unit_test(troubles),
	    cmocka_unit_test(one_cause),
	    cmocka_unit_test(windows),
	    cmocka_unit_test(the_last_events),
	    cmocka_unit_test(the_strip_of_a_side_that_flaps),
	    cmocka_unit_test(history),
	    cmocka_unit_test(extras),
	    cmocka_unit_test(ratios),
	    cmocka_unit_test(behind_a_proxy),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
