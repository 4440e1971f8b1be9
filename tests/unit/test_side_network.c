/*
 * SEMANTICS.md: soft evidence, the side's own network, and the grace after a late turn. What
 * happens only to us must never look like an outage of theirs.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "side_world.h"

/* A side that was UP and whose run of failures began a second ago, unwitnessed so far. */
static struct world failing(void)
{
	struct world w = world_at(UP);

	world_pass(&w, 1 * SECONDS);
	world_spot(&w, SPOT_READY);
	world_kube(&w, KUBE_UNREACHABLE);
	world_pass(&w, 1 * SECONDS);
	return w;
}

/* Unreachable every second for `ms`, the witness answering each time, or silent. */
static void unreachable(struct world *w, int64_t ms, bool is_witnessed)
{
	for (; ms > 0; ms -= 1 * SECONDS) {
		world_pass(w, ms < 1 * SECONDS ? ms : 1 * SECONDS);
		if (is_witnessed)
			world_witness(w);
		world_kube(w, KUBE_UNREACHABLE);
	}
}

static void becomes_down_after_unreachable_for(void **state)
{
	struct world w = failing();

	(void)state;
	world_witness(&w);
	world_kube(&w, KUBE_UNREACHABLE); /* the first moment that is good: the clock starts here */
	unreachable(&w, 90 * SECONDS - 1, true);
	assert_verdict(&w, UP);
	unreachable(&w, 1, true);
	assert_verdict(&w, DOWN);
	assert_reason(&w, REASON_UNREACHABLE);
}

/* However many probes: time alone makes soft evidence hard. */
static void count_alone_does_not(void **state)
{
	struct world w = failing();

	(void)state;
	for (int i = 0; i < 80 * 20; i++) {
		world_pass(&w, 50);
		world_witness(&w);
		world_kube(&w, KUBE_UNREACHABLE);
	}
	assert_verdict(&w, UP);
}

static void first_verdict_is_soft_as_well(void **state)
{
	struct world w = world_of(&default_policy);

	(void)state;
	world_spot(&w, SPOT_READY);
	world_kube(&w, KUBE_UNREACHABLE);
	unreachable(&w, 80 * SECONDS, true);
	assert_verdict(&w, UNKNOWN);
	unreachable(&w, 15 * SECONDS, true);
	assert_verdict(&w, DOWN);
}

static void without_witness_never(void **state)
{
	struct world w = failing();

	(void)state;
	unreachable(&w, 4 * MINUTES, false);
	assert_verdict(&w, UP);
	unreachable(&w, 60 * MINUTES, false);
	assert_verdict(&w, UNKNOWN); /* by age */
}

/* An answer from before the run is no witness, or whoever was polled last were one for ever. */
static void witness_from_before_the_run(void **state)
{
	struct world w = world_at(UP);

	(void)state;
	world_pass(&w, 1 * SECONDS);
	world_witness(&w);
	world_pass(&w, 1);
	world_kube(&w, KUBE_UNREACHABLE);
	unreachable(&w, 60 * MINUTES, false);
	assert_verdict(&w, UNKNOWN);
}

/* One witness carries own_network_window and no further, which is shorter than the wait. */
static void one_witness_is_not_enough(void **state)
{
	struct world w = failing();

	(void)state;
	world_witness(&w);
	unreachable(&w, 60 * MINUTES, false);
	assert_verdict(&w, UNKNOWN);
}

static void witness_holds_for_the_window(void **state)
{
	/* Answers 60 s apart are good all the while; 1 ms more is doubtful for a moment. */
	for (int64_t gap = 60 * SECONDS; gap <= 60 * SECONDS + 1; gap++) {
		struct world w = failing();

		(void)state;
		for (int i = 0; i < 4; i++) {
			world_witness(&w);
			world_kube(&w, KUBE_UNREACHABLE);
			for (int64_t t = 0; t < gap; t += 5 * SECONDS) {
				world_pass(&w, gap - t < 5 * SECONDS ? gap - t : 5 * SECONDS);
				world_kube(&w, KUBE_UNREACHABLE);
			}
		}
		assert_verdict(&w, gap == 60 * SECONDS ? DOWN : UP);
	}
}

static void doubt_starts_the_clock_anew(void **state)
{
	struct world w = failing();

	(void)state;
	unreachable(&w, 80 * SECONDS, true);
	unreachable(&w, 65 * SECONDS, false); /* the last 4 of them are doubtful */
	assert_verdict(&w, DOWN);             /* good for 140 s before that */

	w = failing();
	unreachable(&w, 25 * SECONDS, true);
	unreachable(&w, 65 * SECONDS, false); /* good for 85 s, then doubtful */
	assert_verdict(&w, UP);
	unreachable(&w, 88 * SECONDS, true);
	assert_verdict(&w, UP);
	unreachable(&w, 4 * SECONDS, true);
	assert_verdict(&w, DOWN);
}

