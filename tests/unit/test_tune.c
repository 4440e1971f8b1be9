/* A recording with many settings at once: the grid, the outages, and what each combination is worth. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "pair_defaults.h"
#include "replay/tune_plot.h"

enum { ROUND_MS = 5000, ROUNDS = 60 };
#define BEGAN INT64_C(1795464000000) /* 2026-11-23T20:00:00Z */

/* What the secondary answers in a round. */
struct scene {
	int fails_from, fails_to, glitch; /* rounds; glitch: one alone; 0: none */
	bool begins_down;
	int64_t apart_ms; /* 0: ROUND_MS */
};

static void put_round(struct tune *t, enum side_id id, enum kube_word word, struct now now)
{
	struct record_entry e = {.kind = RECORD_KUBE, .at = now, .side = id};
	e.input = (struct side_input){.kind = SIDE_KUBE, .kube.word = word, .witness_at = {now.mono.ms - 17}};
	tune_step(t, &e);
}

static void put_frame(struct tune *t, const struct scene *scene, struct now now)
{
	struct record_entry e = {.kind = RECORD_START, .at = now};
	e.frame.policy = policy_of_defaults();
	e.frame.pair = pair_start(&e.frame.policy, now);
	if (scene->begins_down) {
		e.frame.pair.side[PRIMARY].verdict = UP;
		e.frame.pair.side[SECONDARY].verdict = DOWN;
		e.frame.pair.side[PRIMARY].is_decided = e.frame.pair.side[SECONDARY].is_decided = true;
		e.frame.pair.status = HA_BLOCKED_SECONDARY_UNAVAILABLE;
	}
	tune_step(t, &e);
}

static void play(struct tune *t, const struct scene *scene)
{
	struct now now = {{1000}, {BEGAN}};
	put_frame(t, scene, now);
	for (int i = 0; i < ROUNDS; i++) {
		bool fails = (i >= scene->fails_from && i < scene->fails_to) || (scene->glitch && i == scene->glitch);
		put_round(t, PRIMARY, KUBE_SERVING, now);
		put_round(t, SECONDARY, fails ? KUBE_NO_CAPACITY : KUBE_SERVING, now);
		now.mono.ms += scene->apart_ms ? scene->apart_ms : ROUND_MS;
		now.wall.ms += scene->apart_ms ? scene->apart_ms : ROUND_MS;
	}
	tune_end(t);
}

static struct tune tune;
static struct tune_references references;
static struct tune_score *scores;

static void add(struct tune_grid *grid, const char *text)
{
	struct err e;
	if (!tune_grid_add(grid, text, &e))
		fail_msg("%s", e.text);
}

/* Tries the values on the scene. `confirmed`: NULL, or a span. */
static void try(const struct scene *scene, const char *const sets[], const char *confirmed)
{
	static struct tune_grid grid;
	struct err e = {""};
	const struct pair_policy present = policy_of_defaults();
	grid = (struct tune_grid){0};
	for (size_t i = 0; sets[i]; i++)
		add(&grid, sets[i]);
	if (confirmed && !tune_references_add(&references, confirmed, &e))
		fail_msg("%s", e.text);
	if (!tune_begin(&tune, &grid, &present, ROUND_MS, &e))
		fail_msg("%s", e.text);
	play(&tune, scene);
	if (!tune_references_settle(&references, &tune, &e))
		fail_msg("%s", e.text);
	scores = tune_scores(&tune, &references);
}

static int forget(void **state)
{
	(void)state;
	free(scores);
	scores = NULL;
	tune_references_fini(&references);
	tune_fini(&tune);
	return 0;
}

static const struct tune_score *score_of(enum tune_key key, int64_t value)
{
	for (size_t i = 0; i < tune.combinations; i++)
		if (scores[i].run->value[key] == value)
			return &scores[i];
	fail_msg("no combination with %s %lld", tune_grid_keys[key], (long long)value);
	abort();
}

#define SETS(...) ((const char *const[]){__VA_ARGS__, NULL})
#define OTHERS "poll.rise=2", "poll.unreachable_for=90s"

static void a_larger_fall_is_later(void **state)
{
	(void)state;
	const struct scene scene = {.fails_from = 12, .fails_to = 40};
	try(&scene, SETS("poll.interval=5s", "poll.fall=1,3,6", OTHERS), NULL);
	assert_int_equal(references.count, 1);
	assert_int_equal(references.v[0].from.ms, BEGAN + 12 * ROUND_MS);
	for (int fall = 1; fall <= 6; fall += fall == 1 ? 2 : 3) {
		const struct tune_score *s = score_of(TUNE_FALL, fall);
		assert_true(s->is_timed);
		assert_int_equal(s->median_ms, (fall - 1) * ROUND_MS);
		assert_int_equal(s->worst_ms, (fall - 1) * ROUND_MS);
		assert_int_equal(s->missed + s->false_blocked, 0);
		assert_int_equal(s->is_present, fall == 3);
	}
	assert_int_equal(scores[0].run->value[TUNE_FALL], 1);
}

