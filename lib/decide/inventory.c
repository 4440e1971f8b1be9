#include "decide/inventory.h"

const char *const inventory_part_names[INVENTORY_PARTS] = {
    [PART_NODES] = "nodes",
    [PART_LEASES] = "leases",
    [PART_RUNNER_PODS] = "runner_pods",
    [PART_RUNNERS] = "ephemeralrunners",
    [PART_RUNNER_SETS] = "ephemeralrunnersets",
    [PART_SCALE_SETS] = "autoscalingrunnersets",
    [PART_LISTENERS] = "autoscalinglisteners",
    [PART_LISTENER_PODS] = "listener_pods",
    [PART_CONTROLLER] = "controller",
    [PART_APPLICATIONS] = "applications",
    [PART_PODS] = "pods",
};

const char *const pod_phase_names[POD_PHASES] = {
    [POD_PENDING] = "Pending",
    [POD_RUNNING] = "Running",
    [POD_SUCCEEDED] = "Succeeded",
    [POD_FAILED] = "Failed",
    [POD_UNKNOWN] = "Unknown",
};

const char *const activity_names[RUNNER_ACTIVITIES] = {
    [RUNNER_BUSY] = "busy",
    [RUNNER_IDLE] = "idle",
    [RUNNER_STARTING] = "starting",
    [RUNNER_FINISHING] = "finishing",
    [RUNNER_FAILED] = "failed",
    [RUNNER_UNKNOWN] = "unknown",
};

const char *const listener_state_names[LISTENER_STATES] = {
    [LISTENER_RUNNING] = "running",
    [LISTENER_ABSENT] = "absent",
    [LISTENER_ENDED] = "ended",
    [LISTENER_CHURNING] = "churning",
    [LISTENER_DEAD_SET] = "dead_set",
};

const char *const app_sync_names[APP_SYNCS] = {
    [APP_SYNCED] = "Synced",
    [APP_OUT_OF_SYNC] = "OutOfSync",
    [APP_SYNC_UNKNOWN] = "Unknown",
};

const char *const app_health_names[APP_HEALTHS] = {
    [APP_HEALTHY] = "Healthy",
    [APP_SUSPENDED] = "Suspended",
    [APP_PROGRESSING] = "Progressing",
    [APP_MISSING] = "Missing",
    [APP_DEGRADED] = "Degraded",
    [APP_HEALTH_UNKNOWN] = "Unknown",
};

bool inventory_controller_is_ready(const struct inventory *inventory)
{
	return inventory->has_controller && inventory->controller_available > 0 &&
	    inventory->controller_available >= inventory->controller_desired;
}

int inventory_apps_total(const struct inventory *i)
{
	return i->app_count + i->part[PART_APPLICATIONS].unreadable;
}
