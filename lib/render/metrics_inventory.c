/* The metrics of what a side runs: pods, runners, applications. A value that was not read has no sample. */
#include "render/metrics_table.h"

#define COUNT(name, is_known, field) GETTER(name, s->vside->inventory->is_known, s->vside->inventory->field)

COUNT(pods_stuck, has_pods, pods_stuck)
COUNT(runners_stuck, has_runners, runners_stuck)
COUNT(runners_zombie, has_runners, runners_zombie)
COUNT(runners_min, has_sums, min)
COUNT(runners_desired, has_sums, desired)
COUNT(apps_frozen, has_apps, apps_frozen)
COUNT(apps_benign, has_apps, apps_benign)
COUNT(nodes_silent, has_leases, nodes_silent)
GETTER(cpu_requested, s->vside->inventory->has_cpu, metric_thousandths(s->vside->inventory->cpu_requested_milli))
GETTER(cpu_allocatable, s->vside->inventory->has_cpu, metric_thousandths(s->vside->inventory->cpu_allocatable_milli))
GETTER(runners_max, s->vside->inventory->has_sums && s->vside->inventory->max != INT32_MAX, s->vside->inventory->max)
GETTER(controller_ready, s->vside->inventory->has_controller, inventory_controller_is_ready(s->vside->inventory))
GETTER(drained, s->vside->drain.is_known, s->vside->drain.is_drained)
STATE(listener, s->vside->inventory->has_listener ? (int)s->vside->inventory->listener : -1)

static bool utilization(const struct subject *s, double *out)
{
	return view_runner_utilization(s->vside->inventory, out);
}

static void pods(const struct metric *m, const struct subject *s, struct expo *x)
{
	const struct inventory *v = s->vside->inventory;
	for (int i = 0; v->has_pods && i < POD_PHASES; i++)
		metrics_put(x, m, metrics_labels_with(metrics_no_labels, "phase", pod_phase_names[i]), v->pods[i]);
}

static void runners(const struct metric *m, const struct subject *s, struct expo *x)
{
	const struct inventory *v = s->vside->inventory;
	for (int i = 0; v->has_runners && i < RUNNER_ACTIVITIES; i++)
		metrics_put(x, m, metrics_labels_with(metrics_no_labels, "activity", activity_names[i]), v->runners[i]);
}

static void apps(const struct metric *m, const struct subject *s, struct expo *x)
{
	const struct inventory *v = s->vside->inventory;
	for (int sync = 0; v->has_apps && sync < APP_SYNCS; sync++) {
		struct labels l = metrics_labels_with(metrics_no_labels, "sync_status", app_sync_names[sync]);
		for (int health = 0; health < APP_HEALTHS; health++)
			metrics_put(x, m, metrics_labels_with(l, "health_status", app_health_names[health]),
			    v->apps[sync][health]);
	}
}

static void parts(const struct metric *m, const struct subject *s, struct expo *x)
{
	const struct inventory *v = s->vside->inventory;
	for (int i = 0; wall_is_known(v->looked_at) && i < INVENTORY_PARTS; i++)
		if (!v->part[i].is_off)
			metrics_put(x, m, metrics_labels_with(metrics_no_labels, "resource", inventory_part_names[i]),
			    v->part[i].is_known);
}

/* clang-format off */
static const struct metric rows[] = {
	{"ha_runner_pods", EXPO_GAUGE, "Runner pods by phase.", SAMPLES(pods), LABELS("phase")},
	{"ha_runner_pods_stuck", EXPO_GAUGE, "Runner pods that have been Pending for five minutes or more, or for one minute with a container that cannot start.", VALUE(pods_stuck)},
	{"ha_runners", EXPO_GAUGE, "Runners by activity.", SAMPLES(runners), LABELS("activity")},
	{"ha_runners_stuck", EXPO_GAUGE, "Runners that have been starting without a registration, or being deleted, for ten minutes.", VALUE(runners_stuck)},
	{"ha_runners_zombie", EXPO_GAUGE, "Runners whose pod is not the pod that took their job.", VALUE(runners_zombie)},
	{"ha_runners_min", EXPO_GAUGE, "Sum of the scale sets' minRunners.", VALUE(runners_min)},
	{"ha_runners_max", EXPO_GAUGE, "Sum of the scale sets' maxRunners; absent if one of them has no limit.", VALUE(runners_max)},
	{"ha_runners_desired", EXPO_GAUGE, "Runners that all scale sets together should have now.", VALUE(runners_desired)},
	{"ha_runner_utilization_ratio", EXPO_GAUGE, "Busy runners divided by ha_runners_max, 0 to 1.", VALUE(utilization)},
	{"ha_runner_listener", EXPO_STATESET, "Worst state of the scale sets' listeners; exactly one is 1.", STATES(listener, listener_state_names, LISTENER_STATES)},
	{"ha_runner_controller_ready", EXPO_GAUGE, "1 if all desired replicas of the runner controller are available, and at least one.", VALUE(controller_ready)},
	{"ha_argocd_apps", EXPO_GAUGE, "ArgoCD applications by sync and health.", SAMPLES(apps), LABELS("sync_status, health_status")},
	{"ha_argocd_apps_frozen", EXPO_GAUGE, "Applications that ArgoCD has not reconciled for 15 minutes: their status is old.", VALUE(apps_frozen)},
	{"ha_argocd_apps_benign_out_of_sync", EXPO_GAUGE, "Applications that are OutOfSync only because of resources that a sync would prune.", VALUE(apps_benign)},
	{"ha_cloudspace_cpu_requested_cores", EXPO_GAUGE, "CPU cores that the pods on the side's nodes request.", VALUE(cpu_requested)},
	{"ha_cloudspace_cpu_allocatable_cores", EXPO_GAUGE, "CPU cores that the side's nodes can allocate to pods.", VALUE(cpu_allocatable)},
	{"ha_cloudspace_nodes_silent", EXPO_GAUGE, "Nodes whose kubelet has not renewed its lease in time.", VALUE(nodes_silent)},
	{"ha_drained", EXPO_GAUGE, "1 if every node is cordoned and no job runs, in two rounds in a row.", VALUE(drained)},
	{"ha_inventory_up", EXPO_GAUGE, "1 if the last round read the resource, 0 if it was denied, is not installed or failed.", SAMPLES(parts), LABELS("resource")},
};
/* clang-format on */

const struct metric_table metrics_of_inventory = {rows, sizeof rows / sizeof *rows};
