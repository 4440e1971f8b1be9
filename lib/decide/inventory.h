/*
 * What a side runs, as values: pods, runners, scale sets, applications. It is shown, counted and used in alerts, but
 * decides nothing (SEMANTICS.md section 1, "Two cadences"). Each part is fetched and judged separately; a part that is
 * not known has a text with the cause.
 */
#pragma once

#include "base/units.h"
#include "decide/obs.h"

/* What is listed, in the order of the requests of a round. The names are the `resource` label. */
enum inventory_part {
	PART_NODES,
	PART_LEASES, /* kubelets' heartbeats */
	PART_RUNNER_PODS,
	PART_RUNNERS,     /* EphemeralRunners */
	PART_RUNNER_SETS, /* EphemeralRunnerSets */
	PART_SCALE_SETS,  /* AutoscalingRunnerSets */
	PART_LISTENERS,   /* AutoscalingListeners */
	PART_LISTENER_PODS,
	PART_CONTROLLER, /* its Deployment */
	PART_APPLICATIONS,
	PART_PODS, /* of all namespaces: what they request */
	INVENTORY_PARTS
};
extern const char *const inventory_part_names[INVENTORY_PARTS];

/* How the last reading of a part ended. */
struct part {
	bool is_off;           /* the configuration does not want it */
	bool is_known;         /* it was read, and not long ago */
	wall_ms read_at;       /* the last time; unknown: never */
	bool is_not_installed; /* the API server serves no such resource */
	int status;            /* HTTP status of the last answer; 404: its namespace does not exist, either; 0: none */
	int count;             /* objects in the list, when it was last read */
	int unreadable;        /* those of them that could not be read */
	char problem[256];     /* why it is not known or doubtful, for people; "" when there is no problem */
};

enum pod_phase { POD_PENDING, POD_RUNNING, POD_SUCCEEDED, POD_FAILED, POD_UNKNOWN, POD_PHASES };
extern const char *const pod_phase_names[POD_PHASES]; /* as Kubernetes spells them */

/* What a runner does (lib/decode/ARC.md, "Busy"). */
enum activity {
	RUNNER_BUSY,
	RUNNER_IDLE,
	RUNNER_STARTING,
	RUNNER_FINISHING, /* it has a job, whose container has ended */
	RUNNER_FAILED,    /* ARC does not use it any more; it still counts as one of the runners */
	RUNNER_UNKNOWN,   /* not known: its node is silent, no listener would report its job, or it cannot be read */
	RUNNER_ACTIVITIES
};
extern const char *const activity_names[RUNNER_ACTIVITIES]; /* "busy", ... */

enum listener_state {
	LISTENER_RUNNING,
	LISTENER_ABSENT,   /* a scale set without a listener pod: it takes no jobs */
	LISTENER_ENDED,    /* the pod is there, its container has terminated */
	LISTENER_CHURNING, /* recreated three times within 15 minutes */
	LISTENER_DEAD_SET, /* belongs to a runner set that no longer exists */
	LISTENER_STATES
};
extern const char *const listener_state_names[LISTENER_STATES]; /* "running", ..., "dead_set" */

/*
 * At most this many scale sets, and this many applications, are listed, the worst first, and then by name. All counts
 * include those that are not listed. A name is kept whole: 253 characters at most.
 */
enum { SCALE_SETS_MAX = 64, APPS_MAX = 64, OBJECT_NAME_MAX = 254 };

/* One scale set: the runners that GitHub asks for, and its limits. */
struct scale_set {
	char name[OBJECT_NAME_MAX];
	char version[24]; /* of ARC, from its label; "" without one */
	int min, max;     /* max is INT32_MAX where it has none */
	int desired;      /* replicas of its runner sets; -1: not known, because one of them could not be read */
	bool has_listener_state;
	enum listener_state listener;
};

enum app_sync { APP_SYNCED, APP_OUT_OF_SYNC, APP_SYNC_UNKNOWN, APP_SYNCS };
extern const char *const app_sync_names[APP_SYNCS]; /* as ArgoCD spells them */

enum app_health {
	APP_HEALTHY,
	APP_SUSPENDED,
	APP_PROGRESSING,
	APP_MISSING,
	APP_DEGRADED,
	APP_HEALTH_UNKNOWN,
	APP_HEALTHS
};
extern const char *const app_health_names[APP_HEALTHS];

struct app {
	char name[OBJECT_NAME_MAX];
	enum app_sync sync;
	enum app_health health;
	bool is_benign;     /* OutOfSync only because of resources that a sync would prune */
	bool is_frozen;     /* ArgoCD has not reconciled it for 15 minutes: its status is old */
	char operation[16]; /* phase of the last operation, such as Failed; "" for none */
	wall_ms reconciled;
};

/* One side's inventory. Zero: nothing is known. Numbers count only where their parts are known. */
struct inventory {
	struct part part[INVENTORY_PARTS];
	wall_ms looked_at; /* the last round's end */

	bool has_pods;
	int pods[POD_PHASES];
	int pods_stuck; /* Pending for five minutes or more, or for one minute with a container that cannot start */

	bool has_runners;
	int runners[RUNNER_ACTIVITIES]; /* one that could not be read is RUNNER_UNKNOWN */
	int runners_stuck;  /* starting without a registration, or being deleted, for ten minutes; or without a pod */
	int runners_zombie; /* its pod is not the pod that took its job */

	bool has_sums;         /* of all scale sets together: every one could be read */
	int min, max, desired; /* max is INT32_MAX where one of them has none */
	bool has_scale;
	struct scale_set *set; /* `sets_listed` of them; borrowed from the memory, until its next step */
	int sets_listed, set_count;

	bool has_listener;            /* a state is known */
	enum listener_state listener; /* the worst of all scale sets */
	int listeners_down;           /* scale sets whose listener is known to be in any other state than running */

	bool has_controller;
	int controller_available, controller_desired; /* replicas; ready when all desired are available, at least one */

	bool has_apps;
	int apps[APP_SYNCS][APP_HEALTHS];
	int apps_benign, apps_frozen;
	int apps_healthy; /* Healthy, and Synced or benign */
	int apps_well;    /* of these, not frozen */
	struct app *app;  /* `apps_listed` of them; borrowed from the memory, until its next step */
	int apps_listed, app_count;

	bool has_cpu; /* of nodes outside the control plane; thousandths of a core */
	int64_t cpu_requested_milli, cpu_allocatable_milli;

	bool has_leases;
	int nodes_silent; /* whose kubelet has not renewed its lease within its duration */

	bool has_nodes;
	int nodes_total, nodes_cordoned;
};

bool inventory_controller_is_ready(const struct inventory *inventory);

/* How many applications there are, those that could not be read included. */
int inventory_apps_total(const struct inventory *i);

/* True when a person need not look at it: Healthy, Synced or benign, and not frozen. */
bool inventory_app_is_well(const struct app *app);

/* True when its listener is known to be in any other state than running. */
bool inventory_set_is_down(const struct scale_set *set);
