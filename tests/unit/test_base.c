/* base/: the bounded buffer, errors with their place, timestamps. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/rfc3339.h"
#include "mutate.h"

static void buf_fills_up_to_its_ceiling(void **state)
{
	struct buf b = buf_of(10);

	(void)state;
	assert_string_equal(buf_text(&b), "");
	buf_puts(&b, "01234");
	buf_printf(&b, "%d%s", 5, "678");
	buf_putc(&b, '9');
	assert_false(b.overflow);
	assert_string_equal(buf_text(&b), "0123456789");
	buf_put(&b, "", 0);
	assert_false(b.overflow);
	buf_putc(&b, 'x');
	assert_true(b.overflow);
	assert_string_equal(buf_text(&b), "0123456789");
	buf_fini(&b);
}

/* What does not fit is dropped whole, and nothing comes behind the gap. */
static void overflow_latches(void **state)
{
	struct buf b = buf_of(10);

	(void)state;
	buf_puts(&b, "0123456");
	buf_printf(&b, "%s", "789ab");
	assert_true(b.overflow);
	buf_putc(&b, '7');
	assert_string_equal(buf_text(&b), "0123456");
	assert_int_equal(b.len, 7);
	buf_reset(&b);
	assert_false(b.overflow);
	assert_string_equal(buf_text(&b), "");
	buf_puts(&b, "0123456789");
	assert_false(b.overflow);
	buf_fini(&b);
	assert_string_equal(buf_text(&b), "");
	buf_puts(&b, "0123456789");
	assert_false(b.overflow);
	buf_putc(&b, 'x');
	assert_true(b.overflow);
	buf_fini(&b);
}

static void buf_grows_and_keeps(void **state)
{
	struct buf b = buf_of(1 << 20);

	(void)state;
	for (int i = 0; i < 10000; i++)
		buf_printf(&b, "%04d,", i);
	assert_int_equal(b.len, 50000);
	for (int i = 0; i < 10000; i++)
		assert_int_equal(atoi(b.data + i * 5), i);
	buf_reset(&b);
	buf_put(&b, "a\0b", 3);
	assert_int_equal(b.len, 3);
	assert_memory_equal(b.data, "a\0b", 4);
	buf_fini(&b);
	b = buf_of(0);
	buf_put(&b, "", 0);
	assert_false(b.overflow);
	buf_putc(&b, 'x');
	assert_true(b.overflow);
	assert_string_equal(buf_text(&b), "");
	buf_fini(&b);
}

static void errors(void **state)
{
	struct err e;
	char big[2000];

	(void)state;
	memset(big, 'a', sizeof big - 1);
	big[sizeof big - 1] = '\0';
	assert_false(err_set(&e, "%s: %d", "x", 7));
	assert_string_equal(e.text, "x: 7");
	assert_false(err_set(NULL, "%s", "nobody listens"));
	assert_false(err_set(&e, "%s", big));
	assert_int_equal(strlen(e.text), sizeof e.text - 1);
}

static void mistakes_are_kept_and_counted(void **state)
{
	static struct errs errs;
	char big[2000];

	(void)state;
	memset(big, 'a', sizeof big - 1);
	big[sizeof big - 1] = '\0';
	assert_false(errs_add(&errs, (struct place){"a.yaml", 3, 14}, "unknown key \"%s\"", "x"));
	assert_false(errs_add(&errs, (struct place){"a.yaml", 0, 0}, "empty"));
	assert_false(errs_add(&errs, (struct place){big, 1, 1}, "%s", big));
	assert_string_equal(errs.kept[0].text, "a.yaml:3:14: unknown key \"x\"");
	assert_string_equal(errs.kept[1].text, "a.yaml: empty");
	assert_int_equal(strlen(errs.kept[2].text), sizeof errs.kept[2].text - 1);
	for (int i = 3; i < 100; i++)
		errs_add(&errs, (struct place){"a.yaml", (size_t)i, 1}, "%d", i);
	assert_int_equal(errs.count, 100);
	assert_string_equal(errs.kept[ERRS_KEPT - 1].text, "a.yaml:31:1: 31");
}

static void memory(void **state)
{
	char *copy = mem_copy_text("abcdef", 3), *zeroed = mem_zeroed(100, 3);

	(void)state;
	assert_string_equal(copy, "abc");
	for (int i = 0; i < 300; i++)
		assert_int_equal(zeroed[i], 0);
	free(zeroed);
	mem_free_secret(&copy);
	assert_null(copy);
	mem_free_secret(&copy);
}

/* clang-format off */
static const struct {
	const char *text;
	int64_t ms;
} times[] = {
	{"1970-01-01T00:00:00Z", 0},
	{"2026-11-23T20:14:05Z", 1795464845000},
	{"2026-01-06T11:02:03Z", 1767697323000},
	{"1969-12-31T23:59:59Z", -1000},
	{"2000-02-29T12:00:00Z", 951825600000},
	{"2024-02-29T00:00:00Z", 1709164800000},
	{"2024-03-01T00:00:00Z", 1709251200000},
	{"1900-03-01T00:00:00Z", -2203891200000},
	{"2100-03-01T00:00:00Z", 4107542400000},
	{"2038-01-19T03:14:08Z", 2147483648000},
	{"9999-12-31T23:59:59Z", 253402300799000},
	{"0001-01-01T00:00:00Z", -62135596800000},
	{"0000-03-01T00:00:00Z", -62162035200000},
	/* offsets */
	{"2026-11-23T20:14:05+00:00", 1795464845000},
	{"2026-11-23T20:14:05-00:00", 1795464845000},
	{"2026-11-23T21:14:05+01:00", 1795464845000},
	{"2026-11-24T01:44:05+05:30", 1795464845000},
	{"2026-11-23T12:14:05-08:00", 1795464845000},
	{"2026-03-01T00:30:00+01:00", 1772321400000},
	/* fractions */
	{"2026-11-23T20:14:05.5Z", 1795464845500},
	{"2026-11-23T20:14:05.123456Z", 1795464845123},
	{"2026-11-23T20:14:05.999999999999999999Z", 1795464845999},
	{"2026-11-23T20:14:05.000001+01:00", 1795461245000},
	/* RFC 3339 section 5.6: lower case, and a blank for the T, may be; a leap second is */
	{"2026-11-23t20:14:05z", 1795464845000},
	{"2016-12-31T23:59:60Z", 1483228800000},
};
/* clang-format on */

