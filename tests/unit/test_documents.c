/* The JSON documents: their fields, what is null, and what follows from the values. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cJSON.h>

#include <cmocka.h>

#include "a_view.h"
#include "json_at.h"
#include "render/documents.h"

static cJSON *document(struct scene *s, enum document doc)
{
	struct buf out = buf_of(1 << 20);
	const char *end;

	scene_look(s);
	documents_render(doc, &s->view, &s->vpair, &s->figures, &out);
	assert_false(out.overflow);
	cJSON *json = cJSON_ParseWithOpts(buf_text(&out), &end, false);
	assert_non_null(json);
	assert_string_equal(end, "\n");
	buf_fini(&out);
	return json;
}

static void one(struct scene *s, enum document doc, const char *path, const char *expected)
{
	cJSON *json = document(s, doc);

	assert_at(json, path, expected);
	cJSON_Delete(json);
}

static void keys_are(const cJSON *object, const char *keys)
{
	char found[1000] = "";

	for (const cJSON *item = object->child; item; item = item->next) {
		strncat(found, found[0] ? " " : "", sizeof found - strlen(found) - 1);
		strncat(found, item->string, sizeof found - strlen(found) - 1);
	}
	assert_string_equal(found, keys);
}

static const char side_keys[] =
    "name side ready state state_reason state_message since held degraded flapping status health reason region "
    "endpoint context nodes nodes_total nodes_ready nodes_cordoned nodes_silent nodes_source desired won max "
    "max_configured max_pools max_drift cpu_requested_cores cpu_allocatable_cores provisioning maintenance drained "
    "unreadable unreadable_objects";

static void fields(void **state)
{
	/* clang-format off */
	static const struct {
		enum document doc;
		const char *path, *keys;
	} rows[] = {
		{DOC_CLOUDSPACES, "", "primary secondary extra-1"},
		{DOC_CLOUDSPACES, "primary", side_keys},
		{DOC_CLOUDSPACES, "extra-1", side_keys},
		{DOC_SUMMARY, "cloudspaces", "primary secondary extra-1"},
		{DOC_SUMMARY, "cloudspaces.secondary", side_keys},
		{DOC_SUMMARY, "node_balance", "primary_actual secondary_actual effective_each total_effective nodes_constrained "
			"constraining_side"},
		{DOC_SUMMARY, "namespaces", "runners controller argocd"},
		{DOC_NODE_BALANCE, "", "primary_actual secondary_actual effective_each total_effective nodes_constrained "
			"constraining_side imbalance max_possible capacity_utilization extras pair ha_status"},
		{DOC_NODE_BALANCE, "extras.0", "side name actual"},
		{DOC_RUNNERS, "", "pair namespace sides"},
		{DOC_RUNNERS, "sides", "primary secondary extra-1"},
		{DOC_RUNNERS, "sides.primary", "name known problem looked_at pods pods_stuck runners runners_stuck runners_zombie "
			"min max desired utilization listener controller scale_sets_total scale_sets_omitted "
			"listeners_down scale_sets drained parts unreadable unreadable_objects"},
		{DOC_RUNNERS, "sides.primary.pods", "Pending Running Succeeded Failed Unknown"},
		{DOC_RUNNERS, "sides.primary.runners", "busy idle starting finishing failed unknown"},
		{DOC_RUNNERS, "sides.primary.controller", "ready available desired"},
		{DOC_RUNNERS, "sides.primary.scale_sets.0", "name version min max desired listener"},
		{DOC_RUNNERS, "sides.primary.parts.0", "resource known installed read_at unreadable problem"},
		{DOC_APPS, "", "pair namespace sides"},
		{DOC_APPS, "sides.secondary", "name known problem looked_at total healthy frozen benign_out_of_sync apps omitted "
			"unreadable unreadable_objects"},
		{DOC_APPS, "sides.secondary.apps.0", "name sync health operation reconciled_at benign frozen"},
		{DOC_EVENTS, "", "pair kept total omitted events gaps"},
		{DOC_EVENTS, "events.0", "number time kind side cloudspace from to reason note until runners busy uid pid"},
		{DOC_INCIDENTS, "",
		    "pair journal known_since lines_lost lines_damaged events_omitted availability total omitted "
		    "incidents events"},
		{DOC_INCIDENTS, "availability.0",
		    "window covered ratio active_seconds blocked_seconds unknown_seconds planned_seconds "
		    "disabled_seconds unwatched_seconds"},
		{DOC_INCIDENTS, "incidents.0",
		    "number status since until open length_seconds unwatched_seconds side cause maintenance "
		    "runners_busy_at_start runners_busy_least runner_minutes_lost gaps"},
		{DOC_CHECK, "", "pair result checks"},
		{DOC_CHECK, "checks.0", "name result message cause"},
		{DOC_MAINTENANCE, "", "pair keeps_state sides"},
		{DOC_MAINTENANCE, "sides", "primary secondary extra-1"},
	};
	/* clang-format on */
	struct scene s;

	(void)state;
	scene_fill(&s);
	scene_extra(&s);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		cJSON *json = document(&s, rows[i].doc);

		keys_are(at(json, rows[i].path), rows[i].keys);
		cJSON_Delete(json);
	}
}

