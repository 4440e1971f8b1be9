#include "decide/inventory_judge.h"

#include <string.h>

static struct app app_of(const struct app_fact *fact, wall_ms date)
{
	wall_ms seen = wall_is_known(fact->reconciled) ? fact->reconciled : fact->created;
	struct app app = {
	    .sync = fact->sync,
	    .health = fact->health,
	    .is_benign = fact->sync == APP_OUT_OF_SYNC && fact->is_prune_only,
	    .is_frozen = inventory_age_ms(seen, date) > FROZEN_MS,
	    .reconciled = fact->reconciled,
	};
	memcpy(app.operation, fact->operation, sizeof app.operation);
	memcpy(app.name, fact->name, sizeof app.name);
	return app;
}

static bool is_healthy(const struct app *app)
{
	return app->health == APP_HEALTHY && (app->sync == APP_SYNCED || app->is_benign);
}

bool inventory_app_is_well(const struct app *app)
{
	return is_healthy(app) && !app->is_frozen;
}

/* How urgent an application is: first ArgoCD's own order of health, then whether its status is old, then sync. */
static int badness(const struct app *app)
{
	int sync = app->is_benign ? APP_SYNCED : (int)app->sync;
	return (int)app->health * 100 + app->is_frozen * 10 + sync;
}

int inventory_compare_apps(const void *a, const void *b)
{
	int worse = badness(b) - badness(a);
	return worse ? worse : strcmp(((const struct app *)a)->name, ((const struct app *)b)->name);
}

void inventory_judge_apps(struct inventory *i, const struct round *round)
{
	const struct facts_list *facts = &round->facts->list[PART_APPLICATIONS];
	struct facts_list *apps = &round->memory->apps;
	memset(i->apps, 0, sizeof i->apps);
	i->apps_benign = i->apps_frozen = i->apps_healthy = i->apps_well = 0;
	facts_list_fini(apps);
	for (size_t k = 0; k < facts->count; k++) {
		struct app app = app_of(facts_list_at(facts, k), round->facts->part[PART_APPLICATIONS].date);
		i->apps[app.sync][app.health]++;
		i->apps_benign += app.is_benign;
		i->apps_frozen += app.is_frozen;
		i->apps_healthy += is_healthy(&app);
		i->apps_well += inventory_app_is_well(&app);
		facts_list_put(apps, &app);
	}
	facts_list_sort_by(apps, inventory_compare_apps);
	facts_list_keep(apps, APPS_MAX);
	i->app = apps->v;
	i->apps_listed = (int)apps->count;
	i->app_count = (int)facts->count;
}
