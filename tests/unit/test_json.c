/* The strict reader: a member twice, a wrong type, half a character are errors, never a default. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cJSON.h>

#include <cmocka.h>

#include "decode/json.h"

static cJSON *parse(const char *json)
{
	struct err e;
	cJSON *root = json_parse_object(json, strlen(json), &e);

	if (!root)
		fail_msg("%s: %s", json, e.text);
	return root;
}

static void exactly_one_object(void **state)
{
	/* clang-format off */
	static const struct {
		const char *json;
		size_t len;
		bool is_good;
	} rows[] = {
		{"{}", 2, true},
		{"{} ", 3, true},
		{" {}\r\n\t", 6, true},
		{"{}x", 2, true},
		{"{}x", 3, false},
		{"{}{}", 4, false},
		{"{},", 3, false},
		{"{}\0", 3, false},
		{"", 0, false},
		{" ", 1, false},
		{"{", 1, false},
		{"[]", 2, false},
		{"null", 4, false},
		{"1", 1, false},
		{"\"{}\"", 4, false},
		{"{\"a\"}", 5, false},
		{"{\"a\":}", 6, false},
		{"{\"a\":1,}", 8, false},
		{"{a:1}", 5, false},
		{"{'a':1}", 7, false},
		{"{\"a\":nul}", 9, false},
		{"{\"a\":\"\\x\"}", 10, false},
		{"{\"a\":\"\\ud800\"}", 14, true},
		{"{\"a\":\"\\ud8\"}", 12, false},
		{"{\"a\":\"b\0c\"}", 11, false}, /* cJSON would read "b" */
		{"{\"a\":1}", 6, false},
	};
	/* clang-format on */

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct err e = {""};
		cJSON *root = json_parse_object(rows[i].json, rows[i].len, &e);

		if ((root != NULL) != rows[i].is_good)
			fail_msg("row %zu, %s: %s", i, rows[i].json, root ? "read" : e.text);
		assert_int_equal(strlen(e.text) > 0, !rows[i].is_good);
		cJSON_Delete(root);
	}
}

static void members(void **state)
{
	cJSON *root = parse("{\"a\":1,\"b\":null,\"c\":2,\"c\":2,\"d\":null,\"d\":1,\"o\":{},\"l\":"
			    "[],\"s\":\"x\",\"t\":true}");
	struct json j = {0};

	(void)state;
	assert_non_null(json_member(&j, root, "a"));
	assert_null(json_member(&j, root, "A"));
	assert_null(json_member(&j, root, "b"));
	assert_null(json_member(&j, root, "z"));
	assert_null(json_member(&j, NULL, "a"));
	assert_non_null(json_object(&j, root, "o"));
	assert_null(json_object(&j, root, "b"));
	assert_non_null(json_array(&j, root, "l"));
	assert_string_equal(json_text(&j, root, "s"), "x");
	assert_true(json_bool(&j, root, "t"));
	assert_false(json_bool(&j, root, "z"));
	assert_int_equal(json_count(&j, root, "a", 9), 1);
	assert_int_equal(json_count(&j, root, "z", 9), 9);
	assert_int_equal(json_count(&j, root, "b", 9), 9);
	assert_false(j.has_failed);

	assert_null(json_member(&j, root, "c"));
	assert_true(j.has_failed);
	assert_non_null(strstr(j.err.text, "\"c\""));
	/* The first error stays. */
	json_text(&j, root, "a");
	assert_non_null(strstr(j.err.text, "\"c\""));
	j = (struct json){0};
	assert_null(json_member(&j, root, "d"));
	assert_true(j.has_failed);
	cJSON_Delete(root);
}

static void wrong_types(void **state)
{
	/* One member of each type; a reader accepts its own and fails on every other. */
	cJSON *root = parse("{\"object\":{},\"array\":[],\"text\":\"1\",\"bool\":false,\"count\":1}");
	static const char *const names[] = {"object", "array", "text", "bool", "count"};

	(void)state;
	for (int reader = 0; reader < 5; reader++)
		for (int member = 0; member < 5; member++) {
			struct json j = {0};

			switch (reader) {
			case 0: json_object(&j, root, names[member]); break;
			case 1: json_array(&j, root, names[member]); break;
			case 2: json_text(&j, root, names[member]); break;
			case 3: json_bool(&j, root, names[member]); break;
			default: json_count(&j, root, names[member], 0);
			}
			assert_int_equal(j.has_failed, reader != member);
			if (j.has_failed)
				assert_non_null(strstr(j.err.text, names[member]));
		}
	cJSON_Delete(root);
}

static void counts(void **state)
{
	/* clang-format off */
	static const struct {
		const char *json;
		int value; /* -1: an error */
	} rows[] = {
		{"{\"n\":0}", 0}, {"{\"n\":1000000}", 1000000}, {"{\"n\":1e3}", 1000}, {"{\"n\":2.0}", 2},
		{"{\"n\":1000001}", -1}, {"{\"n\":-1}", -1}, {"{\"n\":0.5}", -1}, {"{\"n\":1e300}", -1},
		{"{\"n\":1e999}", -1}, {"{\"n\":-1e999}", -1}, {"{\"n\":\"1\"}", -1}, {"{\"n\":true}", -1},
	};
	/* clang-format on */

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		cJSON *root = parse(rows[i].json);
		struct json j = {0};
		int value = json_count(&j, root, "n", 77);

		assert_int_equal(j.has_failed, rows[i].value < 0);
		if (!j.has_failed)
			assert_int_equal(value, rows[i].value);
		cJSON_Delete(root);
	}
}

