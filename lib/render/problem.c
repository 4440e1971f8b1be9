#include "render/problem.h"

#include <string.h>

static const char *first_problem(const struct inventory *inventory, enum inventory_part from, enum inventory_part to)
{
	for (int i = (int)from; i <= (int)to; i++) {
		const struct part *part = &inventory->part[i];
		if (!part->is_known && part->problem[0])
			return part->problem;
		if (part->is_not_installed)
			return "not installed in this cluster";
	}
	return wall_is_known(inventory->looked_at) ? NULL : "not checked yet";
}

const char *problem_of_runners(const struct inventory *inventory)
{
	return first_problem(inventory, PART_RUNNER_PODS, PART_CONTROLLER);
}

const char *problem_of_apps(const struct inventory *inventory)
{
	return first_problem(inventory, PART_APPLICATIONS, PART_APPLICATIONS);
}

static bool has_problem(const struct part *part)
{
	return !part->is_known && part->problem[0];
}

int problem_more_of_runners(const struct inventory *inventory)
{
	const struct part *parts = inventory->part;
	int different = 0;
	for (int i = PART_RUNNER_PODS; i <= PART_CONTROLLER; i++) {
		bool is_new = has_problem(&parts[i]);
		for (int k = PART_RUNNER_PODS; k < i; k++)
			is_new = is_new && !(has_problem(&parts[k]) && strcmp(parts[k].problem, parts[i].problem) == 0);
		different += is_new;
	}
	return different > 1 ? different - 1 : 0;
}