static void names(void **state)
{
	static const char *const expected[] = {"summary", "cloudspaces", "node-balance", "runners", "apps", "events",
	    "incidents", "check", "doctor", "maintenance"};

	(void)state;
	assert_int_equal(DOCUMENTS, sizeof expected / sizeof *expected);
	for (int i = 0; i < DOCUMENTS; i++)
		assert_string_equal(document_names[i], expected[i]);
}

static void cloudspaces(void **state)
{
	struct scene s;
	cJSON *json;

	(void)state;
	scene_fill(&s);
	s.vpair.side[SECONDARY].max_nodes = 16;
	s.pair.side[SECONDARY].is_held = true;
	s.pair.side[SECONDARY].flap.is_flapping = true;
	s.inventory[SECONDARY].nodes_silent = 2;
	s.vpair.side[SECONDARY].context = NULL;
	json = document(&s, DOC_CLOUDSPACES);
	assert_at(json, "primary.side", "\"primary\"");
	assert_at(json, "primary.ready", "true");
	assert_at(json, "primary.state_message", "\"nodes are ready and take work\"");
	assert_at(json, "primary.region", "\"us-central-dfw-1\"");
	assert_at(json, "primary.context", "\"matchpoint-runners\"");
	assert_at(json, "primary.won", "12");
	assert_at(json, "primary.cpu_requested_cores", "12.5");
	assert_at(json, "primary.cpu_allocatable_cores", "47.04");
	assert_at(json, "primary.max_drift", "false");
	assert_at(json, "primary.held", "false");
	assert_at(json, "primary.provisioning", "null");
	assert_at(json, "primary.maintenance", "null");
	assert_at(json, "primary.drained", "false");
	assert_at(json, "secondary.context", "null");
	assert_at(json, "secondary.held", "true");
	assert_at(json, "secondary.flapping", "true");
	assert_at(json, "secondary.nodes_silent", "2");
	assert_at(json, "secondary.max", "16");
	assert_at(json, "secondary.max_configured", "16");
	assert_at(json, "secondary.max_pools", "12");
	assert_at(json, "secondary.max_drift", "true");
	cJSON_Delete(json);
	s.inventory[PRIMARY].has_leases = false; /* each part by itself */
	one(&s, DOC_CLOUDSPACES, "primary.nodes_silent", "null");
	one(&s, DOC_CLOUDSPACES, "primary.cpu_requested_cores", "12.5");
}

