/* base/text and base/duration: what may be shown, what fits, which word is meant, how long. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/duration.h"
#include "base/json_out.h"
#include "base/text.h"

enum { SECONDS = 1000, MINUTES = 60 * SECONDS };

/* Every code point, encoded by the rule of RFC 3629 section 3, is read back; a surrogate is no character. */
static void every_code_point(void **state)
{
	(void)state;
	for (int32_t c = 1; c <= 0x10FFFF; c++) {
		char text[5] = {0};
		int more = c < 0x80 ? 0 : c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
		static const unsigned lead[] = {0, 0xC0, 0xE0, 0xF0};

		text[0] = (char)(lead[more] | (unsigned)(c >> (6 * more)));
		for (int i = 1; i <= more; i++)
			text[i] = (char)(0x80 | ((c >> (6 * (more - i))) & 0x3F));
		int32_t code;
		size_t bytes = text_next(text, &code);
		bool is_surrogate = c >= 0xD800 && c <= 0xDFFF;
		if (code != (is_surrogate ? TEXT_INVALID : c) || bytes != (is_surrogate ? 1 : (size_t)more + 1))
			fail_msg("U+%04X reads as %d, %zu bytes", (unsigned)c, code, bytes);
	}
}

static void text_that_is_no_utf8(void **state)
{
	static const char *const rows[] = {"\x80", "\xBF", "\xC0\xAF", "\xC1\xBF", "\xC3", "\xE0\x9F\xBF", "\xE2\x82",
	    "\xED\xA0\x80", "\xF0\x8F\xBF\xBF", "\xF0\x90\x80", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF",
	    "a\xC3z"};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (text_is_utf8(rows[i]) || text_is_line(rows[i]))
			fail_msg("row %zu", i);
	assert_true(text_is_utf8("") && text_is_utf8("a\n\xC3\xA9\xE2\x82\xAC\xF0\x9F\x9A\x80"));
}

