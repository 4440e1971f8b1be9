/* SEMANTICS.md section 4, invariant 5: every change is one event with from, to, reason and time.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "decide/events.h"
#include "pair_scene.h"

static struct event all[EVENTS_OF_A_STEP];

static void assert_event(size_t i, enum event_kind kind, enum side_id side, const char *from, const char *to,
    const char *reason, const char *note, struct now now)
{
	const struct event *e = &all[i];

	assert_string_equal(event_kind_names[e->kind], event_kind_names[kind]);
	assert_int_equal(e->side, side);
	assert_string_equal(e->from, from);
	assert_string_equal(e->to, to);
	assert_string_equal(e->reason, reason);
	assert_string_equal(e->note, note);
	assert_int_equal(e->at.mono.ms, now.mono.ms);
	assert_int_equal(e->at.wall.ms, now.wall.ms);
	assert_int_equal(e->number, 0);
}

static size_t since(const struct pair *before, const struct scene *s)
{
	return events_between(before, &s->pair, s->now, all);
}

/* The side first, then the status with the states that made it. */
static void state_and_status(void **state)
{
	struct scene s = scene_of(true);
	struct pair before;

	(void)state;
	up(&s, PRIMARY);
	up(&s, SECONDARY);
	before = s.pair;
	scene_pass(&s, 7 * SECONDS);
	assert_int_equal(since(&before, &s), 0);
	up(&s, PRIMARY);
	assert_int_equal(since(&before, &s), 0);
	down(&s, SECONDARY);
	assert_int_equal(since(&before, &s), 2);
	assert_event(0, EVENT_STATE, SECONDARY, "UP", "DOWN", "no_capacity", "", s.now);
	assert_event(1, EVENT_STATUS, PRIMARY, "ACTIVE", "BLOCKED_SECONDARY_UNAVAILABLE", "",
	    "primary UP (serving), secondary DOWN (no_capacity)", s.now);

	/* A state that makes no other status: one event. */
	before = s.pair;
	say(&s, SECONDARY, SPOT_READY, KUBE_CORDONED);
	assert_int_equal(since(&before, &s), 1);
	assert_event(0, EVENT_STATE, SECONDARY, "DOWN", "MAINTENANCE", "cordoned", "", s.now);

	/* Both sides at once, as two values may differ: in their order. */
	before = s.pair;
	down(&s, PRIMARY);
	up(&s, SECONDARY);
	assert_int_equal(since(&before, &s), 3);
	assert_event(0, EVENT_STATE, PRIMARY, "UP", "DOWN", "no_capacity", "", s.now);
	assert_event(1, EVENT_STATE, SECONDARY, "MAINTENANCE", "UP", "serving", "", s.now);
	assert_event(2, EVENT_STATUS, PRIMARY, "BLOCKED_SECONDARY_UNAVAILABLE", "BLOCKED_PRIMARY_UNAVAILABLE", "",
	    "primary DOWN (no_capacity), secondary UP (serving)", s.now);
}

static void degraded_while_up(void **state)
{
	struct scene s = scene_of(true);
	struct pair before;

	(void)state;
	up(&s, PRIMARY);
	up(&s, SECONDARY);
	before = s.pair;
	say(&s, PRIMARY, SPOT_ERROR, KUBE_SERVING);
	assert_int_equal(since(&before, &s), 1);
	assert_event(0, EVENT_DEGRADED, PRIMARY, "false", "true", "spot_error", "", s.now);
	before = s.pair;
	say(&s, PRIMARY, SPOT_ABSENT, KUBE_SERVING); /* another reason, the same mark */
	assert_int_equal(since(&before, &s), 0);
	before = s.pair;
	up(&s, PRIMARY);
	assert_int_equal(since(&before, &s), 1);
	assert_event(0, EVENT_DEGRADED, PRIMARY, "true", "false", "serving", "", s.now);
	/* A state that ends takes its mark with it. */
	say(&s, PRIMARY, SPOT_ERROR, KUBE_SERVING);
	before = s.pair;
	down(&s, PRIMARY);
	assert_int_equal(since(&before, &s), 2);
	assert_event(0, EVENT_STATE, PRIMARY, "UP", "DOWN", "no_capacity", "", s.now);
}

