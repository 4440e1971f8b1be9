/* The judges behind inventory_step(), one for each figure. Private to inventory_*.c. */
#pragma once

#include "decide/inventory_memory.h"

enum {
	STUCK_POD_MS = 5 * 60 * 1000,
	BLOCKED_POD_MS = 60 * 1000,
	STUCK_RUNNER_MS = 10 * 60 * 1000,
	FROZEN_MS = 15 * 60 * 1000,
};

/* The input of a judge. The lists of the parts that it needs were read and are sorted. */
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
void inventory_judge_sums(struct inventory *i, const struct round *round);
void inventory_judge_listeners(struct inventory *i, const struct round *round);
void inventory_judge_runners(struct inventory *i, const struct round *round);
void inventory_judge_controller(struct inventory *i, const struct round *round);
void inventory_judge_apps(struct inventory *i, const struct round *round);

/*
 * Lists the scale sets that the memory has, the worst first. While `has_states`, with the remembered states of their
 * listeners, and the worst of these in `i->listener`.
 */
void inventory_show_sets(struct inventory *i, struct inventory_memory *memory, bool has_states);

/* Which of two is worse, for facts_list_sort_by(): the worst first, then by name. */
int inventory_compare_sets(const void *a, const void *b);
int inventory_compare_apps(const void *a, const void *b);

/* Milliseconds from an event to the server's `date`; -1 when one of them is not known. */
int64_t inventory_age_ms(wall_ms then, wall_ms date);

/* a + b, both not negative; at most INT32_MAX. */
int inventory_count_sum(int a, int b);
