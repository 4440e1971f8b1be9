/* The token endpoint's answer: id_token, exp and org_id; and never a word of it in an error. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "decode/spot_token.h"

/* base64url without padding, RFC 7515 section 2. */
static void encode(const char *text, char *out)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	unsigned bits = 0;
	int held = 0;

	for (; *text; text++) {
		bits = bits << 8 | (unsigned char)*text;
		for (held += 8; held >= 6; held -= 6)
			*out++ = alphabet[bits >> (held - 6) & 63];
	}
	if (held)
		*out++ = alphabet[bits << (6 - held) & 63];
	*out = '\0';
}

static bool read_claims(const char *claims, struct spot_token *token, struct err *e)
{
	char payload[1024], json[2048];

	encode(claims, payload);
	snprintf(json, sizeof json,
	    "{\"access_token\":\"opaque\",\"id_token\":\"eyJhbGciOiJub25lIn0.%s.c2ln\",\"expires_"
	    "in\":86400}",
	    payload);
	return spot_token_read(json, strlen(json), token, e);
}

static void claims(void **state)
{
	/* clang-format off */
	static const struct {
		const char *claims;
		const char *namespace; /* "": none that can be used; NULL: refused */
		int64_t expires_s;     /* 0: unknown */
	} rows[] = {
		{"{\"exp\":1795464000,\"org_id\":\"org_AbCdEfGh12345678\"}", "org-abcdefgh12345678", 1795464000},
		{"{\"org_id\":\"org_a\",\"exp\":1795464000,\"email_verified\":true}", "org-a", 1795464000},
		{"{\"org_id\":\"org_a_b\"}", "org-a-b", 0},
		{"{\"org_id\":\"org_a\",\"exp\":null}", "org-a", 0},
		{"{\"org_id\":\"org_a\",\"exp\":1795464000.75}", "org-a", 1795464000},
		/* bytes that base64url spells with - and _, and every length modulo 3 */
		{"{\"iss\":\"https://x/?>\xC3\xBF\xC3\xBE~~\",\"org_id\":\"org_a\"}", "org-a", 0},
		{"{\"org_id\":\"org_a\"} ", "org-a", 0},
		{"{\"org_id\":\"org_a\"}  ", "org-a", 0},
		{"{\"exp\":1795464000}", "", 1795464000},
		{"{\"exp\":1795464000,\"org_id\":null}", "", 1795464000},
		{"{\"exp\":1795464000,\"org_id\":\"\"}", "", 1795464000},
		{"{\"exp\":1795464000,\"org_id\":7}", "", 1795464000},
		{"{\"org_id\":\"org_a\",\"org_id\":\"org_b\"}", "", 0},
		{"{\"org_id\":\"org_a\",\"exp\":1,\"exp\":2}", "org-a", 0},
		/* it becomes part of a path */
		{"{\"org_id\":\"../../admin\"}", "", 0},
		{"{\"org_id\":\"org/a\"}", "", 0},
		{"{\"org_id\":\"org a\"}", "", 0},
		{"{\"org_id\":\"org?a\"}", "", 0},
		{"{\"org_id\":\"org_\xC3\xA9\"}", "", 0},
		{"[]", NULL, 0},
		{"", NULL, 0},
		{"not JSON", NULL, 0},
		{"{\"org_id\":\"org_a\"", NULL, 0},
	};
	/* clang-format on */

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct spot_token token = {0};
		struct err e = {""};
		bool is_good = read_claims(rows[i].claims, &token, &e);

		if (is_good != (rows[i].namespace != NULL))
			fail_msg("%s: %s", rows[i].claims, is_good ? "read" : e.text);
		if (is_good) {
			assert_string_equal(token.namespace, rows[i].namespace);
			assert_int_equal(token.expires.ms, rows[i].expires_s * 1000);
			assert_int_equal(strncmp(token.id_token, "eyJhbGciOiJub25lIn0.", 20), 0);
			spot_token_fini(&token);
			assert_null(token.id_token);
		} else {
			assert_null(token.id_token);
			assert_true(strlen(e.text) > 0);
		}
	}
}

