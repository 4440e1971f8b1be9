/* Incidents and availability: a journal's entries as rows, and what they make (SEMANTICS.md section 6). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "decide/incidents.h"

#define DAY_MS INT64_C(86400000)
enum { MINUTE = 60000 };
static const int64_t begin_ms = 1795464000000;

static wall_ms at(int64_t minute)
{
	return (wall_ms){begin_ms + minute * MINUTE};
}

static struct incidents in;

static int set_up(void **state)
{
	(void)state;
	in = (struct incidents){0};
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	incidents_fini(&in);
	return 0;
}

static struct journal_entry entry(int64_t minute, enum journal_kind kind, const char *to)
{
	return (struct journal_entry){.kind = kind,
	    .event = {.at.wall = at(minute), .from = "", .to = to, .reason = ""},
	    .runners = JOURNAL_RUNNERS_UNKNOWN};
}

static void add(int64_t minute, enum journal_kind kind, const char *to)
{
	struct journal_entry e = entry(minute, kind, to);
	incidents_add(&in, &e);
}

static void add_status(int64_t minute, const char *to, int runners, const char *note)
{
	struct journal_entry e = entry(minute, JOURNAL_STATUS, to);
	e.runners = runners;
	snprintf(e.event.note, sizeof e.event.note, "%s", note);
	incidents_add(&in, &e);
}

static void add_state(int64_t minute, enum side_id id, const char *to)
{
	struct journal_entry e = entry(minute, JOURNAL_STATE, to);
	e.event.side = id;
	incidents_add(&in, &e);
}

static void add_until(int64_t minute, enum journal_kind kind, enum side_id id, const char *to, int64_t until)
{
	struct journal_entry e = entry(minute, kind, to);
	e.event.side = id;
	e.until = at(until);
	incidents_add(&in, &e);
}

#define PRIMARY_OUT "BLOCKED_PRIMARY_UNAVAILABLE"
#define SECONDARY_OUT "BLOCKED_SECONDARY_UNAVAILABLE"
#define BOTH_OUT "BLOCKED_BOTH_UNAVAILABLE"

/* How many minutes of the last `window` are of each use: "active 5 blocked 3". */
static void assert_minutes(int64_t window, int64_t now, const char *expected)
{
	struct availability a = incidents_availability(&in, window * MINUTE, at(now));
	char text[256] = "";
	for (int i = 0; i < SPAN_USES; i++)
		if (a.ms[i])
			snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s %g", *text ? " " : "",
			    span_use_names[i], (double)a.ms[i] / MINUTE);
	assert_string_equal(text, expected);
}

static void assert_incident(size_t i, int64_t now, enum ha_status status, int64_t from, int64_t to, const char *cause)
{
	assert_true(i < in.count);
	struct incident is = incidents_at(&in, i, at(now));
	assert_int_equal(is.status, status);
	assert_int_equal(is.from.ms, at(from).ms);
	assert_int_equal(is.to.ms, to ? at(to).ms : 0);
	assert_string_equal(is.cause, cause);
}

static void an_outage(void **state)
{
	(void)state;
	add(0, JOURNAL_START, "ACTIVE");
	add_state(10, SECONDARY, "DOWN");
	add_status(10, SECONDARY_OUT, 20, "secondary DOWN");
	add_state(20, PRIMARY, "DOWN");
	add_status(20, BOTH_OUT, 50, "both DOWN");
	add_state(25, PRIMARY, "UP");
	add_status(25, SECONDARY_OUT, 20, "secondary DOWN again");
	assert_int_equal(in.count, 1);
	assert_incident(0, 27, HA_BLOCKED_BOTH_UNAVAILABLE, 10, 0, "both DOWN");
	assert_int_equal(incidents_at(&in, 0, at(27)).lost_ms, (200 + 250 + 40) * MINUTE);
	assert_int_equal(incidents_at(&in, 0, at(24)).lost_ms, (200 + 250) * MINUTE); /* a clock that was set back */
	add_status(30, "ACTIVE", JOURNAL_RUNNERS_UNKNOWN, "");
	assert_incident(0, 40, HA_BLOCKED_BOTH_UNAVAILABLE, 10, 30, "both DOWN");
	const struct incident *one = &in.v[0];
	assert_true(one->has_side[PRIMARY] && one->has_side[SECONDARY] && one->has_lost);
	assert_false(one->is_declared || one->is_cordoned);
	assert_int_equal(one->lost_ms, (200 + 250 + 100) * MINUTE);
	assert_int_equal(one->unwatched_ms, 0);
	assert_minutes(40, 40, "active 20 blocked 20");
	struct availability a = incidents_availability(&in, 40 * MINUTE, at(40));
	assert_true(a.is_covered && a.has_ratio && a.ratio == 0.5);
	a = incidents_availability(&in, 41 * MINUTE, at(40));
	assert_false(a.is_covered || a.has_ratio);
	assert_minutes(15, 40, "active 10 blocked 5");
	assert_minutes(5, 20, "blocked 5"); /* what came later does not count */
}

