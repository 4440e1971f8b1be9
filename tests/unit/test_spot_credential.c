/* The Spot credential: how long a token lives, what is rotated, ~/.spot_config, organizations. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "config/spot_config.h"
#include "decode/org.h"
#include "decode/spot_token.h"

/* {"org_id":"org_a"} and {"org_id":"org_a","exp":2000000000} */
/* and {"iat":1999999000,"exp":2000000000} */
#define JWT_LIVES "h.eyJpYXQiOjE5OTk5OTkwMDAsImV4cCI6MjAwMDAwMDAwMH0.s"
#define JWT "h.eyJvcmdfaWQiOiJvcmdfYSJ9.s"
#define JWT_EXPIRES "h.eyJvcmdfaWQiOiJvcmdfYSIsImV4cCI6MjAwMDAwMDAwMH0.s"

static struct spot_token token_of(const char *json)
{
	struct spot_token token;
	struct err e = {""};

	if (!spot_token_read(json, strlen(json), &token, &e))
		fail_msg("%s: %s", json, e.text);
	return token;
}

static void life(void **state)
{
	const wall_ms now = {INT64_C(1999990000) * 1000}, late = {INT64_C(2000000001) * 1000};
	/* clang-format off */
	static const struct {
		const char *json;
		int64_t life_s, late_s; /* as of `now`, and when `exp` has passed */
	} rows[] = {
		{"{\"id_token\":\"" JWT_EXPIRES "\",\"expires_in\":86400}", 10000, 86400},
		{"{\"id_token\":\"" JWT_EXPIRES "\"}", 10000, 300},
		{"{\"id_token\":\"" JWT_LIVES "\"}", 1000, 1000},
		{"{\"id_token\":\"" JWT_LIVES "\",\"expires_in\":7}", 1000, 1000},
		{"{\"id_token\":\"" JWT "\",\"expires_in\":86400}", 86400, 86400},
		{"{\"id_token\":\"" JWT "\",\"expires_in\":7}", 7, 7},
		{"{\"id_token\":\"" JWT "\"}", 300, 300},
		{"{\"id_token\":\"" JWT "\",\"expires_in\":null}", 300, 300},
		{"{\"id_token\":\"" JWT "\",\"expires_in\":0}", 300, 300},
		{"{\"id_token\":\"" JWT "\",\"expires_in\":-5}", 300, 300},
		{"{\"id_token\":\"" JWT "\",\"expires_in\":1e300}", 300, 300},
		{"{\"id_token\":\"" JWT "\",\"expires_in\":\"86400\"}", 86400, 86400},
		{"{\"id_token\":\"" JWT "\",\"expires_in\":\"1 day\"}", 300, 300},
	};
	/* clang-format on */

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct spot_token token = token_of(rows[i].json);

		assert_int_equal(spot_token_life_ms(&token, now), rows[i].life_s * 1000);
		assert_int_equal(spot_token_life_ms(&token, late), rows[i].late_s * 1000);
		spot_token_fini(&token);
	}
}

static void renewed_early(void **state)
{
	(void)state;
	assert_int_equal(spot_token_early_ms(INT64_C(259200) * 1000, 30000), 60000);
	assert_int_equal(spot_token_early_ms(INT64_C(259200) * 1000, 300000), 600000);
	assert_int_equal(spot_token_early_ms(120000, 30000), 60000);
	assert_int_equal(spot_token_early_ms(119000, 30000), 59500);
	assert_int_equal(spot_token_early_ms(4000, 300000), 2000);
}

static void rotated(void **state)
{
	/* clang-format off */
	static const struct {
		const char *member, *wanted; /* NULL: none */
	} rows[] = {
		{"", NULL},
		{",\"refresh_token\":null", NULL},
		{",\"refresh_token\":\"\"", NULL},
		{",\"refresh_token\":\"v1.Next-One_2\"", "v1.Next-One_2"},
		{",\"refresh_token\":\"two words\"", NULL},
		{",\"refresh_token\":\"line\\nline\"", NULL},
		{",\"refresh_token\":\"\\u00e9\"", NULL},
		{",\"refresh_token\":17", NULL},
	};
	/* clang-format on */

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char json[256];

		snprintf(json, sizeof json, "{\"id_token\":\"" JWT "\"%s}", rows[i].member);
		struct spot_token token = token_of(json);
		if (rows[i].wanted)
			assert_string_equal(token.refresh_token, rows[i].wanted);
		else
			assert_null(token.refresh_token);
		spot_token_fini(&token);
		assert_null(token.refresh_token);
	}
}

