/* Small objects: the library's tree, or left to the library. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "decode/small.h"
#include "mutate.h"

#include <cJSON.h>
#include <stdlib.h>
#include <string.h>

static bool is_same_text(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

static bool is_same(const cJSON *a, const cJSON *b)
{
	if (a->type != b->type || a->valueint != b->valueint ||
	    memcmp(&a->valuedouble, &b->valuedouble, sizeof a->valuedouble) != 0 ||
	    !is_same_text(a->string, b->string) || !is_same_text(a->valuestring, b->valuestring))
		return false;
	for (a = a->child, b = b->child; a && b; a = a->next, b = b->next)
		if (!is_same(a, b))
			return false;
	return !a && !b;
}

/* clang-format off */
static const struct {
	const char *json;
	bool is_left; /* to the library */
} rows[] = {
	{"{}", false},
	{"{\"a\":{},\"b\":[],\"c\":[{}],\"d\":{\"e\":[]}}", false},
	{"{\"a\":\"\",\"b\":\"x\\u\",\"c\":1}", true},
	{"{\"a\":\"\",\"\":\"{[,:\xC3\xA9\"}", false},
	{"{\"a\":0,\"b\":[1,22,2147483646,2147483647,2147483648,999999999999999],\"c\":007}", false},
	{"{\"a\":1000000000000000}", true},
	{"{\"a\":-1}", true}, {"{\"a\":1.5}", true}, {"{\"a\":1e3}", true},
	{"{\"a\":true,\"b\":false,\"c\":null,\"d\":[true,null]}", false},
	{"{\"a\":1,\"a\":2}", false},
	{"{\"metadata\":{\"name\":\"n\",\"labels\":{\"a\":\"b\"}},\"status\":{\"conditions\":[{\"type\":\"Ready\",\"status\":\"True\"},"
	    "{\"type\":\"Disk\"}],\"phase\":\"Running\"}}", false},
	{"{\"a\":[[[[[[[[[[[[[[1]]]]]]]]]]]]]]}", false}, {"{\"a\":[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]}", true},
	{"{ \"a\":1}", true}, {"{\"a\":1}\n", true}, {"[]", true}, {"1", true}, {"\"a\"", true}, {"", true},
	{"{\"a\":1,}", true}, {"{,}", true}, {"{\"a\"}", true}, {"{\"a\":}", true}, {"{\"a\" 1}", true}, {"{a:1}", true},
	{"{\"a\":[1,]}", true}, {"{\"a\":[1}", true}, {"{\"a\":{]}", true}, {"{\"a\":1]", true}, {"{\"a\":1}}", true},
	{"{\"a\":tru}", true}, {"{\"a\":truex}", true}, {"{\"a\":1x}", true}, {"{\"a\":\"x}", true}, {"{\"a", true},
	{"{\"a\":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", true},
};
/* clang-format on */
enum { ROWS = sizeof rows / sizeof *rows };

/* False: another tree than the library's. `*is_left` tells that there is none. */
static bool check(const char *json, size_t len, bool *is_left)
{
	/* Of just that size: reading past it is seen by ASan. */
	char *copy = malloc(len ? len : 1);
	assert_non_null(copy);
	memcpy(copy, json, len);
	cJSON *small = small_parse(copy, len), *library = cJSON_ParseWithLength(copy, len);
	bool is_right = !small || (library && is_same(small, library));
	*is_left = !small;
	free(small);
	cJSON_Delete(library);
	free(copy);
	return is_right;
}

static void like_the_library(void **state)
{
	bool is_left;

	(void)state;
	for (int i = 0; i < ROWS; i++) {
		if (!check(rows[i].json, strlen(rows[i].json), &is_left) || is_left != rows[i].is_left)
			fail_msg("%s", rows[i].json);
		for (size_t len = 0; len + 1 < strlen(rows[i].json); len++)
			if (!check(rows[i].json, len, &is_left) || !is_left)
				fail_msg("%s, cut at %zu", rows[i].json, len);
	}
}

static void damaged(void **state)
{
	struct mutator m = {.state = mutate_seed("damaged")};
	char bytes[512];
	bool is_left;
	int trees = 0;

	(void)state;
	m.bytes = bytes;
	m.max = sizeof bytes;
	for (int n = 0; n < 50000; n++) {
		const char *json = rows[mutate_below(&m, ROWS)].json;

		m.len = strlen(json);
		memcpy(bytes, json, m.len);
		mutate(&m);
		if (!check(bytes, m.len, &is_left))
			fail_msg("%.*s", (int)m.len, bytes);
		trees += !is_left;
	}
	assert_true(trees > 50);
}

/* The size that is small: values of two bytes fill it, and one byte more is left to the library. */
static void sizes(void **state)
{
	char json[2050] = "{\"a\":[";
	bool is_left;

	(void)state;
	for (size_t more = 0; more < 2; more++) {
		size_t len = 2048 + more, at = strlen("{\"a\":[");

		for (; at < len - 4; at += 2)
			memcpy(json + at, "1,", 2);
		memcpy(json + at, at == len - 4 ? "11]}" : "1]}", len - at);
		assert_true(check(json, len, &is_left));
		assert_int_equal(is_left, more);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(like_the_library),
	    cmocka_unit_test(damaged),
	    cmocka_unit_test(sizes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
