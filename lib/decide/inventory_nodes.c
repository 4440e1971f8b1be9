#include "decide/inventory_judge.h"

void inventory_judge_nodes(struct inventory *i, const struct round *round)
{
	const struct facts_list *nodes = &round->facts->list[PART_NODES];
	i->nodes_total = i->nodes_cordoned = 0;
	for (size_t k = 0; k < nodes->count; k++) {
		const struct node_fact *node = facts_list_at(nodes, k);
		i->nodes_total += !node->is_control_plane;
		i->nodes_cordoned += !node->is_control_plane && node->is_cordoned;
	}
}

/* The lease of a removed node may stay for a while; a node without a lease is new. */
void inventory_judge_silent(struct inventory *i, const struct round *round)
{
	const struct facts_list *nodes = &round->facts->list[PART_NODES];
	wall_ms date = round->facts->part[PART_LEASES].date;
	i->nodes_silent = 0;
	for (size_t k = 0; k < nodes->count; k++) {
		const struct node_fact *node = facts_list_at(nodes, k);
		const struct lease_fact *lease = facts_list_find(&round->facts->list[PART_LEASES], node->name);
		i->nodes_silent +=
		    !node->is_control_plane && lease && inventory_age_ms(lease->renewed, date) > lease->duration_ms;
	}
}

void inventory_judge_cpu(struct inventory *i, const struct round *round)
{
	const struct facts_list *nodes = &round->facts->list[PART_NODES];
	i->cpu_requested_milli = i->cpu_allocatable_milli = 0;
	for (size_t k = 0; k < nodes->count; k++) {
		const struct node_fact *node = facts_list_at(nodes, k);
		if (node->is_control_plane)
			continue;
		if (node->allocatable_milli < 0)
			i->has_cpu = false; /* a sum without this node would be wrong */
		else
			i->cpu_allocatable_milli = facts_milli_sum(i->cpu_allocatable_milli, node->allocatable_milli);
		i->cpu_requested_milli = facts_milli_sum(i->cpu_requested_milli, node->requested_milli);
	}
}

/* A new pod may wait for its image; only after a minute is this a problem. */
static bool is_stuck(const struct pod_fact *pod, wall_ms date)
{
	int64_t waited_ms = inventory_age_ms(pod->created, date);
	return pod->phase == POD_PENDING &&
	    (waited_ms >= STUCK_POD_MS || (pod->is_blocked && waited_ms >= BLOCKED_POD_MS));
}

void inventory_judge_pods(struct inventory *i, const struct round *round)
{
	const struct facts_list *pods = &round->facts->list[PART_RUNNER_PODS];
	for (int phase = 0; phase < POD_PHASES; phase++)
		i->pods[phase] = 0;
	i->pods_stuck = 0;
	for (size_t k = 0; k < pods->count; k++) {
		const struct pod_fact *pod = facts_list_at(pods, k);
		i->pods[pod->phase]++;
		i->pods_stuck += is_stuck(pod, round->facts->part[PART_RUNNER_PODS].date);
	}
}

void inventory_judge_controller(struct inventory *i, const struct round *round)
{
	const struct facts_list *deployments = &round->facts->list[PART_CONTROLLER];
	i->controller_available = i->controller_desired = 0;
	for (size_t k = 0; k < deployments->count; k++) {
		const struct controller_fact *d = facts_list_at(deployments, k);
		i->controller_available = inventory_count_sum(i->controller_available, d->available);
		i->controller_desired = inventory_count_sum(i->controller_desired, d->desired);
	}
}
