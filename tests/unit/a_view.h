/* A view made by hand, for the renderers: two well sides. Include below <cmocka.h>. */
#pragma once

#include "decide/inventory_judge.h"
#include "recording.h"
#include "render/metrics.h"
#include "render/view.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct scene {
	struct cloudspace cloudspace[SIDES_MAX];
	struct pair_policy policy;
	struct pair pair;
	struct inventory inventory[SIDES_MAX];
	struct scale_set sets[SIDES_MAX][SCALE_SETS_MAX];
	struct app apps[SIDES_MAX][APPS_MAX];
	struct event ring[3];
	struct events events;
	struct span spans[3];
	struct incident incident;
	struct incidents incidents;
	struct view_pair vpair;
	const struct view_pair *vpairs[1];
	struct view view;
	struct figures figures;
};

/* 2026-11-23T19:00:00Z, when hawatchd started, 20:00, when both sides came up, and an hour later. */
static const wall_ms at_seven = {1795460400000}, at_eight = {1795464000000}, at_nine = {1795467600000};

static inline struct poll_stats some_polls(int64_t duration_ms, int failures)
{
	struct poll_stats stats = {0};

	for (int i = 0; i < failures; i++)
		poll_stats_count(&stats, POLL_TIMEOUT, 10000, at_eight);
	for (int i = 0; i < 100; i++)
		poll_stats_count(&stats, POLL_OK, duration_ms, at_nine);
	poll_stats_compare_clocks(&stats, (wall_ms){at_nine.ms - 2000}, (struct now){{3600000}, at_nine});
	return stats;
}

static inline void scene_app(struct inventory *i, const char *name, enum app_sync sync, enum app_health health)
{
	struct app *app = &i->app[i->apps_listed++];

	i->app_count++;
	*app = (struct app){.sync = sync, .health = health, .reconciled = at_nine, .operation = "Succeeded"};
	snprintf(app->name, sizeof app->name, "%s", name);
	i->apps[sync][health]++;
}

/* A side of which everything was read: 3 of 10 possible runners busy, one application benignly out of sync. */
static inline void scene_inventory(struct scene *s, enum side_id id)
{
	struct inventory i = {.looked_at = at_nine,
	    .has_pods = true,
	    .pods = {1, 5, 0, 0, 0},
	    .has_runners = true,
	    .runners = {3, 2, 1, 0, 0, 0},
	    .has_scale = true,
	    .has_sums = true,
	    .min = 2,
	    .max = 10,
	    .desired = 6,
	    .set = s->sets[id],
	    .sets_listed = 1,
	    .set_count = 1,
	    .has_listener = true,
	    .has_controller = true,
	    .controller_available = 1,
	    .controller_desired = 1,
	    .has_apps = true,
	    .app = s->apps[id],
	    .apps_benign = 1,
	    .has_cpu = true,
	    .cpu_requested_milli = 12500,
	    .cpu_allocatable_milli = 47040,
	    .has_leases = true,
	    .has_nodes = true,
	    .nodes_total = 12,
	    .nodes_cordoned = 1};

	for (int part = 0; part < INVENTORY_PARTS; part++)
		i.part[part] = (struct part){.is_known = true, .read_at = at_nine};
	scene_app(&i, "arc-controller", APP_SYNCED, APP_HEALTHY);
	scene_app(&i, "arc-runners", APP_OUT_OF_SYNC, APP_HEALTHY);
	i.app[1].is_benign = true;
	scene_app(&i, "arc-prereqs", APP_SYNCED, APP_HEALTHY);
	i.set[0] = (struct scale_set){"project-beta-runners", "0.13.1", 2, 10, 6, true, LISTENER_RUNNING};
	s->inventory[id] = i;
}

