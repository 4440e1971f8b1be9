/*
 * A life: what truly happens to the pairs of one environment, to the daemons that watch them and to Prometheus. A list
 * of happenings, each with its time, made of a seed: the same seed is the same life.
 */
#pragma once

#include "../model/random.h"
#include "decide/pair.h"

#include <stdio.h>
#include <stdlib.h>

enum { STEPS = 60, PAIRS_MAX = 5, REPLICAS_MAX = 2, HAPPENINGS_MAX = 16 };
enum { SECOND = 1000, MINUTE = 60 * SECOND, HOUR = 60 * MINUTE };

enum happening_kind {
	/* A side takes no jobs. The last that began is what is true. */
	NO_NODES,
	SILENT,
	DELETED,
	REBUILT,
	CORDONED,
	FLAPPING,
	/* What people tell the daemons. */
	WINDOW,
	DISABLED,
	REMOVED,
	/* What becomes of a daemon. */
	RESTARTED,
	FORGETFUL,
	REPLACED,
	CRASHING,
	DEAD,
	BLIND,
	HALF_BLIND,
	/* What becomes of its scrapes. */
	UNSCRAPED,
	LOST,
	AWAY,
	HAPPENING_KINDS
};

static const struct kind {
	const char *words;
	bool has_sides, has_replicas;
	int weight;
	int shortest, longest; /* in steps; 0: to the end */
	enum spot_word spot;   /* what a side's sources say meanwhile */
	enum kube_word kube;
} kinds[HAPPENING_KINDS] = {
    [NO_NODES] = {"no nodes", true, false, 6, 1, 60, SPOT_READY, KUBE_NO_CAPACITY},
    [SILENT] = {"does not answer", true, false, 3, 1, 60, SPOT_READY, KUBE_UNREACHABLE},
    [DELETED] = {"is being deleted", true, false, 1, 4, 60, SPOT_DELETING, KUBE_UNREACHABLE},
    [REBUILT] = {"is built anew", true, false, 2, 10, 90, SPOT_PROVISIONING, KUBE_NONE},
    [CORDONED] = {"is cordoned", true, false, 2, 4, 140, SPOT_READY, KUBE_CORDONED},
    [FLAPPING] = {"goes up and down", true, false, 3, 10, 100, SPOT_READY, KUBE_NO_CAPACITY},
    [WINDOW] = {"maintenance is declared", true, true, 3, 2, 80, 0, 0},
    [DISABLED] = {"the pair is disabled", false, true, 2, 2, 80, 0, 0},
    [REMOVED] = {"the pair is not configured", false, true, 1, 2, 80, 0, 0},
    [RESTARTED] = {"restarts with its state", false, true, 2, 0, 8, 0, 0},
    [FORGETFUL] = {"restarts without state", false, true, 4, 0, 8, 0, 0},
    [REPLACED] = {"is replaced by another pod", false, true, 2, 0, 8, 0, 0},
    [CRASHING] = {"crashes and starts anew, over and over", false, true, 1, 4, 60, 0, 0},
    [DEAD] = {"dies for good", false, true, 2, 0, 0, 0, 0},
    [BLIND] = {"gets no answer from anywhere", false, true, 3, 1, 80, 0, 0},
    [HALF_BLIND] = {"gets no answer from this side", true, true, 3, 1, 80, 0, 0},
    [UNSCRAPED] = {"is not scraped", false, true, 3, 1, 30, 0, 0},
    [LOST] = {"is no target of Prometheus", false, true, 1, 1, 80, 0, 0},
    [AWAY] = {"Prometheus is away", false, false, 2, 1, 120, 0, 0},
};

struct happening {
	enum happening_kind kind;
	int64_t from_ms, until_ms;
	unsigned pairs, sides, replicas; /* sets of bits */
	int64_t down_ms, up_ms;          /* of what goes up and down */
};

struct life {
	uint64_t seed;
	int64_t step_ms; /* from scrape to scrape, and from evaluation to evaluation */
	int pair_count, replica_count;
	unsigned watched[REPLICAS_MAX]; /* pairs, a set of bits */
	int n;
	struct happening all[HAPPENINGS_MAX];
};

static int64_t between(uint64_t *rng, int64_t low, int64_t high)
{
	return low + (int64_t)(random_bits(rng) % (uint64_t)(high - low + 1));
}

static bool once_in(uint64_t *rng, int n)
{
	return random_bits(rng) % (uint64_t)n == 0;
}

static bool has(unsigned set, int i)
{
	return set >> i & 1;
}

/* Any of `count`, at least one. */
static unsigned some_of(uint64_t *rng, int count)
{
	return (unsigned)between(rng, 1, (1 << count) - 1);
}

