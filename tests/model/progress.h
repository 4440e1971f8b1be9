/*
 * Section 4.4, from every state that the search has found: how long until UP, DOWN, UNKNOWN at
 * most, when what is heard speaks for it all the time.
 */
#pragma once

#include "search.h"

/* What comes in one unit of time, again and again. */
struct round {
	bool is_silent; /* a tick, nothing else */
	enum spot_word spot;
	enum kube_word kube;
	enum witness witness;
};

/* 4. From every state, rounds of this kind, in whatever order, come to the verdict in time. */
struct goal {
	const char *name;
	enum verdict verdict;
	bool is_down_excepted;
	bool is_free_while_owed; /* count results only from when nothing is owed any more */
	struct round rounds[6];
	int round_count, spotless_count; /* without Spot, only the first few are of this kind */
	enum { RISE, FALL, BACKED, RIPE, STALE } limit;
};

/* The longest that it may take, and in some state must. */
static int limit_of(const struct goal *goal, const struct side_policy *p)
{
	switch (goal->limit) {
	case RISE: return p->rise;
	case FALL: return p->fall;
	case BACKED:
		return 1 + p->fall; /* the first failure has no witness yet */
	/* Here the second failure starts the clock. */
	case RIPE: return 2 + (int)(p->unreachable_for_ms / p->interval_ms);
	default: return (int)(p->stale_after_ms / p->interval_ms);
	}
}

static const struct goal goals[] = {
    {"UP by good evidence, results", UP, false, true,
	{{false, SPOT_NONE, KUBE_SERVING, WITNESS_NEVER}, {false, SPOT_READY, KUBE_SERVING, WITNESS_NEVER},
	    {false, SPOT_READY, KUBE_DENIED, WITNESS_NEVER}, {false, SPOT_ERROR, KUBE_SERVING, WITNESS_NEVER},
	    {false, SPOT_ABSENT, KUBE_SERVING, WITNESS_NEVER}},
	5, 1, RISE},
    {"DOWN by hard evidence, results", DOWN, false, true,
	{{false, SPOT_NONE, KUBE_NO_CAPACITY, WITNESS_NEVER}, {false, SPOT_READY, KUBE_NO_CAPACITY, WITNESS_NEVER},

	    {false, SPOT_DELETING, KUBE_NONE, WITNESS_NEVER}, {false, SPOT_DELETING, KUBE_SERVING, WITNESS_NEVER},
	    {false, SPOT_ABSENT, KUBE_NO_CAPACITY, WITNESS_NEVER}},
	5, 1, FALL},
    {"DOWN by Spot's error and a dead API, results", DOWN, false, true,
	{{false, SPOT_ERROR, KUBE_UNREACHABLE, WITNESS_NOW}}, 1, 0, BACKED},
    {"DOWN by soft evidence, units of time", DOWN, false, false,
	{{false, SPOT_NONE, KUBE_UNREACHABLE, WITNESS_NOW}, {false, SPOT_READY, KUBE_UNREACHABLE, WITNESS_NOW}}, 2, 1,
	RIPE},
    {"DOWN by Spot's error and a deaf API, units of time", DOWN, false, false,
	{{false, SPOT_ERROR, KUBE_NONE, WITNESS_NOW}, {false, SPOT_ERROR, KUBE_DENIED, WITNESS_NOW}}, 2, 0, RIPE},
    {"UNKNOWN by silence, units of time", UNKNOWN, true, false,
	{{true, SPOT_NONE, KUBE_NONE, WITNESS_NEVER}, {false, SPOT_NONE, KUBE_NONE, WITNESS_NEVER},
	    {false, SPOT_NONE, KUBE_DENIED, WITNESS_NEVER}, {false, SPOT_NONE, KUBE_UNREACHABLE, WITNESS_NEVER}},
	4, 4, STALE},
};
enum { GOALS = sizeof goals / sizeof *goals, NOT_KNOWN = 0xff, OPEN = 0xfe };

struct progress {
	const struct search *search;
	const struct goal *goal;
	uint8_t *counted, *rounds; /* per state: the longest way there, as counted, and in rounds */
	bool is_lost;              /* from some state there is no end to it */
};

