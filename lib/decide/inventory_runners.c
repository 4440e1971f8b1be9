#include "decide/inventory_judge.h"

#include <string.h>

/* What is known of a runner from other objects. */
struct beside {
	const struct pod_fact *pod; /* with the same name; NULL: there is none, or it could not be read */
	bool may_have_pod;          /* it has one, or one of the pods that could not be read may be its own */
	bool is_on_silent_node;
	bool is_zombie;      /* its pod is not the pod that took its job */
	bool is_listened_to; /* its scale set's listener takes jobs and reports them */
};

/* A runner that has a job. ARC never clears the job fields, so the pod's status decides. */
static enum activity with_job(const struct runner_fact *runner, const struct beside *b)
{
	if (!b->pod || b->pod->is_ended || runner->phase == RUNNER_PHASE_SUCCEEDED)
		return RUNNER_FINISHING;
	bool is_running = runner->phase == RUNNER_PHASE_RUNNING && b->pod->is_running;
	return is_running && !b->is_zombie ? RUNNER_BUSY : RUNNER_UNKNOWN;
}

/*
 * A runner without a known job. The listener writes the job into the runner only after it has taken it from GitHub, so
 * while the listener is down, a running container may have a job that is not visible.
 */
static enum activity without_job(const struct runner_fact *runner, const struct beside *b)
{
	bool is_running = b->pod && b->pod->is_running;
	if (is_running && !b->is_listened_to)
		return RUNNER_UNKNOWN;
	if ((b->pod && b->pod->is_ended) || runner->phase == RUNNER_PHASE_SUCCEEDED)
		return RUNNER_FINISHING;
	return runner->phase == RUNNER_PHASE_RUNNING && is_running && runner->is_ready ? RUNNER_IDLE : RUNNER_STARTING;
}

/* The busy rule: lib/decode/ARC.md, "Busy". */
static enum activity activity_of(const struct runner_fact *runner, const struct beside *b)
{
	if (runner->phase == RUNNER_PHASE_FAILED)
		return RUNNER_FAILED;
	if (runner->phase == RUNNER_PHASE_OTHER || (b->is_on_silent_node && !b->pod->is_ended) ||
	    (!b->pod && b->may_have_pod))
		return RUNNER_UNKNOWN;
	return runner->has_job ? with_job(runner, b) : without_job(runner, b);
}

static bool is_listened_to(const struct inventory_memory *memory, const char *scale_set)
{
	const struct known_listener *listener = facts_list_find(&memory->listeners, scale_set);
	return listener && listener->takes_jobs;
}

static struct beside look_beside(
    const struct round *round, const struct runner_fact *runner, const struct known_runner *known, bool has_listeners)
{
	const struct pod_fact *pod = facts_list_find(&round->facts->list[PART_RUNNER_PODS], runner->name);
	const struct node_fact *node = pod ? facts_list_find(&round->facts->list[PART_NODES], pod->node) : NULL;
	return (struct beside){
	    .pod = pod,
	    .may_have_pod = pod || unreadables_may_hide(&round->facts->unreadable[PART_RUNNER_PODS], runner->name),
	    .is_on_silent_node = pod && pod->node[0] && !(node && node->is_ready),
	    .is_zombie = pod && known && known->pod_uid[0] && strcmp(known->pod_uid, pod->uid) != 0,
	    .is_listened_to = has_listeners && is_listened_to(round->memory, runner->scale_set),
	};
}

/* What the next round must know: the first pod that was seen with the job, and whether the runner has no pod. */
static bool is_worth_knowing(const struct runner_fact *runner, const struct beside *b,
    const struct known_runner *before, struct known_runner *known)
{
	*known = (struct known_runner){
	    .has_no_pod = !b->may_have_pod && runner->phase == RUNNER_PHASE_RUNNING,
	};
	memcpy(known->name, runner->name, sizeof known->name);
	if (before)
		memcpy(known->pod_uid, before->pod_uid, sizeof known->pod_uid);
	if (runner->has_job && b->pod && !known->pod_uid[0])
		memcpy(known->pod_uid, b->pod->uid, sizeof known->pod_uid);
	return known->pod_uid[0] || known->has_no_pod;
}

/* A runner that finishes its job is not stuck, however long its deletion takes. */
static bool is_stuck(const struct runner_fact *runner, enum activity activity, const struct known_runner *before,
    const struct known_runner *known, wall_ms date)
{
	bool was_denied = activity == RUNNER_STARTING && !runner->is_registered &&
	    inventory_age_ms(runner->created, date) >= STUCK_RUNNER_MS;
	bool lingers = activity != RUNNER_BUSY && inventory_age_ms(runner->deleted, date) >= STUCK_RUNNER_MS;
	bool lost_its_pod = known->has_no_pod && before && before->has_no_pod;
	return was_denied || lingers || lost_its_pod;
}

/* Runners that could not be read: each is one of which nothing is known. What is remembered of it stays. */
static void judge_unreadable(
    struct inventory *i, const struct unreadables *unreadable, const struct facts_list *before, struct facts_list *next)
{
	i->runners[RUNNER_UNKNOWN] = inventory_count_sum(i->runners[RUNNER_UNKNOWN], (int)unreadable->count);
	for (size_t k = 0; k < unreadables_kept(unreadable); k++) {
		const struct known_runner *known = facts_list_find(before, unreadable->v[k].name);
		if (known && !facts_list_find(next, known->name)) {
			facts_list_put(next, known);
			facts_list_sort(next);
		}
	}
}

void inventory_judge_runners(struct inventory *i, const struct round *round)
{
	const struct facts_list *runners = &round->facts->list[PART_RUNNERS];
	struct facts_list *memory = &round->memory->runners;
	struct facts_list next = facts_list_like(memory);
	memset(i->runners, 0, sizeof i->runners);
	i->runners_stuck = i->runners_zombie = 0;
	for (size_t k = 0; k < runners->count; k++) {
		const struct runner_fact *runner = facts_list_at(runners, k);
		const struct known_runner *before = facts_list_find(memory, runner->name);
		struct beside b = look_beside(round, runner, before, i->has_listener);
		enum activity activity = activity_of(runner, &b);
		struct known_runner known;
		bool is_kept = is_worth_knowing(runner, &b, before, &known);
		i->runners[activity]++;
		i->runners_zombie += b.is_zombie;
		i->runners_stuck += is_stuck(runner, activity, before, &known, round->facts->part[PART_RUNNERS].date);
		if (is_kept)
			facts_list_put(&next, &known);
	}
	judge_unreadable(i, &round->facts->unreadable[PART_RUNNERS], memory, &next);
	facts_list_fini(memory);
	*memory = next;
}
