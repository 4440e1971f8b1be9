/*
 * Flapping: Icinga's ring. Of 20 results the newest weighs 1.18, each older one 0.02 less, the
 * oldest 0.80; 19.80 in all. The sums below are made by hand.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "decide/flap.h"
#include "pair_scene.h"

/* One result for each letter; any two letters differ. */
static struct flap results(struct flap flap, const char *letters)
{
	for (; *letters; letters++)
		flap = flap_step(flap, (uint8_t)*letters);
	return flap;
}

static void sums(void **state)
{
	/* clang-format off */
	static const struct {
		const char *results;
		int percent;
		bool is_flapping;
	} rows[] = {
		{"", 0, false},
		{"u", 0, false}, /* the first differs from nothing */
		{"uuuuuuuuuuuuuuuuuuuuuuuuuuuuuu", 0, false},
		{"ud", 5, false},                 /* 1.18 of 19.80: 5.96 % */
		{"udu", 11, false},               /* 1.18 + 1.16: 11.8 % */
		{"ududud", 28, false},            /* five: 5.70, 28.8 % */
		{"udududu", 34, true},            /* six: 6.78, 34.2 % */
		{"abcdefg", 34, true},            /* what they say matters not, that they differ does */
		{"ududududududududududu", 100, true},
		{"uddddddddddddddddddd", 4, false},    /* age 18: 0.82 */
		{"udddddddddddddddddddd", 4, false},   /* age 19: 0.80, 4.04 % */
		{"uddddddddddddddddddddd", 0, false},  /* fallen out */
	};
	/* clang-format on */

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct flap flap = results((struct flap){0}, rows[i].results);

		if (flap_percent(&flap) != rows[i].percent || flap.is_flapping != rows[i].is_flapping)
			fail_msg("%s: %d %%, %s", rows[i].results, flap_percent(&flap),
			    flap.is_flapping ? "flapping" : "calm");
	}
}

/* Above 30 %, not at it. Six changes of these ages weigh 7.08 less 0.02 for each year of age
 * together. */
static void begins_above_30_percent(void **state)
{
	/* Ages 15 14 13 9 6 0, together 57: 5.94, which is 30.0 %. */
	struct flap at = results((struct flap){0},
	    "a"
	    "b"
	    "a"
	    "b"
	    "bbb"
	    "a"
	    "aa"
	    "b"
	    "bbbbb"
	    "a");
	/* Ages 14 13 12 9 6 0, together 54: 6.00, which is 30.3 %. */
	struct flap above = results((struct flap){0},
	    "a"
	    "b"
	    "a"
	    "b"
	    "bb"
	    "a"
	    "aa"
	    "b"
	    "bbbbb"
	    "a");

	(void)state;
	assert_int_equal(at.changes, 1u << 15 | 1u << 14 | 1u << 13 | 1u << 9 | 1u << 6 | 1u);
	assert_int_equal(above.changes, 1u << 14 | 1u << 13 | 1u << 12 | 1u << 9 | 1u << 6 | 1u);
	assert_int_equal(flap_percent(&at), 30);
	assert_int_equal(flap_percent(&above), 30);
	assert_false(at.is_flapping);
	assert_true(above.is_flapping);
}

/* Below 25 %, which is 4.95. */
static void ends_below_25_percent(void **state)
{
	/* Ages 6 8 10 11 13 after one more result: 5.90 - 0.96 = 4.94. One younger by one: 4.96. */
	struct flap below = {1u << 5 | 1u << 7 | 1u << 9 | 1u << 10 | 1u << 12, true, true, 'u'};
	struct flap at = {1u << 4 | 1u << 7 | 1u << 9 | 1u << 10 | 1u << 12, true, true, 'u'};

	(void)state;
	assert_false(flap_step(below, 'u').is_flapping);
	assert_true(flap_step(at, 'u').is_flapping);
	at.is_flapping = false; /* in between, it stays as it was */
	assert_false(flap_step(at, 'u').is_flapping);

	/* Twenty changes, then calm: 14 results later six are left, 5.10; then five, 4.20. */
	struct flap flap = results((struct flap){0}, "ududududududududududu");
	flap = results(flap, "uuuuuuuuuuuuuu");
	assert_true(flap.is_flapping);
	flap = results(flap, "u");
	assert_false(flap.is_flapping);
	assert_int_equal(flap_percent(&flap), 21);
}

