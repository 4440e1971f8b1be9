/* Answers of token endpoints as identity providers write them: a claim is demanded only where it is needed. */
#include "base/base64.h"
#include "base/buf.h"
#include "decode/spot_token.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { NOW_S = 1790000000, DAY_S = 86400, FALLBACK_S = 300 };

/* The answer with an id_token of these claims, and with `more` beside it. */
static struct buf answer_of(const char *claims, const char *more)
{
	struct buf json = buf_of(64 << 10), payload = buf_of(32 << 10);
	base64_encode(&payload, claims, strlen(claims));
	for (char *c = payload.data; *c; c++) /* into base64url, without padding */
		*c = *c == '+' ? '-' : *c == '/' ? '_' : *c == '=' ? '\0' : *c;
	buf_printf(&json, "{\"id_token\":\"eyJhbGciOiJSUzI1NiJ9.%s.c2ln\"%s}", buf_text(&payload), more);
	buf_fini(&payload);
	return json;
}

#define DAY ",\"expires_in\":86400,\"token_type\":\"Bearer\""

static void answers(void **state)
{
	/* clang-format off */
	static const struct {
		const char *source; /* where such an answer comes from */
		const char *claims, *more;
		const char *namespace; /* ""; the organization must be asked for */
		int64_t life_s;
	} rows[] = {
		{"Spot, as documented",
		    "{\"org_id\":\"org_AbC\",\"email_verified\":true,\"iss\":\"https://login.spot.rackspace.com/\","
		    "\"aud\":\"mwG3\",\"iat\":1790000000,\"exp\":1790259200,\"sub\":\"auth0|1\"}", DAY, "org-abc", 259200},
		{"Auth0, a login without an organization: no org_id", "{\"exp\":1790086400,\"sub\":\"auth0|1\"}", DAY, "", DAY_S},
		{"a rule that sets org_id to null", "{\"org_id\":null,\"exp\":1790086400}", DAY, "", DAY_S},
		{"a rule that sets it to a list", "{\"org_id\":[\"org_AbC\"],\"exp\":1790086400}", DAY, "", DAY_S},
		{"a number as organization", "{\"org_id\":4711,\"exp\":1790086400}", DAY, "", DAY_S},
		{"a name as organization", "{\"org_id\":\"Acme Inc.\",\"exp\":1790086400}", DAY, "", DAY_S},
		{"org_id twice: which one is meant is not known", "{\"org_id\":\"org_a\",\"org_id\":\"org_b\",\"exp\":1790086400}", DAY, "", DAY_S},
		{"Auth0, a custom claim with a namespace of its own",
		    "{\"https://acme.example/org_id\":\"org_AbC\",\"exp\":1790086400}", DAY, "", DAY_S},
		{"aud as a list (RFC 7519, 4.1.3)", "{\"aud\":[\"mwG3\",\"https://api\"],\"org_id\":\"org_AbC\",\"exp\":1790086400}", DAY, "org-abc", DAY_S},
		{"no iat, no aud, no iss", "{\"org_id\":\"org_AbC\",\"exp\":1790086400}", DAY, "org-abc", DAY_S},
		{"claims of other types: objects, booleans as texts, numbers with exponents",
		    "{\"org_id\":\"org_AbC\",\"email_verified\":\"true\",\"iat\":1.79e9,\"roles\":{\"a\":[{}]},\"exp\":1.7900864e9}", DAY, "org-abc", DAY_S},
		{"no exp: the answer's own word", "{\"org_id\":\"org_AbC\"}", DAY, "org-abc", DAY_S},
		{"no exp, no expires_in", "{\"org_id\":\"org_AbC\"}", "", "org-abc", FALLBACK_S},
		{"no claim at all", "{}", DAY, "", DAY_S},
		{"exp with a fraction (python-jose before 3.0)", "{\"org_id\":\"org_AbC\",\"exp\":1790086400.123}", "", "org-abc", DAY_S},
		{"exp as a text (PHP)", "{\"org_id\":\"org_AbC\",\"exp\":\"1790086400\"}", "", "org-abc", DAY_S},
		{"exp as a date", "{\"org_id\":\"org_AbC\",\"exp\":\"2026-09-22T13:33:20Z\"}", DAY, "org-abc", DAY_S},
		{"exp in milliseconds (JavaScript)", "{\"org_id\":\"org_AbC\",\"exp\":1790086400000}", DAY, "org-abc", DAY_S},
		{"exp negative", "{\"org_id\":\"org_AbC\",\"exp\":-1}", DAY, "org-abc", DAY_S},
		{"exp null", "{\"org_id\":\"org_AbC\",\"exp\":null}", DAY, "org-abc", DAY_S},
		{"exp in the past: a clock is wrong", "{\"org_id\":\"org_AbC\",\"exp\":1789990000}", DAY, "org-abc", DAY_S},
		{"expires_in as a text (Azure AD v1)", "{\"org_id\":\"org_AbC\"}", ",\"expires_in\":\"3599\"", "org-abc", 3599},
		{"expires_in with a fraction", "{\"org_id\":\"org_AbC\"}", ",\"expires_in\":3599.5", "org-abc", 3599},
		{"expires_in null", "{\"org_id\":\"org_AbC\"}", ",\"expires_in\":null", "org-abc", FALLBACK_S},
		{"expires_in a version number", "{\"org_id\":\"org_AbC\"}", ",\"expires_in\":\"1.2.3\"", "org-abc", FALLBACK_S},
		{"blanks around the claims", " {\"org_id\":\"org_AbC\",\"exp\":1790086400}\n", DAY, "org-abc", DAY_S},
	};
	/* clang-format on */
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct buf json = answer_of(rows[i].claims, rows[i].more);
		struct spot_token token;
		struct err e;
		if (!spot_token_read(buf_text(&json), json.len, &token, &e))
			fail_msg("%s: %s", rows[i].source, e.text);
		int64_t life_s = spot_token_life_ms(&token, (wall_ms){INT64_C(1000) * NOW_S}) / 1000;
		if (strcmp(token.namespace, rows[i].namespace) != 0 || life_s != rows[i].life_s)
			fail_msg("%s: namespace `%s`, %lld s", rows[i].source, token.namespace, (long long)life_s);
		assert_memory_equal(token.id_token, "eyJhbGciOiJSUzI1NiJ9.", 21);
		spot_token_fini(&token);
		buf_fini(&json);
	}
}

/* An error in the id_token's place must not replace a good one. */
static void refused(void **state)
{
	static const char *const bodies[] = {
	    "{\"access_token\":\"opaque\",\"expires_in\":86400}", /* without the scope openid */
	    "{\"id_token\":\"undefined\"}",
	    "{\"id_token\":\"null\"}",
	    "{\"id_token\":null}",
	    "{\"id_token\":{\"raw\":\"a.e30.b\"}}",
	    "{\"id_token\":\"a.e30.b\\r\\nX-Header: y\"}",
	    "{\"id_token\":\"Bearer a.e30.b\"}",
	    "{\"id_token\":\"a.W10.b\"}", /* claims are `[]` */
	    "{\"error\":\"login_required\"}",
	};
	(void)state;
	for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
		struct spot_token token;
		struct err e = {""};
		if (spot_token_read(bodies[i], strlen(bodies[i]), &token, &e))
			fail_msg("taken: %s", bodies[i]);
		assert_true(*e.text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(answers),
	    cmocka_unit_test(refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