static void a_glitch_is_false(void **state)
{
	(void)state;
	const struct scene scene = {.fails_from = 20, .fails_to = 40, .glitch = 10};
	try(&scene, SETS("poll.interval=5s", "poll.fall=1,3", OTHERS), NULL);
	assert_int_equal(score_of(TUNE_FALL, 1)->false_blocked, 1);
	assert_int_equal(score_of(TUNE_FALL, 3)->false_blocked, 0);
	assert_int_equal(scores[0].run->value[TUNE_FALL], 3);
}

static void without_an_outage_only_what_is_false_is_known(void **state)
{
	(void)state;
	struct buf svg = buf_of(1 << 16);
	const struct scene scene = {.glitch = 10};
	try(&scene, SETS("poll.interval=5s", "poll.fall=1,3", OTHERS), NULL);
	assert_int_equal(references.count, 0);
	assert_int_equal(score_of(TUNE_FALL, 1)->false_blocked, 1);
	assert_false(score_of(TUNE_FALL, 1)->is_timed);
	assert_false(tune_plot_render(scores, tune.combinations, &svg));
	assert_int_equal(svg.len, 0);
}

/* It begins with a round that the longer interval does not ask; from then on it confirms with every answer. */
static void a_longer_interval_takes_fewer_answers(void **state)
{
	(void)state;
	const struct scene scene = {.fails_from = 13, .fails_to = 40};
	try(&scene, SETS("poll.interval=5s,10s", "poll.fall=3", OTHERS), NULL);
	assert_int_equal(score_of(TUNE_INTERVAL, 5000)->median_ms, 2 * ROUND_MS);
	assert_int_equal(score_of(TUNE_INTERVAL, 10000)->median_ms, 3 * ROUND_MS);
}

/* A glitch between two questions is seen in one phase only; the worst one counts. */
static void a_longer_interval_does_not_see_what_is_between(void **state)
{
	(void)state;
	const struct scene scene = {.glitch = 13};
	try(&scene, SETS("poll.interval=5s,10s", "poll.fall=1", OTHERS), NULL);
	assert_int_equal(tune.runs[0].span_count, 1);
	assert_int_equal(tune.count, 3);
	assert_int_equal(tune.runs[1].span_count, 0);
	assert_int_equal(tune.runs[2].span_count, 1);
	assert_int_equal(score_of(TUNE_INTERVAL, 10000)->missed, 1);
}

/* As a daemon's intervals are shorter by their jitter, twice the interval is every second answer, not every third. */
static void a_longer_interval_has_the_jitter_too(void **state)
{
	(void)state;
	const struct scene scene = {.glitch = 14, .apart_ms = 4700};
	try(&scene, SETS("poll.interval=10s", "poll.fall=1", OTHERS), NULL);
	assert_int_equal(tune.runs[0].span_count, 1);
}

/* The interval without its mean jitter, 5 s - 5 s / 16 / 2, for two sides. */
static void requests_are_those_of_the_schedule(void **state)
{
	(void)state;
	const struct scene scene = {0};
	try(&scene, SETS("poll.interval=5s,10s", "poll.fall=3", OTHERS), NULL);
	assert_int_equal(score_of(TUNE_INTERVAL, 5000)->requests, 1486);
	assert_int_equal(score_of(TUNE_INTERVAL, 10000)->requests, 743);
}

static void a_confirmed_outage_counts_instead(void **state)
{
	(void)state;
	const struct scene scene = {.fails_from = 12, .fails_to = 24};
	try(&scene, SETS("poll.interval=5s", "poll.fall=3,20", OTHERS),
	    "2026-11-23T20:00:30Z/2026-11-23T20:03:00Z,secondary");
	assert_int_equal(references.count, 1);
	assert_int_equal(score_of(TUNE_FALL, 3)->median_ms, 30000 + 2 * ROUND_MS);
	assert_int_equal(score_of(TUNE_FALL, 3)->missed + score_of(TUNE_FALL, 3)->false_blocked, 0);
	assert_int_equal(score_of(TUNE_FALL, 20)->missed, 1);
	assert_int_equal(scores[1].run->value[TUNE_FALL], 20);
}