static void only_one_side(void **state)
{
	(void)state;
	add(0, JOURNAL_START, "ACTIVE");
	add_status(1, PRIMARY_OUT, JOURNAL_RUNNERS_UNKNOWN, "one");
	add_status(1, PRIMARY_OUT, JOURNAL_RUNNERS_UNKNOWN, "one again");
	assert_true(in.v[0].has_lost); /* so far */
	add_status(2, SECONDARY_OUT, 5, "two");
	add_status(3, PRIMARY_OUT, 5, "three");
	assert_incident(0, 4, HA_BLOCKED_PRIMARY_UNAVAILABLE, 1, 0, "one");
	assert_false(in.v[0].has_lost);
	add_status(4, "DISABLED", JOURNAL_RUNNERS_UNKNOWN, "");
	add_status(6, "UNKNOWN", JOURNAL_RUNNERS_UNKNOWN, "nothing known");
	assert_int_equal(in.count, 2);
	assert_incident(1, 7, HA_UNKNOWN, 6, 0, "nothing known");
	assert_false(in.v[1].has_lost || in.v[1].has_side[PRIMARY]);
	add_state(7, SECONDARY, "UNKNOWN");
	assert_true(in.v[1].has_side[SECONDARY] && !in.v[1].has_side[PRIMARY]);
	add_status(8, BOTH_OUT, 1, "all");
	assert_incident(1, 9, HA_UNKNOWN, 6, 8, "nothing known");
	assert_incident(2, 9, HA_BLOCKED_BOTH_UNAVAILABLE, 8, 0, "all");
	assert_int_equal(in.v[2].number, 3);
	assert_minutes(10, 10, "active 1 blocked 5 unknown 2 disabled 2");
}

static void a_restart_in_an_outage(void **state)
{
	(void)state;
	add(0, JOURNAL_START, "ACTIVE");
	add_status(10, SECONDARY_OUT, 2, "secondary DOWN");
	add_until(30, JOURNAL_START, 0, SECONDARY_OUT, 13); /* killed at 13 or later */
	assert_incident(0, 31, HA_BLOCKED_SECONDARY_UNAVAILABLE, 10, 0, "secondary DOWN");
	add_status(40, "ACTIVE", JOURNAL_RUNNERS_UNKNOWN, "");
	assert_incident(0, 41, HA_BLOCKED_SECONDARY_UNAVAILABLE, 10, 40, "secondary DOWN");
	assert_int_equal(in.v[0].unwatched_ms, 17 * MINUTE);
	assert_true(in.v[0].has_lost);
	assert_int_equal(in.v[0].lost_ms, 2 * (3 + 10) * MINUTE);
	assert_minutes(40, 40, "active 10 blocked 13 unwatched 17");
	size_t next = 0;
	wall_ms gap[2];
	assert_true(incidents_gap(&in, &next, at(10), at(40), gap));
	assert_int_equal(gap[0].ms, at(13).ms);
	assert_int_equal(gap[1].ms, at(30).ms);
	assert_false(incidents_gap(&in, &next, at(10), at(40), gap));
	next = 0;
	assert_true(incidents_gap(&in, &next, at(14), at(20), gap));
	assert_int_equal(gap[0].ms, at(14).ms);
	assert_int_equal(gap[1].ms, at(20).ms);
	next = 0;
	assert_false(incidents_gap(&in, &next, at(30), at(35), gap));
}