/* Null, never 0. */
static void unknown_is_null(void **state)
{
	static const char *const nulls[] = {"status", "health", "reason", "region", "endpoint", "context", "nodes",
	    "nodes_total", "nodes_ready", "nodes_cordoned", "nodes_silent", "desired", "won", "max", "max_configured",
	    "max_pools", "cpu_requested_cores", "cpu_allocatable_cores", "provisioning", "maintenance", "drained"};
	static const char *const of_runners[] = {"looked_at", "pods", "pods_stuck", "runners", "runners_stuck",
	    "runners_zombie", "min", "max", "desired", "utilization", "listener", "controller", "drained"};
	static const char *const of_apps[] = {
	    "looked_at", "total", "healthy", "frozen", "benign_out_of_sync", "omitted"};
	struct scene s;
	char path[100];
	cJSON *json;

	(void)state;
	scene_fill(&s);
	scene_forget(&s, SECONDARY);
	json = document(&s, DOC_CLOUDSPACES);
	for (size_t i = 0; i < sizeof nulls / sizeof *nulls; i++) {
		snprintf(path, sizeof path, "secondary.%s", nulls[i]);
		assert_at(json, path, "null");
	}
	assert_at(json, "secondary.nodes_source", "\"none\"");
	assert_at(json, "secondary.name", "\"matchpoint-runners-2\"");
	cJSON_Delete(json);

	json = document(&s, DOC_RUNNERS);
	for (size_t i = 0; i < sizeof of_runners / sizeof *of_runners; i++) {
		snprintf(path, sizeof path, "sides.secondary.%s", of_runners[i]);
		assert_at(json, path, "null");
	}
	assert_at(json, "sides.secondary.known", "false");
	assert_at(json, "sides.secondary.scale_sets", "[]");
	assert_at(json, "sides.secondary.parts.3.read_at", "null");
	cJSON_Delete(json);

	json = document(&s, DOC_APPS);
	for (size_t i = 0; i < sizeof of_apps / sizeof *of_apps; i++) {
		snprintf(path, sizeof path, "sides.secondary.%s", of_apps[i]);
		assert_at(json, path, "null");
	}
	assert_at(json, "sides.secondary.known", "false");
	assert_at(json, "sides.secondary.apps", "[]");
	cJSON_Delete(json);

	json = document(&s, DOC_NODE_BALANCE);
	assert_at(json, "secondary_actual", "null");
	assert_at(json, "imbalance", "null");
	assert_at(json, "capacity_utilization", "null");
	cJSON_Delete(json);
}

/* By Spot's own clock: creation against its Date, and our monotonic clock since. */
static void provisioning(void **state)
{
	/* clang-format off */
	static const struct {
		int minutes;
		const char *lateness;
	} rows[] = {{0, "on_time"}, {34, "on_time"}, {74, "on_time"}, {75, "late"}, {119, "late"}, {120, "stuck"}, {600, "stuck"}};
	/* clang-format on */

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct scene s;
		char expected[200];

		scene_fill(&s);
		s.pair.side[SECONDARY].verdict = PROVISIONING;
		s.pair.side[SECONDARY].reason = REASON_PROVISIONING;
		s.pair.side[SECONDARY].spot = (struct spot_obs){.word = SPOT_PROVISIONING,
		    .created = {at_eight.ms - (int64_t)rows[i].minutes * 60000},
		    .served_at = at_eight};
		s.pair.side[SECONDARY].spot_at = (mono_ms){s.view.now.mono.ms - 9000};
		snprintf(expected, sizeof expected,
		    "{\"age_seconds\":%d,\"usual_seconds_min\":3000,\"usual_seconds_max\":3600,\"lateness\":\"%s\"}",
		    rows[i].minutes * 60 + 9, rows[i].lateness);
		one(&s, DOC_CLOUDSPACES, "secondary.provisioning", expected);
		one(&s, DOC_CLOUDSPACES, "primary.provisioning", "null");
		s.pair.side[SECONDARY].spot_at.ms -= 60000; /* an old answer says nothing */
		one(&s, DOC_CLOUDSPACES, "secondary.provisioning", "null");
	}
}