static void spot_config(void **state)
{
	/* clang-format off */
	static const struct {
		const char *text, *token, *error; /* one of the two */
	} rows[] = {
		{"refreshToken: abc", "abc", NULL},
		{"org: acme\nrefreshToken: \"v1.abc\"\naccessToken: x\nregion: us\n", "v1.abc", NULL},
		{"refreshToken: 'abc'\nnested: {a: [1, 2]}\n", "abc", NULL},
		{"refreshtoken: abc\n", NULL, "f: no refreshToken in it"},
		{"refresh_token: abc\n", NULL, "f: no refreshToken in it"},
		{"- refreshToken: abc\n", NULL, "f: no refreshToken in it"},
		{"refreshToken:\n", NULL, "f:1:14: refreshToken: expected a token, on one line"},
		{"refreshToken: ''\n", NULL, "f:1:15: refreshToken: expected a token, on one line"},
		{"refreshToken: hunter2 hunter2\n", NULL, "f:1:15: refreshToken: expected a token, on one line"},
		{"refreshToken: [hunter2]\n", NULL, "f:1:15: refreshToken: expected a token, on one line"},
		{"refreshToken: a\nrefreshToken: b\n", NULL,
		    "f:2:1: `refreshToken` is already in line 1; expected each key once"},
		{"", NULL, "f: no refreshToken in it"},
	};
	/* clang-format on */

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct err e = {""};
		char *token = spot_config_refresh_token("f", rows[i].text, strlen(rows[i].text), &e);

		if (rows[i].token)
			assert_string_equal(token, rows[i].token);
		else {
			assert_null(token);
			assert_string_equal(e.text, rows[i].error);
		}
		mem_free_secret(&token);
	}
}

#define ACME "{\"id\":\"org_AbC\",\"name\":\"acme\",\"metadata\":{\"namespace\":\"elsewhere\"}}"
#define OTHER "{\"id\":\"org_Other\",\"name\":\"other\",\"display_name\":\"acme\"}"

