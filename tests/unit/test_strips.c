/* Strips of sides: each cell has the worst that was in it, however often a side changes; what is not known stays so. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "decide/incidents.h"

#define MINUTE INT64_C(60000)
#define DAY (24 * 60 * MINUTE)
#define BEGIN (20000 * DAY)

static const int rank[VERDICTS] = {[DOWN] = 0, [UNKNOWN] = 1, [PROVISIONING] = 2, [MAINTENANCE] = 3, [UP] = 4};
static struct incidents in;

static int tear_down(void **state)
{
	(void)state;
	incidents_fini(&in);
	return 0;
}

static void add(int64_t ms, enum journal_kind kind, enum side_id side, const char *to)
{
	struct journal_entry entry = {.kind = kind,
	    .event = {.at.wall = {BEGIN + ms}, .side = side, .from = "", .to = to, .reason = ""},
	    .runners = JOURNAL_RUNNERS_UNKNOWN};
	incidents_add(&in, &entry);
}

static int worst(enum strip_scale scale, enum side_id side, int64_t ms)
{
	return strips_worst(&in.strips, scale, side, (wall_ms){BEGIN + ms}, rank);
}

/* For three weeks, every ten minutes: no cell of what has passed is empty, and each has the worst. */
static void a_side_that_flaps_for_weeks(void **state)
{
	int64_t end = 21 * DAY;
	(void)state;
	add(0, JOURNAL_START, PRIMARY, "ACTIVE");
	add(0, JOURNAL_STATE, PRIMARY, "UP");
	for (int64_t ms = 0; ms < end; ms += 10 * MINUTE) {
		add(ms, JOURNAL_STATE, SECONDARY, "DOWN");
		add(ms + 4 * MINUTE, JOURNAL_STATE, SECONDARY, "UP");
	}
	add(end, JOURNAL_STATE, SECONDARY, "UP");
	for (int64_t ms = 0; ms < end; ms += strip_sizes[STRIP_MONTH].cell_ms) {
		assert_int_equal(worst(STRIP_MONTH, SECONDARY, ms), DOWN);
		assert_int_equal(worst(STRIP_MONTH, PRIMARY, ms), UP);
	}
	for (int64_t ms = end - DAY; ms < end; ms += strip_sizes[STRIP_DAY].cell_ms)
		assert_int_equal(worst(STRIP_DAY, SECONDARY, ms), ms % (10 * MINUTE) ? UP : DOWN);
	assert_int_equal(worst(STRIP_DAY, SECONDARY, end - 2 * DAY), STRIPS_NOT_KNOWN); /* it is no longer kept */
	assert_int_equal(worst(STRIP_MONTH, SECONDARY, end), STRIPS_NOT_KNOWN);
	assert_int_equal(worst(STRIP_MONTH, SECONDARY, -DAY), STRIPS_NOT_KNOWN);
	assert_int_equal(worst(STRIP_MONTH, EXTRA_1, DAY), STRIPS_NOT_KNOWN);
}

static void time_without_a_watch(void **state)
{
	(void)state;
	add(0, JOURNAL_START, PRIMARY, "ACTIVE");
	add(0, JOURNAL_STATE, SECONDARY, "UP");
	add(10 * MINUTE, JOURNAL_STOP, PRIMARY, "");
	add(30 * MINUTE, JOURNAL_START, PRIMARY, "ACTIVE"); /* it remembers the states */
	add(40 * MINUTE, JOURNAL_STOP, PRIMARY, "");
	add(60 * MINUTE, JOURNAL_START, PRIMARY, "UNKNOWN"); /* it does not */
	add(61 * MINUTE, JOURNAL_STATE, PRIMARY, "UP");
	add(61 * MINUTE, JOURNAL_STATUS, PRIMARY, "UNKNOWN");
	add(70 * MINUTE, JOURNAL_STATE, SECONDARY, "DOWN");
	add(80 * MINUTE, JOURNAL_STOP, PRIMARY, "");
	static const struct {
		int minute, worst;
	} rows[] = {{5, UP}, {10, STRIPS_NOT_KNOWN}, {25, STRIPS_NOT_KNOWN}, {30, UP}, {35, UP}, {40, STRIPS_NOT_KNOWN},
	    {60, STRIPS_NOT_KNOWN}, {65, STRIPS_NOT_KNOWN}, {70, DOWN}, {75, DOWN}, {80, STRIPS_NOT_KNOWN}};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		assert_int_equal(worst(STRIP_DAY, SECONDARY, rows[i].minute * MINUTE), rows[i].worst);
	assert_int_equal(worst(STRIP_DAY, PRIMARY, 65 * MINUTE), UP);
}

/* What a clock that was ahead has dated later is not in the cells when their time comes. */
static void a_clock_that_is_set_back(void **state)
{
	(void)state;
	add(0, JOURNAL_START, PRIMARY, "ACTIVE");
	add(0, JOURNAL_STATE, SECONDARY, "DOWN");
	add(60 * MINUTE, JOURNAL_STATE, SECONDARY, "UP");
	add(20 * MINUTE, JOURNAL_STATE, SECONDARY, "UP");
	assert_int_equal(worst(STRIP_DAY, SECONDARY, 15 * MINUTE), DOWN);
	assert_int_equal(worst(STRIP_DAY, SECONDARY, 30 * MINUTE), STRIPS_NOT_KNOWN);
	add(60 * MINUTE, JOURNAL_STATE, SECONDARY, "UP");
	assert_int_equal(worst(STRIP_DAY, SECONDARY, 30 * MINUTE), UP);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_teardown(a_side_that_flaps_for_weeks, tear_down),
	    cmocka_unit_test_teardown(time_without_a_watch, tear_down),
	    cmocka_unit_test_teardown(a_clock_that_is_set_back, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
