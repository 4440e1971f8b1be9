/* What credentials say of themselves: base64, JSON Web Tokens, answers of credential plugins. */
#include "base/base64.h"
#include "base/mem.h"
#include "base/rfc3339.h"
#include "decode/exec_credential.h"
#include "decode/jwt.h"
#include "mutate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define SECRET "hunter2hunter2"
#define V1 "client.authentication.k8s.io/v1"
#define ANSWER(status) "{\"kind\":\"ExecCredential\",\"apiVersion\":\"" V1 "\",\"status\":" status "}"
#define CERT "-----BEGIN CERTIFICATE-----\\nMIIB\\n-----END CERTIFICATE-----\\n"
#define KEY "-----BEGIN PRIVATE KEY-----\\nMIIB\\n-----END PRIVATE KEY-----\\n"

/* RFC 4648 section 10 */
static void test_base64(void **state)
{
	static const struct {
		const char *plain, *coded;
	} vectors[] = {{"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foob", "Zm9vYg=="},
	    {"fooba", "Zm9vYmE="}, {"foobar", "Zm9vYmFy"}, {"\xfb\xff", "+/8="}};
	(void)state;
	for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
		struct buf out = buf_of(100);
		size_t len, plain_len = strlen(vectors[i].plain);
		base64_encode(&out, vectors[i].plain, plain_len);
		assert_string_equal(buf_text(&out), vectors[i].coded);
		char *back = base64_decode(vectors[i].coded, &len);
		assert_string_equal(back, vectors[i].plain);
		assert_int_equal(len, plain_len);
		free(back);
		if (vectors[i].coded[0] == '+')
			back = base64_decode_url("-_8", 3, &len);
		else
			back = base64_decode_url(vectors[i].coded, strcspn(vectors[i].coded, "="), &len);
		assert_string_equal(back, vectors[i].plain);
		free(back);
		buf_fini(&out);
	}
	size_t len;
	static const char *const bad[] = {"A", "Zm9vY", "Zm9=", "+/8", "Zg =="};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_null(base64_decode_url(bad[i], strlen(bad[i]), &len));
}

static wall_ms expiry_of(const char *claims)
{
	struct buf token = buf_of(4096);
	buf_puts(&token, "eyJhbGciOiJSUzI1NiJ9.");
	base64_encode(&token, claims, strlen(claims));
	while (token.len && token.data[token.len - 1] == '=')
		token.data[--token.len] = '\0';
	buf_puts(&token, ".c2lnbmF0dXJl");
	wall_ms expires = jwt_token_expiry(buf_text(&token));
	buf_fini(&token);
	return expires;
}

static void test_jwt_expiry(void **state)
{
	(void)state;
	assert_int_equal(expiry_of("{\"exp\":1795473432}").ms, INT64_C(1795473432000));
	assert_int_equal(expiry_of("{\"exp\":1795473432.75,\"sub\":\"x\"}").ms, INT64_C(1795473432000));
	static const char *const unknown[] = {"{}", "{\"exp\":null}", "{\"exp\":\"never\"}", "{\"exp\":-1}",
	    "{\"exp\":0}", "{\"exp\":1e300}", "{\"exp\":1,\"exp\":2}", "[]", "", "{\"exp\":1"};
	for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++)
		assert_false(wall_is_known(expiry_of(unknown[i])));
	static const char *const opaque[] = {"", "abc", "a.b", "..", "a.!!!.c", "a.e30.c"};
	for (size_t i = 0; i < sizeof opaque / sizeof *opaque; i++)
		assert_false(wall_is_known(jwt_token_expiry(opaque[i])));
}