static void maintenance(void **state)
{
	static const char declared[] = "{\"declared\":true,\"since\":\"2026-11-23T20:30:00Z\","
				       "\"ends\":\"2026-11-23T21:00:00Z\",\"reason\":\"kernel\"}";
	static const char inferred[] =
	    "{\"declared\":false,\"since\":\"2026-11-23T20:00:00Z\",\"ends\":null,\"reason\":null}";
	struct scene s;

	(void)state;
	scene_fill(&s);
	one(&s, DOC_SUMMARY, "maintenance", "false");
	one(&s, DOC_MAINTENANCE, "keeps_state", "true");
	one(&s, DOC_MAINTENANCE, "sides", "{\"primary\":null,\"secondary\":null}");
	s.pair.maintenance[PRIMARY] =
	    (struct maintenance){true, {{0}, {at_eight.ms + 1800000}}, {{3600000}, at_nine}, "kernel"};
	s.pair.side[SECONDARY].verdict = MAINTENANCE;
	one(&s, DOC_SUMMARY, "maintenance", "true");
	one(&s, DOC_MAINTENANCE, "sides.primary", declared);
	one(&s, DOC_CLOUDSPACES, "primary.maintenance", declared);
	one(&s, DOC_MAINTENANCE, "sides.secondary", inferred);
	one(&s, DOC_CLOUDSPACES, "secondary.maintenance", inferred);
	s.pair.maintenance[PRIMARY].reason[0] = '\0';
	one(&s, DOC_MAINTENANCE, "sides.primary.reason", "null");
	s.view.keeps_state = false;
	one(&s, DOC_MAINTENANCE, "keeps_state", "false");
}

static void blocked_since(void **state)
{
	struct scene s;

	(void)state;
	scene_fill(&s);
	s.pair.blocked_since.wall = at_nine;
	one(&s, DOC_SUMMARY, "blocked_since", "null");
	s.pair.status = HA_BLOCKED_PRIMARY_UNAVAILABLE;
	one(&s, DOC_SUMMARY, "blocked_since", "\"2026-11-23T21:00:00Z\"");
}

static void balance(void **state)
{
	struct scene s;
	cJSON *json;

	(void)state;
	scene_fill(&s);
	scene_extra(&s);
	s.vpair.side[SECONDARY].nodes.available = 8;
	s.vpair.side[EXTRA_1].nodes.available = 4;
	json = document(&s, DOC_NODE_BALANCE);
	assert_at(json, "pair", "\"prod\"");
	assert_at(json, "ha_status", "\"ACTIVE\"");
	assert_at(json, "primary_actual", "10");
	assert_at(json, "secondary_actual", "8");
	assert_at(json, "effective_each", "8");
	assert_at(json, "total_effective", "20");
	assert_at(json, "nodes_constrained", "true");
	assert_at(json, "constraining_side", "\"secondary\"");
	assert_at(json, "imbalance", "2");
	assert_at(json, "max_possible", "36");
	assert_at(json, "capacity_utilization", "\"55.6%\"");
	assert_at(json, "extras", "[{\"side\":\"extra-1\",\"name\":\"matchpoint-runners-3\",\"actual\":4}]");
	cJSON_Delete(json);
}