static void flapping_begins_and_ends(void **state)
{
	struct scene s = scene_of(true);
	int begun = 0, ended = 0;

	(void)state;
	for (int i = 0; i < 60; i++) {
		struct pair before = s.pair;

		scene_pass(&s, 1 * SECONDS);
		(i < 20 && i % 2 ? down : up)(&s, PRIMARY);
		size_t n = since(&before, &s);
		for (size_t e = 0; e < n; e++) {
			if (all[e].kind != EVENT_FLAPPING)
				continue;
			bool is_begin = begun == ended;

			assert_event(e, EVENT_FLAPPING, PRIMARY, is_begin ? "false" : "true",
			    is_begin ? "true" : "false", "", "", s.now);
			(*(is_begin ? &begun : &ended))++;
		}
	}
	assert_int_equal(begun, 1);
	assert_int_equal(ended, 1);
}

static void windows(void **state)
{
	struct scene s = scene_of(true);
	struct pair before;
	struct err e;

	(void)state;
	up(&s, PRIMARY);
	up(&s, SECONDARY);
	before = s.pair;
	assert_true(pair_begin_maintenance(&s.pair, PRIMARY, 60 * MINUTES, "new kernel", false, s.now, &e));
	assert_int_equal(since(&before, &s), 1);
	assert_event(0, EVENT_MAINTENANCE, PRIMARY, "none", "declared", "", "new kernel", s.now);
	before = s.pair;
	assert_true(pair_begin_maintenance(&s.pair, PRIMARY, 60 * MINUTES, "new kernel", false, s.now, &e));
	assert_int_equal(since(&before, &s), 0); /* nothing new */
	assert_true(pair_begin_maintenance(&s.pair, PRIMARY, 61 * MINUTES, "new kernel", false, s.now, &e));
	assert_int_equal(since(&before, &s), 1);
	assert_event(0, EVENT_MAINTENANCE, PRIMARY, "declared", "declared", "", "new kernel", s.now);
	before = s.pair;
	assert_true(pair_begin_maintenance(&s.pair, PRIMARY, 61 * MINUTES, "newer kernel", false, s.now, &e));
	assert_int_equal(since(&before, &s), 1);
	assert_event(0, EVENT_MAINTENANCE, PRIMARY, "declared", "declared", "", "newer kernel", s.now);
	before = s.pair;
	assert_true(pair_end_maintenance(&s.pair, PRIMARY, &e));
	assert_int_equal(since(&before, &s), 1);
	assert_event(0, EVENT_MAINTENANCE, PRIMARY, "declared", "none", "", "newer kernel", s.now);
}

/* Extra sides have states, and no say in the status. */
static void extra_sides(void **state)
{
	struct scene s = scene_of(true);
	struct pair before;

	(void)state;
	s.policy.extra_count = 1;
	s.policy.side[EXTRA_1] = s.policy.side[PRIMARY];
	s.pair = before = pair_start(&s.policy, s.now);
	up(&s, EXTRA_1);
	assert_int_equal(since(&before, &s), 1);
	assert_event(0, EVENT_STATE, EXTRA_1, "UNKNOWN", "UP", "serving", "", s.now);
}

/* All that can change at once fits. */
static void everything_fits(void **state)
{
	struct pair before = {.extra_count = SIDES_MAX - SIDES}, after = before;
	struct event *out = all;

	(void)state;
	after.status = HA_UNKNOWN;
	for (int id = 0; id < SIDES_MAX; id++) {
		before.side[id].verdict = UP;
		after.side[id].verdict = PROVISIONING;
		after.side[id].reason = REASON_CREDENTIAL_DENIED; /* the longest name */
		after.side[id].is_degraded = after.side[id].flap.is_flapping = true;
		after.maintenance[id].is_declared = true;
	}
	size_t n = events_between(&before, &after, (struct now){{1}, {1}}, out);

	assert_int_equal(n, 3 * SIDES_MAX + 1);
	assert_true(n <= EVENTS_OF_A_STEP);
	assert_string_equal(
	    all[n - 1].note, "primary PROVISIONING (credential_denied), secondary PROVISIONING (credential_denied)");
}