/* A last sign that is older than the last entry, or in the future, is none. */
static void signs(void **state)
{
	(void)state;
	add(0, JOURNAL_START, "ACTIVE");
	add(10, JOURNAL_RELOAD, "done");
	add_until(20, JOURNAL_START, 0, "ACTIVE", 5);
	assert_minutes(20, 20, "active 10 unwatched 10");
	add_until(30, JOURNAL_START, 0, "ACTIVE", 99);
	assert_minutes(30, 30, "active 20 unwatched 10");
}

static void a_stop_and_a_cold_start(void **state)
{
	(void)state;
	add(0, JOURNAL_START, "UNKNOWN");
	add_state(1, PRIMARY, "UP");
	add_status(1, "ACTIVE", JOURNAL_RUNNERS_UNKNOWN, "");
	assert_int_equal(in.count, 0);
	add_status(10, SECONDARY_OUT, 2, "secondary DOWN");
	add(12, JOURNAL_STOP, "");
	assert_minutes(20, 20, "active 9 blocked 2 unwatched 9");
	assert_incident(0, 20, HA_BLOCKED_SECONDARY_UNAVAILABLE, 10, 0, "secondary DOWN");
	assert_int_equal(incidents_at(&in, 0, at(20)).unwatched_ms, 8 * MINUTE);
	add(20, JOURNAL_START, "UNKNOWN");
	assert_true(in.is_starting);
	add_status(21, SECONDARY_OUT, 2, "still");
	assert_int_equal(in.count, 1);
	assert_int_equal(in.v[0].unwatched_ms, 9 * MINUTE);
	add(22, JOURNAL_STOP, "");
	add(30, JOURNAL_START, "UNKNOWN");
	add_status(31, "ACTIVE", JOURNAL_RUNNERS_UNKNOWN, "");
	assert_incident(0, 32, HA_BLOCKED_SECONDARY_UNAVAILABLE, 10, 31, "secondary DOWN");
	assert_minutes(10, 31, "blocked 1 unwatched 9");
}

/* Nobody answers after a start: that is not a start for ever. */
static void a_start_into_silence(void **state)
{
	(void)state;
	assert_false(incidents_step(&in, at(0)));
	add(0, JOURNAL_START, "UNKNOWN");
	assert_false(incidents_step(&in, at(2)));
	uint64_t before = in.version;
	assert_true(incidents_step(&in, at(5)));
	assert_true(in.version > before);
	assert_false(incidents_step(&in, at(6)));
	assert_incident(0, 6, HA_UNKNOWN, 2, 0, "");
	assert_true(in.v[0].has_side[PRIMARY] && in.v[0].has_side[SECONDARY]);
	assert_minutes(6, 6, "unknown 4 unwatched 2");
	add_status(7, "ACTIVE", JOURNAL_RUNNERS_UNKNOWN, "");
	assert_incident(0, 7, HA_UNKNOWN, 2, 7, "");
}

static void a_pause(void **state)
{
	(void)state;
	add(0, JOURNAL_START, "ACTIVE");
	add_until(60, JOURNAL_PAUSE, 0, "", 10);
	assert_minutes(70, 70, "active 20 unwatched 50");
	assert_int_equal(in.count, 0);
	add_status(70, BOTH_OUT, JOURNAL_RUNNERS_UNKNOWN, "");
	add_until(80, JOURNAL_PAUSE, 0, "", 75);
	assert_int_equal(in.v[0].unwatched_ms, 5 * MINUTE);
	add(90, JOURNAL_START, "UNKNOWN");
	add_until(91, JOURNAL_PAUSE, 0, "", 90);
	assert_true(in.is_starting);
}

