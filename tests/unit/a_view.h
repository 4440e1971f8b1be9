/* A view made by hand, for the renderers: two well sides. Include below <cmocka.h>. */
#ifndef HAWATCH_TESTS_A_VIEW_H
#define HAWATCH_TESTS_A_VIEW_H

#include "recording.h"
#include "render/view.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct scene {
	struct cloudspace cloudspace[SIDES];
	struct pair_policy policy;
	struct pair pair;
	struct inventory inventory[SIDES];
	struct events events;
	struct view_pair vpair;
	struct view view;
	struct figures figures;
};

/* 2026-11-23T20:00:00Z, when both sides came up, and an hour later. */
static const wall_ms at_eight = {1795464000000}, at_nine = {1795467600000};

static inline struct poll_stats some_polls(int64_t duration_ms, int failures)
{
	struct poll_stats stats = {0};

	for (int i = 0; i < failures; i++)
		poll_stats_count(&stats, POLL_TIMEOUT, 10000, at_eight);
	for (int i = 0; i < 100; i++)
		poll_stats_count(&stats, POLL_OK, duration_ms, at_nine);
	return stats;
}

/* Fills a scene in place: its parts point at each other. */
static inline void scene_fill(struct scene *s)
{
	static const char *const names[SIDES] = {"matchpoint-runners", "matchpoint-runners-2"};
	static const char *const endpoints[SIDES] = {
	    "https://hcp-0.spot.rackspace.com", "https://hcp-1.spot.rackspace.com"};

	memset(s, 0, sizeof *s);
	s->pair.status = HA_ACTIVE;
	s->pair.since.wall = at_eight;
	s->pair.transitions[HA_UNKNOWN][HA_ACTIVE] = 1;
	s->pair.spent_ms[HA_ACTIVE] = 3600000;
	s->pair.spent_ms[HA_UNKNOWN] = 1500;
	s->vpair = (struct view_pair){.name = "prod", .is_enabled = true, .policy = &s->policy, .pair = &s->pair, .events = &s->events};
	for (int id = 0; id < SIDES; id++) {
		struct cloudspace *c = &s->cloudspace[id];

		s->pair.side[id].verdict = UP;
		s->pair.side[id].reason = REASON_SERVING;
		s->pair.side[id].since.wall = at_eight;
		*c = (struct cloudspace){.created = {1767690000000},
		    .first_ready = {1767697323000},
		    .known_phase = PHASE_READY,
		    .word = SPOT_READY};
		snprintf(c->name, sizeof c->name, "%s", names[id]);
		snprintf(c->phase, sizeof c->phase, "Ready");
		snprintf(c->health, sizeof c->health, "Healthy");
		snprintf(c->region, sizeof c->region, "us-central-dfw-1");
		s->vpair.side[id] = (struct view_side){.name = names[id],
		    .endpoint = endpoints[id],
		    .cloudspace = c,
		    .has_nodes = true,
		    .nodes = {12, 11, 1, 1, 10},
		    .has_pools = true,
		    .pools = {.pools = 1, .desired = 12, .min = 2, .max = 12, .won = 12},
		    .has_margin = true,
		    .margin = {350000000, 70000000, id == PRIMARY ? 101000000 : -1},
		    .max_nodes = 12,
		    .inventory = &s->inventory[id],
		    .readyz = some_polls(12, 0),
		    .kube_nodes = some_polls(80, id)};
	}
	s->view = (struct view){.now = {{3600000}, at_nine},
	    .version = "0.1.0",
	    .revision = "abc",
	    .interval_ms = 5000,
	    .has_spot = true,
	    .token = some_polls(300, 0),
	    .cloudspaces = some_polls(250, 0),
	    .nodepools = some_polls(1001, 0),
	    .token_expires = {1795723200000},
	    .is_reload_good = true,
	    .reloaded = at_eight,
	    .process = {1.25, 1795463999.5, 1e8, 2.5e7, 12, 1024, 2},
	    .pairs = &s->vpair,
	    .pair_count = 1};
}

static inline void scene_look(struct scene *s)
{
	s->figures = view_figures(&s->vpair);
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

#endif
