/* SEMANTICS.md section 2, MAINTENANCE: windows that somebody declares for a side. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "pair_scene.h"

enum { HOURS = 60 * MINUTES };

/* Both sides UP, and an extra one of which nothing is known. */
static struct scene active(void)
{
	struct scene s = scene_of(true);

	s.policy.extra_count = 1;
	s.policy.side[EXTRA_1] = s.policy.side[PRIMARY];
	s.pair = pair_start(&s.policy, s.now);
	up(&s, PRIMARY);
	up(&s, SECONDARY);
	assert_int_equal(s.pair.status, HA_ACTIVE);
	return s;
}

static bool begin(struct scene *s, enum side_id id, int64_t for_ms, bool is_forced, struct err *e)
{
	struct pair before = s->pair;
	bool is_begun = pair_begin_maintenance(&s->pair, id, for_ms, "new kernel", is_forced, s->now, e);

	if (!is_begun)
		assert_memory_equal(&before, &s->pair, sizeof before);
	for (int i = 0; i < SIDES_MAX; i++) {
		if (i != (int)id)
			assert_memory_equal(
			    &before.maintenance[i], &s->pair.maintenance[i], sizeof before.maintenance[i]);
		assert_int_equal(before.side[i].verdict, s->pair.side[i].verdict);
	}
	assert_int_equal(before.status, s->pair.status);
	return is_begun;
}

static void assert_refused(struct scene *s, enum side_id id, const char *const words[])
{
	struct err e = {""};

	assert_false(begin(s, id, 1 * HOURS, false, &e));
	for (; *words; words++)
		if (!strstr(e.text, *words))
			fail_msg("\"%s\" does not say \"%s\"", e.text, *words);
}

static void begins_and_marks(void **state)
{
	struct scene s = active();
	struct err e;

	(void)state;
	assert_false(pair_is_in_maintenance(&s.pair, PRIMARY));
	assert_true(begin(&s, PRIMARY, 2 * HOURS, false, &e));
	const struct maintenance *m = &s.pair.maintenance[PRIMARY];

	assert_true(m->is_declared);
	assert_int_equal(m->began.mono.ms, s.now.mono.ms);
	assert_int_equal(m->began.wall.ms, s.now.wall.ms);
	assert_int_equal(m->ends.mono.ms, s.now.mono.ms + 2 * HOURS);
	assert_int_equal(m->ends.wall.ms, s.now.wall.ms + 2 * HOURS);
	assert_string_equal(m->reason, "new kernel");
	assert_true(pair_is_in_maintenance(&s.pair, PRIMARY));
	assert_false(pair_is_in_maintenance(&s.pair, SECONDARY));
}

/* Inferred from cordoning, it marks as well. */
static void inferred_marks(void **state)
{
	struct scene s = active();

	(void)state;
	say(&s, SECONDARY, SPOT_READY, KUBE_CORDONED);
	assert_true(pair_is_in_maintenance(&s.pair, SECONDARY));
	assert_false(s.pair.maintenance[SECONDARY].is_declared);
	up(&s, SECONDARY);
	assert_false(pair_is_in_maintenance(&s.pair, SECONDARY));
}

static void changes_no_verdict(void **state)
{
	struct scene s = active();
	struct err e;

	(void)state;
	assert_true(begin(&s, PRIMARY, 2 * HOURS, false, &e));
	down(&s, PRIMARY);
	assert_int_equal(s.pair.side[PRIMARY].verdict, DOWN);
	assert_int_equal(s.pair.status, HA_BLOCKED_PRIMARY_UNAVAILABLE);
	down(&s, SECONDARY);
	assert_int_equal(s.pair.status, HA_BLOCKED_BOTH_UNAVAILABLE);
	assert_true(pair_is_in_maintenance(&s.pair, PRIMARY));
}