static void organizations(void **state)
{
	/* clang-format off */
	static const struct {
		const char *wanted, *json;
		const char *namespace; /* "": not found; NULL: refused */
		const char *next;
	} rows[] = {
		{"acme", "{\"start\":0,\"limit\":50,\"length\":1,\"total\":1,\"next\":\"\",\"organizations\":[" ACME "]}", "org-abc", ""},
		{"org_AbC", "{\"organizations\":[" OTHER "," ACME "]}", "org-abc", ""},
		{"org-abc", "{\"organizations\":[" OTHER "," ACME "]}", "org-abc", ""},
		{"Acme", "{\"organizations\":[" ACME "]}", "", ""},
		{"elsewhere", "{\"organizations\":[" ACME "]}", "", ""},
		{"acme", "{\"organizations\":[" OTHER "]}", "", ""},
		{"acme", "{\"organizations\":[{\"name\":\"acme\"},{\"id\":\"../../x\",\"name\":\"acme\"}," ACME "]}", "org-abc", ""},
		{"acme", "{\"organizations\":[]}", "", ""},
		/* the only one */
		{NULL, "{\"organizations\":[" ACME "]}", "org-abc", ""},
		{NULL, "{\"total\":1,\"next\":null,\"organizations\":[" OTHER "]}", "org-other", ""},
		{NULL, "{\"organizations\":[" OTHER "," ACME "]}", "", ""},
		{NULL, "{\"total\":2,\"organizations\":[" ACME "]}", "", "start=1"},
		{NULL, "{\"organizations\":[]}", "", ""},
		{NULL, "{\"organizations\":[{\"id\":\"../../x\"}]}", "", ""},
		{NULL, "{\"organizations\":[{\"id\":\"../../x\"}," ACME "]}", "", ""},
		/* more to come */
		{"acme", "{\"start\":0,\"total\":2,\"organizations\":[" OTHER "]}", "", "start=1"},
		{"acme", "{\"start\":7,\"total\":9,\"next\":null,\"organizations\":[" OTHER "]}", "", "start=8"},
		{"acme", "{\"start\":8,\"total\":9,\"next\":\"\",\"organizations\":[" OTHER "]}", "", ""},
		{"acme", "{\"total\":1,\"next\":\"cursor\",\"organizations\":[" OTHER "]}", "", "start=1"},
		{"acme", "{\"next\":\"/x?start=50&limit=50\",\"organizations\":[" OTHER "]}", "", "start=50&limit=50"},
		{"acme", "{\"next\":\"https://evil.example/?take=50\",\"organizations\":[" OTHER "]}", "", "take=50"},
		{"acme", "{\"next\":\"?a b\",\"organizations\":[" OTHER "]}", "", "start=1"},
		{"acme", "{\"next\":\"?a#b\",\"organizations\":[" OTHER "]}", "", "start=1"},
		{"acme", "{\"total\":9,\"next\":\"?start=5\",\"organizations\":[]}", "", ""}, /* or it never ends */
		/* no such page */
		{"acme", "{}", NULL, NULL},
		{"acme", "[]", NULL, NULL},
		{"acme", "{\"organizations\":null}", NULL, NULL},
		{"acme", "{\"organizations\":{}}", NULL, NULL},
		{"acme", "{\"total\":\"2\",\"organizations\":[" OTHER "]}", NULL, NULL},
		{"acme", "Jwt is expired", NULL, NULL},
	};
	/* clang-format on */

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct org_page page;
		struct err e = {""};
		bool is_good = org_page_read(rows[i].json, strlen(rows[i].json), rows[i].wanted, &page, &e);

		if (is_good != (rows[i].namespace != NULL))
			fail_msg("%s: %s", rows[i].json, is_good ? "read" : e.text);
		if (!is_good) {
			assert_true(strlen(e.text) > 0);
			continue;
		}
		assert_int_equal(page.is_found, rows[i].namespace[0] != '\0');
		if (page.is_found)
			assert_string_equal(page.namespace, rows[i].namespace);
		assert_string_equal(page.next, rows[i].next);
	}
}

/* An organization that cannot be read does not hide the others; it is counted, because it may be the one. */
static void odd_organizations(void **state)
{
	static const struct {
		const char *wanted, *list;
		const char *namespace; /* "": not found */
		int unreadable;
		const char *why;
	} rows[] = {
	    {"acme", "{\"id\":7,\"name\":\"acme\"}", "", 1, "member \"id\" is not a string"},
	    {"acme", "{\"name\":\"acme\"}", "", 0, ""},
	    {"acme", "null," ACME, "org-abc", 1, "member \"id\" belongs in an object"},
	    {"acme", "{\"id\":7},[],\"x\"," ACME, "org-abc", 3, "member \"id\" is not a string"},
	    {"acme", ACME ",{\"id\":\"a\",\"id\":\"b\"}", "org-abc", 1, "member \"id\" appears twice"},
	    {"acme", "{\"id\":\"org_b\",\"name\":{\"de\":\"b\"}}," ACME, "org-abc", 1,
		"member \"name\" is not a string"},
	    {"org_b", "{\"id\":\"org_b\",\"name\":7}", "org-b", 1, "member \"name\" is not a string"},
	    {NULL, "{\"id\":7}," ACME, "", 1, "member \"id\" is not a string"},
	    {NULL, "{\"id\":true}", "", 1, "member \"id\" is not a string"},
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char json[512];
		struct org_page page;
		struct err e = {""};
		snprintf(json, sizeof json, "{\"organizations\":[%s]}", rows[i].list);
		if (!org_page_read(json, strlen(json), rows[i].wanted, &page, &e))
			fail_msg("%s: %s", json, e.text);
		if (strcmp(page.is_found ? page.namespace : "", rows[i].namespace) != 0 ||
		    page.unreadable != rows[i].unreadable || strncmp(page.why, rows[i].why, strlen(rows[i].why)) != 0)
			fail_msg("%s: `%s`, %d unreadable: %s", json, page.namespace, page.unreadable, page.why);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(life),
	    cmocka_unit_test(renewed_early),
	    cmocka_unit_test(rotated),
	    cmocka_unit_test(spot_config),
	    cmocka_unit_test(organizations),
	    cmocka_unit_test(odd_organizations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