static inline void scene_side(struct scene *s, enum side_id id, const char *name, const char *endpoint)
{
	struct cloudspace *c = &s->cloudspace[id];

	s->policy.side[id] = (struct side_policy){.has_spot = true,
	    .rise = 2,
	    .fall = 3,
	    .interval_ms = 5000,
	    .spot_interval_ms = 30000,
	    .unreachable_for_ms = 90000,
	    .own_network_window_ms = 60000,
	    .stale_after_ms = 300000,
	    .provisioning_late_ms = 75 * 60000,
	    .provisioning_stuck_ms = 120 * 60000};
	s->pair.side[id].verdict = UP;
	s->pair.side[id].reason = REASON_SERVING;
	s->pair.side[id].since.wall = at_eight;
	s->pair.state_changes[id][UP] = 1;
	*c = (struct cloudspace){
	    .created = {1767690000000}, .first_ready = {1767697323000}, .known_phase = PHASE_READY, .word = SPOT_READY};
	snprintf(c->name, sizeof c->name, "%s", name);
	snprintf(c->phase, sizeof c->phase, "Ready");
	snprintf(c->health, sizeof c->health, "Healthy");
	snprintf(c->region, sizeof c->region, "us-central-dfw-1");
	scene_inventory(s, id);
	s->vpair.side[id] = (struct view_side){.name = name,
	    .counted_from = at_seven,
	    .context = name,
	    .endpoint = endpoint,
	    .cloudspace = c,
	    .has_nodes = true,
	    .nodes = {12, 11, 1, 1, 10, 0},
	    .has_pools = true,
	    .pools = {.pools = 2, .desired = 12, .min = 2, .max = 12, .won = 11, .reserved = 1},
	    .has_margin = true,
	    .margin = {350000000, 70000000, id == PRIMARY ? 101000000 : -1},
	    .max_nodes = 12,
	    .inventory = &s->inventory[id],
	    .inventory_polls = some_polls(400, 0),
	    .drain = {.is_known = true},
	    .readyz = some_polls(12, 0),
	    .kube_nodes = some_polls(80, id == SECONDARY)};
}

/* A third cloudspace. */
static inline void scene_extra(struct scene *s)
{
	scene_side(s, EXTRA_1, "matchpoint-runners-3", "https://hcp-2.spot.rackspace.com");
	s->pair.extra_count = s->policy.extra_count = 1;
}

/* Nothing is known of a side but its name. */
static inline void scene_forget(struct scene *s, enum side_id id)
{
	s->inventory[id] = (struct inventory){0};
	s->vpair.side[id] = (struct view_side){.name = s->vpair.side[id].name, .inventory = &s->inventory[id]};
}

/* Fills a scene in place: its parts point at each other. */
static const struct view_peer scene_peers[] = {{"10.0.0.7:29164", "hawatch-1", true, ""}};

static inline void scene_fill(struct scene *s)
{
	memset(s, 0, sizeof *s);
	s->pair.status = HA_ACTIVE;
	s->pair.since.wall = at_eight;
	s->pair.transitions[HA_UNKNOWN][HA_ACTIVE] = 1;
	s->pair.counted_to = (struct now){{3600000}, at_nine};
	s->pair.spent_ms[HA_ACTIVE] = 3600000;
	s->pair.spent_ms[HA_UNKNOWN] = 1500;
	s->ring[0] = (struct event){
	    1, {{0}, at_eight}, EVENT_STATE, PRIMARY, "UNKNOWN", "UP", "serving", "", "matchpoint-runners"};
	s->ring[1] = (struct event){
	    2, {{0}, at_eight}, EVENT_STATE, SECONDARY, "UNKNOWN", "UP", "serving", "", "matchpoint-runners-2"};
	s->ring[2] = (struct event){3, {{0}, at_eight}, EVENT_STATUS, PRIMARY, "UNKNOWN", "ACTIVE", "",
	    "primary UP (serving), secondary UP (serving)", ""};
	s->events = (struct events){s->ring, 3, 3};
	/* Watched for ten days; six days ago the secondary was DOWN for six hours. */
	const int64_t day_ms = 24 * 3600000, six_days_ms = at_nine.ms - 6 * day_ms, end_ms = six_days_ms + day_ms / 4;
	s->spans[0] = (struct span){{at_nine.ms - 10 * day_ms}, SPAN_ACTIVE};
	s->spans[1] = (struct span){{six_days_ms}, SPAN_BLOCKED};
	s->spans[2] = (struct span){{end_ms}, SPAN_ACTIVE};
	s->incident =
	    (struct incident){1, HA_BLOCKED_SECONDARY_UNAVAILABLE, {six_days_ms}, {end_ms}, {false, true}, false, false,
		"primary UP (serving), secondary DOWN (no_capacity)", 0, true, true, 9, 4, true, 10 * day_ms / 4};
	s->incidents = (struct incidents){.v = &s->incident,
	    .count = 1,
	    .total = 1,
	    .since = s->spans[0].from,
	    .span = s->spans,
	    .spans = 3,
	    .at = {end_ms},
	    .is_watched = true,
	    .runners = JOURNAL_RUNNERS_UNKNOWN};
	s->policy.is_enabled = true;
	s->vpair = (struct view_pair){.name = "prod",
	    .counted_from = {1795460400500},
	    .is_enabled = true,
	    .policy = &s->policy,
	    .pair = &s->pair,
	    .events = &s->events,
	    .incidents = &s->incidents,
	    .has_journal = true,
	    .journal_bytes = 12345,
	    .runner_namespace = "arc-runners",
	    .controller_namespace = "arc-systems",
	    .argocd_namespace = "argocd",
	    .state_saved = {1795463999500}};
	scene_side(s, PRIMARY, "matchpoint-runners", "https://hcp-0.spot.rackspace.com");
	scene_side(s, SECONDARY, "matchpoint-runners-2", "https://hcp-1.spot.rackspace.com");
	s->view = (struct view){.now = {{3600000}, at_nine},
	    .version = "0.1.0",
	    .metrics_link = "metrics",
	    .revision = "abc",
	    .counted_from = at_seven,
	    .spot_counted_from = {1795460401250},
	    .interval_ms = 5000,
	    .has_spot = true,
	    .status_page_url = "https://rackspace.service-now.com/system_status",
	    .keeps_state = true,
	    .token = some_polls(300, 0),
	    .cloudspaces = some_polls(250, 0),
	    .nodepools = some_polls(1001, 0),
	    .token_expires = {1795723200000},
	    .is_reload_good = true,
	    .reloaded = at_eight,
	    .http = {.answers = {120, 1, 7, 8, 2, 9, 3, 4, 5, 6, 10, 11},
		.refused = {1, 2, 3, 4, 5, 6},
		.passwords = {8, 9},
		.connections = {1, 2, 3, 4, 5},
		.web_config = {true, true, {INT64_C(1798000000000)}}},
	    .process = {1.25, 1795463999.5, 1e8, 2.5e7, 12, 1024, 2},
	    .peers = scene_peers, /* only metrics show them, as no peers are configured */
	    .peer_count = 1,
	    .pairs = s->vpairs,
	    .pair_count = 1};
	s->vpairs[0] = &s->vpair;
}