/* Refused unless the other side is UP, with what to do; --force overrides. */
static void other_side_must_be_up(void **state)
{
	/* clang-format off */
	static const struct {
		enum spot_word spot;
		enum kube_word kube;
		const char *state, *reason;
	} rows[] = {
		{SPOT_READY, KUBE_NO_CAPACITY, "DOWN", "(no_capacity)"},
		{SPOT_DELETING, KUBE_NONE, "DOWN", "(deleting)"},
		{SPOT_READY, KUBE_CORDONED, "MAINTENANCE", "(cordoned)"},
	};
	/* clang-format on */

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		for (int other = 0; other < SIDES; other++) {
			struct scene s = active();
			enum side_id id = other == PRIMARY ? SECONDARY : PRIMARY;
			struct err e;

			say(&s, (enum side_id)other, rows[i].spot, rows[i].kube);
			assert_refused(&s, id,
			    (const char *[]){side_id_names[other], rows[i].state, rows[i].reason, "--force", NULL});
			assert_true(
			    begin(&s, (enum side_id)other, 1 * HOURS, false, &e)); /* the one that is up stands in */
			assert_true(begin(&s, id, 1 * HOURS, true, &e));
		}
}

static void start_refuses(void **state)
{
	struct scene s = scene_of(true);

	(void)state;
	assert_refused(&s, PRIMARY, (const char *[]){"secondary", "UNKNOWN", "(starting)", "--force", NULL});
}

static void not_both_at_once(void **state)
{
	struct scene s = active();
	struct err e;

	(void)state;
	s.now.wall.ms = 1795468445000; /* 2026-11-23T21:14:05Z */
	assert_true(begin(&s, SECONDARY, 2 * HOURS, false, &e));
	assert_refused(
	    &s, PRIMARY, (const char *[]){"secondary", "maintenance", "2026-11-23T23:14:05Z", "--force", NULL});
	assert_true(begin(&s, PRIMARY, 2 * HOURS, true, &e));
}

/* Either of the two stands in for an extra side. */
static void extra_side(void **state)
{
	struct scene s = active();
	struct err e;

	(void)state;
	assert_true(begin(&s, EXTRA_1, 1 * HOURS, false, &e));
	down(&s, PRIMARY);
	assert_true(begin(&s, EXTRA_1, 1 * HOURS, false, &e));
	down(&s, SECONDARY);
	assert_refused(&s, EXTRA_1, (const char *[]){"DOWN", "--force", NULL});
	up(&s, SECONDARY); /* and its window stands in nobody's way */
	assert_refused(&s, SECONDARY, (const char *[]){"primary", "DOWN", NULL});
	up(&s, PRIMARY);
	assert_true(begin(&s, SECONDARY, 1 * HOURS, false, &e));
}

static void more_than_nothing_and_at_most_eight_hours(void **state)
{
	static const int64_t wrong[] = {INT64_MIN, -1, 0, 8 * HOURS + 1, INT64_MAX};
	struct scene s = active();

	(void)state;
	for (size_t i = 0; i < 2 * sizeof wrong / sizeof *wrong; i++) {
		struct err e = {""};

		assert_false(begin(&s, PRIMARY, wrong[i / 2], i % 2, &e));
		assert_non_null(strstr(e.text, "8 h"));
	}
	struct err e;

	assert_true(begin(&s, PRIMARY, 1, false, &e));
	assert_true(begin(&s, PRIMARY, 8 * HOURS, false, &e));
}

/* By itself, on the monotonic clock, at any side's step. */
static void ends_by_itself(void **state)
{
	struct scene s = active();
	struct err e;

	(void)state;
	assert_true(begin(&s, PRIMARY, 10 * SECONDS, false, &e));
	s.now.wall.ms += 100 * HOURS; /* somebody sets the clock */
	scene_pass(&s, 10 * SECONDS - 1);
	tick(&s);
	assert_true(s.pair.maintenance[PRIMARY].is_declared);
	s.now.wall.ms -= 200 * HOURS;
	scene_pass(&s, 1);
	up(&s, SECONDARY);
	assert_false(s.pair.maintenance[PRIMARY].is_declared);
	assert_false(pair_is_in_maintenance(&s.pair, PRIMARY));
}

