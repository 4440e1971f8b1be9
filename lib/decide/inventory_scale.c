#include "decide/inventory_judge.h"

#include <string.h>

/*
 * During a rollout a scale set has two runner sets, and GitHub's jobs run in both. One that could not be read may
 * belong to any scale set. `sets` are sorted by name: either list may have very many.
 */
static void add_desired(const struct facts *facts, const struct facts_list *sets)
{
	const struct facts_list *runner_sets = &facts->list[PART_RUNNER_SETS];
	bool is_unsure = facts->unreadable[PART_RUNNER_SETS].count;
	for (size_t k = 0; k < runner_sets->count; k++) {
		const struct runner_set_fact *runner_set = facts_list_at(runner_sets, k);
		struct scale_set *set = is_unsure ? NULL : facts_list_find(sets, runner_set->scale_set);
		if (set)
			set->desired = inventory_count_sum(set->desired, runner_set->replicas);
	}
	for (size_t k = 0; is_unsure && k < sets->count; k++)
		((struct scale_set *)facts_list_at(sets, k))->desired = -1;
}

void inventory_judge_scale(struct inventory *i, const struct round *round)
{
	const struct facts_list *sets = &round->facts->list[PART_SCALE_SETS];
	(void)i; /* inventory_show_sets() puts them there */
	facts_list_fini(&round->memory->sets);
	for (size_t k = 0; k < sets->count; k++) {
		const struct scale_set_fact *fact = facts_list_at(sets, k);
		struct scale_set set = {.min = fact->min, .max = fact->max};
		memcpy(set.version, fact->version, sizeof set.version);
		memcpy(set.name, fact->name, sizeof set.name);
		facts_list_put(&round->memory->sets, &set);
	}
	add_desired(round->facts, &round->memory->sets);
}

void inventory_judge_sums(struct inventory *i, const struct round *round)
{
	const struct facts_list *sets = &round->facts->list[PART_SCALE_SETS];
	const struct facts_list *runner_sets = &round->facts->list[PART_RUNNER_SETS];
	i->min = i->max = i->desired = 0;
	for (size_t k = 0; k < runner_sets->count; k++) {
		const struct runner_set_fact *set = facts_list_at(runner_sets, k);
		i->desired = inventory_count_sum(i->desired, set->replicas);
	}
	for (size_t k = 0; k < sets->count; k++) {
		const struct scale_set_fact *fact = facts_list_at(sets, k);
		i->min = inventory_count_sum(i->min, fact->min);
		i->max = inventory_count_sum(i->max, fact->max);
	}
}

/* What one round saw of a scale set's listener. */
struct sight {
	char name[FACT_NAME_MAX]; /* the scale set's */
	const struct pod_fact *pod;
	bool is_there, is_bound; /* its AutoscalingListener exists; the runner set that it names exists */
	bool may_be_bound;       /* that runner set may be one that could not be read */
};
_Static_assert(sizeof(struct sight) + sizeof(struct known_listener) + sizeof(struct scale_set) <=
	FACTS_MADE_OF_SCALE_SET * sizeof(struct scale_set_fact),
    "see facts.c");

/* A pod that is not being deleted is better than one that is; then the newer pod is better. */
static bool is_better(const struct pod_fact *pod, const struct pod_fact *best)
{
	if (!best)
		return true;
	if (best->is_deleting != pod->is_deleting)
		return best->is_deleting;
	return pod->created.ms > best->created.ms;
}

static struct facts_list look(const struct facts *facts)
{
	struct facts_list sights = facts_list_of(sizeof(struct sight), NULL);
	const struct facts_list *sets = &facts->list[PART_SCALE_SETS];
	const struct facts_list *listeners = &facts->list[PART_LISTENERS];
	const struct facts_list *pods = &facts->list[PART_LISTENER_PODS];
	for (size_t k = 0; k < sets->count; k++) {
		struct sight sight = {0};
		memcpy(sight.name, facts_list_at(sets, k), sizeof sight.name);
		facts_list_put(&sights, &sight);
	}
	for (size_t k = 0; k < listeners->count; k++) {
		const struct listener_fact *listener = facts_list_at(listeners, k);
		struct sight *sight = facts_list_find(&sights, listener->scale_set);
		if (!sight)
			continue;
		sight->is_there = true;
		sight->is_bound |= facts_list_find(&facts->list[PART_RUNNER_SETS], listener->runner_set) != NULL;
		sight->may_be_bound |= unreadables_may_hide(&facts->unreadable[PART_RUNNER_SETS], listener->runner_set);
	}
	for (size_t k = 0; k < pods->count; k++) {
		const struct pod_fact *pod = facts_list_at(pods, k);
		struct sight *sight = facts_list_find(&sights, pod->scale_set);
		if (sight && is_better(pod, sight->pod))
			sight->pod = pod;
	}
	return sights;
}

/* The state in this round alone. A pod that waits, or whose node is not ready, takes no jobs. */
static enum listener_state state_of(const struct sight *sight, const struct facts_list *nodes)
{
	const struct pod_fact *pod = sight->pod;
	const struct node_fact *node = pod ? facts_list_find(nodes, pod->node) : NULL;
	if (sight->is_there && !sight->is_bound)
		return LISTENER_DEAD_SET; /* ARC may never repair this */
	if (pod && pod->is_ended)
		return LISTENER_ENDED;
	return pod && pod->is_running && node && node->is_ready ? LISTENER_RUNNING : LISTENER_ABSENT;
}