static void an_outage_of_the_other_side_is_missed(void **state)
{
	(void)state;
	const struct scene scene = {.fails_from = 12, .fails_to = 24};
	try(&scene, SETS("poll.interval=5s", "poll.fall=3", OTHERS),
	    "2026-11-23T20:00:30Z/2026-11-23T20:03:00Z,primary");
	assert_int_equal(scores[0].missed, 1);
	assert_int_equal(scores[0].false_blocked, 1);
}

static void a_beginning_that_was_not_recorded_is_not_timed(void **state)
{
	(void)state;
	const struct scene scene = {.fails_to = 20, .begins_down = true};
	try(&scene, SETS("poll.interval=5s", "poll.fall=3", OTHERS), NULL);
	assert_int_equal(references.count, 1);
	assert_true(references.v[0].is_carried);
	assert_false(scores[0].is_timed);
	assert_int_equal(scores[0].missed + scores[0].false_blocked, 0);
}

static void without_values_a_grid_is_around_the_present_ones(void **state)
{
	(void)state;
	static struct tune_grid grid;
	const struct pair_policy present = policy_of_defaults();
	grid = (struct tune_grid){0};
	tune_grid_fill(&grid, &present);
	for (int key = 0; key < TUNE_KEYS; key++) {
		bool has_present = false;
		assert_in_range(grid.key[key].count, 3, 5);
		for (size_t i = 0; i < grid.key[key].count; i++)
			has_present |=
			    tune_grid_value(&grid.key[key].v[i]) == tune_grid_of(&present, (enum tune_key)key);
		assert_true(has_present);
	}
}

static void refuse(const char *set, const char *why)
{
	static struct tune_grid grid;
	struct err e = {""};
	grid = (struct tune_grid){0};
	if (tune_grid_add(&grid, set, &e) || !strstr(e.text, why))
		fail_msg("%s: `%s`; expected `%s`", set, e.text, why);
}

static void values_that_no_configuration_has(void **state)
{
	(void)state;
	refuse("poll.fall", "expected KEY=VALUE");
	refuse("poll.fal=3", "expected KEY=VALUE");
	refuse("poll.stale_after=5m", "expected KEY=VALUE");
	refuse("poll.fall=", "poll.fall: ``; expected a whole number from 1 to 100");
	refuse("poll.fall=3,", "poll.fall: ``");
	refuse("poll.fall=3,,4", "poll.fall: ``");
	refuse("poll.fall=3,101", "poll.fall: `101`");
	refuse("poll.interval=5", "poll.interval: `5`; expected a duration");
	refuse("poll.fall=1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17", "more than 16 values");
}

static void a_value_given_twice_is_one(void **state)
{
	(void)state;
	static struct tune_grid grid;
	grid = (struct tune_grid){0};
	add(&grid, "poll.unreachable_for=90s,1m30s");
	add(&grid, "poll.unreachable_for=90s");
	assert_int_equal(grid.key[TUNE_UNREACHABLE_FOR].count, 1);
}

static void begin_refused(const char *const sets[], const char *why)
{
	static struct tune_grid grid;
	struct err e = {""};
	const struct pair_policy present = policy_of_defaults();
	grid = (struct tune_grid){0};
	for (size_t i = 0; sets[i]; i++)
		add(&grid, sets[i]);
	tune_grid_fill(&grid, &present);
	if (tune_begin(&tune, &grid, &present, ROUND_MS, &e) || !strstr(e.text, why))
		fail_msg("`%s`; expected `%s`", e.text, why);
}

static void grids_that_cannot_be_tried(void **state)
{
	(void)state;
	begin_refused(SETS("poll.fall=1,2,3,4,5,6,7,8", "poll.rise=1,2,3,4,5,6,7,8", "poll.interval=5s,6s,7s",
			  "poll.unreachable_for=2m,3m,4m"),
	    "576 combinations of settings; expected at most 512");
	begin_refused(SETS("poll.interval=1s,2s"), "shorter than the recorded one");
	begin_refused(SETS("poll.unreachable_for=1s"), "hawatchd would refuse each combination");
}

static void what_is_too_short_or_refused_is_counted(void **state)
{
	(void)state;
	const struct scene scene = {0};
	try(&scene, SETS("poll.interval=1s,5s", "poll.fall=3", "poll.rise=2", "poll.unreachable_for=1s,90s"), NULL);
	assert_int_equal(tune.combinations, 1);
	assert_int_equal(tune.too_short, 1);
	assert_int_equal(tune.refused, 1);
}

