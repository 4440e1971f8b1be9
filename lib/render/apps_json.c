/* GET /api/v1/apps: the ArgoCD applications of each side, worst first. */
#include "base/json_out.h"
#include "render/documents.h"
#include "render/problem.h"
#include "render/unreadable_lists.h"

static void put_app(struct json_out *j, const struct app *app)
{
	json_open(j, NULL, '{');
	json_put_text(j, "name", app->name);
	json_put_text(j, "sync", app_sync_names[app->sync]);
	json_put_text(j, "health", app_health_names[app->health]);
	json_put_words(j, "operation", app->operation);
	json_put_time(j, "reconciled_at", app->reconciled);
	json_put_bool(j, "benign", app->is_benign);
	json_put_bool(j, "frozen", app->is_frozen);
	json_close(j, '}');
}

static void put_side(struct json_out *j, const char *name, const struct view_side *side)
{
	const struct inventory *i = side->inventory;
	int count = i->has_apps ? i->apps_listed : 0;
	struct unreadable_lists unreadable = {.count = 0};
	unreadable_lists_add_parts(&unreadable, side, PART_APPLICATIONS, PART_APPLICATIONS);
	json_open(j, name, '{');
	json_put_text(j, "name", side->name);
	json_put_bool(j, "known", i->has_apps);
	json_put_text(j, "problem", problem_of_apps(i));
	json_put_time(j, "looked_at", i->looked_at);
	json_put_known(j, "total", i->has_apps, inventory_apps_total(i));
	json_put_known(j, "healthy", i->has_apps, i->apps_healthy);
	json_put_known(j, "frozen", i->has_apps, i->apps_frozen);
	json_put_known(j, "benign_out_of_sync", i->has_apps, i->apps_benign);
	json_open(j, "apps", '[');
	for (int n = 0; n < count; n++)
		put_app(j, &i->app[n]);
	json_close(j, ']');
	json_put_known(j, "omitted", i->has_apps, i->app_count - count);
	unreadable_lists_put_json(j, &unreadable);
	json_close(j, '}');
}

void apps_json_render(
    const struct view *view, const struct view_pair *pair, const struct figures *figures, struct buf *out)
{
	struct json_out j = {out, false};
	(void)view;
	(void)figures;
	json_open(&j, NULL, '{');
	json_put_text(&j, "pair", pair->name);
	json_put_text(&j, "namespace", pair->argocd_namespace);
	json_open(&j, "sides", '{');
	for (int id = 0; id < view_sides(pair); id++)
		put_side(&j, side_id_names[id], &pair->side[id]);
	json_close(&j, '}');
	json_close(&j, '}');
}
