/* Kubernetes quantities: what is one, what it is worth, and which way it rounds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "decode/quantity.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX INT64_MAX

static const struct {
	const char *text;
	int decimals;
	int64_t value;
} accepted[] = {
    /* as the API server writes them */
    {"0", 0, 0},
    {"3920m", 3, 3920},
    {"4", 3, 4000},
    {"1500m", 3, 1500},
    {"32874400Ki", 0, INT64_C(33663385600)},
    {"3Gi", 0, INT64_C(3221225472)},
    {"129M", 0, 129000000},
    {"129e6", 0, 129000000},
    {"100n", 9, 100},
    {"7u", 9, 7000},
    {"110", 0, 110},
    {"18242267924", 0, INT64_C(18242267924)},
    /* every suffix */
    {"2n", 9, 2},
    {"2u", 6, 2},
    {"2m", 3, 2},
    {"2k", 0, 2000},
    {"2M", 0, 2000000},
    {"2G", 0, INT64_C(2000000000)},
    {"2T", 0, INT64_C(2000000000000)},
    {"2P", 0, INT64_C(2000000000000000)},
    {"2E", 0, INT64_C(2000000000000000000)},
    {"2Ki", 0, INT64_C(1) << 11},
    {"2Mi", 0, INT64_C(1) << 21},
    {"2Gi", 0, INT64_C(1) << 31},
    {"2Ti", 0, INT64_C(1) << 41},
    {"2Pi", 0, INT64_C(1) << 51},
    {"2Ei", 0, INT64_C(1) << 61},
    /* as people write them in custom resources */
    {"1.5Gi", 0, 1610612736},
    {"1.5", 3, 1500},
    {"5.", 0, 5},
    {".5", 3, 500},
    {"5.Ki", 0, 5120},
    {".5Mi", 0, 524288},
    {"+1", 0, 1},
    {"-1", 0, -1},
    {"-0", 0, 0},
    {"-1.5Gi", 0, -1610612736},
    {"007", 0, 7},
    {"000.0000", 9, 0},
    {"1.000000000000000000000000000000000000000000000", 0, 1},
    {"1000000000000000000000000000000000000000e-39", 0, 1},
    {".00000000000000000000000000000000000000000001e44", 0, 1},
    {"1E", 0, INT64_C(1000000000000000000)},
    {"1E3", 0, 1000},
    {"1e+3", 0, 1000},
    {"1e-3", 3, 1},
    {"1E-3", 3, 1},
    {"1e00003", 0, 1000},
    {"1e0", 0, 1},
    {"0.75e2", 0, 75},
    /* rounded up, away from zero */
    {"0.1m", 3, 1},
    {"1u", 3, 1},
    {"1500m", 0, 2},
    {"-1500m", 0, -2},
    {"1.0000000001", 9, 1000000001},
    {"0.1n", 9, 1},
    {"1.1Ki", 0, 1127},
    {"0.0009765625Ki", 0, 1},
    {"0.00097656250000000000000000000000000000000000000000001Ki", 0, 2},
    {"0.1Ei", 0, INT64_C(115292150460684698)},
    {"1e-999999999999999999999", 0, 1},
    {"0e-999999999999999999999", 0, 0},
    /* no further than 2^63-1 */
    {"9223372036854775807", 0, MAX},
    {"9223372036854775806", 0, MAX - 1},
    {"9223372036854775808", 0, MAX},
    {"-9223372036854775808", 0, -MAX},
    {"9223372036854775806.1", 0, MAX},
    {"9223372036854775807.1", 0, MAX},
    {"9223372036854775", 3, INT64_C(9223372036854775000)},
    {"9223372036854776", 3, MAX},
    {"7.9999999999999999999Ei", 0, MAX},
    {"7Ei", 0, INT64_C(8070450532247928832)},
    {"8Ei", 0, MAX},
    {"18Ei", 0, MAX},
    {"01.8Ei", 1, MAX},
    {"-8192Pi", 0, -MAX},
    {"10E", 0, MAX},
    {"99999999999999999999999999999999999999999999999", 0, MAX},
    {"1e999999999999999999999", 0, MAX},
    {"0e999999999999999999999", 0, 0},
    {"-1e99", 0, -MAX},
};