static void moving_the_end_keeps_the_beginning(void **state)
{
	struct scene s = active();
	int64_t began = s.now.mono.ms;
	struct err e;

	(void)state;
	assert_true(begin(&s, PRIMARY, 1 * HOURS, false, &e));
	scene_pass(&s, 30 * MINUTES);
	assert_true(begin(&s, PRIMARY, 5 * MINUTES, false, &e));
	assert_int_equal(s.pair.maintenance[PRIMARY].began.mono.ms, began);
	assert_int_equal(s.pair.maintenance[PRIMARY].ends.mono.ms, began + 35 * MINUTES);
	/* after its end it is another one */
	scene_pass(&s, 5 * MINUTES);
	up(&s, SECONDARY);
	assert_true(begin(&s, PRIMARY, 5 * MINUTES, false, &e));
	assert_int_equal(s.pair.maintenance[PRIMARY].began.mono.ms, began + 35 * MINUTES);
}

static void is_ended(void **state)
{
	struct scene s = active();
	struct err e = {""};

	(void)state;
	assert_false(pair_end_maintenance(&s.pair, PRIMARY, &e));
	assert_non_null(strstr(e.text, "primary"));
	assert_true(begin(&s, PRIMARY, 1 * HOURS, false, &e));
	assert_false(pair_end_maintenance(&s.pair, SECONDARY, &e));
	assert_true(pair_end_maintenance(&s.pair, PRIMARY, &e));
	assert_false(s.pair.maintenance[PRIMARY].is_declared);
	assert_false(pair_end_maintenance(&s.pair, PRIMARY, &e));
}

/* What does not fit is cut, never within a character, and says so. */
static void reason_is_cut_between_characters(void **state)
{
	/* clang-format off */
	static const struct {
		int before; /* bytes of ASCII in front of */
		const char *character;
		int behind;  /* bytes of ASCII behind it */
		size_t kept; /* in front of the mark; 0: nothing is cut */
	} rows[] = {
		{126, "", 0, 0}, {127, "", 0, 0}, {128, "", 0, 124}, {500, "", 0, 124},
		{125, "\u00fc", 0, 0}, {122, "\u00fc", 9, 124}, {123, "\u00fc", 9, 123}, {124, "\u00fc", 9, 124},
		{124, "\u20ac", 0, 0}, {121, "\u20ac", 9, 124}, {122, "\u20ac", 9, 122}, {123, "\u20ac", 9, 123},
		{120, "\U0001f525", 9, 124}, {121, "\U0001f525", 9, 121}, {123, "\U0001f525", 9, 123},
	};
	/* clang-format on */

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char text[600] = "";
		struct now now = {{1}, {1}};

		memset(text, 'x', (size_t)rows[i].before);
		strcpy(text + rows[i].before, rows[i].character);
		memset(text + strlen(text), 'x', (size_t)rows[i].behind);
		struct maintenance m = maintenance_begin((struct maintenance){0}, 1, text, now);

		if (rows[i].kept) {
			assert_memory_equal(m.reason, text, rows[i].kept);
			assert_string_equal(m.reason + rows[i].kept, "...");
		} else
			assert_string_equal(m.reason, text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(begins_and_marks),
	    cmocka_unit_test(inferred_marks),
	    cmocka_unit_test(changes_no_verdict),
	    cmocka_unit_test(other_side_must_be_up),
	    cmocka_unit_test(start_refuses),
	    cmocka_unit_test(not_both_at_once),
	    cmocka_unit_test(extra_side),
	    cmocka_unit_test(more_than_nothing_and_at_most_eight_hours),
	    cmocka_unit_test(ends_by_itself),
	    cmocka_unit_test(moving_the_end_keeps_the_beginning),
	    cmocka_unit_test(is_ended),
	    cmocka_unit_test(reason_is_cut_between_characters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