static void runners(void **state)
{
	struct scene s;
	cJSON *json;

	(void)state;
	scene_fill(&s);
	s.inventory[SECONDARY].max = s.inventory[SECONDARY].set[0].max = INT32_MAX;
	s.inventory[SECONDARY].has_listener = s.inventory[SECONDARY].set[0].has_listener_state = false;
	s.inventory[SECONDARY].has_runners = false;
	s.inventory[SECONDARY].part[PART_RUNNERS] = (struct part){.problem = "denied: ephemeralrunners"};
	s.vpair.side[SECONDARY].drain = (struct drain){.is_known = true, .is_drained = true};
	json = document(&s, DOC_RUNNERS);
	assert_at(json, "namespace", "\"arc-runners\"");
	assert_at(json, "sides.primary.known", "true");
	assert_at(json, "sides.primary.problem", "null");
	assert_at(
	    json, "sides.primary.pods", "{\"Pending\":1,\"Running\":5,\"Succeeded\":0,\"Failed\":0,\"Unknown\":0}");
	assert_at(json, "sides.primary.runners",
	    "{\"busy\":3,\"idle\":2,\"starting\":1,\"finishing\":0,\"failed\":0,\"unknown\":0}");
	assert_at(json, "sides.primary.utilization", "\"30.0%\"");
	assert_at(json, "sides.primary.max", "10");
	assert_at(json, "sides.primary.listener", "\"running\"");
	assert_at(json, "sides.primary.controller", "{\"ready\":true,\"available\":1,\"desired\":1}");
	assert_at(json, "sides.primary.scale_sets",
	    "[{\"name\":\"project-beta-runners\",\"version\":\"0.13.1\",\"min\":2,\"max\":10,\"desired\":6,"
	    "\"listener\":\"running\"}]");
	assert_at(json, "sides.primary.parts.3",
	    "{\"resource\":\"ephemeralrunners\",\"known\":true,\"installed\":true,"
	    "\"read_at\":\"2026-11-23T21:00:00Z\",\"unreadable\":0,\"problem\":null}");
	assert_int_equal(cJSON_GetArraySize(at(json, "sides.primary.parts")), INVENTORY_PARTS);
	assert_at(json, "sides.secondary.known", "false");
	assert_at(json, "sides.secondary.problem", "\"denied: ephemeralrunners\"");
	assert_at(json, "sides.secondary.runners", "null");
	assert_at(json, "sides.secondary.max", "null");
	assert_at(json, "sides.secondary.min", "2");
	assert_at(json, "sides.secondary.utilization", "null");
	assert_at(json, "sides.secondary.listener", "null");
	assert_at(json, "sides.secondary.scale_sets.0.max", "null");
	assert_at(json, "sides.secondary.scale_sets.0.listener", "null");
	assert_at(json, "sides.secondary.drained", "true");
	cJSON_Delete(json);
}

/* More scale sets than are listed, and a controller that is scaled to nothing. */
static void odd_inventories(void **state)
{
	struct scene s;

	(void)state;
	scene_fill(&s);
	s.inventory[PRIMARY].set_count = 100;
	s.inventory[PRIMARY].listeners_down = 3;
	s.inventory[PRIMARY].controller_available = s.inventory[PRIMARY].controller_desired = 0;
	one(&s, DOC_RUNNERS, "sides.primary.controller.ready", "false");
	cJSON *json = document(&s, DOC_RUNNERS);
	assert_int_equal(cJSON_GetArraySize(at(json, "sides.primary.scale_sets")), 1);
	assert_at(json, "sides.primary.scale_sets_total", "100");
	assert_at(json, "sides.primary.scale_sets_omitted", "99");
	assert_at(json, "sides.primary.listeners_down", "3");
	assert_at(json, "sides.secondary.scale_sets_omitted", "0");
	cJSON_Delete(json);
	s.inventory[PRIMARY].max = 0;
	one(&s, DOC_RUNNERS, "sides.primary.utilization", "null");
}