/* The last EVENTS_KEPT stay. Each has the number that it came with, or, without one, the count. */
static void ring(void **state)
{
	struct events events = {0};

	(void)state;
	assert_int_equal(events_kept(&events), 0);
	for (uint64_t n = 1; n <= 3 * EVENTS_KEPT + 7; n++) {
		struct event e = {.at.wall.ms = (int64_t)n * 10, .number = n % 2 ? n : 0};

		events_add(&events, &e);
		size_t kept = n < EVENTS_KEPT ? (size_t)n : EVENTS_KEPT;

		assert_int_equal(events.count, n);
		assert_int_equal(events_kept(&events), kept);
		for (size_t i = 0; i<kept; i += kept> 3 ? kept / 3 : 1) {
			assert_int_equal(events_at(&events, i)->number, n - kept + 1 + i);
			assert_int_equal(events_at(&events, i)->at.wall.ms, (int64_t)(n - kept + 1 + i) * 10);
		}
		assert_int_equal(events_at(&events, kept - 1)->number, n);
	}
	events_fini(&events);
	assert_int_equal(events_kept(&events), 0);
	events_add(&events, &(struct event){.number = 4711});
	assert_int_equal(events_at(&events, 0)->number, 4711);
	events_fini(&events);
}

/* One after another: S a change of the status, any other letter one of a side. */
static struct events events_of(const char *kinds)
{
	struct events events = {0};

	for (; *kinds; kinds++)
		events_add(&events, &(struct event){.kind = *kinds == 'S' ? EVENT_STATUS : EVENT_FLAPPING});
	return events;
}

/* An outage that began before its side flapped a thousand times is still told of. */
static void status_outlasts_sides(void **state)
{
	struct events events = events_of("aSb");
	size_t statuses = 0;

	(void)state;
	for (int i = 0; i < 1000; i++)
		events_add(&events, &(struct event){.kind = EVENT_FLAPPING});
	assert_int_equal(events_kept(&events), EVENTS_KEPT);
	assert_int_equal(events_at(&events, 0)->number, 2);
	assert_int_equal(events_at(&events, 0)->kind, EVENT_STATUS);
	assert_int_equal(events_at(&events, 1)->number, 1003 - (EVENTS_KEPT - 2));
	assert_int_equal(events_at(&events, EVENTS_KEPT - 1)->number, 1003);
	/* But a status that changes again and again leaves half of the room to the sides. */
	for (int i = 0; i < 1000; i++)
		events_add(&events, &(struct event){.kind = EVENT_STATUS});
	for (int i = 0; i < EVENTS_KEPT; i++)
		events_add(&events, &(struct event){.kind = EVENT_FLAPPING});
	for (size_t i = 0; i < events_kept(&events); i++) {
		statuses += events_at(&events, i)->kind == EVENT_STATUS;
		assert_true(i == 0 || events_at(&events, i)->number > events_at(&events, i - 1)->number);
	}
	assert_int_equal(statuses, EVENTS_KEPT / 2);
	assert_int_equal(events_at(&events, EVENTS_KEPT - 1)->number, events.count);
	events_fini(&events);
}

/* Those that are shown where there is room for four: their numbers, the newest first. */
static void picked(void **state)
{
	static const struct {
		const char *kinds, *numbers;
	} rows[] = {{"", ""}, {"a", "1"}, {"aSb", "321"}, {"aaaaa", "5432"}, {"SSSSS", "5432"}, {"Saaaaa", "6541"},
	    {"SSaaaaa", "7621"}, {"SSSaaaaa", "8732"}, {"aSaSa", "5432"}, {"SaaaaaS", "7651"}, {"aaaSSSa", "7654"}};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct events events = events_of(rows[i].kinds);
		const struct event *out[4];
		char numbers[5] = "";
		size_t n = events_pick(&events, 4, out);

		for (size_t k = 0; k < n; k++)
			numbers[k] = (char)('0' + out[k]->number);
		assert_string_equal(numbers, rows[i].numbers);
		events_fini(&events);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(state_and_status),
	    cmocka_unit_test(degraded_while_up),
	    cmocka_unit_test(flapping_begins_and_ends),
	    cmocka_unit_test(windows),
	    cmocka_unit_test(extra_sides),
	    cmocka_unit_test(everything_fits),
	    cmocka_unit_test(ring),
	    cmocka_unit_test(status_outlasts_sides),
	    cmocka_unit_test(picked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