/* Only in a life of hours a cloudspace is built for too long, and somebody may go away then. */
static enum happening_kind random_kind(uint64_t *rng, bool is_slow)
{
	int total = 0, kind = 0;
	if (is_slow && once_in(rng, 4))
		return REBUILT;
	for (int i = 0; i < HAPPENING_KINDS; i++)
		total += kinds[i].weight;
	for (int64_t left = between(rng, 0, total - 1); left >= kinds[kind].weight; kind++)
		left -= kinds[kind].weight;
	return (enum happening_kind)kind;
}

/* Short ones are as likely as long ones: an outage of a minute, of ten, of an hour. */
static int64_t random_length(uint64_t *rng, const struct kind *kind, int64_t step_ms)
{
	int64_t longest = kind->longest;
	while (longest / 2 > kind->shortest && once_in(rng, 2))
		longest /= 2;
	return between(rng, kind->shortest * step_ms, longest * step_ms);
}

/* Trouble comes where there is trouble: half of it begins when this other thing begins or ends. */
static int64_t random_start(uint64_t *rng, const struct life *life, const struct happening *other)
{
	int64_t last = STEPS * 9 / 10 * life->step_ms;
	int64_t at = between(rng, 2 * life->step_ms, last);
	if (other)
		at = (once_in(rng, 2) ? other->from_ms : other->until_ms) + between(rng, -3, 6) * life->step_ms / 2;
	return at < 2 * life->step_ms ? 2 * life->step_ms : at > last ? last : at;
}

/* All daemons, some, or those that the other thing does not happen to. */
static unsigned random_replicas(uint64_t *rng, const struct life *life, const struct happening *other)
{
	unsigned all = (1u << life->replica_count) - 1, rest = other ? all & ~other->replicas : 0;
	if (rest && rest != all && once_in(rng, 2))
		return rest;
	return once_in(rng, 3) ? all : some_of(rng, life->replica_count);
}

/* What a window is declared for; and a daemon that starts anew while it sees one side only. */
static void add_consequence(uint64_t *rng, struct life *life, struct happening h)
{
	bool is_window = h.kind == WINDOW && !once_in(rng, 4);
	if (life->n == HAPPENINGS_MAX || !(is_window || (h.kind == HALF_BLIND && once_in(rng, 2))))
		return;
	h.from_ms += life->step_ms;
	if (is_window)
		h.kind = once_in(rng, 2) ? CORDONED : NO_NODES;
	else {
		h.kind = FORGETFUL;
		h.until_ms = h.from_ms + life->step_ms / 2;
	}
	life->all[life->n++] = h;
}

static void add_happening(uint64_t *rng, struct life *life)
{
	static const int64_t rhythms[][2] = {{15, 15}, {45, 15}, {30, 60}, {20, 10}, {10, 50}};
	const struct happening *other = life->n && once_in(rng, 2) ? &life->all[between(rng, 0, life->n - 1)] : NULL;
	struct happening h = {.kind = random_kind(rng, life->step_ms > MINUTE)};
	const struct kind *kind = &kinds[h.kind];
	const int64_t *rhythm = rhythms[between(rng, 0, sizeof rhythms / sizeof *rhythms - 1)];
	int64_t end = (STEPS + 1) * life->step_ms;

	h.from_ms = random_start(rng, life, other);
	h.until_ms = kind->longest ? h.from_ms + random_length(rng, kind, life->step_ms) : end;
	if (h.kind == AWAY && h.until_ms > h.from_ms + 10 * MINUTE)
		h.until_ms = h.from_ms + 10 * MINUTE;
	h.pairs = once_in(rng, 2) ? (1u << life->pair_count) - 1 : some_of(rng, life->pair_count);
	h.sides = kind->has_sides ? some_of(rng, SIDES) : 0;
	h.replicas = kind->has_replicas ? random_replicas(rng, life, other) : 0;
	h.down_ms = rhythm[0] * SECOND;
	h.up_ms = rhythm[1] * SECOND;
	life->all[life->n++] = h;
	add_consequence(rng, life, h);
}

static int by_start(const void *a, const void *b)
{
	int64_t x = ((const struct happening *)a)->from_ms, y = ((const struct happening *)b)->from_ms;
	return (x > y) - (x < y);
}

/* Most lives are looked at often; a few are so long that hours count in them. */
static struct life life_of(uint64_t seed)
{
	uint64_t rng = seed;
	struct life life = {.seed = seed};
	int64_t die = between(&rng, 1, 20);
	life.step_ms = (die <= 6 ? 5 : die <= 18 ? 15 : 180) * SECOND;
	die = between(&rng, 1, 40);
	life.pair_count = die <= 35 ? 1 : die <= 39 ? 2 : PAIRS_MAX;
	life.replica_count = once_in(&rng, 3) ? 1 : REPLICAS_MAX;
	for (int r = 0; r < life.replica_count; r++)
		life.watched[r] = (1u << life.pair_count) - 1;
	if (life.pair_count > 1 && life.replica_count > 1 && once_in(&rng, 2)) {
		life.watched[0] &= 0x15; /* shards */
		life.watched[1] &= 0xa;
	}
	for (int64_t n = between(&rng, 2, 7); n > 0; n--)
		add_happening(&rng, &life);
	qsort(life.all, (size_t)life.n, sizeof *life.all, by_start);
	return life;
}

