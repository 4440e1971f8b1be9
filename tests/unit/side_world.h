/*
 * One side in a small world: what its sources say, who else answers, what time it is. Tests move
 * the world and look at the verdict. Include once, below <cmocka.h>.
 */
#pragma once

#include "decide/side.h"

enum { SECONDS = 1000, MINUTES = 60 * SECONDS };

/* The defaults of SEMANTICS.md. */
/* clang-format off */
static const struct side_policy default_policy = {
	.has_spot = true,
	.rise = 2,
	.fall = 3,
	.interval_ms = 5 * SECONDS,
	.spot_interval_ms = 30 * SECONDS,
	.unreachable_for_ms = 90 * SECONDS,
	.own_network_window_ms = 60 * SECONDS,
	.stale_after_ms = 5 * MINUTES,
	.provisioning_late_ms = 75 * MINUTES,
	.provisioning_stuck_ms = 120 * MINUTES,
};
/* clang-format on */

struct world {
	struct side_policy policy;
	struct side side;
	struct now now;
	bool was_ready;      /* Spot's firstReadyTimestamp is set */
	mono_ms witness_at;  /* somebody else's last answer */
	struct side_why why; /* of the last result */
};

static inline struct world world_of(const struct side_policy *policy)
{
	struct now now = {{7777777}, {1795464000000}};

	return (struct world){*policy, side_start(now), now, false, MONO_NEVER, {0}};
}

static inline void world_pass(struct world *w, int64_t ms)
{
	w->now.mono = mono_plus(w->now.mono, ms);
	w->now.wall.ms += ms;
}

/* An independent endpoint answers now. */
static inline void world_witness(struct world *w)
{
	w->witness_at = w->now.mono;
}

static inline void world_step(struct world *w, struct side_input input)
{
	input.witness_at = w->witness_at;
	w->side = side_step_why(&w->policy, w->side, &input, w->now, &w->why);
}

static inline void world_spot(struct world *w, enum spot_word word)
{
	world_step(w, (struct side_input){.kind = SIDE_SPOT, .spot = {.word = word, .was_ready = w->was_ready}});
}

static inline void world_kube(struct world *w, enum kube_word word)
{
	world_step(w, (struct side_input){.kind = SIDE_KUBE, .kube = {.word = word}});
}

static inline void world_tick(struct world *w)
{
	world_step(w, (struct side_input){.kind = SIDE_TICK});
}

static inline void world_grace(struct world *w)
{
	world_step(w, (struct side_input){.kind = SIDE_GRACE});
}

/* One Kubernetes round `interval` after the last, `times` over; Spot keeps its word meanwhile. */
static inline void world_rounds(struct world *w, enum spot_word spot, enum kube_word kube, int times)
{
	for (int i = 0; i < times; i++) {
		world_pass(w, w->policy.interval_ms);
		if (w->policy.has_spot)
			world_spot(w, spot);
		world_kube(w, kube);
	}
}

/* How a verdict is come by first thing after start, where it can be. */
static inline struct world world_at(enum verdict verdict)
{
	/* clang-format off */
	static const struct {
		enum spot_word spot;
		enum kube_word kube;
	} recipe[VERDICTS] = {
		[UNKNOWN] = {SPOT_NONE, KUBE_NONE},
		[UP] = {SPOT_READY, KUBE_SERVING},
		[DOWN] = {SPOT_READY, KUBE_NO_CAPACITY},
		[PROVISIONING] = {SPOT_PROVISIONING, KUBE_NONE},
		[MAINTENANCE] = {SPOT_READY, KUBE_CORDONED},
	};
	/* clang-format on */
	struct world w = world_of(&default_policy);

	world_spot(&w, recipe[verdict].spot);
	world_kube(&w, recipe[verdict].kube);
	assert_int_equal(w.side.verdict, verdict);
	return w;
}

#define assert_verdict(w, expected) assert_string_equal(verdict_names[(w)->side.verdict], verdict_names[expected])
#define assert_reason(w, expected) assert_string_equal(side_reason_names[(w)->side.reason], side_reason_names[expected])