static void an_answer_starts_the_clock_anew(void **state)
{
	static const enum kube_word answers[] = {KUBE_SERVING, KUBE_CORDONED, KUBE_NO_CAPACITY, KUBE_DENIED};

	(void)state;
	for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
		struct world w = failing();

		unreachable(&w, 80 * SECONDS, true);
		world_pass(&w, 1 * SECONDS);
		world_kube(&w, answers[i]);
		unreachable(&w, 85 * SECONDS, true);
		assert_verdict(&w, UP);
		unreachable(&w, 15 * SECONDS, true);
		assert_verdict(&w, DOWN);
	}
}

/* The witness of the last run is no witness of this one. */
static void new_run_needs_new_witness(void **state)
{
	struct world w = failing();

	(void)state;
	unreachable(&w, 10 * SECONDS, true);
	world_pass(&w, 1 * SECONDS);
	world_kube(&w, KUBE_SERVING);
	unreachable(&w, 10 * MINUTES, false);
	assert_verdict(&w, UNKNOWN);
}

/* Everything dies at once: both sides and Spot, as when our own network goes. Never DOWN. */
static void all_at_once(void **state)
{
	struct world a = world_at(UP), b = world_at(UP);

	(void)state;
	for (int i = 0; i < 3600; i++) {
		/* The peer answers a moment after this side, for the last time. */
		if (i < 5) {
			world_kube(&a, KUBE_SERVING);
			b.witness_at = a.now.mono;
			world_pass(&a, 500);
			world_pass(&b, 500);
			world_kube(&b, KUBE_SERVING);
			a.witness_at = b.now.mono;
		} else {
			world_pass(&a, 500);
			world_pass(&b, 500);
			world_kube(&a, KUBE_UNREACHABLE);
			world_kube(&b, KUBE_UNREACHABLE);
		}
		world_pass(&a, 500);
		world_pass(&b, 500);
		if (i % 30 == 0) {
			world_spot(&a, i < 5 ? SPOT_READY : SPOT_NONE);
			world_spot(&b, i < 5 ? SPOT_READY : SPOT_NONE);
		}
		assert_int_not_equal(a.side.verdict, DOWN);
		assert_int_not_equal(b.side.verdict, DOWN);
	}
	assert_verdict(&a, UNKNOWN);
	assert_verdict(&b, UNKNOWN);
}

/* Without `spot:` the own network is judged by the peer alone, the same way. */
static void without_spot(void **state)
{
	struct side_policy policy = default_policy;
	struct world w;

	(void)state;
	policy.has_spot = false;
	w = world_of(&policy);
	world_kube(&w, KUBE_SERVING);
	unreachable(&w, 85 * SECONDS, true);
	assert_verdict(&w, UP);
	unreachable(&w, 10 * SECONDS, true);
	assert_verdict(&w, DOWN);
}

/* Grace: what was held is stale, and DOWN waits for two results of each source. */

static void grace_forgets_what_was_held(void **state)
{
	struct world w = world_at(UP);

	(void)state;
	world_grace(&w);
	assert_verdict(&w, UP);
	assert_int_equal(side_spot_word(&w.policy, &w.side, w.now.mono), SPOT_NONE);
	assert_int_equal(side_kube_word(&w.policy, &w.side, w.now.mono), KUBE_NONE);
}

static void grace_delays_down(void **state)
{
	struct world w = world_at(UP);

	(void)state;
	world_grace(&w);
	/* Kubernetes alone, as often as it likes. */
	for (int i = 0; i < 10; i++)
		world_kube(&w, KUBE_NO_CAPACITY);
	assert_verdict(&w, UP);
	world_spot(&w, SPOT_READY);
	for (int i = 0; i < 10; i++)
		world_kube(&w, KUBE_NO_CAPACITY);
	assert_verdict(&w, UP);
	world_spot(&w, SPOT_NONE); /* failing is answering, here */
	for (int i = 0; i < 3; i++)
		world_kube(&w, KUBE_NO_CAPACITY);
	assert_verdict(&w, DOWN);
}

static void grace_is_owed_by_kubernetes_too(void **state)
{
	struct world w = world_at(UP);

	(void)state;
	world_grace(&w);
	for (int i = 0; i < 10; i++)
		world_spot(&w, SPOT_DELETING);
	world_kube(&w, KUBE_NONE);
	for (int i = 0; i < 10; i++)
		world_spot(&w, SPOT_DELETING);
	assert_verdict(&w, UP);
	for (int i = 0; i < 3; i++)
		world_kube(&w, KUBE_NONE);
	assert_verdict(&w, DOWN);
}

static void grace_again_starts_over(void **state)
{
	struct world w = world_at(UP);

	(void)state;
	for (int i = 0; i < 20; i++) {
		world_grace(&w);
		world_spot(&w, SPOT_READY);
		world_kube(&w, KUBE_NO_CAPACITY);
	}
	assert_verdict(&w, UP);
}