static void apps(void **state)
{
	static const char *const order[] = {
	    "broken", "missing", "old", "drifting", "arc-controller", "arc-prereqs", "arc-runners"};
	struct scene s;
	struct inventory *i = &s.inventory[PRIMARY];
	cJSON *json;
	char path[100], expected[100];

	(void)state;
	scene_fill(&s);
	scene_app(i, "drifting", APP_OUT_OF_SYNC, APP_HEALTHY);
	scene_app(i, "old", APP_SYNCED, APP_HEALTHY);
	i->app[4].is_frozen = true;
	i->apps_frozen = 1;
	scene_app(i, "missing", APP_OUT_OF_SYNC, APP_MISSING);
	i->app[5].is_benign = true;
	i->apps_benign = 2;
	scene_app(i, "broken", APP_SYNCED, APP_DEGRADED);
	i->app[6].operation[0] = '\0';
	i->app[6].reconciled = WALL_UNKNOWN;
	json = document(&s, DOC_APPS);
	assert_at(json, "namespace", "\"argocd\"");
	assert_at(json, "sides.primary.total", "7");
	assert_at(json, "sides.primary.healthy", "4"); /* two are as they should be, one is benign, one is old */
	assert_at(json, "sides.primary.frozen", "1");
	assert_at(json, "sides.primary.benign_out_of_sync", "2");
	assert_at(json, "sides.primary.omitted", "0");
	for (int n = 0; n < 7; n++) {
		snprintf(path, sizeof path, "sides.primary.apps.%d.name", n);
		snprintf(expected, sizeof expected, "\"%s\"", order[n]);
		assert_at(json, path, expected);
	}
	assert_at(json, "sides.primary.apps.0",
	    "{\"name\":\"broken\",\"sync\":\"Synced\",\"health\":\"Degraded\",\"operation\":null,"
	    "\"reconciled_at\":null,\"benign\":false,\"frozen\":false}");
	assert_at(json, "sides.primary.apps.6",
	    "{\"name\":\"arc-runners\",\"sync\":\"OutOfSync\",\"health\":\"Healthy\",\"operation\":\"Succeeded\","
	    "\"reconciled_at\":\"2026-11-23T21:00:00Z\",\"benign\":true,\"frozen\":false}");
	cJSON_Delete(json);

	i->app_count += 36;
	json = document(&s, DOC_APPS);
	assert_at(json, "sides.primary.total", "43");
	assert_at(json, "sides.primary.omitted", "36");
	assert_int_equal(cJSON_GetArraySize(at(json, "sides.primary.apps")), 7);
	cJSON_Delete(json);
}

static void problems(void **state)
{
	struct scene s;

	(void)state;
	scene_fill(&s);
	s.inventory[PRIMARY].part[PART_APPLICATIONS] = (struct part){.is_not_installed = true};
	s.inventory[PRIMARY].has_apps = false;
	one(&s, DOC_APPS, "sides.primary.problem", "\"not installed in this cluster\"");
	one(&s, DOC_RUNNERS, "sides.primary.problem", "null");
	one(&s, DOC_RUNNERS, "sides.primary.parts.9.installed", "false");
	/* A doubt about what was read blanks nothing. */
	snprintf(s.inventory[PRIMARY].part[PART_RUNNERS].problem, 128, "doubtful");
	one(&s, DOC_RUNNERS, "sides.primary.problem", "null");
	one(&s, DOC_RUNNERS, "sides.primary.parts.3.problem", "\"doubtful\"");
	scene_forget(&s, PRIMARY);
	one(&s, DOC_APPS, "sides.primary.problem", "\"not checked yet\"");
}

static void incidents(void **state)
{
	struct scene s;
	cJSON *json;

	(void)state;
	scene_fill(&s);
	json = document(&s, DOC_INCIDENTS);
	assert_at(json, "known_since", "\"2026-11-13T21:00:00Z\"");
	assert_at(json, "journal", "true");
	assert_at(json, "total", "1");
	assert_at(json, "availability.0.ratio", "1");
	assert_at(json, "availability.1.ratio", "0.964286");
	assert_at(json, "availability.1.blocked_seconds", "21600");
	assert_at(json, "availability.2.covered", "false");
	assert_at(json, "availability.2.ratio", "null");
	assert_at(json, "incidents.0",
	    "{\"number\":1,\"status\":\"BLOCKED_SECONDARY_UNAVAILABLE\",\"since\":\"2026-11-17T21:00:00Z\","
	    "\"until\":\"2026-11-18T03:00:00Z\",\"open\":false,\"length_seconds\":21600,\"unwatched_seconds\":0,"
	    "\"side\":\"secondary\",\"cause\":\"primary UP (serving), secondary DOWN (no_capacity)\","
	    "\"maintenance\":null,\"runners_busy_at_start\":9,\"runners_busy_least\":4,\"runner_minutes_lost\":3600,"
	    "\"gaps\":[]}");
	cJSON_Delete(json);

	s.incident.to = WALL_UNKNOWN; /* it lasts, and nobody has watched since the last entry */
	s.incident.has_side[PRIMARY] = s.incident.is_cordoned = true;
	s.incident.has_lost = false;
	s.incidents.is_watched = false;
	s.spans[2].use = SPAN_UNWATCHED;
	one(&s, DOC_INCIDENTS, "incidents.0.until", "null");
	one(&s, DOC_INCIDENTS, "incidents.0.open", "true");
	one(&s, DOC_INCIDENTS, "incidents.0.side", "\"both\"");
	one(&s, DOC_INCIDENTS, "incidents.0.maintenance", "\"cordoned\"");
	one(&s, DOC_INCIDENTS, "incidents.0.length_seconds", "518400");
	one(&s, DOC_INCIDENTS, "incidents.0.unwatched_seconds", "496800");
	one(&s, DOC_INCIDENTS, "incidents.0.runner_minutes_lost", "null");
	one(&s, DOC_INCIDENTS, "incidents.0.gaps",
	    "[{\"from\":\"2026-11-18T03:00:00Z\",\"to\":\"2026-11-23T21:00:00Z\"}]");
	s.incident.has_side[SECONDARY] = false;
	s.incident.is_declared = true;
	one(&s, DOC_INCIDENTS, "incidents.0.side", "\"primary\"");
	one(&s, DOC_INCIDENTS, "incidents.0.maintenance", "\"declared\"");
	s.incident.has_side[PRIMARY] = false;
	one(&s, DOC_INCIDENTS, "incidents.0.side", "null");
}

