/* The morning health check: each item well, failed and not known, and what it says of which side. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cJSON.h>

#include <cmocka.h>

#include "a_view.h"
#include "json_at.h"
#include "render/documents.h"

/* The runbook's list in its order. */
static const char *const items[] = {"ha_active", "cloudspaces_ready", "node_balance", "capacity_utilization",
    "runner_pods", "runners", "listeners", "controllers", "applications", "credentials", "monitor"};
enum { ITEMS = sizeof items / sizeof *items };

static cJSON *check(struct scene *s)
{
	struct buf out = buf_of(1 << 16);

	scene_look(s);
	documents_render(DOC_CHECK, &s->view, &s->vpair, &s->figures, &out);
	cJSON *json = cJSON_Parse(buf_text(&out));
	assert_non_null(json);
	buf_fini(&out);
	return json;
}

/* 83.3 % of the possible nodes would be too many: two sides of 12 with 9 available each are 75 %. */
static void well(struct scene *s)
{
	scene_fill(s);
	for (int id = 0; id < SIDES; id++)
		s->vpair.side[id].nodes.available = 9;
}

static void all_well(void **state)
{
	struct scene s;

	(void)state;
	well(&s);
	cJSON *json = check(&s);
	assert_at(json, "pair", "\"prod\"");
	assert_at(json, "result", "\"pass\"");
	assert_int_equal(cJSON_GetArraySize(at(json, "checks")), ITEMS);
	for (int i = 0; i < ITEMS; i++) {
		const cJSON *item = cJSON_GetArrayItem(at(json, "checks"), i);

		assert_string_equal(at(item, "name")->valuestring, items[i]);
		assert_string_equal(at(item, "result")->valuestring, "pass");
		assert_true(strlen(at(item, "message")->valuestring) > 10);
	}
	cJSON_Delete(json);
}

/* One thing is changed; one item answers, with these words, and the whole follows it. */
static void item_is(struct scene *s, const char *name, const char *result, const char *words)
{
	cJSON *json = check(s);
	bool is_found = false;

	for (int i = 0; i < ITEMS; i++) {
		const cJSON *item = cJSON_GetArrayItem(at(json, "checks"), i);
		bool is_it = strcmp(at(item, "name")->valuestring, name) == 0;

		is_found = is_found || is_it;
		if (strcmp(at(item, "result")->valuestring, is_it ? result : "pass") != 0)
			fail_msg("%s: %s is %s: %s", name, items[i], at(item, "result")->valuestring,
			    at(item, "message")->valuestring);
		if (is_it && !strstr(at(item, "message")->valuestring, words))
			fail_msg("%s says: %s", name, at(item, "message")->valuestring);
	}
	assert_true(is_found);
	assert_string_equal(at(json, "result")->valuestring, result);
	cJSON_Delete(json);
}

static void status(void **state)
{
	static const char *const results[HA_STATUSES] = {[HA_ACTIVE] = "pass",
	    [HA_BLOCKED_PRIMARY_UNAVAILABLE] = "fail",
	    [HA_BLOCKED_SECONDARY_UNAVAILABLE] = "fail",
	    [HA_BLOCKED_BOTH_UNAVAILABLE] = "fail",
	    [HA_DISABLED] = "fail",
	    [HA_UNKNOWN] = "unknown"};
	struct scene s;

	(void)state;
	for (int i = 0; i < HA_STATUSES; i++) {
		well(&s);
		s.pair.status = (enum ha_status)i;
		cJSON *json = check(&s);
		const cJSON *item = cJSON_GetArrayItem(at(json, "checks"), 0);

		assert_string_equal(at(item, "result")->valuestring, results[i]);
		assert_non_null(strstr(at(item, "message")->valuestring, ha_status_names[i]));
		cJSON_Delete(json);
	}
}