static void windows(void **state)
{
	(void)state;
	add(0, JOURNAL_START, "ACTIVE");
	add_until(10, JOURNAL_MAINTENANCE, SECONDARY, "declared", 30);
	assert_minutes(10, 20, "active 10"); /* a window alone is no planned time */
	add_state(20, SECONDARY, "MAINTENANCE");
	add_status(20, SECONDARY_OUT, 1, "secondary MAINTENANCE");
	assert_minutes(5, 25, "planned 5");
	assert_true(in.v[0].is_declared && in.v[0].is_cordoned);
	add_status(25, BOTH_OUT, 1, "both"); /* never planned */
	add_status(27, SECONDARY_OUT, 1, "one");
	assert_true(incidents_step(&in, at(32))); /* its end */
	assert_minutes(12, 32, "blocked 4 planned 8");
	add_status(40, "ACTIVE", JOURNAL_RUNNERS_UNKNOWN, "");
	assert_int_equal(in.count, 1);
	add_until(50, JOURNAL_MAINTENANCE, PRIMARY, "declared", 500);
	add_until(51, JOURNAL_MAINTENANCE, EXTRA_1, "declared", 500); /* decides nothing */
	add_state(52, EXTRA_1, "DOWN");
	add_status(55, SECONDARY_OUT, 1, "the other side");
	assert_false(in.v[1].is_declared);
	add_status(56, PRIMARY_OUT, 1, "its own");
	assert_true(in.v[1].is_declared);
	add_until(58, JOURNAL_MAINTENANCE, PRIMARY, "none", 0);
	assert_minutes(5, 60, "blocked 3 planned 2");
	/* Declared in an outage of the other kind: what was blocked stays so. */
	add_until(61, JOURNAL_MAINTENANCE, PRIMARY, "declared", 62);
	add(70, JOURNAL_ORDER, "begin");
	assert_minutes(10, 70, "blocked 9 planned 1");
}

/* A window that ends in a start, and one that had ended before it was told. */
static void windows_that_end_early(void **state)
{
	(void)state;
	add(0, JOURNAL_START, "UNKNOWN");
	add_until(0, JOURNAL_MAINTENANCE, PRIMARY, "declared", 1);
	assert_true(incidents_step(&in, at(5)));
	assert_minutes(5, 5, "unknown 3 unwatched 2");
	add_until(10, JOURNAL_MAINTENANCE, PRIMARY, "declared", 7);
	add_status(20, PRIMARY_OUT, 1, "");
	assert_minutes(5, 25, "blocked 5");
}

/* Both windows end while nothing is told. */
static void two_windows_end(void **state)
{
	(void)state;
	add(0, JOURNAL_START, "ACTIVE");
	add_until(1, JOURNAL_MAINTENANCE, PRIMARY, "declared", 20);
	add_until(1, JOURNAL_MAINTENANCE, SECONDARY, "declared", 10);
	add_status(5, SECONDARY_OUT, 1, "");
	add(30, JOURNAL_RELOAD, "done");
	assert_minutes(30, 30, "active 5 blocked 20 planned 5");
}

static void carried_entries(void **state)
{
	struct journal_entry e = entry(5, JOURNAL_STATUS, SECONDARY_OUT);
	(void)state;
	e.is_carried = true;
	snprintf(e.event.note, sizeof e.event.note, "long ago");
	incidents_add(&in, &e);
	assert_false(wall_is_known(in.since));
	add(1000, JOURNAL_RELOAD, "done");
	assert_int_equal(in.since.ms, at(1000).ms);
	assert_incident(0, 1001, HA_BLOCKED_SECONDARY_UNAVAILABLE, 5, 0, "long ago");
	assert_false(in.v[0].has_lost);
	assert_minutes(2000, 1010, "blocked 10");
	e.event.at.wall = at(1011);
	e.event.to = "ACTIVE";
	incidents_add(&in, &e); /* the next file's, while this one is here */
	assert_incident(0, 1012, HA_BLOCKED_SECONDARY_UNAVAILABLE, 5, 0, "long ago");
}

static void a_clock_that_is_set_back(void **state)
{
	(void)state;
	add(0, JOURNAL_START, "ACTIVE");
	add_status(10, BOTH_OUT, 1, "first");
	add_status(20, "ACTIVE", JOURNAL_RUNNERS_UNKNOWN, "");
	add_status(1000, BOTH_OUT, 1, "of tomorrow");
	add_status(15, "ACTIVE", JOURNAL_RUNNERS_UNKNOWN, "");
	assert_incident(0, 30, HA_BLOCKED_BOTH_UNAVAILABLE, 10, 15, "first");
	assert_incident(1, 30, HA_BLOCKED_BOTH_UNAVAILABLE, 15, 15, "of tomorrow");
	assert_minutes(30, 30, "active 25 blocked 5");
	add_status(-5, BOTH_OUT, 1, "long before");
	assert_int_equal(in.since.ms, at(-5).ms);
	assert_minutes(5, 0, "blocked 5");
	add_status(-5, "ACTIVE", 1, ""); /* at the same time: the last one counts */
	assert_minutes(5, 0, "active 5");
	assert_minutes(5, -10, "");
}

