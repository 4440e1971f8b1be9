/* The breaker and Retry-After: how long an endpoint is left alone, and that it never is for too
 * long. */
#define _DEFAULT_SOURCE /* random */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "decide/pace.h"

static const mono_ms at = {1000000};
static const struct answer well = {POLL_OK, 200}, refused = {POLL_CONNECT, 0}, busy = {POLL_RATE_LIMITED, 429};

static struct pace_round round_of(struct answer a, struct answer b, int64_t retry_after_ms)
{
	struct pace_round r = {0};
	pace_add(&r, a, retry_after_ms);
	pace_add(&r, b, 0);
	return r;
}

/* How long the endpoint is left alone after `failures` rounds without an answer. */
static int64_t wait_after(int failures, int64_t ceiling_ms, double draw)
{
	struct pace p = {.not_before = MONO_NEVER};
	struct pace_round lost = round_of(refused, refused, 0);
	for (int i = 0; i < failures; i++)
		p = pace_step(p, &lost, ceiling_ms, draw, at);
	return mono_since(at, p.not_before);
}

static void breaker(void **state)
{
	static const struct {
		int failures;
		int64_t ceiling_ms;
		double draw;
		int64_t wait_ms;
	} rows[] = {
	    {1, PACE_NO_CEILING, 0.999, 0}, {4, PACE_NO_CEILING, 0.999, 0},
	    {5, PACE_NO_CEILING, 0, 1000}, /* never less than a second */
	    {5, PACE_NO_CEILING, 0.25, 1000}, {5, PACE_NO_CEILING, 0.75, 1500}, {6, PACE_NO_CEILING, 0.75, 3000},
	    {7, PACE_NO_CEILING, 0.75, 6000}, {8, PACE_NO_CEILING, 0.75, 12000}, {9, PACE_NO_CEILING, 0.75, 24000},
	    {10, PACE_NO_CEILING, 0.75, 45000},                          /* of 60 s, not of 64 s */
	    {500, PACE_NO_CEILING, 0.75, 45000}, {10, 5000, 0.75, 5000}, /* a source that decides: its interval */
	    {10, 5000, 0.05, 3000}, {10, 200, 0.75, 200},                /* which may be shorter than the least wait */
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		int64_t found = wait_after(rows[i].failures, rows[i].ceiling_ms, rows[i].draw);
		if (found != rows[i].wait_ms)
			fail_msg("%d failures, drawn %g: waits %lld ms, expected %lld", rows[i].failures, rows[i].draw,
			    (long long)found, (long long)rows[i].wait_ms);
	}
}

static void one_answer_closes_it(void **state)
{
	struct pace p = {.failures = 40, .not_before = MONO_NEVER};
	struct pace_round half = round_of(refused, busy, 0), lost = round_of(refused, refused, 0);
	(void)state;
	p = pace_step(p, &half, PACE_NO_CEILING, 0.9, at);
	assert_int_equal(p.failures, 0);
	assert_int_equal(p.not_before.ms, at.ms);
	p = pace_step(p, &lost, PACE_NO_CEILING, 0.9, at);
	assert_int_equal(p.failures, 1);
}

static void nowhere_to_ask(void **state)
{
	struct pace p = {.failures = 4, .not_before = MONO_NEVER};
	struct pace_round none = {0};
	(void)state;
	p = pace_step(p, &none, PACE_NO_CEILING, 0.9, at);
	assert_int_equal(p.failures, 4);
	assert_false(mono_is_set(p.not_before));
}

static void retry_after(void **state)
{
	static const struct {
		int64_t asked_ms, ceiling_ms, wait_ms;
	} rows[] = {
	    {0, PACE_NO_CEILING, 0},
	    {1, PACE_NO_CEILING, 1000},
	    {5000, PACE_NO_CEILING, 5000},
	    {86400000, PACE_NO_CEILING, 300000},
	    {86400000, 5000, 5000},
	    {1000, 30000, 1000},
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct pace_round r = round_of(busy, well, rows[i].asked_ms);
		struct pace p = pace_step((struct pace){0}, &r, rows[i].ceiling_ms, 0.9, at);
		assert_int_equal(mono_since(at, p.not_before), rows[i].wait_ms);
	}
	/* It holds for one round: the next answer says anew. */
	struct pace_round good = round_of(well, well, 0);
	struct pace p = pace_step((struct pace){0, {at.ms + 300000}}, &good, PACE_NO_CEILING, 0.9, at);
	assert_int_equal(p.not_before.ms, at.ms);
}

/* Whatever happens: never past the ceiling, and beyond it only on a reason. */
static void bounds(void **state)
{
	unsigned seed = (unsigned)time(NULL);
	struct pace p = {.not_before = MONO_NEVER};
	(void)state;
	print_message("seed %u\n", seed);
	srandom(seed);
	for (int i = 0; i < 200000; i++) {
		bool is_lost = random() % 8 != 0;
		struct pace_round r = round_of(is_lost ? refused : busy, refused, random() % 1000000);
		int64_t ceiling_ms = 1 + random() % 100000;
		p = pace_step(p, &r, ceiling_ms, (double)random() / 2147483648.0, at);
		int64_t wait_ms = mono_since(at, p.not_before);
		assert_true(wait_ms >= 0 && wait_ms <= ceiling_ms);
		if (p.failures >= PACE_FAILURES && ceiling_ms >= PACE_LEAST_MS)
			assert_true(wait_ms >= PACE_LEAST_MS);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(breaker),
	    cmocka_unit_test(one_answer_closes_it),
	    cmocka_unit_test(nowhere_to_ask),
	    cmocka_unit_test(retry_after),
	    cmocka_unit_test(bounds),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