static void nodes(void **state)
{
	struct scene s;

	(void)state;
	well(&s);
	s.pair.side[SECONDARY].is_degraded = true;
	s.pair.side[SECONDARY].reason = REASON_SPOT_ERROR;
	item_is(&s, "cloudspaces_ready", "fail", "secondary (matchpoint-runners-2): UP, degraded: ");
	well(&s);
	s.pair.side[PRIMARY].is_held = true; /* over a restart: nothing has confirmed it */
	item_is(&s, "cloudspaces_ready", "unknown", "primary (matchpoint-runners): UP, ");
	well(&s);
	scene_extra(&s);
	s.vpair.side[EXTRA_1].nodes.available = 0;
	s.pair.side[EXTRA_1].verdict = DOWN;
	item_is(&s, "cloudspaces_ready", "fail", "extra-1 (matchpoint-runners-3): DOWN");
	well(&s);
	s.vpair.side[SECONDARY].nodes.available = 8;
	item_is(&s, "node_balance", "fail", "available nodes: primary 9, secondary 8");
	well(&s);
	s.vpair.side[SECONDARY].max_nodes = 10; /* 18 of 22 */
	item_is(&s, "capacity_utilization", "fail", "18 of 22");
	s.vpair.side[SECONDARY].max_nodes = 0;
	s.vpair.side[SECONDARY].has_pools = false;
	item_is(&s, "capacity_utilization", "unknown", "not known");
}

/* The runbook's line is "below 80 %". */
static void utilization_at_the_line(void **state)
{
	struct scene s;

	(void)state;
	for (int available = 7; available <= 9; available++) {
		well(&s);
		for (int id = 0; id < SIDES; id++) {
			s.vpair.side[id].nodes.available = available;
			s.vpair.side[id].max_nodes = 10;
		}
		item_is(&s, "capacity_utilization", available < 8 ? "pass" : "fail", "80%");
	}
}

static void inventories(void **state)
{
	struct scene s;
	struct inventory *i = &s.inventory[SECONDARY];

	(void)state;
	well(&s);
	i->pods[POD_RUNNING] = 0;
	item_is(&s, "runner_pods", "fail", "secondary (matchpoint-runners-2): 0 runner pods");
	i->desired = 0;
	item_is(&s, "runner_pods", "fail", "0 runner pods"); /* two are to be kept */
	i->min = 0;                                          /* nobody asks for any */
	item_is(&s, "runner_pods", "pass", "none is desired");
	i->has_pods = false;
	snprintf(i->part[PART_RUNNER_PODS].problem, 128, "denied");
	i->part[PART_RUNNER_PODS].is_known = false;
	item_is(&s, "runner_pods", "unknown", "not known (denied)");

	well(&s);
	i->runners[RUNNER_UNKNOWN] = 1;
	item_is(&s, "runners", "unknown", "not known");
	i->runners[RUNNER_FAILED] = 1; /* a failure beats what is not known */
	item_is(&s, "runners", "fail", "1 failed");
	well(&s);
	i->runners_stuck = 1;
	item_is(&s, "runners", "fail", "1 stuck");
	well(&s);
	i->runners_zombie = 1;
	item_is(&s, "runners", "fail", "1 zombie");
	for (int listener = LISTENER_ABSENT; listener < LISTENER_STATES; listener++) {
		well(&s);
		i->listener = (enum listener_state)listener;
		item_is(&s, "listeners", "fail", "listener");
	}
	i->has_listener = false;
	item_is(&s, "listeners", "unknown", "secondary");
	well(&s);
	i->controller_available = 0;
	item_is(&s, "controllers", "fail", "0 of 1");
	i->has_controller = false;
	item_is(&s, "controllers", "unknown", "not known");
}

