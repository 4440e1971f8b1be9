/* SEMANTICS.md section 2, the rules below the table: counting, waiting, staleness, absence. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "side_world.h"

/* One Kubernetes round with Spot's answer still fresh: a result that changes one thing only. */
static void probe(struct world *w, enum kube_word word)
{
	world_pass(w, 1 * SECONDS);
	world_kube(w, word);
}

/* A run of letters, a probe each: serving, no_capacity, cordoned, none (hold beside `ready`). */
static void probes(struct world *w, const char *letters)
{
	for (; *letters; letters++)
		probe(w,
		    *letters == 's'       ? KUBE_SERVING
			: *letters == 'n' ? KUBE_NO_CAPACITY
			: *letters == 'c' ? KUBE_CORDONED
					  : KUBE_NONE);
}

static void counting(void **state)
{
	/* clang-format off */
	static const struct {
		enum verdict from;
		const char *probes;
		enum verdict to;
	} rows[] = {
		/* rise = 2 */
		{DOWN, "s", DOWN},
		{DOWN, "ss", UP},
		{MAINTENANCE, "s", MAINTENANCE},
		{MAINTENANCE, "ss", UP},
		{DOWN, "sns", DOWN},
		{DOWN, "snss", UP},
		/* fall = 3, for every state that is not UP */
		{UP, "nn", UP},
		{UP, "nnn", DOWN},
		{UP, "cc", UP},
		{UP, "ccc", MAINTENANCE},
		{DOWN, "cc", DOWN},
		{DOWN, "ccc", MAINTENANCE},
		{MAINTENANCE, "nn", MAINTENANCE},
		{MAINTENANCE, "nnn", DOWN},
		/* in a row: an agreeing result in between begins anew */
		{UP, "nnsnn", UP},
		{UP, "nnsnnn", DOWN},
		{UP, "nncnn", UP},
		{UP, "nncnnn", DOWN},
		{UP, "nccnccc", MAINTENANCE},
		{UP, "ncncncnc", UP},
		/* hold moves no counter: neither on nor back */
		{UP, "nn-", UP},
		{UP, "n-n-", UP},
		{UP, "nn-n", DOWN},
		{UP, "n--n--n", DOWN},
		{DOWN, "s-", DOWN},
		{DOWN, "s-s", UP},
		{UP, "------------", UP},
	};
	/* clang-format on */

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct world w = world_at(rows[i].from);

		world_spot(&w, SPOT_READY);
		probes(&w, rows[i].probes);
		if (w.side.verdict != rows[i].to)
			fail_msg(
			    "%s, %s: %s", verdict_names[rows[i].from], rows[i].probes, verdict_names[w.side.verdict]);
	}
}

/* The numbers are the policy's. */
static void thresholds_are_policy(void **state)
{
	struct world w = world_at(UP);

	(void)state;
	w.policy.fall = 1;
	w.policy.rise = 5;
	probes(&w, "n");
	assert_verdict(&w, DOWN);
	probes(&w, "ssss");
	assert_verdict(&w, DOWN);
	probes(&w, "s");
	assert_verdict(&w, UP);
}

static void disagreement(void **state)
{
	struct world w = world_at(UP);

	(void)state;
	assert_false(w.side.disagrees);
	probes(&w, "n");
	assert_true(w.side.disagrees);
	probes(&w, "s");
	assert_false(w.side.disagrees);
	probes(&w, "nnn");
	assert_verdict(&w, DOWN);
	assert_false(w.side.disagrees);
	probes(&w, "s");
	assert_true(w.side.disagrees);
}

static void since_is_of_the_change(void **state)
{
	struct world w = world_at(UP);
	struct now since = w.side.since, down;

	(void)state;
	probes(&w, "sssnn");
	assert_int_equal(w.side.since.mono.ms, since.mono.ms);
	assert_int_equal(w.side.since.wall.ms, since.wall.ms);
	probes(&w, "n");
	down = w.now;
	probes(&w, "nnnn");
	assert_int_equal(w.side.since.mono.ms, down.mono.ms);
	assert_int_equal(w.side.since.wall.ms, down.wall.ms);
}