static void lines_and_tokens(void **state)
{
	static const struct {
		const char *text;
		bool is_line, is_token;
	} rows[] = {
	    {"", true, false},
	    {"a", true, true},
	    {"~!", true, true},
	    {"a b", true, false},
	    {"a\tb", false, false},
	    {"a\n", false, false},
	    {"\x1b[2J", false, false},
	    {"a\x7f", false, false},
	    {"\xC2\x9B"
	     "2J",
		false, false},
	    {"\xC2\x80", false, false},
	    {"\xC2\x9F", false, false},
	    {"\xC2\xA0", true, false},
	    {"a\xE2\x80\xA8z", false, false},
	    {"a\xE2\x80\xA9z", false, false},
	    {"gr\xC3\xBC\xC3\x9F", true, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (text_is_line(rows[i].text) != rows[i].is_line || text_is_token(rows[i].text) != rows[i].is_token)
			fail_msg("row %zu", i);
}

/* What a terminal obeys is shown as `?`, what hides or turns a line around by its code, in every way of showing. */
static void what_is_shown(void **state)
{
	static const struct {
		const char *text, *shown, *json;
	} rows[] = {
	    {"", "", "\"\""},
	    {"Ready", "Ready", "\"Ready\""},
	    {"Re\x1b[2Jady", "Re?[2Jady", "\"Re\\u001b[2Jady\""},
	    {"a\tb\r\nc", "a b  c", "\"a\\u0009b\\u000d\\u000ac\""},
	    {"\x7f", "?", "\"\\u007f\""},
	    {"\xC2\x9B"
	     "2J",
		"?2J", "\"\\u009b2J\""},
	    {"\xE2\x80\xAE"
	     "evil",
		"\\u202eevil", "\"\\u202eevil\""},
	    {"\xE2\x80\x8B", "\\u200b", "\"\\u200b\""},
	    {"\xEF\xBB\xBF", "\\ufeff", "\"\\ufeff\""},
	    {"\xD8\x9C", "\\u061c", "\"\\u061c\""},
	    {"\xE3\x85\xA4", "\\u3164", "\"\\u3164\""},
	    {"\xEF\xBF\xB9x", "\\ufff9x", "\"\\ufff9x\""},
	    {"\xEF\xBF\xBC", "\xEF\xBF\xBC", "\"\xEF\xBF\xBC\""},
	    {"\xF3\xA0\x81\xA1", "\\U000e0061", "\"\\udb40\\udc61\""},
	    {"\xEF\xBF\xBF\xEF\xB7\x90", "\\uffff\\ufdd0", "\"\\uffff\\ufdd0\""}, /* no characters */
	    /* Marks: as many as a language needs, behind a letter. */
	    {"e\xCC\x81z", "e\xCC\x81z", "\"e\xCC\x81z\""},
	    {"a\xCC\x81\xCC\x81\xCC\x81\xCC\x82\xCC\x83"
	     "b\xCC\x81",
		"a\xCC\x81\xCC\x81\xCC\x81??b\xCC\x81", "\"a\xCC\x81\xCC\x81\xCC\x81\\u0302\\u0303b\xCC\x81\""},
	    {"\xCC\x81z \xCC\x81", "?z ?", "\"\\u0301z \\u0301\""},
	    {"\x1b\xCC\x81", "??", "\"\\u001b\\u0301\""},
	    {"\xE2\x9A\xA0\xEF\xB8\x8F", "\xE2\x9A\xA0\\ufe0f", "\"\xE2\x9A\xA0\\ufe0f\""},
	    {"a\xFFz", "a?z", "\"a\\ufffdz\""},
	    {"\"\\", "\"\\", "\"\\\"\\\\\""},
	    {"\xC3\xBC\xE2\x82\xAC\xF0\x9F\x9A\x80", "\xC3\xBC\xE2\x82\xAC\xF0\x9F\x9A\x80",
		"\"\xC3\xBC\xE2\x82\xAC\xF0\x9F\x9A\x80\""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct buf shown = buf_of(100), json = buf_of(100);
		char copy[100];

		text_put(&shown, rows[i].text, NULL);
		assert_string_equal(buf_text(&shown), rows[i].shown);
		json_put_text(&(struct json_out){&json, false}, NULL, rows[i].text);
		assert_string_equal(buf_text(&json), rows[i].json);
		text_copy_shown(copy, sizeof copy, rows[i].text);
		assert_string_equal(copy, rows[i].shown);
		buf_fini(&shown);
		buf_fini(&json);
	}
}

/* Where a person gives a text, the first such character is named. In a label value, a stand-in is escaped once more. */
static void what_is_not_shown(void **state)
{
	static const struct {
		const char *text;
		int32_t first;
	} rows[] = {{"", 0}, {"new nodes, 100 % \xC3\xBC\xCC\x81", 0}, {"a\xE2\x80\xAEz\xE2\x80\x8B", 0x202E},
	    {"\xE2\x80\x8B", 0x200B}, {"z\xE2\x80\x8F", 0x200F}, {"\xE2\x81\xA6", 0x2066}, {"\xE2\x81\xA9", 0x2069},
	    {"\xE2\x80\xAA", 0x202A}, {"\xD8\x9C", 0x61C}, {"\xEF\xBB\xBF", 0xFEFF}, {"\xE2\x80\xA8", 0x2028},
	    {"\xE2\x80\xA9", 0x2029}, {"a\x1b", 0x1B}, {"a\xFF", TEXT_INVALID}};
	char cut[12];

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (text_first_unshown(rows[i].text) != rows[i].first)
			fail_msg("row %zu: U+%04X", i, (unsigned)text_first_unshown(rows[i].text));
	text_copy_shown(cut, sizeof cut, "abcdef\xE2\x80\xAEz");
	assert_string_equal(cut, "abcdef\\u...");
}

/* Texts that are shown may be cut, but not inside a character. */
static void cut_texts(void **state)
{
	static const char middles[] = "\x80\x80\x80\x80\x80\x80\x80\x80";
	static const struct {
		const char *text, *copy;
	} rows[] = {{"abc", "abc"}, {"abcd", "abc"}, {"ab\xc3\xa9", "ab"}, {"a\xc3\xa9z", "a\xc3\xa9"}, {"", ""},
	    /* Nothing but the middles of characters: no place is better than another. */
	    {middles, "\x80\x80\x80"}};
	static const struct {
		const char *text, *copy;
	} marked[] = {{"abcdefg", "abcdefg"}, {"abcdefgh", "abcd..."}, {"abc\xc3\xa9xyz", "abc..."},
	    {"ab\xc3\xa9xyzz", "ab\xc3\xa9..."}, {"\xF0\x9F\x98\x80\xF0\x9F\x98\x80", "\xF0\x9F\x98\x80..."},
	    {middles, "\x80\x80\x80\x80..."}};
	char out[4], more[8];

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		text_copy(out, sizeof out, rows[i].text);
		assert_string_equal(out, rows[i].copy);
		assert_int_equal(text_fit(rows[i].text, sizeof out), strlen(rows[i].copy));
	}
	for (size_t i = 0; i < sizeof marked / sizeof *marked; i++) {
		text_copy(more, sizeof more, marked[i].text);
		assert_string_equal(more, marked[i].copy);
		text_mark_cut(more, sizeof more, snprintf(more, sizeof more, "%s", marked[i].text));
		assert_string_equal(more, marked[i].copy);
	}
}

/* Every text in every room: what is copied is its beginning, whole characters, and marked if it is not all. */
static void copies_of_every_length(void **state)
{
	static const char *const letters[] = {"a", "\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x9A\x80"};
	unsigned seed = 1;

	(void)state;
	for (int round = 0; round < 20000; round++) {
		char text[100] = "", out[64];

		for (int n = round % 20; n > 0; n--) {
			seed = seed * 1103515245 + 12345;
			strcat(text, letters[seed >> 16 & 3]);
		}
		size_t size = 1 + (seed >> 18) % sizeof out;
		memset(out, 'x', sizeof out);
		text_copy(out, size, text);
		size_t len = strlen(out), mark = size > 4 ? 3 : 0;
		bool is_cut = strlen(text) >= size;
		assert_true(len < size && text_is_utf8(out));
		if (is_cut && mark)
			assert_string_equal(out + len - mark, TEXT_CUT);
		assert_memory_equal(out, text, is_cut ? len - mark : len + 1);
		/* Another character would not have fitted. */
		assert_true(!is_cut || len + 4 >= size);
		assert_true(size == sizeof out || out[size] == 'x');
	}
}

static void words_that_are_alike(void **state)
{
	char longest[70];
	static const struct {
		const char *a, *b;
		size_t distance;
	} rows[] = {
	    {"status", "status", 0},
	    {"STATUS", "status", 0},
	    {"staus", "status", 1},
	    {"statuss", "status", 1},
	    {"stat", "status", 1}, /* a beginning */
	    {"sutats", "status", 2},
	    {"x", "status", TEXT_UNLIKE},
	    {"", "status", TEXT_UNLIKE},
	    {"interval", "xxxxxxxx", TEXT_UNLIKE},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		assert_int_equal(text_distance(rows[i].a, rows[i].b, strlen(rows[i].b)), rows[i].distance);
	memset(longest, 'a', sizeof longest - 1);
	longest[sizeof longest - 1] = '\0';
	assert_int_equal(text_distance(longest, "a", 1), TEXT_UNLIKE);
	assert_int_equal(text_distance("a", longest, strlen(longest)), TEXT_UNLIKE);
}

static void durations(void **state)
{
	static const struct {
		const char *text;
		enum duration_mistake mistake;
		int64_t ms;
		const char *exact, *rough;
	} rows[] = {
	    {"0s", DURATION_GOOD, 0, "0s", "0s"},
	    {"500ms", DURATION_GOOD, 500, "500ms", "0s"},
	    {"45s", DURATION_GOOD, 45 * SECONDS, "45s", "45s"},
	    {"90m", DURATION_GOOD, 90 * MINUTES, "1h30m", "1h30m"},
	    {"1h2m3s", DURATION_GOOD, 3723 * SECONDS, "1h2m3s", "1h2m"},
	    {"1d0h5m", DURATION_GOOD, 1445 * MINUTES, "1d5m", "1d"},
	    {"2d3h", DURATION_GOOD, 51 * 60 * (int64_t)MINUTES, "2d3h", "2d3h"},
	    {"", DURATION_NONE, -1, NULL, NULL},
	    {"5", DURATION_WITHOUT_UNIT, -1, NULL, NULL},
	    {"1h5", DURATION_WITHOUT_UNIT, -1, NULL, NULL},
	    {"-5s", DURATION_NONE, -1, NULL, NULL},
	    {"5s5m", DURATION_NONE, -1, NULL, NULL},
	    {"5s5s", DURATION_NONE, -1, NULL, NULL},
	    {"5x", DURATION_NONE, -1, NULL, NULL},
	    {"5 s", DURATION_NONE, -1, NULL, NULL},
	    {"1.5h", DURATION_NONE, -1, NULL, NULL},
	    {"1234567890s", DURATION_TOO_LONG, -1, NULL, NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct buf exact = buf_of(64), rough = buf_of(64);
		int64_t ms = -1;

		assert_int_equal(duration_parse(rows[i].text, &ms), rows[i].mistake);
		assert_int_equal(ms, rows[i].ms);
		if (rows[i].exact) {
			duration_put_exact(&exact, ms);
			duration_put(&rough, ms);
			assert_string_equal(buf_text(&exact), rows[i].exact);
			assert_string_equal(buf_text(&rough), rows[i].rough);
		}
		buf_fini(&exact);
		buf_fini(&rough);
	}
	struct buf past = buf_of(64);
	duration_put(&past, INT64_MIN);
	assert_string_equal(buf_text(&past), "0s");
	buf_fini(&past);
}

static void durations_in_prose(void **state)
{
	/* clang-format off */
	static const struct {
		int64_t ms;
		const char *text;
	} rows[] = {
		{INT64_MIN, "0 s"}, {-1, "0 s"}, {0, "0 s"}, {999, "0 s"}, {1000, "1 s"},
		{40 * SECONDS, "40 s"}, {1 * MINUTES - 1, "59 s"}, {1 * MINUTES, "1 min"}, {1 * MINUTES + 59 * SECONDS, "1 min"},
		{34 * MINUTES, "34 min"}, {60 * MINUTES - 1, "59 min"}, {60 * MINUTES, "1 h"}, {61 * MINUTES - 1, "1 h"},
		{61 * MINUTES, "1 h 1 min"}, {125 * MINUTES, "2 h 5 min"}, {1440 * MINUTES - 1, "23 h 59 min"},
		{1440 * MINUTES, "1 d"}, {1500 * MINUTES - 1, "1 d"}, {1500 * MINUTES, "1 d 1 h"}, {76 * 60 * (int64_t)MINUTES, "3 d 4 h"},
	};
	/* clang-format on */

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct buf out = buf_of(64);

		duration_put_words(&out, rows[i].ms);
		assert_string_equal(buf_text(&out), rows[i].text);
		buf_fini(&out);
	}
}

static void tokens_that_are_cut(void **state)
{
	static const struct {
		const char *text, *cut;
	} rows[] = {
	    {"", ""},
	    {"no such file", "no such file"},
	    {"bad token 0123456789abcdefghij", "bad token ..."},
	    {"bad token 0123456789abcdefghi", "bad token 0123456789abcdefghi"},
	    {"a=b, sk-AbCdEf_0123456789+xyz==, again", "a=b, ..., again"},
	    {"0123456789abcdefghij", "..."},
	    {"aws-iam-authenticator-of-nobody: not found", "aws-iam-authenticator-of-nobody: not found"},
	    {"/usr/lib/python3/dist-packages/a1/b2: No such file",
		"/usr/lib/python3/dist-packages/a1/b2: No such file"},
	    {"0123456789abcdefghij 0123456789abcdefghij", "... ..."},
	    {"\xc3\xbc 0123456789abcdefghij\xc3\xbc", "\xc3\xbc ...\xc3\xbc"},
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char text[80];
		text_copy(text, sizeof text, rows[i].text);
		text_cut_tokens(text);
		assert_string_equal(text, rows[i].cut);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_code_point),
	    cmocka_unit_test(text_that_is_no_utf8),
	    cmocka_unit_test(lines_and_tokens),
	    cmocka_unit_test(what_is_shown),
	    cmocka_unit_test(what_is_not_shown),
	    cmocka_unit_test(cut_texts),
	    cmocka_unit_test(copies_of_every_length),
	    cmocka_unit_test(tokens_that_are_cut),
	    cmocka_unit_test(words_that_are_alike),
	    cmocka_unit_test(durations),
	    cmocka_unit_test(durations_in_prose),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