static const char *const not_times[] = {"", "Z", "2026", "2026-11-23", "2026-11-23T20:14Z", "2026-11-23T20:14:05",
    "2026-11-23T20:14:05.Z", "2026-11-23T20:14:05,5Z", "2026-11-23T20:14:05ZZ", "2026-11-23T20:14:05Z ",
    " 2026-11-23T20:14:05Z", "2026-11-23T20:14:05+0100", "2026-11-23T20:14:05+01", "2026-11-23T20:14:05+24:00",
    "2026-11-23T20:14:05+01:60", "2026-11-23T20:14:05+-1:00", "2026-11-23T20:14:05 01:00", "2026-00-23T20:14:05Z",
    "2026-13-23T20:14:05Z", "2026-11-00T20:14:05Z", "2026-11-31T20:14:05Z", "2026-02-29T20:14:05Z",
    "1900-02-29T20:14:05Z", "2100-02-29T20:14:05Z", "2024-02-30T20:14:05Z", "2026-04-31T20:14:05Z",
    "2026-11-23T24:00:00Z", "2026-11-23T20:60:05Z", "2026-11-23T20:14:61Z", "26-11-23T20:14:05Z",
    "+026-11-23T20:14:05Z", "-026-11-23T20:14:05Z", "2026-11-2 T20:14:05Z", "2026/11/23T20:14:05Z",
    "2026-11-23T2O:14:05Z", "20261123T201405Z", "1795464845", "now", "2026-11-23X20:14:05Z"};

static void timestamps(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
		wall_ms t = {-12345};

		if (!rfc3339_parse(times[i].text, &t))
			fail_msg("%s: refused", times[i].text);
		if (t.ms != times[i].ms)
			fail_msg("%s: %lld", times[i].text, (long long)t.ms);
	}
	for (size_t i = 0; i < sizeof not_times / sizeof *not_times; i++) {
		wall_ms t = {-12345};

		if (rfc3339_parse(not_times[i], &t))
			fail_msg("%s: %lld", not_times[i], (long long)t.ms);
		assert_int_equal(t.ms, -12345);
	}
}

static void timestamps_rendered(void **state)
{
	/* clang-format off */
	static const struct {
		int64_t ms;
		const char *text;
	} rows[] = {
		{0, "1970-01-01T00:00:00Z"},
		{999, "1970-01-01T00:00:00Z"},
		{-1, "1969-12-31T23:59:59Z"},
		{-1000, "1969-12-31T23:59:59Z"},
		{1709251199999, "2024-02-29T23:59:59Z"},
		{253402300799999, "9999-12-31T23:59:59Z"},
		{253402300800000, ""},
		{-62167219200000, "0000-01-01T00:00:00Z"},
		{-62167219200001, ""},
		{INT64_MAX, ""},
		{INT64_MIN, ""},
	};
	/* clang-format on */

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char out[RFC3339_SIZE] = "unwritten";

		rfc3339_render((wall_ms){rows[i].ms}, out);
		assert_string_equal(out, rows[i].text);
	}
}

static void timestamps_come_back(void **state)
{
	struct mutator random = {.state = mutate_seed("timestamps_come_back")};
	char before[RFC3339_SIZE] = "";

	(void)state;
	for (int i = 0; i < 100000; i++) {
		/* Anywhere in the years 0 to 9999; every tenth next to a midnight. */
		int64_t day = (int64_t)mutate_below(&random, 3652425) - 719528;
		int64_t second = i % 10 ? (int64_t)mutate_below(&random, 86400) : i % 20 ? 0 : 86399;
		wall_ms t = {(day * 86400 + second) * 1000}, back = {-1};
		char out[RFC3339_SIZE];

		rfc3339_render(t, out);
		assert_true(rfc3339_parse(out, &back));
		if (back.ms != t.ms)
			fail_msg("%lld is %s is %lld", (long long)t.ms, out, (long long)back.ms);
	}
	/* Later is greater, day by day. */
	for (int64_t day = -719528; day < 2932897; day++) {
		char out[RFC3339_SIZE];

		rfc3339_render((wall_ms){day * 86400000}, out);
		if (strcmp(before, out) >= 0)
			fail_msg("%s is not before %s", before, out);
		strcpy(before, out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(buf_fills_up_to_its_ceiling),
	    cmocka_unit_test(overflow_latches),
	    cmocka_unit_test(buf_grows_and_keeps),
	    cmocka_unit_test(errors),
	    cmocka_unit_test(mistakes_are_kept_and_counted),
	    cmocka_unit_test(memory),
	    cmocka_unit_test(timestamps),
	    cmocka_unit_test(timestamps_rendered),
	    cmocka_unit_test(timestamps_come_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