/* "Verdicts may not move to DOWN": all other moves are free. */
static void grace_lets_the_rest_pass(void **state)
{
	struct world w = world_at(DOWN);

	(void)state;
	world_grace(&w);
	world_kube(&w, KUBE_SERVING);
	world_kube(&w, KUBE_SERVING);
	assert_verdict(&w, UP);

	w = world_at(UP);
	world_grace(&w);
	for (int i = 0; i < 3; i++)
		world_kube(&w, KUBE_CORDONED);
	assert_verdict(&w, MAINTENANCE);
}

/* Without Spot, nothing is owed by it. */
static void grace_without_spot(void **state)
{
	struct side_policy policy = default_policy;

	(void)state;
	policy.has_spot = false;
	struct world w = world_of(&policy);
	world_kube(&w, KUBE_SERVING);
	assert_verdict(&w, UP);
	world_grace(&w);
	world_kube(&w, KUBE_NO_CAPACITY);
	for (int i = 0; i < 2; i++)
		world_kube(&w, KUBE_NO_CAPACITY);
	assert_verdict(&w, UP); /* the first of them was owed */
	world_kube(&w, KUBE_NO_CAPACITY);
	assert_verdict(&w, DOWN);
}

/* Start asks each source for one answer; grace asks for two before DOWN only. */
static void grace_at_start_delays_down_only(void **state)
{
	struct world w = world_of(&default_policy);

	(void)state;
	world_grace(&w);
	world_spot(&w, SPOT_READY);
	world_kube(&w, KUBE_SERVING);
	assert_verdict(&w, UP);

	w = world_of(&default_policy);
	world_grace(&w);
	world_spot(&w, SPOT_READY);
	world_kube(&w, KUBE_NO_CAPACITY);
	assert_verdict(&w, UNKNOWN);
	world_spot(&w, SPOT_READY);
	world_kube(&w, KUBE_NO_CAPACITY);
	assert_verdict(&w, DOWN);
}

/* "Consecutive" holds in grace, too: a DOWN may not move the verdict, but it was said. */
static void grace_does_not_join_what_was_apart(void **state)
{
	struct world w = world_at(UP);

	(void)state;
	world_grace(&w);
	world_kube(&w, KUBE_CORDONED);
	world_kube(&w, KUBE_CORDONED);
	world_kube(&w, KUBE_NO_CAPACITY);
	world_kube(&w, KUBE_CORDONED);
	assert_verdict(&w, UP);

	w = world_at(MAINTENANCE);
	world_grace(&w);
	world_kube(&w, KUBE_SERVING);
	world_kube(&w, KUBE_NO_CAPACITY);
	world_kube(&w, KUBE_SERVING);
	assert_verdict(&w, MAINTENANCE);
}

/* Time slept is not time observed: the soft clock does not run through it. */
static void grace_stops_the_soft_clock(void **state)
{
	struct world w = failing();

	(void)state;
	unreachable(&w, 80 * SECONDS, true);
	world_pass(&w, 2 * MINUTES);
	world_grace(&w);
	for (int i = 0; i < 4; i++) {
		world_pass(&w, 1 * SECONDS);
		world_witness(&w);
		world_spot(&w, SPOT_READY);
		world_kube(&w, KUBE_UNREACHABLE);
	}
	unreachable(&w, 80 * SECONDS, true);
	assert_verdict(&w, UP);
	unreachable(&w, 15 * SECONDS, true);
	assert_verdict(&w, DOWN);
}

/* A witness from before the sleep is held, too. */
static void grace_wants_new_witness(void **state)
{
	struct world w = failing();

	(void)state;
	world_witness(&w);
	unreachable(&w, 2 * SECONDS, false);
	world_grace(&w);
	unreachable(&w, 10 * MINUTES, false);
	assert_int_not_equal(w.side.verdict, DOWN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(becomes_down_after_unreachable_for),
	    cmocka_unit_test(count_alone_does_not),
	    cmocka_unit_test(first_verdict_is_soft_as_well),
	    cmocka_unit_test(without_witness_never),
	    cmocka_unit_test(witness_from_before_the_run),
	    cmocka_unit_test(one_witness_is_not_enough),
	    cmocka_unit_test(witness_holds_for_the_window),
	    cmocka_unit_test(doubt_starts_the_clock_anew),
	    cmocka_unit_test(an_answer_starts_the_clock_anew),
	    cmocka_unit_test(new_run_needs_new_witness),
	    cmocka_unit_test(all_at_once),
	    cmocka_unit_test(without_spot),
	    cmocka_unit_test(grace_forgets_what_was_held),
	    cmocka_unit_test(grace_delays_down),
	    cmocka_unit_test(grace_is_owed_by_kubernetes_too),
	    cmocka_unit_test(grace_again_starts_over),
	    cmocka_unit_test(grace_lets_the_rest_pass),
	    cmocka_unit_test(grace_without_spot),
	    cmocka_unit_test(grace_at_start_delays_down_only),
	    cmocka_unit_test(grace_does_not_join_what_was_apart),
	    cmocka_unit_test(grace_stops_the_soft_clock),
	    cmocka_unit_test(grace_wants_new_witness),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