static void applications(void **state)
{
	struct scene s;
	struct inventory *i = &s.inventory[PRIMARY];

	(void)state;
	well(&s);
	scene_app(i, "broken", APP_OUT_OF_SYNC, APP_DEGRADED);
	item_is(&s, "applications", "fail",
	    "primary (matchpoint-runners): 3 of 4 applications are healthy: broken OutOfSync Degraded");
	well(&s);
	i->app[0].is_frozen = true;
	i->apps_frozen = 1;
	item_is(&s, "applications", "fail", "arc-controller Synced Healthy (frozen)");
	well(&s);
	i->app[1].is_benign = false;
	i->apps_benign = 0;
	item_is(&s, "applications", "fail", "arc-runners OutOfSync");
	well(&s);
	i->has_apps = false;
	item_is(&s, "applications", "unknown", "not known");
	/* An empty list may as well mean a wrong namespace. */
	well(&s);
	memset(i->apps, 0, sizeof i->apps);
	i->app_count = i->apps_listed = i->apps_benign = 0;
	item_is(&s, "applications", "unknown", "namespace argocd");
}

static void credentials(void **state)
{
	const int64_t hour = 3600000;
	struct scene s;

	(void)state;
	well(&s);
	struct credential *token = &s.vpair.side[SECONDARY].token;
	*token = (struct credential){.expires = {at_nine.ms + 5 * hour}, .renewal = {at_nine.ms + 1}};
	item_is(&s, "credentials", "pass", "");
	token->renewal = at_nine;
	item_is(&s, "credentials", "fail",
	    "secondary (matchpoint-runners-2): the Kubernetes token expires in 5 h and should have been renewed by "
	    "now");
	*token = (struct credential){.expires = {at_nine.ms - hour}, .renewal = {at_nine.ms - hour}};
	item_is(&s, "credentials", "fail", "the Kubernetes token expired 1 h ago");
	well(&s);
	s.vpair.side[PRIMARY].certificate = (struct credential){.expires = {at_nine.ms + hour}, .renewal = at_eight};
	item_is(&s, "credentials", "fail", "primary (matchpoint-runners): the client certificate expires in 1 h");
	/* Ours is renewed in time, so its end is nothing to tell of. */
	well(&s);
	s.view.token_expires = (wall_ms){at_nine.ms + hour};
	item_is(&s, "credentials", "pass", "");
	s.view.token_expires = (wall_ms){at_nine.ms - hour};
	item_is(&s, "credentials", "fail", "Spot token");
}

/* This item has this result, and this cause; NULL: none that it shares. */
static void cause_is(const cJSON *json, const char *name, const char *result, const char *cause)
{
	for (int i = 0; i < ITEMS; i++) {
		const cJSON *item = cJSON_GetArrayItem(at(json, "checks"), i);
		const char *found = at(item, "cause")->valuestring;

		if (strcmp(at(item, "name")->valuestring, name) != 0)
			continue;
		if (strcmp(at(item, "result")->valuestring, result) != 0 || !found != !cause ||
		    (cause && strcmp(found, cause) != 0))
			fail_msg("%s is %s by %s: %s", name, at(item, "result")->valuestring, found ? found : "none",
			    at(item, "message")->valuestring);
		return;
	}
	fail_msg("no item %s", name);
}

/* Nodes of a side that takes no work are not compared, and a utilization of one side of two says nothing. */
static void a_side_missing(void **state)
{
	static struct scene s;

	(void)state;
	for (int verdict = 0; verdict < VERDICTS; verdict++) {
		bool is_up = verdict == UP;

		well(&s);
		s.pair.side[SECONDARY].verdict = (enum verdict)verdict;
		cJSON *json = check(&s);
		char cause[64];

		snprintf(cause, sizeof cause, "secondary (matchpoint-runners-2) is %s", verdict_names[verdict]);
		cause_is(json, "node_balance", is_up ? "pass" : "unknown", is_up ? NULL : cause);
		cause_is(json, "capacity_utilization", is_up ? "pass" : "unknown", is_up ? NULL : cause);
		cJSON_Delete(json);
	}
}

