#include "base/text.h"
#include "decide/inventory_judge.h"

#include <stdlib.h>
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
	text_copy(app.name, sizeof app.name, fact->name);
	return app;
}

/* How urgent an application is: first ArgoCD's own order of health, then whether its status is old, then sync. */
static int badness(const struct app *app)
{
	int sync = app->is_benign ? APP_SYNCED : (int)app->sync;
	return (int)app->health * 100 + app->is_frozen * 10 + sync;
}

static int worst_first(const void *a, const void *b)
{
	int worse = badness(b) - badness(a);
	return worse ? worse : strcmp(((const struct app *)a)->name, ((const struct app *)b)->name);
}

void inventory_sort_apps(struct app *apps, size_t count)
{
	if (count)
		qsort(apps, count, sizeof *apps, worst_first);
}

/* When there are too many, the worst are kept. */
void inventory_judge_apps(struct inventory *i, const struct round *round)
{
	const struct facts_list *facts = &round->facts->list[PART_APPLICATIONS];
	struct facts_list apps = facts_list_of(sizeof(struct app));
	memset(i->apps, 0, sizeof i->apps);
	i->apps_benign = i->apps_frozen = 0;
	i->app_count = (int)facts->count;
	for (size_t k = 0; k < facts->count; k++) {
		struct app app = app_of(facts_list_at(facts, k), round->facts->part[PART_APPLICATIONS].date);
		i->apps[app.sync][app.health]++;
		i->apps_benign += app.is_benign;
		i->apps_frozen += app.is_frozen;
		facts_list_put(&apps, &app);
	}
	inventory_sort_apps(apps.v, apps.count);
	size_t kept = apps.count < APPS_MAX ? apps.count : APPS_MAX;
	if (kept)
		memcpy(i->app, apps.v, kept * sizeof *i->app);
	facts_list_fini(&apps);
}
