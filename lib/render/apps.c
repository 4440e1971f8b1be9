#include "render/apps.h"

#include <stdlib.h>
#include <string.h>

static bool is_in_sync(const struct app *app)
{
	return app->sync == APP_SYNCED || app->is_benign;
}

bool apps_is_well(const struct app *app)
{
	return is_in_sync(app) && app->health == APP_HEALTHY && !app->is_frozen;
}

int apps_total(const struct inventory *inventory)
{
	int total = 0;
	for (int sync = 0; sync < APP_SYNCS; sync++)
		for (int health = 0; health < APP_HEALTHS; health++)
			total += inventory->apps[sync][health];
	return total;
}

static int listed(const struct inventory *inventory)
{
	return inventory->app_count < APPS_MAX ? inventory->app_count : APPS_MAX;
}

/* Of those that are not listed a benign one counts as healthy: the list keeps the worst. */
int apps_healthy(const struct inventory *inventory)
{
	int benign = inventory->apps_benign;
	for (int i = 0; i < listed(inventory); i++)
		benign -= inventory->app[i].is_benign && inventory->app[i].health != APP_HEALTHY;
	int most = inventory->apps[APP_OUT_OF_SYNC][APP_HEALTHY];
	return inventory->apps[APP_SYNCED][APP_HEALTHY] + (benign < most ? benign : most);
}

/* ArgoCD's own order of health decides, then whether its words are old, then sync. */
static int badness(const struct app *app)
{
	return (int)app->health * 8 + app->is_frozen * 4 + (is_in_sync(app) ? 0 : (int)app->sync);
}

static int by_badness(const void *a, const void *b)
{
	const struct app *one = *(const struct app *const *)a, *two = *(const struct app *const *)b;
	int difference = badness(two) - badness(one);
	return difference ? difference : strcmp(one->name, two->name);
}

int apps_worst_first(const struct inventory *inventory, const struct app *out[APPS_MAX])
{
	int count = listed(inventory);
	for (int i = 0; i < count; i++)
		out[i] = &inventory->app[i];
	qsort(out, (size_t)count, sizeof *out, by_badness);
	return count;
}
