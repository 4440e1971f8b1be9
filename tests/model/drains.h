/*
 * 7. Drained is true only when every node is cordoned and no job runs, twice in a row, both times
 * read exactly: every state of the real drain_step() under every kind of look.
 */
#pragma once

#include "decide/drain.h"
#include "search.h"

/* One look at a side, as the document tells of it. */
struct look {
	bool has_nodes, has_pods, has_runners, is_exact;
	int nodes, cordoned;
	int runners[RUNNER_ACTIVITIES];
};

/* Looks are numbered: 2 x 2 x 2 x 2 kinds, up to 3 nodes of which some are cordoned, some of each
 * runner. */
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

/* A state, with whether the look before was empty, which is all that the rule remembers; and the
 * way there. */
struct drain_state {
	struct drain drain;
	bool was_empty;
	int parent, via; /* the look that led here; parent -1: start */
};

enum { DRAIN_STATES = 64 };

static bool is_same_drain(const struct drain_state *a, const struct drain_state *b)
{
	return a->drain.is_known == b->drain.is_known && a->drain.is_drained == b->drain.is_drained &&
	    a->drain.clear_looks == b->drain.clear_looks && a->was_empty == b->was_empty;
}

static void print_looks(const struct drain_state states[], int at)
{
	if (states[at].parent < 0)
		return;
	print_looks(states, states[at].parent);
	struct look l = look_of(states[at].via);
	printf("    %s%s%s%s, %d of %d cordoned; busy %d finishing %d unknown %d -> %sdrained\n",
	    l.is_exact ? "exact" : "cached", l.has_nodes ? "" : ", no nodes", l.has_pods ? "" : ", no pods",
	    l.has_runners ? "" : ", no runners", l.cordoned, l.nodes, l.runners[RUNNER_BUSY],
	    l.runners[RUNNER_FINISHING], l.runners[RUNNER_UNKNOWN], states[at].drain.is_drained ? "" : "not ");
}

/* Takes one look at state `at` into states[n]; whether that is what the rule makes of it. */
static bool look_right(struct drain_state states[], int at, int n, int number)
{
	struct look look = look_of(number);
	struct drain to = look_at(states[at].drain, &look);
	bool is_now = is_empty(&look);
	states[n] = (struct drain_state){to, is_now, at, number};
	return to.is_drained == (is_now && states[at].was_empty) &&
	    to.is_known == (look.has_nodes && look.has_pods && look.has_runners);
}

static void check_drains(void)
{
	struct drain_state states[DRAIN_STATES + 1] = {{.parent = -1}};
	bool is_right = true, is_met = false;
	int n = 1;
	for (int at = 0; is_right && at < n; at++)
		for (int number = 0; is_right && number < LOOKS && n < DRAIN_STATES; number++) {
			if (look_of(number).cordoned > look_of(number).nodes)
				continue;
			is_right = look_right(states, at, n, number);
			is_met |= states[n].drain.is_drained;
			if (!is_right)
				print_looks(states, n);
			int i = 0;
			while (!is_same_drain(&states[i], &states[n]))
				i++;
			n += i == n;
		}
	printf("drain: %d states, %d looks each\n", n, LOOKS);
	report(is_right && is_met && n < DRAIN_STATES, "drain", "7 drained is every node cordoned and no job, twice");
}
