#include "decide/inventory_step.h"

#include "base/text.h"
#include "decide/inventory_judge.h"

#include <string.h>

#define NEEDS(part) (1u << (part))

/*
 * The figures with the parts that they need, in the order of computation; of some, every object must have been read.
 * The others count what was read, or say themselves what they do not know.
 */
static const struct {
	unsigned needs, needs_all_of;
	void (*judge)(struct inventory *i, const struct round *round);
	size_t has; /* offset of the flag that says it is known */
} figures[FIGURES] = {
    [FIGURE_NODES] = {NEEDS(PART_NODES), 0, inventory_judge_nodes, offsetof(struct inventory, has_nodes)},
    [FIGURE_SILENT] = {NEEDS(PART_NODES) | NEEDS(PART_LEASES), 0, inventory_judge_silent,
	offsetof(struct inventory, has_leases)},
    [FIGURE_CPU] = {NEEDS(PART_NODES) | NEEDS(PART_PODS), NEEDS(PART_PODS), inventory_judge_cpu,
	offsetof(struct inventory, has_cpu)},
    [FIGURE_PODS] = {NEEDS(PART_RUNNER_PODS), 0, inventory_judge_pods, offsetof(struct inventory, has_pods)},
    [FIGURE_SCALE] = {NEEDS(PART_SCALE_SETS) | NEEDS(PART_RUNNER_SETS), 0, inventory_judge_scale,
	offsetof(struct inventory, has_scale)},
    [FIGURE_SUMS] = {NEEDS(PART_SCALE_SETS) | NEEDS(PART_RUNNER_SETS), NEEDS(PART_SCALE_SETS) | NEEDS(PART_RUNNER_SETS),
	inventory_judge_sums, offsetof(struct inventory, has_sums)},
    [FIGURE_LISTENERS] = {NEEDS(PART_NODES) | NEEDS(PART_SCALE_SETS) | NEEDS(PART_RUNNER_SETS) | NEEDS(PART_LISTENERS) |
	    NEEDS(PART_LISTENER_PODS),
	0, inventory_judge_listeners, offsetof(struct inventory, has_listener)},
    [FIGURE_RUNNERS] = {NEEDS(PART_NODES) | NEEDS(PART_RUNNER_PODS) | NEEDS(PART_RUNNERS), 0, inventory_judge_runners,
	offsetof(struct inventory, has_runners)},
    [FIGURE_CONTROLLER] = {NEEDS(PART_CONTROLLER), NEEDS(PART_CONTROLLER), inventory_judge_controller,
	offsetof(struct inventory, has_controller)},
    [FIGURE_APPS] = {NEEDS(PART_APPLICATIONS), 0, inventory_judge_apps, offsetof(struct inventory, has_apps)},
};

static bool *flag(struct inventory *i, enum figure figure)
{
	return (bool *)((char *)i + figures[figure].has);
}

static unsigned parts_read(const struct facts *facts)
{
	unsigned read = 0;
	for (int i = 0; i < INVENTORY_PARTS; i++)
		read |= facts->part[i].was_read ? NEEDS(i) : 0;
	return read;
}

static unsigned parts_read_all(const struct facts *facts)
{
	unsigned all = 0;
	for (int i = 0; i < INVENTORY_PARTS; i++)
		all |= facts->part[i].was_read && !facts->unreadable[i].count ? NEEDS(i) : 0;
	return all;
}

bool inventory_shows_jobs(const struct facts *facts)
{
	return (figures[FIGURE_RUNNERS].needs & ~parts_read(facts)) == 0;
}

static void note_parts(struct inventory *i, struct inventory_memory *memory, const struct facts *facts, struct now now)
{
	for (int k = 0; k < INVENTORY_PARTS; k++) {
		const struct part_fact *fact = &facts->part[k];
		struct part *part = &i->part[k];
		if (fact->is_skipped)
			continue;
		memcpy(part->problem, fact->problem, sizeof part->problem);
		part->status = fact->status;
		if (fact->was_asked)
			part->is_not_installed = fact->is_not_installed;
		/* A list that was refused because of such objects names them, too. */
		if (fact->was_read || facts->unreadable[k].count || !part->is_known) {
			part->unreadable = (int)facts->unreadable[k].count;
			unreadables_copy(&memory->unreadable[k], &facts->unreadable[k]);
		}
		if (!fact->was_read)
			continue;
		part->is_known = true;
		part->count = fact->count;
		part->read_at = now.wall;
		memory->read_at[k] = now.mono;
	}
}

void inventory_step(struct inventory *i, struct inventory_memory *memory, const struct facts *facts, struct now now,
    struct inventory_fresh fresh)
{
	struct round round = {facts, memory, now};
	unsigned read = parts_read(facts), read_all = parts_read_all(facts);
	inventory_expire(i, memory, now.mono, fresh);
	note_parts(i, memory, facts, now);
	i->looked_at = now.wall;
	for (int k = 0; k < FIGURES; k++) {
		if ((figures[k].needs & ~read) != 0 || (figures[k].needs_all_of & ~read_all) != 0)
			continue;
		*flag(i, (enum figure)k) = true;
		memory->judged_at[k] = now.mono;
		figures[k].judge(i, &round);
	}
	/* When only the scale sets were read, the known states of their listeners stay. */
	inventory_show_sets(i, memory, mono_since(memory->judged_at[FIGURE_LISTENERS], now.mono) < fresh.ms);
}

static int64_t most_ms(struct inventory_fresh fresh, unsigned parts)
{
	return parts & NEEDS(PART_PODS) ? fresh.pods_ms : fresh.ms;
}

bool inventory_expire(struct inventory *i, struct inventory_memory *memory, mono_ms now, struct inventory_fresh fresh)
{
	bool has_changed = false;
	unsigned known = 0;
	for (int k = 0; k < INVENTORY_PARTS; k++) {
		struct part *part = &i->part[k];
		bool is_old = mono_since(memory->read_at[k], now) >= most_ms(fresh, NEEDS(k));
		known |= part->is_known && !is_old ? NEEDS(k) : 0;
		if (!part->is_known || !is_old)
			continue;
		part->is_known = false;
		part->unreadable = 0;
		unreadables_fini(&memory->unreadable[k]);
		if (!part->problem[0])
			text_copy(part->problem, sizeof part->problem, "not read for too long");
		has_changed = true;
	}
	for (int k = 0; k < FIGURES; k++) {
		bool is_old = mono_since(memory->judged_at[k], now) >= most_ms(fresh, figures[k].needs);
		/* The CPU of nodes that are no longer known is not known either. */
		if (*flag(i, (enum figure)k) && (is_old || (figures[k].needs & ~known) != 0)) {
			*flag(i, (enum figure)k) = false;
			has_changed = true;
		}
	}
	for (int k = 0; k < i->sets_listed; k++)
		i->set[k].has_listener_state &= i->has_listener;
	return has_changed;
}
