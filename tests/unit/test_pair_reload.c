/* A pair after a reload: what stays of it and of its sides, in whatever roles. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "pair_scene.h"

/* A pair of which the sides were UP for a while, and something was counted in every place. */
static struct scene lived(void)
{
	struct scene s = scene_of(true);
	struct err e;
	s.policy.extra_count = 1;
	s.policy.side[EXTRA_1] = s.policy.side[PRIMARY];
	s.pair = pair_start(&s.policy, s.now);
	scene_pass(&s, 1000);
	for (int id = 0; id < 3; id++)
		up(&s, (enum side_id)id);
	scene_pass(&s, 2000);
	down(&s, EXTRA_1);
	scene_pass(&s, 3000);
	assert_true(pair_begin_maintenance(&s.pair, SECONDARY, 600000, "new disks", false, s.now, &e));
	return s;
}

static void assert_same_side(const struct pair *a, enum side_id id, const struct pair *b, enum side_id was)
{
	assert_memory_equal(&a->side[id], &b->side[was], sizeof a->side[id]);
	assert_memory_equal(&a->maintenance[id], &b->maintenance[was], sizeof a->maintenance[id]);
	assert_memory_equal(a->state_changes[id], b->state_changes[was], sizeof a->state_changes[id]);
}

static void assert_new_side(const struct pair *pair, enum side_id id, struct now now)
{
	const struct pair start = pair_start(&(struct pair_policy){.is_enabled = true, .extra_count = 4}, now);
	assert_same_side(pair, id, &start, id);
}

static void nothing_changed(void **state)
{
	struct scene s = lived();
	struct pair was = s.pair;
	struct pair_origin from[SIDES_MAX] = {{&was, PRIMARY}, {&was, SECONDARY}, {&was, EXTRA_1}};
	(void)state;
	scene_pass(&s, 5000);
	struct pair is = pair_reload(&s.policy, &was, from, s.now);
	for (int id = 0; id < 3; id++)
		assert_same_side(&is, (enum side_id)id, &was, (enum side_id)id);
	assert_int_equal(is.extra_count, 1);
	assert_int_equal(is.status, was.status);
	assert_memory_equal(&is.since, &was.since, sizeof is.since);
	assert_memory_equal(&is.blocked_since, &was.blocked_since, sizeof is.blocked_since);
	assert_memory_equal(&is.counted_to, &was.counted_to, sizeof is.counted_to);
	assert_memory_equal(is.transitions, was.transitions, sizeof is.transitions);
	assert_memory_equal(is.spent_ms, was.spent_ms, sizeof is.spent_ms);
}

/* The extra side becomes the secondary, which becomes an extra side; another one comes. */
static void roles_changed(void **state)
{
	struct scene s = lived();
	struct pair was = s.pair;
	struct pair_origin from[SIDES_MAX] = {{&was, PRIMARY}, {&was, EXTRA_1}, {&was, SECONDARY}, {NULL, PRIMARY}};
	(void)state;
	assert_int_equal(was.status, HA_ACTIVE);
	scene_pass(&s, 5000);
	s.policy.extra_count = 2;
	s.policy.side[EXTRA_2] = s.policy.side[PRIMARY];
	s.pair = pair_reload(&s.policy, &was, from, s.now);
	assert_int_equal(s.pair.extra_count, 2);
	assert_same_side(&s.pair, PRIMARY, &was, PRIMARY);
	assert_same_side(&s.pair, SECONDARY, &was, EXTRA_1);
	assert_same_side(&s.pair, EXTRA_1, &was, SECONDARY);
	assert_new_side(&s.pair, EXTRA_2, s.now);
	assert_string_equal(s.pair.maintenance[EXTRA_1].reason, "new disks");
	assert_int_equal(s.pair.side[SECONDARY].since.mono.ms, was.side[EXTRA_1].since.mono.ms);

	/* The status is what it was until a step makes it that of the sides: one change like any other. */
	assert_int_equal(s.pair.status, HA_ACTIVE);
	assert_int_equal(s.pair.since.mono.ms, was.since.mono.ms);
	tick(&s);
	assert_int_equal(s.pair.status, HA_BLOCKED_SECONDARY_UNAVAILABLE);
	assert_int_equal(s.pair.since.mono.ms, s.now.mono.ms);
	assert_int_equal(s.pair.blocked_since.mono.ms, s.now.mono.ms);
	assert_int_equal(s.pair.transitions[HA_ACTIVE][HA_BLOCKED_SECONDARY_UNAVAILABLE], 1);
	assert_int_equal(s.pair.transitions[HA_UNKNOWN][HA_ACTIVE], 1);
	assert_int_equal(s.pair.spent_ms[HA_ACTIVE], was.spent_ms[HA_ACTIVE] + 8000);
	assert_int_equal(s.pair.spent_ms[HA_UNKNOWN], was.spent_ms[HA_UNKNOWN]);
}

/* While it is BLOCKED, since when it is stays. */
static void blocked_all_along(void **state)
{
	struct scene s = lived();
	struct err e;
	(void)state;
	assert_true(pair_begin_maintenance(&s.pair, EXTRA_1, 600000, "", false, s.now, &e));
	down(&s, PRIMARY);
	scene_pass(&s, 7000);
	struct pair was = s.pair;
	struct pair_origin from[SIDES_MAX] = {{&was, PRIMARY}, {&was, SECONDARY}, {&was, EXTRA_1}};
	s.policy.extra_count = 0;
	s.pair = pair_reload(&s.policy, &was, from, s.now);
	tick(&s);
	assert_int_equal(s.pair.status, HA_BLOCKED_PRIMARY_UNAVAILABLE);
	assert_int_equal(s.pair.since.mono.ms, was.since.mono.ms);
	assert_int_equal(s.pair.blocked_since.mono.ms, was.blocked_since.mono.ms);
	assert_memory_equal(s.pair.transitions, was.transitions, sizeof was.transitions);
	assert_false(s.pair.maintenance[EXTRA_1].is_declared); /* there is no such side any more */
}

/* A pair of another name starts anew, and its sides go on, each from its own pair. */
static void another_pair(void **state)
{
	struct scene s = lived(), t = lived();
	struct pair was = s.pair, other = t.pair;
	struct pair_origin from[SIDES_MAX] = {{&was, SECONDARY}, {&other, PRIMARY}};
	(void)state;
	scene_pass(&s, 5000);
	s.policy.extra_count = 0;
	s.pair = pair_reload(&s.policy, NULL, from, s.now);
	assert_same_side(&s.pair, PRIMARY, &was, SECONDARY);
	assert_same_side(&s.pair, SECONDARY, &other, PRIMARY);
	assert_int_equal(s.pair.status, HA_UNKNOWN);
	assert_int_equal(s.pair.since.mono.ms, s.now.mono.ms);
	assert_int_equal(s.pair.transitions[HA_UNKNOWN][HA_ACTIVE], 0);
	tick(&s);
	assert_int_equal(s.pair.status, HA_ACTIVE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(nothing_changed),
	    cmocka_unit_test(roles_changed),
	    cmocka_unit_test(blocked_all_along),
	    cmocka_unit_test(another_pair),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
