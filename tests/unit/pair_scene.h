/*
 * One pair in a small world, as side_world.h has one side. Include once, below <cmocka.h>.
 */
#pragma once

#include "decide/pair.h"
#include "side_world.h"

/* A pair in its world. fall = rise = 1, so that one result is one verdict. */
struct scene {
	struct pair_policy policy;
	struct pair pair;
	struct now now;
};

static inline struct scene scene_of(bool is_enabled)
{
	struct scene s = {.now = {{500}, {1795464000000}}};
	struct side_policy side = default_policy;

	side.fall = side.rise = 1;
	s.policy = (struct pair_policy){.is_enabled = is_enabled, .side = {side, side}};
	s.pair = pair_start(&s.policy, s.now);
	return s;
}

static inline void scene_pass(struct scene *s, int64_t ms)
{
	s->now.mono = mono_plus(s->now.mono, ms);
	s->now.wall.ms += ms;
}

static inline void say(struct scene *s, enum side_id id, enum spot_word spot, enum kube_word kube)
{
	struct side_input a = {.kind = SIDE_SPOT, .spot = {.word = spot, .was_ready = true}, .witness_at = MONO_NEVER};
	struct side_input b = {.kind = SIDE_KUBE, .kube = {.word = kube}, .witness_at = MONO_NEVER};

	s->pair = pair_step(&s->policy, s->pair, id, &a, s->now);
	s->pair = pair_step(&s->policy, s->pair, id, &b, s->now);
}

static inline void up(struct scene *s, enum side_id id)
{
	say(s, id, SPOT_READY, KUBE_SERVING);
}

static inline void down(struct scene *s, enum side_id id)
{
	say(s, id, SPOT_READY, KUBE_NO_CAPACITY);
}

static inline void tick(struct scene *s)
{
	struct side_input input = {.kind = SIDE_TICK, .witness_at = MONO_NEVER};

	s->pair = pair_step(&s->policy, s->pair, PRIMARY, &input, s->now);
	s->pair = pair_step(&s->policy, s->pair, SECONDARY, &input, s->now);
}