static bool is_on(const struct happening *h, int64_t ms)
{
	return h->from_ms <= ms && ms < h->until_ms;
}

static bool is_off_beat(const struct happening *h, int64_t ms)
{
	return (ms - h->from_ms) % (h->down_ms + h->up_ms) >= h->down_ms;
}

/* Why a side truly takes no jobs; NULL: it takes them. */
static const struct happening *fault_of(const struct life *life, int pair, int side, int64_t ms)
{
	const struct happening *fault = NULL;
	for (int i = 0; i < life->n; i++) {
		const struct happening *h = &life->all[i];
		if (h->kind <= FLAPPING && has(h->pairs, pair) && has(h->sides, side) && is_on(h, ms) &&
		    (!fault || h->from_ms >= fault->from_ms))
			fault = h;
	}
	return fault && fault->kind == FLAPPING && is_off_beat(fault, ms) ? NULL : fault;
}

/* What of this kind is going on with a daemon, or with all; NULL: nothing. */
static const struct happening *going_on(const struct life *life, enum happening_kind kind, int replica, int64_t ms)
{
	for (int i = 0; i < life->n; i++) {
		const struct happening *h = &life->all[i];
		if (h->kind == kind && is_on(h, ms) && (replica < 0 || has(h->replicas, replica)))
			return h;
	}
	return NULL;
}

/* Whether this daemon's configuration has the pair. */
static bool watches(const struct life *life, int replica, int pair, int64_t ms)
{
	for (int i = 0; i < life->n; i++) {
		const struct happening *h = &life->all[i];
		if (h->kind == REMOVED && is_on(h, ms) && has(h->replicas, replica) && has(h->pairs, pair))
			return false;
	}
	return has(life->watched[replica], pair);
}

/* When Spot made the cloudspace that is there now. */
static int64_t created_at(const struct life *life, int pair, int side, int64_t ms)
{
	int64_t at = -30 * 24 * (int64_t)HOUR;
	for (int i = 0; i < life->n; i++) {
		const struct happening *h = &life->all[i];
		if (h->kind == REBUILT && has(h->pairs, pair) && has(h->sides, side) && h->from_ms <= ms &&
		    h->from_ms > at)
			at = h->from_ms;
	}
	return at;
}

/* Why there is no process; NULL: there is one. */
static const struct happening *stop_of(const struct life *life, int replica, int64_t ms)
{
	for (enum happening_kind kind = RESTARTED; kind <= DEAD; kind++) {
		const struct happening *h = going_on(life, kind, replica, ms);
		if (h && !(kind == CRASHING && is_off_beat(h, ms)))
			return h;
	}
	return NULL;
}

static void tell_time(int64_t ms)
{
	int64_t s = ms / SECOND;
	printf("%d:%02d:%02d", (int)(s / 3600), (int)(s / 60 % 60), (int)(s % 60));
}

static const char *pair_name(int pair)
{
	static const char *const names[PAIRS_MAX] = {"prod", "dev", "gpu", "arm", "win"};
	return names[pair];
}

static void tell_set(const char *title, unsigned set, const char *(*name)(int))
{
	if (!set)
		return;
	printf(", %s", title);
	for (int i = 0; set >> i; i++)
		if (has(set, i))
			printf(" %s", name(i));
}

static const char *side_name(int side)
{
	return side_id_names[side];
}

static const char *replica_name(int replica)
{
	return replica ? "b" : "a";
}

static void tell_life(const struct life *life)
{
	printf("life %llu: %d pairs, %d daemons, a step is %d s\n", (unsigned long long)life->seed, life->pair_count,
	    life->replica_count, (int)(life->step_ms / SECOND));
	for (int r = 0; r < life->replica_count; r++) {
		printf("  daemon %s", replica_name(r));
		tell_set("watches", life->watched[r], pair_name);
		printf("\n");
	}
	for (int i = 0; i < life->n; i++) {
		const struct happening *h = &life->all[i];
		printf("  ");
		tell_time(h->from_ms);
		printf(" to ");
		tell_time(h->until_ms);
		printf("  %s", kinds[h->kind].words);
		tell_set("daemon", h->replicas, replica_name);
		if (kinds[h->kind].has_sides || h->kind == DISABLED || h->kind == REMOVED)
			tell_set("pair", h->pairs, pair_name);
		tell_set("side", h->sides, side_name);
		if (h->kind == FLAPPING || h->kind == CRASHING)
			printf(", %d s down and %d s up", (int)(h->down_ms / SECOND), (int)(h->up_ms / SECOND));
		printf("\n");
	}
}
