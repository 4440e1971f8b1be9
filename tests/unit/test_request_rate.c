/* How often a client may ask. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "serve/request_rate.h"

#include <string.h>

enum { MS = 1000000 };

static struct request_rate rate;
static mono_ms now;

static int begin(void **state)
{
	(void)state;
	memset(&rate, 0, sizeof rate);
	now = (mono_ms){5000};
	return 0;
}

static int64_t take(uint64_t address)
{
	return request_rate_take(&rate, &address, now);
}

static void take_all(uint64_t address, int count)
{
	for (int i = 0; i < count; i++)
		assert_int_equal(take(address), 0);
}

static void test_without_limits(void **state)
{
	(void)state;
	take_all(7, 100000);
	assert_int_equal(request_rate_take(&rate, NULL, now), 0);
}

static void test_a_burst_and_what_comes_back(void **state)
{
	(void)state;
	rate.of_address = request_rate_limit_of(20 * MS, 200);
	take_all(7, 200);
	assert_int_equal(take(7), 1);
	now.ms += 19;
	assert_int_equal(take(7), 1);
	now.ms += 1;
	take_all(7, 1);
	assert_int_equal(take(7), 1);
	take_all(8, 200);
	now.ms += 4000;
	take_all(7, 200);
	assert_int_equal(take(7), 1);
}

/* A second's requests at the rate of the limit, for an hour. */
static void test_the_rate_itself_is_never_refused(void **state)
{
	(void)state;
	rate.of_address = request_rate_limit_of(20 * MS, 200);
	for (int second = 0; second < 3600; second++, now.ms += 1000)
		take_all(7, 50);
}

static void test_how_long_to_wait(void **state)
{
	static const struct {
		int64_t interval_ns, burst, wait_s;
	} rows[] = {{20 * MS, 1, 1}, {1000LL * MS, 1, 1}, {1001LL * MS, 1, 2}, {3600000LL * MS, 3, 3600}, {1, 1, 1}};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		begin(NULL);
		rate.of_address = request_rate_limit_of(rows[i].interval_ns, rows[i].burst);
		take_all(7, (int)rows[i].burst);
		assert_int_equal(take(7), rows[i].wait_s);
	}
}

/* Also of those that have no limit of their own. What it refuses takes nothing from the address. */
static void test_the_limit_of_all(void **state)
{
	(void)state;
	rate.of_address = request_rate_limit_of(10000LL * MS, 3);
	rate.of_all = request_rate_limit_of(1000LL * MS, 2);
	take_all(7, 1);
	assert_int_equal(request_rate_take(&rate, NULL, now), 0);
	for (int i = 0; i < 10; i++)
		assert_int_equal(take(7), 1);
	assert_int_equal(request_rate_take(&rate, NULL, now), 1);
	now.ms += 2000;
	take_all(7, 2);
	now.ms += 1000;
	assert_int_equal(take(7), 7);
	take_all(8, 1);
}

static void test_numbers_without_sense(void **state)
{
	static const int64_t intervals[] = {INT64_MIN, -1, 0, 1, 999, 1000, INT64_MAX};
	static const int64_t bursts[] = {1, 2, INT64_MAX};
	(void)state;
	for (size_t i = 0; i < sizeof intervals / sizeof *intervals; i++)
		for (size_t k = 0; k < sizeof bursts / sizeof *bursts; k++) {
			begin(NULL);
			rate.of_all = request_rate_limit_of(intervals[i], bursts[k]);
			take_all(7, 1);
			assert_true(take(7) >= 0);
			assert_true(intervals[i] > 0 || take(7) == 0);
		}
}

/* What is forgotten are full buckets, and before others those that are nearly so. */
static void test_many_addresses(void **state)
{
	(void)state;
	rate.of_address = request_rate_limit_of(20 * MS, 4);
	take_all(1, 4);
	for (uint64_t a = 2; a <= REQUEST_RATE_ADDRESSES; a++)
		take_all(a, 1);
	take_all(100000, 1);
	assert_int_equal(take(1), 1);
	now.ms += 80;
	for (uint64_t a = 200000; a < 200000 + REQUEST_RATE_ADDRESSES; a++)
		take_all(a, 4);
	for (uint64_t a = 200000; a < 200000 + REQUEST_RATE_ADDRESSES; a++)
		assert_int_equal(take(a), 1);
	take_all(300000, 4); /* it takes the place of another, but not its bucket */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(test_without_limits, begin),
	    cmocka_unit_test_setup(test_a_burst_and_what_comes_back, begin),
	    cmocka_unit_test_setup(test_the_rate_itself_is_never_refused, begin),
	    cmocka_unit_test_setup(test_how_long_to_wait, begin),
	    cmocka_unit_test_setup(test_the_limit_of_all, begin),
	    cmocka_unit_test_setup(test_numbers_without_sense, begin),
	    cmocka_unit_test_setup(test_many_addresses, begin),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