static void start_waits_for_every_source(void **state)
{
	struct world w = world_of(&default_policy);

	(void)state;
	assert_verdict(&w, UNKNOWN);
	assert_reason(&w, REASON_STARTING);
	for (int i = 0; i < 8; i++)
		probe(&w, i % 2 ? KUBE_SERVING : KUBE_NO_CAPACITY);
	assert_verdict(&w, UNKNOWN);
	probe(&w, KUBE_SERVING);
	world_spot(&w, SPOT_NONE);
	assert_verdict(&w, UP); /* the `none` row */

	w = world_of(&default_policy);
	for (int i = 0; i < 8; i++)
		world_spot(&w, SPOT_DELETING);
	assert_verdict(&w, UNKNOWN);
	probe(&w, KUBE_NONE);
	assert_verdict(&w, DOWN);
	assert_reason(&w, REASON_DELETING);
}

/* However long nothing was said: the first word that says something is enough. */
static void first_result_needs_no_count(void **state)
{
	(void)state;
	for (int holds = 0; holds < 30; holds++) {
		struct world w = world_at(UNKNOWN);

		for (int i = 0; i < holds; i++)
			probe(&w, i % 2 ? KUBE_DENIED : KUBE_NONE);
		assert_verdict(&w, UNKNOWN);
		probe(&w, KUBE_NO_CAPACITY);
		assert_verdict(&w, DOWN);
		probe(&w, KUBE_SERVING);
		assert_verdict(&w, DOWN);
	}
}

static void start_without_spot(void **state)
{
	struct side_policy policy = default_policy;
	struct world w;

	(void)state;
	policy.has_spot = false;
	w = world_of(&policy);
	probe(&w, KUBE_SERVING);
	assert_verdict(&w, UP);
	w = world_of(&policy);
	probe(&w, KUBE_DENIED);
	assert_verdict(&w, UNKNOWN);
}

/* Nothing new: only time passes, and holds come in. */
static void nothing_positive(struct world *w, int64_t ms, enum kube_word hold)
{
	for (int64_t t = 0; t < ms; t += 5 * SECONDS) {
		world_pass(w, ms - t < 5 * SECONDS ? ms - t : 5 * SECONDS);
		world_spot(w, SPOT_NONE);
		world_kube(w, hold);
		world_tick(w);
	}
}

static void stale_becomes_unknown(void **state)
{
	static const enum kube_word holds[] = {KUBE_NONE, KUBE_DENIED};
	static const enum verdict verdicts[] = {UP, PROVISIONING, MAINTENANCE};

	(void)state;
	for (size_t i = 0; i < 6; i++) {
		struct world w = world_at(verdicts[i / 2]);

		nothing_positive(&w, 5 * MINUTES - 1, holds[i % 2]);
		assert_verdict(&w, verdicts[i / 2]);
		world_pass(&w, 2);
		world_tick(&w);
		assert_verdict(&w, UNKNOWN);
		assert_reason(&w, REASON_NO_EVIDENCE);
		assert_int_equal(w.side.since.mono.ms, w.now.mono.ms);
		assert_false(w.side.is_degraded);
		assert_false(w.side.from_pools);
	}
}

/* No poll ever ends, only time passes: that is no evidence either. */
static void stale_in_silence(void **state)
{
	struct world w = world_at(UP);

	(void)state;
	for (int i = 0; i < 400; i++) {
		world_pass(&w, 1 * SECONDS);
		world_tick(&w);
		assert_verdict(&w, i < 299 ? UP : i > 300 ? UNKNOWN : w.side.verdict);
	}
}

static void down_does_not_age(void **state)
{
	struct world w = world_at(DOWN);

	(void)state;
	nothing_positive(&w, 24 * 60 * MINUTES, KUBE_NONE);
	assert_verdict(&w, DOWN);
	assert_reason(&w, REASON_NO_CAPACITY);
	probes(&w, "ss");
	assert_verdict(&w, UP);
}

/* UNKNOWN by age was decided once: the counts are due. */
static void back_from_stale_by_count(void **state)
{
	struct world w = world_at(UP);

	(void)state;
	nothing_positive(&w, 5 * MINUTES + 1, KUBE_NONE);
	assert_verdict(&w, UNKNOWN);
	probes(&w, "nn");
	assert_verdict(&w, UNKNOWN);
	probes(&w, "s");
	assert_verdict(&w, UNKNOWN);
	probes(&w, "s");
	assert_verdict(&w, UP);
}