/* Counts and sorts what a test has put into the lists. Those that are not listed count as well. */
static inline void scene_look(struct scene *s)
{
	for (int id = 0; id < SIDES_MAX; id++) {
		struct inventory *i = &s->inventory[id];
		int others = i->app_count - i->apps_listed, down = 0;

		i->apps_well = i->apps_healthy = others;
		for (int k = 0; k < i->apps_listed; k++) {
			const struct app *app = &i->app[k];
			i->apps_well += inventory_app_is_well(app);
			i->apps_healthy += app->health == APP_HEALTHY && (app->sync == APP_SYNCED || app->is_benign);
		}
		for (int k = 0; k < i->sets_listed; k++)
			down += inventory_set_is_down(&i->set[k]);
		i->listeners_down = i->listeners_down > down ? i->listeners_down : down;
		if (i->apps_listed)
			qsort(i->app, (size_t)i->apps_listed, sizeof *i->app, inventory_compare_apps);
		if (i->sets_listed)
			qsort(i->set, (size_t)i->sets_listed, sizeof *i->set, inventory_compare_sets);
	}
	s->figures = view_figures(&s->vpair);
}

/* Appends the exposition of a scene that was looked at. */
static inline void scene_metrics(const struct scene *s, enum expo_format format, struct buf *out)
{
	struct metrics_lines *lines = metrics_lines_new(&s->vpair, &s->figures);
	const struct metrics_lines *of_pair = lines;

	metrics_render(&s->view, &s->figures, &of_pair, format, out);
	metrics_lines_free(&lines);
}

/* Says where the first difference is. The golden file is written anew when HAWATCH_GOLDEN=write. */
static inline void assert_golden(const char *path, const char *text)
{
	const char *mode = getenv("HAWATCH_GOLDEN");
	size_t len;
	char *golden;
	int line = 1;

	if (mode && strcmp(mode, "write") == 0) {
		FILE *f = fopen(path, "wb");

		assert_non_null(f);
		fputs(text, f);
		fclose(f);
	}
	golden = file_read(path, &len);
	for (const char *g = golden, *t = text; *g || *t; line++) {
		size_t glen = strcspn(g, "\n"), tlen = strcspn(t, "\n");

		if (glen != tlen || memcmp(g, t, glen) != 0 || g[glen] != t[tlen])
			fail_msg("%s:%d:\n- %.*s\n+ %.*s", path, line, (int)glen, g, (int)tlen, t);
		g += glen + (g[glen] == '\n');
		t += tlen + (t[tlen] == '\n');
	}
	free(golden);
}