static void add_undated(int64_t ms, enum journal_kind kind, const char *to)
{
	struct journal_entry e = entry(0, kind, to);
	e.event.at.wall = (wall_ms){ms};
	incidents_add(&in, &e);
}

static void add_pause(int64_t minute, wall_ms until)
{
	struct journal_entry e = entry(minute, JOURNAL_PAUSE, "");
	e.until = until;
	incidents_add(&in, &e);
}

/* A machine that starts in 1970: what was before stays, and until its clock is set nothing was watched. */
static void a_clock_that_is_not_set(void **state)
{
	(void)state;
	add(0, JOURNAL_START, "ACTIVE");
	add_status(10, BOTH_OUT, 1, "first");
	add_status(20, "ACTIVE", JOURNAL_RUNNERS_UNKNOWN, "");
	add_undated(9000, JOURNAL_START, "UNKNOWN");
	assert_minutes(20, 20, "active 10 blocked 10");
	add_undated(12000, JOURNAL_STATUS, "ACTIVE");
	add_undated(15000, JOURNAL_STATUS, SECONDARY_OUT);
	assert_false(incidents_step(&in, (wall_ms){3600000}));
	add_pause(50, (wall_ms){20000});
	assert_incident(0, 60, HA_BLOCKED_BOTH_UNAVAILABLE, 10, 20, "first");
	assert_incident(1, 60, HA_BLOCKED_SECONDARY_UNAVAILABLE, 20, 0, "");
	assert_int_equal(incidents_at(&in, 1, at(60)).unwatched_ms, 30 * MINUTE);
	assert_minutes(60, 60, "active 10 blocked 20 unwatched 30");
	assert_true(incidents_availability(&in, 60 * MINUTE, at(60)).is_covered);
	add_undated(9000, JOURNAL_START, "UNKNOWN"); /* and its clock is set before the first verdict */
	add_pause(70, (wall_ms){20000});
	assert_minutes(60, 71, "blocked 9 unwatched 51");
	add_status(71, "ACTIVE", JOURNAL_RUNNERS_UNKNOWN, "");
	assert_int_equal(in.count, 2);
	assert_incident(1, 80, HA_BLOCKED_SECONDARY_UNAVAILABLE, 20, 71, "");
}

/* Of what is only dated in 1970 it is not known when it was. */
static void a_clock_that_never_was_set(void **state)
{
	(void)state;
	add_undated(9000, JOURNAL_START, "ACTIVE");
	add_undated(10000, JOURNAL_STATUS, BOTH_OUT);
	add_undated(20000, JOURNAL_STATUS, "ACTIVE");
	add_undated(30000, JOURNAL_STATUS, PRIMARY_OUT);
	add_pause(0, (wall_ms){40000});
	assert_int_equal(in.v[0].from.ms, at(0).ms);
	assert_int_equal(in.v[0].to.ms, at(0).ms);
	assert_incident(1, 10, HA_BLOCKED_PRIMARY_UNAVAILABLE, 0, 0, "");
	assert_int_equal(in.since.ms, at(0).ms);
	assert_minutes(20, 10, "blocked 10");
	assert_false(incidents_availability(&in, 20 * MINUTE, at(10)).is_covered);
}

