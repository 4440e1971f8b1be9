/* The judges behind inventory_step(), one for each figure. Private to inventory_*.c. */
#pragma once

#include "decide/inventory_memory.h"

enum {
	STUCK_POD_MS = 5 * 60 * 1000,
	BLOCKED_POD_MS = 60 * 1000,
	STUCK_RUNNER_MS = 10 * 60 * 1000,
	FROZEN_MS = 15 * 60 * 1000,
};

/* The input of a judge. The lists of the parts that it needs are complete and sorted. */
struct round {
	const struct facts *facts;
	struct inventory_memory *memory;
	struct now now;
};

/* Each writes its own figures into `i`, and replaces those of an earlier round. */
void inventory_judge_nodes(struct inventory *i, const struct round *round);
void inventory_judge_silent(struct inventory *i, const struct round *round);
void inventory_judge_cpu(struct inventory *i, const struct round *round);
void inventory_judge_pods(struct inventory *i, const struct round *round);
void inventory_judge_scale(struct inventory *i, const struct round *round);
void inventory_judge_listeners(struct inventory *i, const struct round *round);
void inventory_judge_runners(struct inventory *i, const struct round *round);
void inventory_judge_controller(struct inventory *i, const struct round *round);
void inventory_judge_apps(struct inventory *i, const struct round *round);

/* Copies the remembered state of each listener to its scale set, and the worst of them to `i->listener`. */
void inventory_show_listeners(struct inventory *i, const struct inventory_memory *memory);

/* Sorts applications: the worst first, then by name. */
void inventory_sort_apps(struct app *apps, size_t count);

/* Milliseconds from an event to the server's `date`; -1 when one of them is not known. */
int64_t inventory_age_ms(wall_ms then, wall_ms date);

/* a + b, both not negative; at most INT32_MAX. */
int inventory_count_sum(int a, int b);
