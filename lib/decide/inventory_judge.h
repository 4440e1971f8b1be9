/* The judges behind inventory_step(), one for each figure. Nobody else calls them. */
#ifndef HAWATCH_DECIDE_INVENTORY_JUDGE_H
#define HAWATCH_DECIDE_INVENTORY_JUDGE_H

#include "decide/inventory_memory.h"

enum {
	STUCK_POD_MS = 5 * 60 * 1000,
	BLOCKED_POD_MS = 60 * 1000,
	STUCK_RUNNER_MS = 10 * 60 * 1000,
	FROZEN_MS = 15 * 60 * 1000,
};

/* All that a judge looks at. The lists of the parts that it needs are complete and sorted. */
struct round {
	const struct facts *facts;
	struct inventory_memory *memory;
	struct now now;
};

/* Each writes its own figures into `i`, in place of those that an earlier round left there. */
void inventory_judge_nodes(struct inventory *i, const struct round *round);
void inventory_judge_silent(struct inventory *i, const struct round *round);
void inventory_judge_cpu(struct inventory *i, const struct round *round);
void inventory_judge_pods(struct inventory *i, const struct round *round);
void inventory_judge_scale(struct inventory *i, const struct round *round);
void inventory_judge_listeners(struct inventory *i, const struct round *round);
void inventory_judge_runners(struct inventory *i, const struct round *round);
void inventory_judge_controller(struct inventory *i, const struct round *round);
void inventory_judge_apps(struct inventory *i, const struct round *round);

/* Puts the remembered listeners' states beside their scale sets, and the worst of them above all. */
void inventory_show_listeners(struct inventory *i, const struct inventory_memory *memory);

/* Puts applications in order, the worst first, then by name. */
void inventory_sort_apps(struct app *apps, size_t count);

/* How long before the server's `date` something was; -1 where either is not known. */
int64_t inventory_age_ms(wall_ms then, wall_ms date);

/* a + b, none of them negative; INT32_MAX where it would be more. */
int inventory_count_sum(int a, int b);

#endif
