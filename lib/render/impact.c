#include "render/impact.h"

#include "render/trouble.h"

/* What the sides that take jobs have together. */
struct sum {
	int sides;
	bool has_nodes, has_runners;
	int nodes, runners_max, runners_free;
};

static void add(struct sum *sum, const struct side_capacity *capacity, const struct inventory *i)
{
	int taken = i->runners[RUNNER_BUSY] + i->runners[RUNNER_FINISHING] + i->runners[RUNNER_UNKNOWN] +
	    i->runners[RUNNER_FAILED];
	sum->sides++;
	sum->has_nodes = sum->has_nodes && capacity->has_available;
	sum->nodes += capacity->available;
	sum->has_runners = sum->has_runners && i->has_runners && i->has_sums && i->max < INT32_MAX / SIDES_MAX;
	if (!sum->has_runners)
		return;
	sum->runners_max += i->max;
	sum->runners_free += i->max > taken ? i->max - taken : 0;
}

static void put_sum(struct buf *out, const struct sum *sum)
{
	if (sum->has_nodes)
		buf_printf(out, ": %d node%s", sum->nodes, sum->nodes == 1 ? "" : "s");
	if (sum->has_runners)
		buf_printf(
		    out, "%s %d of %d runners free", sum->has_nodes ? "," : ":", sum->runners_free, sum->runners_max);
}

static void put_names(struct buf *out, const struct view_pair *pair, int count)
{
	int named = 0;
	for (int id = 0; id < view_sides(pair); id++)
		if (trouble_takes_jobs(pair, (enum side_id)id)) {
			const char *separator = !named ? " the " : named == count - 1 ? " and the " : ", the ";
			buf_printf(out, "%s%s", separator, side_id_names[id]);
			named++;
		}
	buf_puts(out, count == 1 ? " alone" : "");
}

/* No side takes jobs: it matters whether that is known of all. */
static void put_none(struct buf *out, const struct view_pair *pair)
{
	int unknown = 0, up = 0, deaf = 0;
	for (int id = 0; id < view_sides(pair); id++) {
		const struct inventory *i = pair->side[id].inventory;
		bool is_up = pair->pair->side[id].verdict == UP;
		unknown += pair->pair->side[id].verdict == UNKNOWN;
		up += is_up;
		deaf += is_up && i->has_listener && i->listeners_down > 0;
	}
	buf_puts(out,
	    unknown          ? "It is not known whether CI runs: no side is known to take jobs"
		: !up        ? "CI has stopped: no side takes jobs"
		: deaf == up ? "CI has stopped: nodes are there, but no listener takes jobs"
			     : "No job runs: nodes are there, but no runner works");
}

/* "; jobs may break off on the primary; no job runs on the secondary" */
static void put_effects(
    struct buf *out, const struct view *view, const struct view_pair *pair, const struct figures *figures)
{
	struct trouble trouble = {.next = 0};
	struct buf why = buf_of(TROUBLE_WHY_MAX_BYTES);
	while (trouble_next(view, pair, figures, &trouble, &why)) {
		if (!trouble.effect)
			continue;
		buf_printf(out, "; %s", trouble.effect);
		if (trouble.side >= 0)
			buf_printf(out, " on the %s", side_id_names[trouble.side]);
	}
	buf_fini(&why);
}

void impact_put(struct buf *out, const struct view *view, const struct view_pair *pair, const struct figures *figures)
{
	struct sum sum = {.has_nodes = true, .has_runners = true};
	for (int id = 0; id < view_sides(pair); id++)
		if (trouble_takes_jobs(pair, (enum side_id)id))
			add(&sum, &figures->capacity[id], pair->side[id].inventory);
	if (!sum.sides) {
		put_none(out, pair);
		return;
	}
	buf_puts(out, "CI runs on");
	put_names(out, pair, sum.sides);
	put_sum(out, &sum);
	put_effects(out, view, pair, figures);
}