static void events(void **state)
{
	struct scene s;
	struct events many = {0};
	cJSON *json;

	(void)state;
	scene_fill(&s);
	json = document(&s, DOC_EVENTS);
	assert_at(json, "kept", "3");
	assert_at(json, "total", "3");
	assert_at(json, "omitted", "0");
	assert_at(json, "events.1",
	    "{\"number\":2,\"time\":\"2026-11-23T20:00:00Z\",\"kind\":\"state\",\"side\":\"secondary\","
	    "\"cloudspace\":\"matchpoint-runners-2\",\"from\":\"UNKNOWN\",\"to\":\"UP\",\"reason\":\"serving\","
	    "\"note\":\"\",\"until\":null,\"runners\":null,\"busy\":null,\"uid\":null,\"pid\":null}");
	assert_at(json, "events.2",
	    "{\"number\":3,\"time\":\"2026-11-23T20:00:00Z\",\"kind\":\"status\",\"side\":null,\"cloudspace\":null,"
	    "\"from\":\"UNKNOWN\",\"to\":\"ACTIVE\",\"reason\":\"\","
	    "\"note\":\"primary UP (serving), secondary UP "
	    "(serving)\",\"until\":null,\"runners\":null,\"busy\":null,\"uid\":null,\"pid\":null}");
	cJSON_Delete(json);

	for (int i = 0; i < 300; i++)
		events_add(
		    &many, &(struct event){.kind = EVENT_STATUS, .from = "UNKNOWN", .to = "ACTIVE", .reason = ""});
	s.vpair.events = &many;
	json = document(&s, DOC_EVENTS);
	assert_at(json, "kept", "256");
	assert_at(json, "total", "300");
	assert_at(json, "omitted", "44");
	assert_int_equal(cJSON_GetArraySize(at(json, "events")), 256);
	assert_at(json, "events.0.number", "45");
	assert_at(json, "events.255.number", "300");
	cJSON_Delete(json);
	events_fini(&many);
	one(&s, DOC_EVENTS, "events", "[]");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(fields),
	    cmocka_unit_test(names),
	    cmocka_unit_test(cloudspaces),
	    cmocka_unit_test(unknown_is_null),
	    cmocka_unit_test(provisioning),
	    cmocka_unit_test(maintenance),
	    cmocka_unit_test(blocked_since),
	    cmocka_unit_test(balance),
	    cmocka_unit_test(runners),
	    cmocka_unit_test(odd_inventories),
	    cmocka_unit_test(apps),
	    cmocka_unit_test(problems),
	    cmocka_unit_test(events),
	    cmocka_unit_test(incidents),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