/* What is asked of a side that does not answer has one cause; what it said before does not pass. */
static void a_silent_side(void **state)
{
	static const char *const asked[] = {
	    "runner_pods", "runners", "listeners", "controllers", "applications", "credentials"};
	static const char cause[] = "secondary (matchpoint-runners-2): connection failed";
	static struct scene s;

	(void)state;
	for (int is_known = 0; is_known < 2; is_known++) {
		well(&s);
		struct inventory *i = &s.inventory[SECONDARY];
		s.vpair.side[SECONDARY].kube_nodes = (struct poll_stats){.polls = 9, .last = POLL_CONNECT};
		if (!is_known)
			i->has_pods = i->has_runners = i->has_listener = i->has_controller = i->has_apps = false;
		cJSON *json = check(&s);
		for (size_t n = 0; n < sizeof asked / sizeof *asked; n++)
			cause_is(json, asked[n], "unknown", cause);
		cause_is(json, "monitor", "fail", NULL);
		cJSON_Delete(json);
		/* What fails on the other side stays seen, and is not put away with what is not known of this one. */
		s.inventory[PRIMARY].runners_stuck = 1;
		json = check(&s);
		cause_is(json, "runners", "fail", NULL);
		cause_is(json, "listeners", "unknown", cause);
		cJSON_Delete(json);
	}
	well(&s);
	s.inventory[PRIMARY].has_apps = false;
	s.inventory[PRIMARY].part[PART_APPLICATIONS].is_known = false;
	snprintf(s.inventory[PRIMARY].part[PART_APPLICATIONS].problem, 128, "denied");
	cJSON *json = check(&s);
	cause_is(json, "applications", "unknown", "primary (matchpoint-runners): denied");
	cause_is(json, "runners", "pass", NULL);
	cJSON_Delete(json);
}

static void credentials_are(struct scene *s, const char *name, const char *result, const char *words)
{
	cJSON *json = check(s);
	const cJSON *item = cJSON_GetArrayItem(at(json, "checks"), 9);
	const char *message = at(item, "message")->valuestring;

	assert_string_equal(at(item, "name")->valuestring, "credentials");
	if (strcmp(at(item, "result")->valuestring, result) != 0 || !strstr(message, words))
		fail_msg("%s: %s: %s", name, at(item, "result")->valuestring, message);
	cJSON_Delete(json);
}

/* What is refused is no less a trouble for being far from its end; the monitor cannot see then either. */
static void refused_credentials(void **state)
{
	static struct scene s;
	const struct {
		struct poll_stats *stats;
		const char *words;
	} cases[] = {
	    {&s.vpair.side[SECONDARY].kube_nodes,
		"secondary (matchpoint-runners-2): the Kubernetes credential is refused"},
	    {&s.vpair.side[PRIMARY].kube_nodes, "primary (matchpoint-runners): the Kubernetes credential is refused"},
	    {&s.view.token, "the Spot refresh token is refused"},
	    {&s.view.cloudspaces, "the Spot token is refused"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		well(&s);
		poll_stats_count(cases[i].stats, POLL_AUTH, 10, at_nine);
		credentials_are(&s, "refused", "fail", cases[i].words);
	}
}

/* Only who answers well has accepted a credential. A side that cannot be reached tells nothing of it, and does not take
 * back a refusal. */
static void untried_credentials(void **state)
{
	static const struct {
		const char *name;
		enum poll_reason nodes[2]; /* of two polls */
		const char *result, *words;
	} cases[] = {
	    {"never reached", {POLL_CONNECT, POLL_CONNECT}, "unknown",
		"whether the Kubernetes credential is accepted is not known (connection failed)"},
	    {"no name", {POLL_DNS, POLL_DNS}, "unknown", "not known (DNS lookup failed)"},
	    {"not trusted", {POLL_OK, POLL_TLS}, "unknown", "not known (TLS failed, last OK 0 s ago)"},
	    {"a proxy's page", {POLL_PARSE, POLL_PARSE}, "unknown", "(unreadable answer)"},
	    {"rate limited", {POLL_OK, POLL_RATE_LIMITED}, "unknown", "(rate limited, last OK"},
	    {"the list is late", {POLL_OK, POLL_TIMEOUT}, "unknown", "(timeout, last OK"},
	    {"refused, then away", {POLL_AUTH, POLL_CONNECT}, "fail", "is refused"},
	    {"refused, then accepted", {POLL_AUTH, POLL_OK}, "pass", ""},
	};
	static struct scene s;
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		well(&s);
		struct view_side *side = &s.vpair.side[SECONDARY];
		side->kube_nodes = (struct poll_stats){0};
		for (int poll = 0; poll < 2; poll++)
			poll_stats_count(&side->kube_nodes, cases[i].nodes[poll], 10, at_nine);
		credentials_are(&s, cases[i].name, cases[i].result, cases[i].words);
	}
	well(&s);
	s.vpair.side[PRIMARY].kube_nodes = (struct poll_stats){0};
	credentials_are(
	    &s, "not asked yet", "unknown", "primary (matchpoint-runners): whether the Kubernetes credential");
	s.vpair.side[PRIMARY].token = (struct credential){.expires = at_eight, .renewal = at_eight};
	credentials_are(&s, "not asked, and expired", "fail", "(not asked yet), the Kubernetes token expired 1 h ago");
	well(&s);
	poll_stats_count(&s.vpair.side[PRIMARY].kube_nodes, POLL_AUTH, 0, at_nine);
	s.vpair.side[PRIMARY].credential_problem = "credential plugin: /bin/aws: exit status 255";
	credentials_are(&s, "a plugin that fails", "fail",
	    "primary (matchpoint-runners): the Kubernetes credential cannot be read, so nothing is sent: credential "
	    "plugin: "
	    "/bin/aws: exit status 255; secondary");
	well(&s);
	s.view.token = (struct poll_stats){.polls = 1, .last = POLL_CONNECT};
	s.view.cloudspaces = (struct poll_stats){0};
	credentials_are(&s, "no Spot", "unknown",
	    "whether the Spot refresh token is accepted is not known (connection failed), whether the Spot token is "
	    "accepted is not known (not asked yet); primary");
	s.view.has_spot = false;
	credentials_are(&s, "Spot is not asked", "pass", "");
}