static void probe(struct world *w, enum kube_word word)
{
	world_pass(w, 1 * SECONDS);
	world_kube(w, word);
}

static void results_that_say_something_enter(void **state)
{
	struct world w = world_at(UP);

	(void)state;
	assert_int_equal(w.side.flap.last, UP);
	probe(&w, KUBE_NO_CAPACITY); /* long before it is the verdict */
	assert_verdict(&w, UP);
	assert_int_equal(w.side.flap.last, DOWN);
	assert_int_equal(w.side.flap.changes, 1);
	probe(&w, KUBE_NO_CAPACITY);
	assert_int_equal(w.side.flap.changes, 2);
	probe(&w, KUBE_CORDONED);
	assert_int_equal(w.side.flap.changes, 5);
	probe(&w, KUBE_SERVING);
	assert_int_equal(w.side.flap.changes, 11);
}

/* Neither a hold, nor a round that is no result, nor UNKNOWN by age, nor what may be our own
 * network. */
static void what_says_nothing_does_not_count(void **state)
{
	struct world w = world_at(UP);

	(void)state;
	for (int i = 0; i < 10; i++) {
		probe(&w, KUBE_NONE);
		probe(&w, KUBE_UNREACHABLE); /* nobody else answers */
		world_spot(&w, SPOT_ERROR);
		world_spot(&w, SPOT_READY);
		world_tick(&w);
	}
	world_pass(&w, 10 * MINUTES);
	world_tick(&w);
	assert_verdict(&w, UNKNOWN);
	assert_int_equal(w.side.flap.changes, 0);
	assert_int_equal(w.side.flap.last, UP);
	world_spot(&w, SPOT_READY);
	probe(&w, KUBE_SERVING);
	assert_int_equal(w.side.flap.changes, 0);
}

/* Unreachable while others answer says DOWN, long before it is DOWN. */
static void soft_evidence_counts_while_own_network_is_good(void **state)
{
	struct world w = world_at(UP);

	(void)state;
	probe(&w, KUBE_UNREACHABLE);
	assert_int_equal(w.side.flap.last, UP);
	world_pass(&w, 1);
	world_witness(&w);
	probe(&w, KUBE_UNREACHABLE);
	assert_verdict(&w, UP);
	assert_int_equal(w.side.flap.last, DOWN);
	assert_int_equal(w.side.flap.changes, 1);
}

/* It marks; a BLOCKED is BLOCKED all the same, at the same moment. */
static void blocked_is_blocked(void **state)
{
	struct scene s = scene_of(true);

	(void)state;
	up(&s, SECONDARY);
	for (int i = 0; i < 20; i++) {
		up(&s, PRIMARY);
		assert_int_equal(s.pair.status, HA_ACTIVE);
		scene_pass(&s, 1 * SECONDS);
		down(&s, PRIMARY);
		assert_int_equal(s.pair.status, HA_BLOCKED_PRIMARY_UNAVAILABLE);
		assert_int_equal(s.pair.since.mono.ms, s.now.mono.ms);
		scene_pass(&s, 1 * SECONDS);
	}
	assert_true(s.pair.side[PRIMARY].flap.is_flapping);
	assert_false(s.pair.side[SECONDARY].flap.is_flapping);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(sums),
	    cmocka_unit_test(begins_above_30_percent),
	    cmocka_unit_test(ends_below_25_percent),
	    cmocka_unit_test(results_that_say_something_enter),
	    cmocka_unit_test(what_says_nothing_does_not_count),
	    cmocka_unit_test(soft_evidence_counts_while_own_network_is_good),
	    cmocka_unit_test(blocked_is_blocked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