/* True when what the sight lacks may be among the objects that could not be read. */
static bool is_unsure(const struct sight *sight, const struct facts *facts)
{
	return (!sight->is_there && facts->unreadable[PART_LISTENERS].count) ||
	    (sight->is_there && !sight->is_bound && sight->may_be_bound) ||
	    (!sight->pod && facts->unreadable[PART_LISTENER_PODS].count);
}

static void note_pod(struct known_listener *listener, const struct pod_fact *pod, mono_ms now)
{
	if (!pod || strcmp(pod->uid, listener->pod_uid) == 0)
		return;
	if (listener->pod_uid[0]) {
		memmove(listener->changes + 1, listener->changes, (CHURN_CHANGES - 1) * sizeof *listener->changes);
		listener->changes[0] = now;
	}
	memcpy(listener->pod_uid, pod->uid, sizeof listener->pod_uid);
}

static bool is_churning(const struct known_listener *listener, mono_ms now)
{
	return mono_since(listener->changes[CHURN_CHANGES - 1], now) < CHURN_WITHIN_MS;
}

static struct known_listener listener_new(const char *scale_set)
{
	struct known_listener listener = {.changes = {MONO_NEVER, MONO_NEVER, MONO_NEVER}};
	memcpy(listener.name, scale_set, sizeof listener.name);
	return listener;
}

static void note_state(struct known_listener *listener, enum listener_state state, mono_ms now)
{
	bool is_down = state != LISTENER_RUNNING, churns = is_churning(listener, now);
	listener->takes_jobs = !is_down && !churns;
	/* The lists were read one after another and may not match: a bad state counts when it is seen twice. */
	if (!is_down || listener->was_down) {
		listener->has_state = true;
		listener->state = state;
	}
	/* has_state is true here: so many changes need more than two rounds. */
	if (churns && listener->state < LISTENER_CHURNING)
		listener->state = LISTENER_CHURNING;
	listener->was_down = is_down;
}

/* Nothing is known of it in this round. */
static void forget_state(struct known_listener *listener)
{
	listener->has_state = listener->takes_jobs = listener->was_down = false;
}

void inventory_judge_listeners(struct inventory *i, const struct round *round)
{
	struct facts_list *known = &round->memory->listeners;
	struct facts_list sights = look(round->facts), next = facts_list_like(known);
	(void)i; /* inventory_show_sets() fills it */
	for (size_t k = 0; k < sights.count; k++) {
		const struct sight *sight = facts_list_at(&sights, k);
		const struct known_listener *before = facts_list_find(known, sight->name);
		struct known_listener listener = before ? *before : listener_new(sight->name);
		note_pod(&listener, sight->pod, round->now.mono);
		if (is_unsure(sight, round->facts))
			forget_state(&listener);
		else
			note_state(&listener, state_of(sight, &round->facts->list[PART_NODES]), round->now.mono);
		facts_list_put(&next, &listener);
	}
	facts_list_fini(&sights);
	facts_list_fini(known);
	*known = next;
}

bool inventory_set_is_down(const struct scale_set *set)
{
	return set->has_listener_state && set->listener != LISTENER_RUNNING;
}

/* How urgent a scale set is: its listener's state, where not known is better than down; then whether it is full. */
static int badness(const struct scale_set *set)
{
	int listener = inventory_set_is_down(set) ? 1 + (int)set->listener : !set->has_listener_state;
	bool is_full = set->max != INT32_MAX && set->desired > 0 && set->desired >= set->max;
	return 2 * listener + is_full;
}

int inventory_compare_sets(const void *a, const void *b)
{
	int worse = badness(b) - badness(a);
	return worse ? worse : strcmp(((const struct scale_set *)a)->name, ((const struct scale_set *)b)->name);
}

void inventory_show_sets(struct inventory *i, struct inventory_memory *memory, bool has_states)
{
	struct facts_list *sets = &memory->sets;
	i->has_listener = false;
	i->listener = LISTENER_RUNNING;
	i->listeners_down = 0;
	for (size_t k = 0; has_states && k < memory->listeners.count; k++) {
		const struct known_listener *listener = facts_list_at(&memory->listeners, k);
		i->has_listener |= listener->has_state;
		i->listeners_down += listener->has_state && listener->state != LISTENER_RUNNING;
		if (listener->has_state && listener->state > i->listener)
			i->listener = listener->state;
	}
	for (size_t k = 0; k < sets->count; k++) {
		struct scale_set *set = facts_list_at(sets, k);
		const struct known_listener *listener = facts_list_find(&memory->listeners, set->name);
		set->has_listener_state = has_states && listener && listener->has_state;
		set->listener = set->has_listener_state ? listener->state : LISTENER_RUNNING;
	}
	facts_list_sort_by(sets, inventory_compare_sets);
	i->set = sets->v;
	i->set_count = (int)sets->count;
	i->sets_listed = i->set_count < SCALE_SETS_MAX ? i->set_count : SCALE_SETS_MAX;
}