static void test_plugin_answers(void **state)
{
	struct exec_credential c;
	struct err e;
	static const char full[] =
	    ANSWER("{\"token\":\"" SECRET "\",\"clientCertificateData\":\"" CERT "\",\"clientKeyData\":\"" KEY
		   "\",\"expirationTimestamp\":\"2026-11-23T20:14:05Z\"}");
	static const char least[] = ANSWER("{\"token\":\"t\",\"expirationTimestamp\":null}") "\n";
	wall_ms expected;
	(void)state;
	assert_true(exec_credential_read(full, strlen(full), V1, &c, &e));
	assert_string_equal(c.token, SECRET);
	assert_non_null(strstr(c.cert_pem, "BEGIN CERTIFICATE"));
	assert_non_null(strstr(c.key_pem, "BEGIN PRIVATE KEY"));
	assert_true(rfc3339_parse("2026-11-23T20:14:05Z", &expected));
	assert_int_equal(c.expires.ms, expected.ms);
	exec_credential_fini(&c);
	assert_null(c.token);
	assert_true(exec_credential_read(least, strlen(least), V1, &c, &e));
	assert_null(c.cert_pem);
	assert_false(wall_is_known(c.expires));
	exec_credential_fini(&c);
}

static void test_bad_plugin_answers(void **state)
{
	static const struct {
		const char *json, *says;
	} bad[] = {
	    {"", "no JSON object"},
	    {SECRET, "no JSON object"},
	    {"[]", "no JSON object"},
	    {"{}", "kind is not ExecCredential"},
	    {"{\"kind\":\"ExecCredential\",\"apiVersion\":\"" V1 "beta1\",\"status\":{\"token\":\"t\"}}",
		"apiVersion is not " V1},
	    {"{\"kind\":\"ExecCredential\",\"status\":{\"token\":\"t\"}}", "apiVersion is not"},
	    {ANSWER("null"), "no status with a token"},
	    {ANSWER("{}"), "no status with a token"},
	    {ANSWER("{\"token\":\"\"}"), "no status with a token"},
	    {ANSWER("{\"token\":7}"), "token"},
	    {ANSWER("{\"token\":\"" SECRET "\\r\\nX: y\"}"), "a character that is not allowed in a token"},
	    {ANSWER("{\"token\":\"" SECRET "\",\"token\":\"u\"}"), "token"},
	    {ANSWER("{\"token\":\"" SECRET "\",\"clientKeyData\":\"" KEY "\"}"), "one without the other"},
	    {ANSWER("{\"token\":\"" SECRET "\",\"expirationTimestamp\":\"soon\"}"), "not an RFC 3339 time"},
	};
	static const struct exec_credential untouched;
	struct exec_credential c = untouched;
	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct err e = {""};
		assert_false(exec_credential_read(bad[i].json, strlen(bad[i].json), V1, &c, &e));
		if (!strstr(e.text, bad[i].says))
			print_error("%s: %s\n", bad[i].json, e.text);
		assert_non_null(strstr(e.text, bad[i].says));
		assert_null(strstr(e.text, SECRET));
		assert_memory_equal(&c, &untouched, sizeof c);
	}
}

static void test_damaged_plugin_answers(void **state)
{
	static const char full[] =
	    ANSWER("{\"token\":\"" SECRET "\",\"clientCertificateData\":\"" CERT "\",\"clientKeyData\":\"" KEY
		   "\",\"expirationTimestamp\":\"2026-11-23T20:14:05Z\"}");
	static char bytes[4096];
	size_t accepted = 0;
	struct mutator m = {.state = mutate_seed("test_damaged_plugin_answers"), .bytes = bytes, .max = sizeof bytes};
	(void)state;
	for (int i = 0; i < 4000; i++) {
		struct exec_credential c = {0};
		struct err e;
		m.len = strlen(full);
		memcpy(bytes, full, m.len);
		mutate(&m);
		if (!exec_credential_read(bytes, m.len, V1, &c, &e))
			continue;
		accepted++;
		assert_true(c.token || c.cert_pem);
		assert_true(!c.cert_pem == !c.key_pem);
		exec_credential_fini(&c);
	}
	assert_in_range(accepted, 40, 3960);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_base64),
	    cmocka_unit_test(test_jwt_expiry),
	    cmocka_unit_test(test_plugin_answers),
	    cmocka_unit_test(test_bad_plugin_answers),
	    cmocka_unit_test(test_damaged_plugin_answers),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