static void memory_is_bounded(void **state)
{
	(void)state;
	add(0, JOURNAL_START, "ACTIVE");
	for (int i = 1; i <= SPANS_KEPT + 10; i++)
		add_status(i, i % 2 ? BOTH_OUT : "ACTIVE", 1, "flapping");
	assert_int_equal(in.count, INCIDENTS_KEPT);
	assert_int_equal(in.total, (SPANS_KEPT + 10) / 2);
	assert_int_equal(in.v[INCIDENTS_KEPT - 1].number, in.total);
	assert_int_equal(in.v[0].number, in.total - INCIDENTS_KEPT + 1);
	assert_in_range(in.spans, SPANS_KEPT / 2, SPANS_KEPT);
	assert_int_equal(in.since.ms, in.span[0].from.ms);
	assert_int_equal(in.since.ms, at(SPANS_KEPT / 2).ms);
	assert_true(in.room <= 2 * INCIDENTS_KEPT && in.span_room <= 2 * SPANS_KEPT);
}

static void nothing_known(void **state)
{
	(void)state;
	struct availability a = incidents_availability(&in, DAY_MS, at(0));
	assert_false(a.is_covered || a.has_ratio);
	struct incidents copy = incidents_copy(&in);
	assert_null(copy.v);
	incidents_fini(&copy);
	add(0, JOURNAL_START, "DISABLED");
	a = incidents_availability(&in, 5 * MINUTE, at(10));
	assert_true(a.is_covered && !a.has_ratio);
	add_status(10, BOTH_OUT, 1, "x");
	copy = incidents_copy(&in);
	add_status(11, "ACTIVE", 1, "");
	assert_int_equal(copy.count, 1);
	assert_false(wall_is_known(copy.v[0].to));
	assert_int_equal(copy.spans, 2);
	incidents_fini(&copy);
	assert_string_equal(availability_windows[3].name, "90d");
	assert_int_equal(availability_windows[3].ms, 90 * DAY_MS);
	assert_int_equal(availability_windows[2].ms, 30 * DAY_MS);
	assert_int_equal(availability_windows[1].ms, 7 * DAY_MS);
	assert_int_equal(availability_windows[0].ms, DAY_MS);
}

static void add_count(int64_t minute, int runners, int busy)
{
	struct journal_entry e = entry(minute, JOURNAL_RUNNERS, "");
	e.runners = runners;
	e.has_busy = busy >= 0;
	e.busy = busy >= 0 ? busy : 0;
	incidents_add(&in, &e);
}

/* What is counted again while it lasts; what is not known then keeps what was known. */
static void what_it_cost(void **state)
{
	struct journal_entry e = entry(10, JOURNAL_STATUS, SECONDARY_OUT);
	(void)state;
	add(0, JOURNAL_START, "ACTIVE");
	add_count(5, 99, 1); /* of before it */
	e.runners = 10;
	e.has_busy = true;
	e.busy = 8;
	incidents_add(&in, &e);
	add_count(20, JOURNAL_RUNNERS_UNKNOWN, 5);
	add_count(30, 20, JOURNAL_RUNNERS_UNKNOWN);
	add_count(40, JOURNAL_RUNNERS_UNKNOWN, 6);
	add_status(50, "ACTIVE", JOURNAL_RUNNERS_UNKNOWN, "");
	add_count(60, 1, 0); /* of behind it */
	struct incident i = incidents_at(&in, 0, at(60));
	assert_true(i.has_busy_first && i.has_busy_least && i.has_lost);
	assert_int_equal(i.busy_first, 8);
	assert_int_equal(i.busy_least, 5);
	assert_int_equal(i.lost_ms, (20 * 10 + 20 * 20) * INT64_C(60000));
	add_status(70, PRIMARY_OUT, 3, "");
	i = incidents_at(&in, 1, at(80));
	assert_false(i.has_busy_first || i.has_busy_least);
	assert_int_equal(i.lost_ms, 3 * 10 * INT64_C(60000));
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
	    TEST(an_outage),
	    TEST(only_one_side),
	    TEST(a_restart_in_an_outage),
	    TEST(signs),
	    TEST(a_stop_and_a_cold_start),
	    TEST(a_start_into_silence),
	    TEST(a_pause),
	    TEST(windows),
	    TEST(windows_that_end_early),
	    TEST(two_windows_end),
	    TEST(carried_entries),
	    TEST(a_clock_that_is_set_back),
	    TEST(a_clock_that_is_not_set),
	    TEST(a_clock_that_never_was_set),
	    TEST(memory_is_bounded),
	    TEST(nothing_known),
	    TEST(what_it_cost),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