/* An escape that is no character reads as U+FFFD, as Go's decoder reads it, and never ends a text. */
static void escapes_that_are_no_character(void **state)
{
	static const struct {
		const char *json, *text;
	} rows[] = {
	    {"{\"s\":\"Ready\\u0000x\"}", "Ready\xEF\xBF\xBDx"},
	    {"{\"s\":\"\\u0000\"}", "\xEF\xBF\xBD"},
	    {"{\"s\":\"\\ud800\"}", "\xEF\xBF\xBD"},
	    {"{\"s\":\"\\udc00a\"}",
		"\xEF\xBF\xBD"
		"a"},
	    {"{\"s\":\"\\uD83D\\uDE80\"}", "\xF0\x9F\x9A\x80"},
	    {"{\"s\":\"\\uDE80\\uD83D\\ude80\\ud83d\"}", "\xEF\xBF\xBD\xF0\x9F\x9A\x80\xEF\xBF\xBD"},
	    {"{\"s\":\"\\ud83d\\n\"}", "\xEF\xBF\xBD\n"},
	    /* A backslash of its own, and what only looks like an escape. */
	    {"{\"s\":\"\\\\u0000\\u0000\"}", "\\u0000\xEF\xBF\xBD"},
	    {"{\"s\":\"\\\\ud800\\ud800\"}", "\\ud800\xEF\xBF\xBD"},
	    {"{\"s\":\"\\u00000\"}",
		"\xEF\xBF\xBD"
		"0"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		cJSON *root = parse(rows[i].json);
		struct json j = {0};

		assert_string_equal(json_text(&j, root, "s"), rows[i].text);
		cJSON_Delete(root);
	}
	/* A name with a NUL is another name. */
	cJSON *root = parse("{\"s\":1,\"s\\u0000\":2}");
	struct json j = {0};
	assert_int_equal(json_count(&j, root, "s", 9), 1);
	assert_false(j.has_failed);
	cJSON_Delete(root);
}

static void copies_are_utf8(void **state)
{
	/* clang-format off */
	static const struct {
		const char *text;
		size_t size;
		const char *copy; /* NULL: an error */
	} rows[] = {
		{"", 8, ""},
		{"abcdefg", 8, "abcdefg"},
		{"abcdefgh", 8, "abcd..."},
		{"abc", 1, ""},
		/* never half a character: 2, 3 and 4 bytes */
		{"abc\xC3\xA9xyz", 8, "abc..."},
		{"abcde\xC3\xA9", 8, "abcde\xC3\xA9"},
		{"ab\xE2\x82\xACxyz", 8, "ab..."},
		{"a\xF0\x9F\x98\x80xyz", 8, "a..."},
		{"\xF0\x9F\x98\x80", 4, ""},
		{"\xF0\x9F\x98\x80", 5, "\xF0\x9F\x98\x80"},
		/* RFC 3629: the ends of each range, and just outside */
		{"\xC2\x80", 8, "\xC2\x80"},
		{"\xC1\xBF", 8, NULL},
		{"\xE0\xA0\x80", 8, "\xE0\xA0\x80"},
		{"\xE0\x9F\xBF", 8, NULL},
		{"\xED\x9F\xBF", 8, "\xED\x9F\xBF"},
		{"\xED\xA0\x80", 8, NULL},
		{"\xEE\x80\x80", 8, "\xEE\x80\x80"},
		{"\xF0\x90\x80\x80", 8, "\xF0\x90\x80\x80"},
		{"\xF0\x8F\xBF\xBF", 8, NULL},
		{"\xF4\x8F\xBF\xBF", 8, "\xF4\x8F\xBF\xBF"},
		{"\xF4\x90\x80\x80", 8, NULL},
		{"\xF5\x80\x80\x80", 8, NULL},
		{"\x80", 8, NULL},
		{"\xC3", 8, NULL},
		{"\xE2\x82", 8, NULL},
		{"a\xC3z", 8, NULL},
		{"\xFF", 8, NULL},
	};
	/* clang-format on */

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		cJSON *root = cJSON_CreateObject();
		struct json j = {0};
		char out[16];

		memset(out, 'x', sizeof out);
		cJSON_AddStringToObject(root, "s", rows[i].text);
		json_copy(&j, root, "s", out, rows[i].size);
		if (j.has_failed != (rows[i].copy == NULL))
			fail_msg("row %zu", i);
		assert_string_equal(out, rows[i].copy ? rows[i].copy : "");
		assert_int_equal(out[rows[i].size], 'x');
		cJSON_Delete(root);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(exactly_one_object),
	    cmocka_unit_test(members),
	    cmocka_unit_test(wrong_types),
	    cmocka_unit_test(counts),
	    cmocka_unit_test(escapes_that_are_no_character),
	    cmocka_unit_test(copies_are_utf8),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
