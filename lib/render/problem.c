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

const char *problem_of_all(const struct inventory *inventory)
{
	const char *runners = problem_of_runners(inventory), *apps = problem_of_apps(inventory);
	bool is_one = !inventory->has_runners && !inventory->has_apps && runners && apps &&
	    strcmp(runners, apps) == 0 && problem_more_of_runners(inventory) == 0;
	return is_one ? runners : NULL;
}

const char *problem_of_side(const struct view_side *side)
{
	static const char *const texts[POLL_REASONS] = {
	    [POLL_DNS] = "the name of its API server is not found",
	    [POLL_CONNECT] = "its API server accepts no connection",
	    [POLL_TLS] = "the certificate of its API server is not accepted",
	    [POLL_TIMEOUT] = "its API server does not answer in time",
	    [POLL_AUTH] = "its API server refuses our credential",
	    [POLL_RATE_LIMITED] = "its API server asks for fewer requests",
	    [POLL_HTTP_3XX] = "its API server redirects to another address",
	    [POLL_HTTP_4XX] = "its API server refuses the request",
	    [POLL_HTTP_5XX] = "its API server reports an error of its own",
	    [POLL_PARSE] = "the answer of its API server cannot be read",
	    [POLL_TOO_LARGE] = "the answer of its API server is too large",
	    [POLL_INTERNAL] = "an internal error of hawatchd",
	};
	const struct poll_stats *nodes = &side->kube_nodes;
	if (nodes->polls == 0)
		return "it was not asked yet";
	return nodes->last == POLL_AUTH && side->credential_problem ? side->credential_problem : texts[nodes->last];
}
