/* What was over time, as far as incidents and events say it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "a_view.h"
#include "render/history.h"

enum { MINUTE = 60000 };

static wall_ms at(int minute)
{
	return (wall_ms){at_seven.ms + minute * (int64_t)MINUTE};
}

static void put(struct events *events, int minute, const char *from, const char *to)
{
	struct event e = {.kind = EVENT_STATE, .side = SECONDARY, .from = from, .to = to, .reason = ""};

	e.at.wall = at(minute);
	events_add(events, &e);
}

struct expected {
	int minute, state;
};

static void side_is(struct scene *s, const struct expected *spans, size_t count)
{
	struct history h;

	history_of_side(&h, &s->vpair, SECONDARY);
	assert_int_equal(h.count, count + 1);
	assert_int_equal(h.span[0].state, HISTORY_NOT_KNOWN);
	for (size_t i = 0; i < count; i++) {
		assert_int_equal((h.span[i + 1].from.ms - at_seven.ms) / MINUTE, spans[i].minute);
		assert_int_equal(h.span[i + 1].state, spans[i].state);
	}
	history_fini(&h);
}
#define SIDE_IS(s, ...)                                                                                                \
	side_is(s, (const struct expected[]){__VA_ARGS__},                                                             \
	    sizeof(struct expected[]){__VA_ARGS__} / sizeof(struct expected))

static void begin(struct scene *s, struct events *events, enum verdict now)
{
	scene_fill(s);
	*events = (struct events){0};
	s->vpair.events = events;
	s->pair.side[SECONDARY].verdict = now;
	s->pair.side[SECONDARY].since.wall = at(55);
	s->incidents.spans = 1;
}

static void pair(void **state)
{
	static const int rank[SPAN_USES] = {[SPAN_BLOCKED] = 0, [SPAN_ACTIVE] = 1};
	struct scene s;
	struct history h;

	(void)state;
	scene_fill(&s);
	history_of_pair(&h, &s.vpair);
	assert_int_equal(h.count, 4);
	assert_int_equal(h.span[0].state, HISTORY_NOT_KNOWN);
	assert_int_equal(h.span[2].state, SPAN_BLOCKED);
	wall_ms from = h.span[2].from, before = {from.ms - 1}, behind = {from.ms + 1};
	assert_int_equal(history_worst(&h, (wall_ms){before.ms - 1}, from, rank), SPAN_ACTIVE);
	assert_int_equal(history_worst(&h, before, behind, rank), SPAN_BLOCKED);
	assert_int_equal(history_worst(&h, (wall_ms){0}, (wall_ms){h.span[1].from.ms}, rank), HISTORY_NOT_KNOWN);
	history_fini(&h);
	s.spans[1].use = SPAN_UNWATCHED;
	history_of_pair(&h, &s.vpair);
	assert_int_equal(h.span[2].state, HISTORY_NOT_KNOWN);
	history_fini(&h);
}

static void without_events(void **state)
{
	struct scene s;
	struct events events;

	(void)state;
	begin(&s, &events, DOWN);
	SIDE_IS(&s, {55, DOWN});
}

static void one_after_another(void **state)
{
	struct scene s;
	struct events events;

	(void)state;
	begin(&s, &events, UP);
	put(&events, 1, "UNKNOWN", "UP");
	put(&events, 10, "UP", "DOWN");
	put(&events, 12, "DOWN", "PROVISIONING");
	put(&events, 20, "PROVISIONING", "UP");
	SIDE_IS(&s, {1, UP}, {10, DOWN}, {12, PROVISIONING}, {20, UP});
	events_fini(&events);
}

static void a_gap_is_not_known(void **state)
{
	struct scene s;
	struct events events;

	(void)state;
	begin(&s, &events, UP);
	put(&events, 1, "UNKNOWN", "UP");
	put(&events, 10, "UP", "DOWN");
	put(&events, 30, "PROVISIONING", "UP");
	SIDE_IS(&s, {1, UP}, {10, HISTORY_NOT_KNOWN}, {30, UP});
	s.pair.side[SECONDARY].verdict = DOWN; /* the last one is missing */
	SIDE_IS(&s, {1, UP}, {10, HISTORY_NOT_KNOWN}, {30, UP}, {55, DOWN});
	events_fini(&events);
}

/* No daemon ran: what was before goes on only behind it. */
static void not_watched(void **state)
{
	struct scene s;
	struct events events;

	(void)state;
	begin(&s, &events, UP);
	put(&events, 1, "UNKNOWN", "UP");
	put(&events, 40, "UP", "DOWN");
	put(&events, 50, "DOWN", "UP");
	s.incidents.spans = 3;
	s.spans[1] = (struct span){at(10), SPAN_UNWATCHED};
	s.spans[2] = (struct span){at(20), SPAN_ACTIVE};
	SIDE_IS(&s, {1, UP}, {10, HISTORY_NOT_KNOWN}, {20, UP}, {40, DOWN}, {50, UP});
	events_fini(&events);

	begin(&s, &events, UP); /* a restart that has forgotten the state */
	put(&events, 1, "UNKNOWN", "UP");
	put(&events, 30, "UNKNOWN", "UP");
	s.incidents.spans = 3;
	s.spans[1] = (struct span){at(10), SPAN_UNWATCHED};
	s.spans[2] = (struct span){at(20), SPAN_ACTIVE};
	SIDE_IS(&s, {1, UP}, {10, HISTORY_NOT_KNOWN}, {30, UP});
	events_fini(&events);
}

/* A clock that was set back makes no span of a negative length. */
static void clock_set_back(void **state)
{
	struct scene s;
	struct events events;
	struct history h;

	(void)state;
	begin(&s, &events, UP);
	put(&events, 10, "UNKNOWN", "UP");
	put(&events, 5, "UP", "DOWN");
	put(&events, 7, "DOWN", "UP");
	history_of_side(&h, &s.vpair, SECONDARY);
	for (size_t i = 1; i < h.count; i++)
		assert_true(h.span[i].from.ms > h.span[i - 1].from.ms);
	assert_int_equal(h.span[h.count - 1].state, UP);
	history_fini(&h);
	events_fini(&events);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(pair),
	    cmocka_unit_test(without_events),
	    cmocka_unit_test(one_after_another),
	    cmocka_unit_test(a_gap_is_not_known),
	    cmocka_unit_test(not_watched),
	    cmocka_unit_test(clock_set_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