static void malformed(void **state)
{
	/* clang-format off */
	static const char *const bodies[] = {
		"",
		"null",
		"[]",
		"\"hunter2hunter2\"",
		"{}",
		"{\"access_token\":\"hunter2hunter2\"}",
		"{\"id_token\":null}",
		"{\"id_token\":17}",
		"{\"id_token\":[\"hunter2hunter2\"]}",
		"{\"id_token\":\"\"}",
		"{\"id_token\":\"h.eyJvcmdfaWQiOiJvcmdfYSJ9.hunter2\\r\\nHost: elsewhere\"}",
		"{\"id_token\":\"h.eyJvcmdfaWQiOiJvcmdfYSJ9.hunter2 hunter2\"}",
		"{\"id_token\":\"hunter2hunter2\"}",
		"{\"id_token\":\"hunter2.hunter2\"}",
		"{\"id_token\":\"hunter2..hunter2\"}",
		"{\"id_token\":\"..\"}",
		"{\"id_token\":\"hunter2.!!!!.hunter2\"}",
		"{\"id_token\":\"hunter2.eyJvcmdfaWQiOiJvcmdfYSJ9=.hunter2\"}", /* padding has no place */
		"{\"id_token\":\"h.eyJvcmdfaWQiOiJvcmdfYSJ9A.hunter2\"}",	/* a length that cannot be */
		"{\"id_token\":\"h.eyJvcmdfaWQiOiJvcmdfYSJ9.hunter2\",\"id_token\":\"hunter2\"}",
		"{\"id_token\":\"h.eyJvcmdfaWQiOiJvcmdfYSJ9.hunter2\"",
		"{\"id_token\":\"h.eyJvcmdfaWQiOiJvcmdfYSJ9.hunter2\"}hunter2",
		"{\"error\":\"access_denied\",\"error_description\":\"hunter2\"}",
		"<html>hunter2</html>",
	};
	/* clang-format on */

	(void)state;
	for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
		struct spot_token token = {.expires = {42}};
		struct err e = {""};

		if (spot_token_read(bodies[i], strlen(bodies[i]), &token, &e))
			fail_msg("read: %s", bodies[i]);
		assert_null(token.id_token);
		assert_int_equal(token.expires.ms, 42);
		assert_true(strlen(e.text) > 0);
		assert_null(strstr(e.text, "hunter2"));
		assert_null(strstr(e.text, "eyJ"));
	}
}

/* The claim that the rows above break is well without the breakage. */
static void well_formed(void **state)
{
	static const char body[] = "{\"id_token\":\"h.eyJvcmdfaWQiOiJvcmdfYSJ9.hunter2\"}";
	struct spot_token token;
	struct err e;

	(void)state;
	assert_true(spot_token_read(body, sizeof body - 1, &token, &e));
	assert_string_equal(token.id_token, "h.eyJvcmdfaWQiOiJvcmdfYSJ9.hunter2");
	assert_string_equal(token.namespace, "org-a");
	assert_false(wall_is_known(token.expires));
	spot_token_fini(&token);
	spot_token_fini(&token);
	for (size_t len = 0; len < sizeof body - 1; len++)
		assert_false(spot_token_read(body, len, &token, &e));
}

static void too_long(void **state)
{
	static char body[1 << 17];
	struct spot_token token = {0};
	struct err e;
	size_t len = (size_t)snprintf(body, sizeof body, "{\"id_token\":\"h.eyJvcmdfaWQiOiJvcmdfYSJ9.");

	(void)state;
	memset(body + len, 'x', 1 << 16);
	strcpy(body + len + (1 << 16), "\"}");
	assert_false(spot_token_read(body, strlen(body), &token, &e));
	assert_null(token.id_token);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(claims),
	    cmocka_unit_test(malformed),
	    cmocka_unit_test(well_formed),
	    cmocka_unit_test(too_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
