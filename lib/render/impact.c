#include "render/impact.h"

/* Of a scale set whose listener is down no job starts. */
static bool takes_jobs(const struct view_pair *pair, int id)
{
	const struct inventory *i = pair->side[id].inventory;
	bool is_deaf = i->has_listener && i->has_scale && i->set_count > 0 && i->listeners_down == i->set_count;
	return pair->pair->side[id].verdict == UP && !is_deaf;
}

/* What the sides that take jobs have together. */
struct sum {
	int sides;
	bool has_nodes, has_runners;
	int nodes, runners_max, runners_free;
};

static void add(struct sum *sum, const struct side_capacity *capacity, const struct inventory *i)
{
	int taken = i->runners[RUNNER_BUSY] + i->runners[RUNNER_FINISHING] + i->runners[RUNNER_UNKNOWN];
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
		if (takes_jobs(pair, id)) {
			const char *separator = !named ? " the " : named == count - 1 ? " and the " : ", the ";
			buf_printf(out, "%s%s", separator, side_id_names[id]);
			named++;
		}
	buf_puts(out, count == 1 ? " alone" : "");
}

/* No side takes jobs: it matters whether that is known of all. */
static void put_none(struct buf *out, const struct view_pair *pair)
{
	int unknown = 0, deaf = 0;
	for (int id = 0; id < view_sides(pair); id++) {
		unknown += pair->pair->side[id].verdict == UNKNOWN;
		deaf += pair->pair->side[id].verdict == UP;
	}
	buf_puts(out,
	    unknown    ? "It is not known whether CI runs: no side is known to take jobs"
		: deaf ? "CI has stopped: nodes are there, but no listener takes jobs"
		       : "CI has stopped: no side takes jobs");
}

void impact_put(struct buf *out, const struct view_pair *pair, const struct figures *figures)
{
	struct sum sum = {.has_nodes = true, .has_runners = true};
	for (int id = 0; id < view_sides(pair); id++)
		if (takes_jobs(pair, id))
			add(&sum, &figures->capacity[id], pair->side[id].inventory);
	if (!sum.sides) {
		put_none(out, pair);
		return;
	}
	buf_puts(out, "CI runs on");
	put_names(out, pair, sum.sides);
	put_sum(out, &sum);
}
