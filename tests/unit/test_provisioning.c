/*
 * SEMANTICS.md section 2, PROVISIONING age: Spot's creationTimestamp against the server's own
 * Date; late at 75 min, stuck at 120 min, both only on a fresh answer that says provisioning.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "side_world.h"

enum { CREATED = 1000000 };

static struct side_input provisioning_for(int64_t age_ms)
{
	return (struct side_input){.kind = SIDE_SPOT,
	    .spot = {.word = SPOT_PROVISIONING, .created = {CREATED}, .served_at = {CREATED + age_ms}}};
}

static struct world building_for(int64_t age_ms)
{
	struct world w = world_of(&default_policy);

	world_step(&w, provisioning_for(age_ms));
	world_kube(&w, KUBE_NONE);
	assert_verdict(&w, PROVISIONING);
	return w;
}

static struct provisioning provisioning_of(const struct world *w)
{
	return side_provisioning(&w->policy, &w->side, w->now.mono);
}

static void lateness(void **state)
{
	/* clang-format off */
	static const struct {
		int64_t age_ms;
		enum lateness lateness;
	} rows[] = {
		{0, ON_TIME},
		{34 * MINUTES, ON_TIME},
		{75 * MINUTES - 1, ON_TIME},
		{75 * MINUTES, LATE},
		{120 * MINUTES - 1, LATE},
		{120 * MINUTES, STUCK},
		{100000 * (int64_t)MINUTES, STUCK},
	};
	/* clang-format on */

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct world w = building_for(rows[i].age_ms);
		struct provisioning p = provisioning_of(&w);

		assert_true(p.is_known);
		assert_int_equal(p.age_ms, rows[i].age_ms);
		assert_int_equal(p.lateness, rows[i].lateness);
	}
}

/* Our wall clock says nothing; our monotonic one counts on from the answer. */
static void counts_on_between_answers(void **state)
{
	struct world w = building_for(75 * MINUTES - 20 * SECONDS);

	(void)state;
	w.now.wall.ms += 1000000 * (int64_t)MINUTES;
	world_pass(&w, 19 * SECONDS);
	assert_int_equal(provisioning_of(&w).lateness, ON_TIME);
	world_pass(&w, 1 * SECONDS);
	assert_int_equal(provisioning_of(&w).lateness, LATE);
	assert_int_equal(provisioning_of(&w).age_ms, 75 * MINUTES);
}

/* Blind, nobody is late. */
static void fresh_answers_alone(void **state)
{
	struct world w = building_for(130 * MINUTES);

	(void)state;
	world_pass(&w, 60 * SECONDS);
	assert_int_equal(provisioning_of(&w).lateness, STUCK);
	world_pass(&w, 1);
	assert_verdict(&w, PROVISIONING);
	assert_false(provisioning_of(&w).is_known);
	assert_int_equal(provisioning_of(&w).lateness, ON_TIME);

	w = building_for(130 * MINUTES);
	world_spot(&w, SPOT_NONE);
	assert_verdict(&w, PROVISIONING);
	assert_false(provisioning_of(&w).is_known);
	world_step(&w, provisioning_for(131 * MINUTES));
	assert_true(provisioning_of(&w).is_known);
	world_grace(&w); /* what was held counts no more */
	assert_false(provisioning_of(&w).is_known);
}

/* Only of a side that is PROVISIONING: one that was ready before is none. */
static void of_provisioning_sides(void **state)
{
	struct world w = world_at(UP);

	(void)state;
	world_step(&w, provisioning_for(130 * MINUTES));
	world_kube(&w, KUBE_SERVING);
	assert_verdict(&w, UP);
	assert_false(provisioning_of(&w).is_known);
	w = building_for(50 * MINUTES);
	world_spot(&w, SPOT_READY);
	assert_verdict(&w, PROVISIONING); /* not yet UP, and Spot no longer says so */
	assert_false(provisioning_of(&w).is_known);
}

static void without_their_clock_not_known(void **state)
{
	struct world w = building_for(-1); /* created in the future */
	struct side_input input = provisioning_for(80 * MINUTES);

	(void)state;
	assert_false(provisioning_of(&w).is_known);
	world_pass(&w, 30 * SECONDS);
	assert_false(provisioning_of(&w).is_known);
	input.spot.served_at = WALL_UNKNOWN;
	world_step(&w, input);
	assert_false(provisioning_of(&w).is_known);
	input = provisioning_for(80 * MINUTES);
	input.spot.created = WALL_UNKNOWN;
	world_step(&w, input);
	assert_false(provisioning_of(&w).is_known);
	world_step(&w, provisioning_for(80 * MINUTES));
	assert_int_equal(provisioning_of(&w).lateness, LATE);
}

/* The thresholds are the policy's. */
static void thresholds_are_policy(void **state)
{
	struct world w = building_for(10 * MINUTES);

	(void)state;
	w.policy.provisioning_late_ms = 10 * MINUTES;
	assert_int_equal(provisioning_of(&w).lateness, LATE);
	w.policy.provisioning_stuck_ms = 10 * MINUTES;
	assert_int_equal(provisioning_of(&w).lateness, STUCK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(lateness),
	    cmocka_unit_test(counts_on_between_answers),
	    cmocka_unit_test(fresh_answers_alone),
	    cmocka_unit_test(of_provisioning_sides),
	    cmocka_unit_test(without_their_clock_not_known),
	    cmocka_unit_test(thresholds_are_policy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
