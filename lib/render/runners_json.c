/* GET /api/v1/runners: runner pods, runners, scale sets, listener and controller of each side. */
#include "base/json_out.h"
#include "render/documents.h"
#include "render/problem.h"
#include "render/unreadable_lists.h"

#include <stdio.h>

/* Without a limit, null. */
static void put_max(struct json_out *j, bool is_known, int max)
{
	json_put_known(j, "max", is_known && max != INT32_MAX, max);
}

static void put_counts(
    struct json_out *j, const char *name, bool is_known, const char *const *names, const int *counts, int count)
{
	if (!is_known) {
		json_put_null(j, name);
		return;
	}
	json_open(j, name, '{');
	for (int i = 0; i < count; i++)
		json_put_int(j, names[i], counts[i]);
	json_close(j, '}');
}

static void put_scale(struct json_out *j, const struct inventory *i)
{
	char text[16];
	double ratio;
	bool has_ratio = view_runner_utilization(i, &ratio);
	json_put_known(j, "min", i->has_sums, i->min);
	put_max(j, i->has_sums, i->max);
	json_put_known(j, "desired", i->has_sums, i->desired);
	if (has_ratio)
		snprintf(text, sizeof text, "%.1f%%", ratio * 100);
	json_put_text(j, "utilization", has_ratio ? text : NULL);
	json_put_text(j, "listener", i->has_listener ? listener_state_names[i->listener] : NULL);
	if (i->has_controller) {
		json_open(j, "controller", '{');
		json_put_bool(j, "ready", inventory_controller_is_ready(i));
		json_put_int(j, "available", i->controller_available);
		json_put_int(j, "desired", i->controller_desired);
		json_close(j, '}');
	} else
		json_put_null(j, "controller");
}

/* The worst first. */
static void put_scale_sets(struct json_out *j, const struct inventory *i)
{
	json_put_known(j, "scale_sets_total", i->has_scale, i->set_count);
	json_put_known(j, "scale_sets_omitted", i->has_scale, i->set_count - i->sets_listed);
	json_put_known(j, "listeners_down", i->has_listener, i->listeners_down);
	json_open(j, "scale_sets", '[');
	for (int n = 0; i->has_scale && n < i->sets_listed; n++) {
		const struct scale_set *set = &i->set[n];
		json_open(j, NULL, '{');
		json_put_text(j, "name", set->name);
		json_put_words(j, "version", set->version);
		json_put_int(j, "min", set->min);
		put_max(j, true, set->max);
		json_put_known(j, "desired", set->desired >= 0, set->desired);
		json_put_text(j, "listener", set->has_listener_state ? listener_state_names[set->listener] : NULL);
		json_close(j, '}');
	}
	json_close(j, ']');
}

static void put_parts(struct json_out *j, const struct inventory *i)
{
	json_open(j, "parts", '[');
	for (int n = 0; n < INVENTORY_PARTS; n++) {
		const struct part *part = &i->part[n];
		json_open(j, NULL, '{');
		json_put_text(j, "resource", inventory_part_names[n]);
		json_put_bool(j, "known", part->is_known);
		json_put_bool(j, "installed", !part->is_not_installed);
		json_put_time(j, "read_at", part->read_at);
		json_put_known(j, "unreadable", part->is_known || part->unreadable, part->unreadable);
		json_put_words(j, "problem", part->problem);
		json_close(j, '}');
	}
	json_close(j, ']');
}

static void put_side(struct json_out *j, const char *name, const struct view_side *side)
{
	const struct inventory *i = side->inventory;
	struct unreadable_lists unreadable = {.count = 0};
	unreadable_lists_add_parts(&unreadable, side, PART_NODES, PART_NODES);
	unreadable_lists_add_parts(&unreadable, side, PART_RUNNER_PODS, PART_CONTROLLER);
	json_open(j, name, '{');
	json_put_text(j, "name", side->name);
	json_put_bool(j, "known", i->has_pods && i->has_runners);
	json_put_text(j, "problem", problem_of_runners(i));
	json_put_time(j, "looked_at", i->looked_at);
	put_counts(j, "pods", i->has_pods, pod_phase_names, i->pods, POD_PHASES);
	json_put_known(j, "pods_stuck", i->has_pods, i->pods_stuck);
	put_counts(j, "runners", i->has_runners, activity_names, i->runners, RUNNER_ACTIVITIES);
	json_put_known(j, "runners_stuck", i->has_runners, i->runners_stuck);
	json_put_known(j, "runners_zombie", i->has_runners, i->runners_zombie);
	put_scale(j, i);
	put_scale_sets(j, i);
	json_put_maybe(j, "drained", side->drain.is_known, side->drain.is_drained);
	put_parts(j, i);
	unreadable_lists_put_json(j, &unreadable);
	json_close(j, '}');
}

void runners_json_render(
    const struct view *view, const struct view_pair *pair, const struct figures *figures, struct buf *out)
{
	struct json_out j = {out, false};
	(void)view;
	(void)figures;
	json_open(&j, NULL, '{');
	json_put_text(&j, "pair", pair->name);
	json_put_text(&j, "namespace", pair->runner_namespace);
	json_open(&j, "sides", '{');
	for (int id = 0; id < view_sides(pair); id++)
		put_side(&j, side_id_names[id], &pair->side[id]);
	json_close(&j, '}');
	json_close(&j, '}');
}
