#define _POSIX_C_SOURCE 200809L /* strnlen */
#include "decide/facts.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

struct facts_list facts_list_of(size_t size, struct inventory_account *account)
{
	return (struct facts_list){.size = size, .cost = size, .account = account};
}

struct facts_list facts_list_like(const struct facts_list *list)
{
	return (struct facts_list){.size = list->size, .cost = list->cost, .account = list->account};
}

void facts_list_recount(struct facts_list *list, struct inventory_account *account)
{
	inventory_budget_give_back(list->account, list->count * list->cost);
	inventory_budget_take(account, list->count * list->cost);
	list->account = account;
}

void facts_list_put(struct facts_list *list, const void *fact)
{
	if (list->count == list->room) {
		list->room = list->room ? 2 * list->room : 2;
		list->v = mem_resized(list->v, list->room * list->size);
	}
	memcpy((char *)list->v + list->count++ * list->size, fact, list->size);
	inventory_budget_take(list->account, list->cost);
}

bool facts_list_add(struct facts_list *list, const void *fact, struct err *e)
{
	if (list->count == FACTS_MAX)
		return err_set(e, "more than %d objects, which is the limit", FACTS_MAX);
	facts_list_put(list, fact);
	return true;
}

void *facts_list_at(const struct facts_list *list, size_t i)
{
	return (char *)list->v + i * list->size;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(a, b); /* each begins with it */
}

void facts_list_sort_by(struct facts_list *list, int (*compare)(const void *a, const void *b))
{
	if (list->count)
		qsort(list->v, list->count, list->size, compare);
}

void facts_list_sort(struct facts_list *list)
{
	facts_list_sort_by(list, by_name);
}

void facts_list_keep(struct facts_list *list, size_t most)
{
	size_t dropped = list->count > most ? list->count - most : 0;
	list->count -= dropped;
	inventory_budget_give_back(list->account, dropped * list->cost);
	if (!list->count)
		return;
	list->room = list->count;
	list->v = mem_resized(list->v, list->room * list->size);
}

void *facts_list_find(const struct facts_list *list, const char *name)
{
	return list->count ? bsearch(name, list->v, list->count, list->size, by_name) : NULL;
}

void facts_list_fini(struct facts_list *list)
{
	free(list->v);
	inventory_budget_give_back(list->account, list->count * list->cost);
	*list = facts_list_like(list);
}

void facts_init(struct facts *facts, struct inventory_account *account)
{
	static const size_t sizes[INVENTORY_PARTS] = {
	    [PART_NODES] = sizeof(struct node_fact),
	    [PART_LEASES] = sizeof(struct lease_fact),
	    [PART_RUNNER_PODS] = sizeof(struct pod_fact),
	    [PART_RUNNERS] = sizeof(struct runner_fact),
	    [PART_RUNNER_SETS] = sizeof(struct runner_set_fact),
	    [PART_SCALE_SETS] = sizeof(struct scale_set_fact),
	    [PART_LISTENERS] = sizeof(struct listener_fact),
	    [PART_LISTENER_PODS] = sizeof(struct pod_fact),
	    [PART_CONTROLLER] = sizeof(struct controller_fact),
	    [PART_APPLICATIONS] = sizeof(struct app_fact),
	    [PART_PODS] = 1,
	};
	/* What the judges make of a fact, as a multiple of its size: inventory_memory.c and inventory_scale.c prove it.
	 */
	static const size_t made[INVENTORY_PARTS] = {
	    [PART_RUNNERS] = FACTS_MADE_OF_RUNNER,
	    [PART_SCALE_SETS] = FACTS_MADE_OF_SCALE_SET,
	    [PART_APPLICATIONS] = FACTS_MADE_OF_APP,
	};
	*facts = (struct facts){0};
	for (int i = 0; i < INVENTORY_PARTS; i++) {
		facts->list[i] = facts_list_of(sizes[i], account);
		facts->list[i].cost *= 1 + made[i];
	}
}

void facts_fini(struct facts *facts)
{
	for (int i = 0; i < INVENTORY_PARTS; i++)
		facts_list_fini(&facts->list[i]), unreadables_fini(&facts->unreadable[i]);
}

void facts_count_node(const struct node_fact *node, struct node_counts *counts)
{
	counts->control_plane += node->is_control_plane;
	if (node->is_control_plane)
		return;
	counts->total++;
	counts->ready += node->is_ready;
	counts->cordoned += node->is_cordoned;
	counts->ready_cordoned += node->is_ready && node->is_cordoned;
	counts->available += node->is_ready && !node->is_cordoned && !node->is_deleting && !node->is_repelled;
}

int64_t facts_milli_sum(int64_t a, int64_t b)
{
	return a > INT64_MAX - b ? INT64_MAX : a + b;
}

void facts_add_request(struct facts *facts, const struct pod_fact *pod)
{
	struct node_fact *node = facts_list_find(&facts->list[PART_NODES], pod->node);
	/* A pod that has ended, or is not scheduled yet, uses nothing of a node. */
	if (node && pod->phase != POD_SUCCEEDED && pod->phase != POD_FAILED)
		node->requested_milli = facts_milli_sum(node->requested_milli, pod->cpu_milli);
}

void facts_forget_requests(struct facts *facts)
{
	const struct facts_list *nodes = &facts->list[PART_NODES];
	for (size_t i = 0; i < nodes->count; i++)
		((struct node_fact *)facts_list_at(nodes, i))->requested_milli = 0;
}