static struct node play_round(const struct side_policy *p, struct node n, const struct round *r)
{
	struct now now = {mono_plus(present.mono, 1), {present.wall.ms + 1}};
	struct side_input spot = {
	    .kind = SIDE_SPOT, .spot = {.word = r->spot, .created = this_one}, .witness_at = MONO_NEVER};
	struct side_input kube = {.kind = r->is_silent ? SIDE_TICK : SIDE_KUBE, .kube.word = r->kube};
	if (p->has_spot && !r->is_silent) {
		spot.witness_at = witness_at(p, &n.facts, r->witness, now.mono);
		n = make_move(p, &n, &spot, now).to;
	}
	kube.witness_at = witness_at(p, &n.facts, r->witness, now.mono);
	return make_move(p, &n, &kube, now).to;
}

static uint32_t after_round(const struct search *s, const struct node *from, const struct round *r, bool *is_owing)
{
	uint8_t key[KEY_SIZE];
	struct node to = play_round(s->policy, *from, r);
	*is_owing = to.facts.owed[SOURCE_SPOT] > 0 || to.facts.owed[SOURCE_KUBE] > 0;
	pack(s->policy, &to, mono_plus(present.mono, 1), key);
	return space_find(&s->space, key);
}

static int round_count(const struct progress *g)
{
	return g->search->policy->has_spot ? g->goal->round_count : g->goal->spotless_count;
}

static uint8_t more(int a, int b)
{
	return (uint8_t)(a > b ? a : b);
}

static void measure(struct progress *g, uint32_t at)
{
	struct node from = unpack(space_key(&g->search->space, at), present.mono);
	bool is_there = from.side.verdict == g->goal->verdict ||
	    (g->goal->is_down_excepted && from.side.verdict == DOWN && !from.side.is_held);
	uint8_t counted = 0, rounds = 0;

	g->counted[at] = OPEN;
	for (int i = 0; !is_there && i < round_count(g); i++) {
		bool is_owing;
		uint32_t next = after_round(g->search, &from, &g->goal->rounds[i], &is_owing);
		if (next != SPACE_NOWHERE && g->counted[next] == NOT_KNOWN)
			measure(g, next);
		if (next == SPACE_NOWHERE || g->counted[next] == OPEN) {
			g->is_lost = true;
			continue;
		}
		bool is_free = g->goal->is_free_while_owed && is_owing;
		counted = more(counted, g->counted[next] + !is_free);
		rounds = more(rounds, g->rounds[next] + 1);
	}
	g->counted[at] = counted;
	g->rounds[at] = rounds;
}

/* The longest way from there, round by round. */
static void print_rounds(const struct progress *g, uint32_t at)
{
	bool is_owing;
	for (int step = 0; step < 20 && !g->is_lost && g->rounds[at]; step++) {
		struct node from = unpack(space_key(&g->search->space, at), present.mono);
		const struct round *worst = &g->goal->rounds[0];
		for (int i = 0; i < round_count(g); i++)
			if (g->counted[after_round(g->search, &from, &g->goal->rounds[i], &is_owing)] >
			    g->counted[after_round(g->search, &from, worst, &is_owing)])
				worst = &g->goal->rounds[i];
		printf("      %s: wait; %s", verdict_names[from.side.verdict], worst->is_silent ? "tick" : "");
		if (!worst->is_silent)
			printf("Spot %s; Kubernetes %s", spot_word_names[worst->spot], kube_word_names[worst->kube]);
		at = after_round(g->search, &from, worst, &is_owing);
		from = unpack(space_key(&g->search->space, at), present.mono);
		printf(" -> %s\n", verdict_names[from.side.verdict]);
	}
}

static void check_goal(const struct search *s, const struct goal *goal)
{
	struct progress g = {.search = s, .goal = goal};
	uint32_t worst = 0;
	uint8_t most_rounds = 0;
	g.counted = space_grow(NULL, s->space.n);
	g.rounds = space_grow(NULL, s->space.n);
	memset(g.counted, NOT_KNOWN, s->space.n);
	for (uint32_t at = 0; at < s->space.n; at++) {
		if (g.counted[at] == NOT_KNOWN)
			measure(&g, at);
		worst = g.counted[at] > g.counted[worst] ? at : worst;
		most_rounds = g.rounds[at] > most_rounds ? g.rounds[at] : most_rounds;
	}
	bool is_good = !g.is_lost && g.counted[worst] == limit_of(goal, s->policy);
	printf("  %s: %d%s, or %d rounds with those owed; e.g. after\n      ", goal->name, g.counted[worst],
	    g.is_lost ? ", or never" : "", most_rounds);
	print_path(&s->space, worst);
	printf("\n");
	if (!is_good)
		print_rounds(&g, worst);
	report(is_good, s->name, goal->name);
	free(g.counted);
	free(g.rounds);
}
