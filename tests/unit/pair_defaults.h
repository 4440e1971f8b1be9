/* A pair with the defaults of SEMANTICS.md, and without Spot. */
#pragma once

#include "decide/pair.h"
#include "side_world.h"

static struct pair_policy policy_of_defaults(void)
{
	struct pair_policy policy = {.is_enabled = true};
	for (int id = 0; id < SIDES_MAX; id++) {
		policy.side[id] = default_policy;
		policy.side[id].has_spot = false;
	}
	return policy;
}