static void spans_that_are_none(void **state)
{
	(void)state;
	static const char *const wrong[] = {"", "x", "2026-11-23T20:00:30Z", "2026-11-23T20:00:30Z/",
	    "2026-11-23T20:00:30Z/2026-11-23T20:00:30Z", "2026-11-23T20:00:30Z/2026-11-23T20:00:20Z",
	    "2026-11-23T20:00:30Z/2026-11-23T20:01:20Z,", "2026-11-23T20:00:30Z/2026-11-23T20:01:20Z,third",
	    "2026-11-23T20:00:30Z/2026-11-23T20:01:20Z/2026-11-23T20:01:20Z"};
	struct err e;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		e.text[0] = '\0';
		if (tune_references_add(&references, wrong[i], &e))
			fail_msg("`%s` was taken", wrong[i]);
		assert_non_null(strstr(e.text, "expected FROM/TO"));
	}
	assert_int_equal(references.count, 0);
}

static void lines_of_spans(void **state)
{
	(void)state;
	struct err e = {""};
	assert_true(tune_references_add_lines(&references, "f",
	    "# ours\r\n\r\n2026-11-23T20:00:30Z/2026-11-23T20:01:20Z\r\n"
	    "2026-11-23T21:00:30Z/2026-11-23T21:01:20Z,primary",
	    &e));
	assert_int_equal(references.count, 2);
	assert_int_equal(references.v[0].side, TUNE_ANY_SIDE);
	assert_int_equal(references.v[1].side, PRIMARY);
	assert_false(tune_references_add_lines(&references, "f", "\n\nnever\n", &e));
	assert_non_null(strstr(e.text, "f:3: `never`"));
}

static void a_span_beside_the_recording(void **state)
{
	(void)state;
	struct err e = {""};
	const struct scene scene = {0};
	try(&scene, SETS("poll.interval=5s", "poll.fall=3", OTHERS), NULL);
	assert_true(tune_references_add(&references, "2026-11-24T20:00:30Z/2026-11-24T20:01:20Z", &e));
	assert_false(tune_references_settle(&references, &tune, &e));
	assert_non_null(strstr(e.text, "is not in the recording, which is from 2026-11-23T20:00:00Z"));
}

static size_t count_of(const char *text, const char *part)
{
	size_t count = 0;
	for (; (text = strstr(text, part)); text++)
		count++;
	return count;
}

static void the_picture_has_a_point_for_each(void **state)
{
	(void)state;
	struct buf svg = buf_of(1 << 20);
	const struct scene scene = {.fails_from = 12, .fails_to = 40, .glitch = 5};
	try(&scene, SETS("poll.interval=5s,10s", "poll.fall=1,3,6", OTHERS), NULL);
	assert_true(tune_plot_render(scores, tune.combinations, &svg));
	assert_int_equal(count_of(buf_text(&svg), "<title>"), 6);
	assert_int_equal(count_of(buf_text(&svg), "<g>"), count_of(buf_text(&svg), "</g>"));
	assert_int_equal(count_of(buf_text(&svg), "r=\"8\""), 2); /* of the present one, and its legend */
	assert_non_null(strstr(buf_text(&svg), "present: interval 5s, fall 3, rise 2, unreachable_for 1m30s"));
	assert_int_equal(count_of(buf_text(&svg), "<script"), 0);
	buf_fini(&svg);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_teardown(a_larger_fall_is_later, forget),
	    cmocka_unit_test_teardown(a_glitch_is_false, forget),
	    cmocka_unit_test_teardown(without_an_outage_only_what_is_false_is_known, forget),
	    cmocka_unit_test_teardown(a_longer_interval_takes_fewer_answers, forget),
	    cmocka_unit_test_teardown(a_longer_interval_does_not_see_what_is_between, forget),
	    cmocka_unit_test_teardown(a_longer_interval_has_the_jitter_too, forget),
	    cmocka_unit_test_teardown(requests_are_those_of_the_schedule, forget),
	    cmocka_unit_test_teardown(a_confirmed_outage_counts_instead, forget),
	    cmocka_unit_test_teardown(an_outage_of_the_other_side_is_missed, forget),
	    cmocka_unit_test_teardown(a_beginning_that_was_not_recorded_is_not_timed, forget),
	    cmocka_unit_test_teardown(without_values_a_grid_is_around_the_present_ones, forget),
	    cmocka_unit_test_teardown(values_that_no_configuration_has, forget),
	    cmocka_unit_test_teardown(a_value_given_twice_is_one, forget),
	    cmocka_unit_test_teardown(grids_that_cannot_be_tried, forget),
	    cmocka_unit_test_teardown(what_is_too_short_or_refused_is_counted, forget),
	    cmocka_unit_test_teardown(spans_that_are_none, forget),
	    cmocka_unit_test_teardown(lines_of_spans, forget),
	    cmocka_unit_test_teardown(a_span_beside_the_recording, forget),
	    cmocka_unit_test_teardown(the_picture_has_a_point_for_each, forget),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
