/* What one inventory round keeps for the next: which runner has a job, how often a listener was recreated. */
#pragma once

#include "decide/facts.h"

/* Values that are computed together, from parts of the same round. */
enum figure {
	FIGURE_NODES,
	FIGURE_SILENT, /* nodes without a heartbeat */
	FIGURE_CPU,
	FIGURE_PODS,
	FIGURE_SCALE,
	FIGURE_SUMS,      /* of all scale sets */
	FIGURE_LISTENERS, /* before the runners, which need it */
	FIGURE_RUNNERS,
	FIGURE_CONTROLLER,
	FIGURE_APPS,
	FIGURES
};

/* A runner that has a job, or that has lost its pod. */
struct known_runner {
	char name[FACT_NAME_MAX];
	char pod_uid[FACT_UID_MAX]; /* of the pod that took its job; "": none was seen */
	bool has_no_pod;            /* it is Running without one */
};

enum { CHURN_CHANGES = 3, CHURN_WITHIN_MS = 15 * 60 * 1000 };

/* A scale set's listener. */
struct known_listener {
	char name[FACT_NAME_MAX];       /* the scale set's */
	char pod_uid[FACT_UID_MAX];     /* of its last pod */
	mono_ms changes[CHURN_CHANGES]; /* of that uid, the latest first */
	bool takes_jobs;                /* it runs, and its runner set exists */
	bool was_down;                  /* in the last round; a second round must confirm it */
	bool has_state;
	enum listener_state state;
};

/* What one round keeps for the next. Initialise with inventory_memory_init(). */
struct inventory_memory {
	mono_ms read_at[INVENTORY_PARTS], judged_at[FIGURES];
	struct facts_list runners;                      /* known_runner, sorted */
	struct facts_list listeners;                    /* known_listener, sorted */
	struct facts_list sets;                         /* scale_set, all of them, the worst first */
	struct facts_list apps;                         /* app, the worst APPS_MAX, the worst first */
	struct unreadables unreadable[INVENTORY_PARTS]; /* of the last list of each part */
};

/* What it keeps is counted in `account` (borrowed; NULL: nowhere). */
void inventory_memory_init(struct inventory_memory *memory, struct inventory_account *account);
/* Takes what `old` has, which is empty then. Each stays with its account. */
void inventory_memory_adopt(struct inventory_memory *memory, struct inventory_memory *old);
void inventory_memory_fini(struct inventory_memory *memory);
