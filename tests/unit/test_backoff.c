/* Backoff with full jitter: the ceiling doubles up to its cap, and the random number spans it evenly. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/backoff.h"

static void ceilings(void **state)
{
	static const int64_t wanted[] = {30000, 60000, 120000, 240000, 480000, 960000, 960000, 960000};

	(void)state;
	for (int i = 0; i < 8; i++)
		assert_int_equal(backoff_ceiling_ms(30000, 960000, i), wanted[i]);
	assert_int_equal(backoff_ceiling_ms(30000, 960000, INT32_MAX), 960000);
	assert_int_equal(backoff_ceiling_ms(30000, 100000, 2), 100000);
	assert_int_equal(backoff_ceiling_ms(30000, 20000, 0), 20000);
	assert_int_equal(backoff_ceiling_ms(3600000, 3600000 * 32LL, 64), 3600000 * 32LL);
}

static void jitter_is_full(void **state)
{
	(void)state;
	for (int attempt = 0; attempt < 40; attempt++) {
		int64_t ceiling = backoff_ceiling_ms(200, 6400, attempt);

		assert_int_equal(backoff_ms(200, 6400, attempt, 0), 0);
		assert_int_equal(backoff_ms(200, 6400, attempt, UINT32_C(1) << 31), ceiling / 2);
		assert_int_equal(backoff_ms(200, 6400, attempt, UINT32_MAX), ceiling - 1);
	}
}

/* The whole range is used evenly: ten shares of it get the same number of waits. */
static void jitter_is_even(void **state)
{
	int hits[10] = {0};

	(void)state;
	for (uint32_t i = 0; i < 1000; i++) {
		uint32_t random = (uint32_t)(((uint64_t)i << 32) / 1000);

		hits[backoff_ms(1000, 4000, 1, random) / 200]++;
	}
	for (int i = 0; i < 10; i++)
		assert_in_range(hits[i], 99, 101);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(ceilings),
	    cmocka_unit_test(jitter_is_full),
	    cmocka_unit_test(jitter_is_even),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
