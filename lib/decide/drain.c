#include "decide/drain.h"

/* True when everything was read that is needed to say that no job runs: every node, runner pod and runner. */
static bool is_complete(const struct inventory *i)
{
	return i->has_nodes && i->has_pods && i->has_runners && !i->part[PART_NODES].unreadable &&
	    !i->part[PART_RUNNER_PODS].unreadable && !i->part[PART_RUNNERS].unreadable;
}

/* A cluster without nodes is not clear: "every node is cordoned" needs at least one node. */
static bool is_clear(const struct inventory *i)
{
	return i->nodes_total > 0 && i->nodes_cordoned == i->nodes_total && i->runners[RUNNER_BUSY] == 0 &&
	    i->runners[RUNNER_FINISHING] == 0 && i->runners[RUNNER_UNKNOWN] == 0;
}

bool drain_is_possible(const struct inventory *inventory)
{
	return is_complete(inventory) && is_clear(inventory);
}

struct drain drain_interrupt(struct drain drain)
{
	return (struct drain){.is_known = drain.is_known};
}

struct drain drain_step(struct drain drain, const struct inventory *inventory, bool is_exact)
{
	drain.is_known = is_complete(inventory);
	if (!is_exact || !drain_is_possible(inventory))
		drain.clear_looks = 0;
	else if (drain.clear_looks < DRAIN_LOOKS)
		drain.clear_looks++;
	drain.is_drained = drain.clear_looks == DRAIN_LOOKS;
	return drain;
}
