#include "render/apps.h"

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

int apps_listed(const struct inventory *inventory)
{
	return inventory->app_count < APPS_MAX ? inventory->app_count : APPS_MAX;
}

/* A benign application that is not listed counts as healthy: the list holds the worst. */
int apps_healthy(const struct inventory *inventory)
{
	int benign = inventory->apps_benign;
	for (int i = 0; i < apps_listed(inventory); i++)
		benign -= inventory->app[i].is_benign && inventory->app[i].health != APP_HEALTHY;
	int most = inventory->apps[APP_OUT_OF_SYNC][APP_HEALTHY];
	return inventory->apps[APP_SYNCED][APP_HEALTHY] + (benign < most ? benign : most);
}