static void old_words_count_as_none(void **state)
{
	struct world w = world_at(UP);
	mono_ms at = w.now.mono;
	const struct side_policy *p = &w.policy;

	(void)state;
	assert_int_equal(side_kube_word(p, &w.side, mono_plus(at, 10 * SECONDS)), KUBE_SERVING);
	assert_int_equal(side_kube_word(p, &w.side, mono_plus(at, 10 * SECONDS + 1)), KUBE_NONE);
	assert_int_equal(side_spot_word(p, &w.side, mono_plus(at, 60 * SECONDS)), SPOT_READY);
	assert_int_equal(side_spot_word(p, &w.side, mono_plus(at, 60 * SECONDS + 1)), SPOT_NONE);
	w = world_of(&default_policy);
	assert_int_equal(side_kube_word(p, &w.side, w.now.mono), KUBE_NONE);
	assert_int_equal(side_spot_word(p, &w.side, w.now.mono), SPOT_NONE);
}

/* ready / denied is UP, none / denied is hold: a Spot list that stops coming ends the UP by age. */
static void old_spot_word_decides_no_more(void **state)
{
	struct world w = world_at(UP);
	mono_ms at = w.now.mono;

	(void)state;
	while (mono_since(at, w.now.mono) < 60 * SECONDS + 5 * MINUTES - 1000)
		probe(&w, KUBE_DENIED);
	assert_verdict(&w, UP);
	for (int i = 0; i < 3; i++)
		probe(&w, KUBE_DENIED);
	assert_verdict(&w, UNKNOWN);
}

static void absent_needs_two_lists(void **state)
{
	struct world w;

	(void)state;
	/* Never listed: the first list without it says nothing, the second says absent. */
	w = world_of(&default_policy);
	world_spot(&w, SPOT_ABSENT);
	assert_int_equal(side_spot_word(&w.policy, &w.side, w.now.mono), SPOT_NONE);
	world_pass(&w, 30 * SECONDS);
	world_spot(&w, SPOT_ABSENT);
	assert_int_equal(side_spot_word(&w.policy, &w.side, w.now.mono), SPOT_ABSENT);

	/* Listed before, with whatever word: at once. */
	for (enum spot_word word = SPOT_READY; word <= SPOT_DELETING; word++) {
		w = world_of(&default_policy);
		world_spot(&w, word);
		world_spot(&w, SPOT_ABSENT);
		assert_int_equal(side_spot_word(&w.policy, &w.side, w.now.mono), SPOT_ABSENT);
	}

	/* A failed poll is no list: neither a sighting nor a miss. */
	w = world_of(&default_policy);
	world_spot(&w, SPOT_NONE);
	world_spot(&w, SPOT_ABSENT);
	assert_int_equal(side_spot_word(&w.policy, &w.side, w.now.mono), SPOT_NONE);
}

/* A destroyed cloudspace whose API no longer answers is DOWN by count, not by time... */
static void absent_and_unreachable_is_hard(void **state)
{
	struct world w = world_at(UP);

	(void)state;
	world_spot(&w, SPOT_ABSENT);
	probe(&w, KUBE_UNREACHABLE);
	world_pass(&w, 1);
	world_witness(&w);
	probe(&w, KUBE_UNREACHABLE);
	probe(&w, KUBE_UNREACHABLE);
	probe(&w, KUBE_UNREACHABLE);
	assert_verdict(&w, DOWN);
	assert_reason(&w, REASON_ABSENT);
}

/* ... but not by the death of our own network, which Spot's last word outlives by a minute. */
static void held_words_and_a_dead_network_are_not_down(void **state)
{
	static const enum spot_word words[] = {SPOT_ERROR, SPOT_ABSENT};

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct world w = world_at(UP);

		world_spot(&w, words[i]);
		world_kube(&w, KUBE_SERVING);
		world_witness(&w);
		for (int k = 0; k < 20; k++)
			probe(&w, KUBE_UNREACHABLE);
		assert_verdict(&w, UP);
	}
}

static void was_ready_by_having_been_up(void **state)
{
	struct world w = world_at(UP);

	(void)state;
	/* Spot says provisioning, without a firstReadyTimestamp: it was ready all the same. */
	world_rounds(&w, SPOT_PROVISIONING, KUBE_SERVING, 5);
	assert_verdict(&w, UP);
	assert_true(w.side.is_degraded);
	world_rounds(&w, SPOT_PROVISIONING, KUBE_NO_CAPACITY, 5);
	assert_verdict(&w, DOWN);
	world_rounds(&w, SPOT_PROVISIONING, KUBE_NONE, 5);
	assert_verdict(&w, DOWN);

	/* A side that was only ever MAINTENANCE was never UP; the timestamp alone tells. */
	w = world_at(MAINTENANCE);
	world_rounds(&w, SPOT_PROVISIONING, KUBE_NO_CAPACITY, 5);
	assert_verdict(&w, PROVISIONING);
	w = world_at(MAINTENANCE);
	w.was_ready = true;
	world_rounds(&w, SPOT_PROVISIONING, KUBE_NO_CAPACITY, 5);
	assert_verdict(&w, DOWN);
}