/* clang-format off */
static const char *const refused[] = {
    "", " ", "1K", "1ki", "1KiB", "1 Gi", "1e3Mi", " 1", "1 ", "1\n", "+", "-", ".", "+.", "-.",
    "k", "Ki", "m", "e3", ".e3", "+Ki", "--1", "++1", "+-1", "1-", "1+1", "1..", "1.1.1", "..1",
    "1,5", "1_000", "0x10", "0b1", "1i", "1gi", "1GI", "1gI", "1mi", "1Mb", "1MB", "1mm", "1kk",
    "1Ki1", "1Km", "1MiMi", "1e", "1E+", "1e-", "1e+-3", "1e--3", "1e3.0", "1e 3", "1e3 ",
    "1E3E", "1E3k", "1ee3", "Inf", "inf", "NaN", "nan", "null", "one", "1\xc2\xb5",
    "1\xe2\x82\xac", "\xef\xbc\x91", "1h", "50%", "1U", "1N",
};
/* clang-format on */

static void good_ones(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof accepted / sizeof *accepted; i++) {
		int64_t value = 42;
		struct err e = {""};
		if (!quantity_parse(accepted[i].text, accepted[i].decimals, &value, &e))
			fail_msg("\"%s\": %s", accepted[i].text, e.text);
		if (value != accepted[i].value)
			fail_msg("\"%s\" in 10^-%d is %" PRId64 ", expected %" PRId64, accepted[i].text,
			    accepted[i].decimals, value, accepted[i].value);
	}
}

static void bad_ones(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
		int64_t value = 42;
		struct err e = {""};
		if (quantity_parse(refused[i], 0, &value, &e))
			fail_msg("\"%s\" was read as %" PRId64, refused[i], value);
		assert_int_equal(value, 42);
		assert_non_null(strstr(e.text, "not a quantity"));
	}
}

/* The same amount, written in every way there is, is the same amount. */
static void all_spellings(void **state)
{
	static const char *const spellings[] = {
	    "%d",
	    "+%d",
	    "%d.",
	    "%d.000",
	    "0%d",
	    "%d000m",
	    "%d000000u",
	    "%d000000000n",
	    "%de0",
	    "%d00e-2",
	    "%d00E-2",
	    "0.%06de6",
	    ".%06dM",
	    "0.%06dE6",
	    "0.000%06dG",
	};
	(void)state;
	for (int n = 0; n < 1000000; n += 997)
		for (size_t i = 0; i < sizeof spellings / sizeof *spellings; i++) {
			char text[64];
			int64_t value;
			struct err e;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
			snprintf(text, sizeof text, spellings[i], n);
#pragma GCC diagnostic pop
			assert_true(quantity_parse(text, 3, &value, &e));
			if (value != n * INT64_C(1000))
				fail_msg("\"%s\" in thousandths is %" PRId64, text, value);
		}
}

/* Binary fractions against whole arithmetic: n/1024 of a suffix is n of the one below it. */
static void binary_fractions(void **state)
{
	static const char *const units[] = {"Ki", "Mi", "Gi", "Ti", "Pi", "Ei"};
	(void)state;
	for (unsigned n = 0; n < 1024; n++)
		for (size_t u = 1; u < sizeof units / sizeof *units; u++) {
			char text[64];
			int64_t whole, part;
			struct err e;
			/* n/1024 has ten decimals: n * 5^10, with ten digits behind the point */
			snprintf(text, sizeof text, "0.%010" PRIu64 "%s", n * UINT64_C(9765625), units[u]);
			assert_true(quantity_parse(text, 0, &part, &e));
			snprintf(text, sizeof text, "%u%s", n, units[u - 1]);
			assert_true(quantity_parse(text, 0, &whole, &e));
			assert_int_equal(part, whole);
		}
}

/* A megabyte of digits is a quantity too, and no loop for a lifetime. */
static void endless(void **state)
{
	enum { LEN = 1 << 20 };
	char *text = malloc(LEN + 1);
	int64_t value;
	struct err e;
	(void)state;
	assert_non_null(text);
	memset(text, '9', LEN);
	text[LEN] = '\0';
	assert_true(quantity_parse(text, 0, &value, &e));
	assert_true(value == MAX);
	text[1] = '.';
	assert_true(quantity_parse(text, 0, &value, &e));
	assert_int_equal(value, 10);
	memset(text, '0', LEN);
	text[LEN - 1] = 'k';
	assert_true(quantity_parse(text, 0, &value, &e));
	assert_int_equal(value, 0);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(good_ones),
	    cmocka_unit_test(bad_ones),
	    cmocka_unit_test(all_spellings),
	    cmocka_unit_test(binary_fractions),
	    cmocka_unit_test(endless),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