static void monitor(void **state)
{
	struct scene s;

	(void)state;
	well(&s);
	s.view.nodepools.last = POLL_TIMEOUT;
	s.view.nodepools.last_success = at_eight;
	item_is(&s, "monitor", "fail", "shared: nodepools: timeout, last OK 1 h ago");
	well(&s);
	s.vpair.side[SECONDARY].inventory_polls = (struct poll_stats){0};
	item_is(&s, "monitor", "unknown", "secondary (matchpoint-runners-2): inventory: not asked yet");
	/* /readyz is asked when the nodes fail: its absence says nothing, and neither does an answer of long ago. */
	well(&s);
	s.vpair.side[SECONDARY].readyz = (struct poll_stats){0};
	item_is(&s, "monitor", "pass", "");
	poll_stats_count(&s.vpair.side[SECONDARY].readyz, POLL_HTTP_5XX, 10, at_eight);
	item_is(&s, "monitor", "pass", "");
	well(&s);
	s.vpair.side[PRIMARY].inventory_polls.last = POLL_AUTH;
	item_is(&s, "monitor", "fail", "inventory: credential refused");
	well(&s);
	s.view.is_reload_good = false;
	item_is(&s, "monitor", "fail", "reload");
	well(&s);
	s.view.unsafe_files = "/etc/hawatch/token: every user of this machine can read it; run chmod 0600 it";
	item_is(&s, "monitor", "pass", "warning: /etc/hawatch/token: every user of this machine can read it");
	well(&s);
	s.view.has_anchors = true;
	item_is(&s, "monitor", "unknown", "anchors");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(all_well),
	    cmocka_unit_test(status),
	    cmocka_unit_test(nodes),
	    cmocka_unit_test(utilization_at_the_line),
	    cmocka_unit_test(inventories),
	    cmocka_unit_test(applications),
	    cmocka_unit_test(credentials),
	    cmocka_unit_test(refused_credentials),
	    cmocka_unit_test(untried_credentials),
	    cmocka_unit_test(monitor),
	    cmocka_unit_test(a_side_missing),
	    cmocka_unit_test(a_silent_side),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