/* The runbook's "destroyed, re-provision": the new one of the old name never was ready before. */
static void recreated_is_new(void **state)
{
	struct world w = world_of(&default_policy);

	(void)state;
	w.was_ready = true;
	world_rounds(&w, SPOT_DELETING, KUBE_NONE, 3);
	assert_verdict(&w, DOWN);
	w.was_ready = false;
	world_rounds(&w, SPOT_ABSENT, KUBE_NONE, 3);
	assert_verdict(&w, DOWN);
	world_rounds(&w, SPOT_PROVISIONING, KUBE_NONE, 3);
	assert_verdict(&w, PROVISIONING);
}

/* A new creationTimestamp under the old name: the old one's having been UP says nothing. */
static void created_anew_is_new(void **state)
{
	struct world w = world_of(&default_policy);
	struct side_input ready = {.kind = SIDE_SPOT, .spot = {SPOT_READY, true, {1000}}};
	struct side_input anew = {.kind = SIDE_SPOT, .spot = {SPOT_PROVISIONING, false, {2000}}};

	(void)state;
	world_step(&w, ready);
	world_kube(&w, KUBE_SERVING);
	assert_verdict(&w, UP);
	anew.spot.created = ready.spot.created; /* the same one, its bids lost */
	world_step(&w, anew);
	for (int i = 0; i < 3; i++)
		probe(&w, KUBE_NO_CAPACITY);
	assert_verdict(&w, DOWN);
	anew.spot.created.ms = 2000;
	world_step(&w, anew);
	for (int i = 0; i < 3; i++)
		probe(&w, KUBE_NO_CAPACITY);
	assert_verdict(&w, PROVISIONING);
}

/* What a source that is no longer asked owes must not stand in the way of DOWN for ever. */
static void grace_then_no_spot(void **state)
{
	struct world w = world_at(UP);

	(void)state;
	world_grace(&w);
	w.policy.has_spot = false;
	for (int i = 0; i < 5; i++)
		probe(&w, KUBE_NO_CAPACITY);
	assert_verdict(&w, DOWN);
}

/* The marks follow the evidence while the verdict stays UP. */
static void marks_come_and_go(void **state)
{
	struct world w = world_at(UP);
	struct now since = w.side.since;

	(void)state;
	world_rounds(&w, SPOT_ERROR, KUBE_SERVING, 3);
	assert_true(w.side.is_degraded);
	assert_reason(&w, REASON_SPOT_ERROR);
	world_rounds(&w, SPOT_READY, KUBE_SERVING, 3);
	assert_false(w.side.is_degraded);
	assert_reason(&w, REASON_SERVING);
	world_rounds(&w, SPOT_READY, KUBE_DENIED, 3);
	assert_true(w.side.from_pools);
	world_rounds(&w, SPOT_READY, KUBE_SERVING, 3);
	assert_false(w.side.from_pools);
	assert_verdict(&w, UP);
	assert_int_equal(w.side.since.mono.ms, since.mono.ms);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(counting),
	    cmocka_unit_test(thresholds_are_policy),
	    cmocka_unit_test(disagreement),
	    cmocka_unit_test(since_is_of_the_change),
	    cmocka_unit_test(start_waits_for_every_source),
	    cmocka_unit_test(first_result_needs_no_count),
	    cmocka_unit_test(start_without_spot),
	    cmocka_unit_test(stale_becomes_unknown),
	    cmocka_unit_test(stale_in_silence),
	    cmocka_unit_test(down_does_not_age),
	    cmocka_unit_test(back_from_stale_by_count),
	    cmocka_unit_test(old_words_count_as_none),
	    cmocka_unit_test(old_spot_word_decides_no_more),
	    cmocka_unit_test(absent_needs_two_lists),
	    cmocka_unit_test(absent_and_unreachable_is_hard),
	    cmocka_unit_test(held_words_and_a_dead_network_are_not_down),
	    cmocka_unit_test(was_ready_by_having_been_up),
	    cmocka_unit_test(recreated_is_new),
	    cmocka_unit_test(grace_then_no_spot),
	    cmocka_unit_test(created_anew_is_new),
	    cmocka_unit_test(marks_come_and_go),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
