/*
 * 7. Drained is true only when every node is cordoned and no job runs, twice in a row, both times read
 * exactly: every state of the real drain_step() under every kind of look.
 */
#ifndef HAWATCH_TESTS_DRAINS_H
#define HAWATCH_TESTS_DRAINS_H

#include "decide/drain.h"
#include "search.h"

/* One look at a side, as the document tells of it. */
struct look {
	bool has_nodes, has_pods, has_runners, is_exact;
	int nodes, cordoned;
	int runners[RUNNER_ACTIVITIES];
};

/* Looks are numbered: 2 x 2 x 2 x 2 kinds, up to 3 nodes of which some are cordoned, some of each runner. */
enum { LOOKS = 16 * 4 * 4 * (1 << RUNNER_ACTIVITIES) };

static struct look look_of(int number)
{
	struct look l = {number & 1, number & 2, number & 4, number & 8, number >> 4 & 3, number >> 6 & 3, {0}};
	for (int activity = 0; activity < RUNNER_ACTIVITIES; activity++)
		l.runners[activity] = 3 * (number >> (8 + activity) & 1);
	return l;
}

/* Idle, starting and failed runners run no job. A cluster of which no node is seen says nothing. */
static bool is_empty(const struct look *l)
{
	bool is_idle = !l->runners[RUNNER_BUSY] && !l->runners[RUNNER_FINISHING] && !l->runners[RUNNER_UNKNOWN];
	return l->has_nodes && l->has_pods && l->has_runners && l->is_exact && l->nodes > 0 &&
	       l->cordoned == l->nodes && is_idle;
}

static struct drain look_at(struct drain drain, const struct look *l)
{
	static struct inventory i;
	i.has_nodes = l->has_nodes;
	i.has_pods = l->has_pods;
	i.has_runners = l->has_runners;
	i.nodes_total = l->nodes;
	i.nodes_cordoned = l->cordoned;
	memcpy(i.runners, l->runners, sizeof i.runners);
	return drain_step(drain, &i, l->is_exact);
}

/* Every state, with whether the look before was empty, which is all that the rule remembers. */
static void check_drains(void)
{
	struct {
		struct drain drain;
		bool was_empty;
	} states[64] = {{{0}, false}};
	int n = 1;
	bool is_right = true, is_met = false;
	for (int at = 0; at < n && n < 60; at++)
		for (int number = 0; number < LOOKS; number++) {
			struct look look = look_of(number);
			if (look.cordoned > look.nodes)
				continue;
			bool is_now = is_empty(&look);
			struct drain to = look_at(states[at].drain, &look);
			is_right &= to.is_drained == (is_now && states[at].was_empty) &&
				    to.is_known == (look.has_nodes && look.has_pods && look.has_runners);
			is_met |= to.is_drained;
			int i = 0;
			while (i < n && (states[i].drain.is_known != to.is_known ||
					    states[i].drain.is_drained != to.is_drained ||
					    states[i].drain.clear_looks != to.clear_looks ||
					    states[i].was_empty != is_now))
				i++;
			if (i < n)
				continue;
			states[n].drain = to;
			states[n++].was_empty = is_now;
			if (n == 60)
				break;
		}
	printf("drain: %d states, %d looks each\n", n, LOOKS);
	report(is_right && is_met && n < 60, "drain", "7 drained is every node cordoned and no job, twice");
}

#endif
