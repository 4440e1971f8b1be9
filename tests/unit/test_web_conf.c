/*
 * The web configuration: the shapes of the exporters' documentation and test data, every rule broken once with the
 * place and the words of its message, and that no message shows a secret.
 */
#include "base/buf.h"
#include "base/mem.h"
#include "config/web_conf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define FILE_NAME "/etc/hawatch/web.yml"
#define TLS(more) "tls_server_config:\n  cert_file: server.crt\n  key_file: server.key\n" more
#define HASH "$2y$10$abcdefghijklmnopqrstuuABCDEFGHIJKLMNOPQRSTUVWXYZ01234"

static struct web_conf *parse(const char *text)
{
	struct errs errs = {0};
	struct web_conf *conf = web_conf_parse(FILE_NAME, text, strlen(text), &errs);
	for (size_t i = 0; i < errs.count && i < ERRS_KEPT; i++)
		print_error("%s\n", errs.kept[i].text);
	assert_non_null(conf);
	assert_int_equal(errs.count, 0);
	return conf;
}

static void says_nothing(void **state)
{
	static const char *const texts[] = {"", "# only a comment\n", "{}", "tls_server_config:\n",
	    "tls_server_config: {}\n", "tls_server_config: {cert_file: '', key_file: '', client_auth_type: ''}\n",
	    "basic_auth_users:\n", "basic_auth_users: {}\n", "http_server_config: {headers: }\n",
	    "rate_limit: {interval: 0, burst: 0}\n", "rate_limit: {interval: 0s}\n"};
	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct web_conf *conf = parse(texts[i]);
		assert_false(conf->tls.is_on);
		assert_int_equal(conf->user_count, 0);
		assert_int_equal(conf->rate_interval_ns, 0);
		assert_int_equal(conf->tls.min_version, WEB_TLS12);
		assert_int_equal(conf->tls.max_version, WEB_TLS13);
		assert_true(conf->tls.prefer_server_cipher_suites);
		web_conf_free(&conf);
		assert_null(conf);
	}
}

static void reads_all_of_tls(void **state)
{
	(void)state;
	struct web_conf *conf = parse(TLS("  client_auth_type: RequireAndVerifyClientCert\n"
					  "  client_ca_file: /ca/ca.pem\n"
					  "  client_allowed_sans: [prometheus.example.org, 192.0.2.1, 'spiffe://a/b']\n"
					  "  min_version: TLS11\n  max_version: TLS12\n"
					  "  cipher_suites:\n  - TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384\n"
					  "  - TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256\n"
					  "  - TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384\n"
					  "  prefer_server_cipher_suites: false\n"
					  "  curve_preferences: [X25519, CurveP384]\n"));
	assert_true(conf->tls.is_on);
	assert_string_equal(conf->tls.cert.file, "/etc/hawatch/server.crt");
	assert_string_equal(conf->tls.key.name, "/etc/hawatch/server.key");
	assert_string_equal(conf->tls.client_ca.file, "/ca/ca.pem");
	assert_int_equal(conf->tls.client_auth, WEB_REQUIRE_AND_VERIFY);
	assert_int_equal(conf->tls.client_allowed_sans.count, 3);
	assert_string_equal(conf->tls.client_allowed_sans.v[2], "spiffe://a/b");
	assert_int_equal(conf->tls.min_version, WEB_TLS11);
	assert_int_equal(conf->tls.max_version, WEB_TLS12);
	assert_int_equal(conf->tls.cipher_suites.count, 2);
	assert_int_equal(conf->tls.cipher_suites.v[0], WEB_RSA_AES256_GCM);
	assert_int_equal(conf->tls.cipher_suites.v[1], WEB_ECDSA_AES128_GCM);
	assert_false(conf->tls.prefer_server_cipher_suites);
	assert_int_equal(conf->tls.curves.count, 2);
	assert_int_equal(conf->tls.curves.v[0], WEB_X25519);
	web_conf_free(&conf);
}

static void reads_every_word(void **state)
{
	(void)state;
	char text[512];
	for (int i = 0; i < WEB_CLIENT_AUTHS; i++) {
		snprintf(text, sizeof text, TLS("  client_auth_type: %s\n"), web_conf_client_auths[i]);
		struct web_conf *conf = parse(text);
		assert_int_equal(conf->tls.client_auth, i == WEB_REQUIRE_CERT_OLD ? WEB_REQUIRE_CERT : i);
		web_conf_free(&conf);
	}
	for (int i = 0; i < WEB_SUITES; i++) {
		snprintf(text, sizeof text, TLS("  cipher_suites: [%s]\n"), web_conf_suites[i]);
		struct web_conf *conf = parse(text);
		assert_int_equal(conf->tls.cipher_suites.v[0], i);
		web_conf_free(&conf);
	}
	for (int i = 0; i < WEB_TLS_VERSIONS; i++) {
		snprintf(text, sizeof text, TLS("  max_version: %s\n  min_version: TLS10\n"), web_conf_tls_versions[i]);
		struct web_conf *conf = parse(text);
		assert_int_equal(conf->tls.max_version, i);
		web_conf_free(&conf);
	}
	for (int i = 0; i < WEB_CURVES; i++) {
		snprintf(text, sizeof text, TLS("  curve_preferences:\n  - %s\n"), web_conf_curves[i]);
		struct web_conf *conf = parse(text);
		assert_int_equal(conf->tls.curves.v[0], i);
		web_conf_free(&conf);
	}
}

static void reads_pem_in_the_file(void **state)
{
	(void)state;
	struct web_conf *conf = parse("tls_server_config:\n  cert: |\n    -----BEGIN CERTIFICATE-----\n    x\n"
				      "  key: |\n    -----BEGIN PRIVATE KEY-----\n    y\n"
				      "  client_auth_type: \"RequireAnyClientCert\"\n  client_ca: \"z\"\n");
	assert_true(conf->tls.is_on);
	assert_null(conf->tls.cert.file);
	assert_string_equal(conf->tls.cert.text, "-----BEGIN CERTIFICATE-----\nx\n");
	assert_string_equal(conf->tls.cert.name, FILE_NAME ":2:9: cert");
	assert_string_equal(conf->tls.key.text, "-----BEGIN PRIVATE KEY-----\ny\n");
	assert_string_equal(conf->tls.client_ca.text, "z");
	web_conf_free(&conf);
}

static void reads_headers_users_and_rate(void **state)
{
	(void)state;
	struct web_conf *conf = parse("http_server_config:\n  http2: true\n  headers:\n"
				      "    Content-Security-Policy: \"default-src 'self'\"\n    X-Frame-Options: deny\n"
				      "    X-Content-Type-Options: nosniff\n    X-XSS-Protection: 0\n"
				      "    Strict-Transport-Security: ''\n"
				      "basic_auth_users:\n  alice: " HASH "\n  42: '" HASH "'\n"
				      "rate_limit:\n  interval: 1m1.5s\n  burst: 10\n");
	assert_true(conf->http2);
	assert_string_equal(conf->headers[WEB_CSP], "default-src 'self'");
	assert_string_equal(conf->headers[WEB_FRAME], "deny");
	assert_string_equal(conf->headers[WEB_XSS], "0");
	assert_null(conf->headers[WEB_HSTS]);
	assert_int_equal(conf->user_count, 2);
	assert_string_equal(conf->users[0].name, "alice");
	assert_string_equal(conf->users[1].name, "42");
	assert_string_equal(conf->users[1].hash, HASH);
	assert_true(conf->rate_interval_ns == INT64_C(61500000000));
	assert_int_equal(conf->rate_burst, 10);
	web_conf_free(&conf);
}

static void reads_durations_of_go(void **state)
{
	static const struct {
		const char *text;
		int64_t ns;
	} cases[] = {{"1ns", 1}, {"1us", 1000}, {"1\u00b5s", 1000}, {"2ms", 2000000}, {"1s", 1000000000},
	    {"'1.5h'", INT64_C(5400000000000)}, {".5s", 500000000}, {"24h", INT64_C(86400000000000)}};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char text[64];
		snprintf(text, sizeof text, "rate_limit: {interval: %s, burst: 1}", cases[i].text);
		struct web_conf *conf = parse(text);
		assert_true(conf->rate_interval_ns == cases[i].ns);
		web_conf_free(&conf);
	}
}

#define RATE(interval) "rate_limit: {burst: 1, interval: " interval "}"
#define USERS "basic_auth_users: "
#define X64 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
#define X256 X64 X64 X64 X64
#define X1024 X256 X256 X256 X256
#define NO_HASH " is not a bcrypt hash (not shown); expected what `htpasswd -nBC 10 \"\"` prints after the colon\n"

static const struct {
	const char *text, *mistakes;
} mistakes[] = {
    /* the file as a whole */
    {"a", "1:1: a text; expected a mapping of keys to values\n"},
    {"[]", "1:1: a list; expected a mapping of keys to values\n"},
    {"tls_server_conf: {}", "1:1: key `tls_server_conf` is not known; did you mean `tls_server_config`?\n"},
    {"pairs: {}",
	"1:1: key `pairs` is not known; expected one of: tls_server_config, http_server_config, basic_auth_users, "
	"rate_limit\n"},
    {"tls_config: {cert_file: a}\n",
	"1:1: key `tls_config` is not known; expected one of: tls_server_config, http_server_config, basic_auth_users, "
	"rate_limit\n"},
    {"rate_limit: {}\nrate_limit: {}\n", "2:1: `rate_limit` is already in line 1; expected each key once\n"},
    {"rate_limit: {\n", "2:1: not valid YAML: did not find expected node content (while parsing a flow node)\n"},
    {"rate_limit: {}\n---\nrate_limit: {}\n", "3:1: a second document; expected one per file\n"},

    /* TLS */
    {"tls_server_config: x", "1:20: tls_server_config: a text; expected a mapping of keys to values\n"},
    {TLS("  cert_fiel: x\n"), "4:3: tls_server_config: key `cert_fiel` is not known; did you mean `cert_file`?\n"},
    {"tls_server_config: {cert_file: a}", "1:20: tls_server_config: no private key; expected key_file or key\n"},
    {"tls_server_config: {key_file: a}", "1:20: tls_server_config: no certificate; expected cert_file or cert\n"},
    {"tls_server_config: {cert_file: '', key_file: k}",
	"1:20: tls_server_config: no certificate; expected cert_file or cert\n"},
    {"tls_server_config: {client_auth_type: RequireAnyClientCert}",
	"1:20: tls_server_config: no certificate; expected cert_file or cert\n"
	"1:20: tls_server_config: no private key; expected key_file or key\n"},
    {"tls_server_config: {min_version: TLS13}",
	"1:20: tls_server_config: no certificate; expected cert_file or cert\n"
	"1:20: tls_server_config: no private key; expected key_file or key\n"},
    {TLS("  cert: x\n"), "4:9: tls_server_config.cert: a file and also a text of the same; expected one of them\n"},
    {"tls_server_config: {cert_file: [a], key_file: k}",
	"1:32: tls_server_config.cert_file: a list; expected the path of a file\n"},
    {"tls_server_config: {cert_file: '~/a', key_file: k}",
	"1:32: tls_server_config.cert_file: `~` is not expanded; expected the whole path\n"},
    {"tls_server_config: {cert_file: c, key: 5}", "1:40: tls_server_config.key: a number; expected PEM\n"},
    {"tls_server_config: {cert_file: c, key_file: '-----BEGIN EC PRIVATE KEY----- secret'}",
	"1:45: tls_server_config.key_file: this looks like a secret (37 characters, not shown); expected the path of "
	"the "
	"file with the secret, such as ./NAME\n"},
    {TLS("  client_auth_type: RequireAndVerifyClientCerts\n"),
	"4:21: tls_server_config.client_auth_type: `RequireAndVerifyClientCerts` is not known; did you mean "
	"`RequireAndVerifyClientCert`?\n"},
    {TLS("  client_auth_type: requireandverifyclientcert\n  client_ca_file: x\n"),
	"4:21: tls_server_config.client_auth_type: `requireandverifyclientcert` is not known; did you mean "
	"`RequireAndVerifyClientCert`?\n"},
    {TLS("  client_ca_file: ca.pem\n"),
	"4:3: tls_server_config: client_ca_file without client_auth_type, so nothing asks for certificates; expected "
	"client_auth_type: RequireAndVerifyClientCert\n"},
    {TLS("  client_ca: x\n  client_auth_type: NoClientCert\n"),
	"4:3: tls_server_config: client_ca without client_auth_type, so nothing asks for certificates; expected "
	"client_auth_type: RequireAndVerifyClientCert\n"},
    {TLS("  client_auth_type: VerifyClientCertIfGiven\n  client_allowed_sans: [a]\n"),
	"5:3: tls_server_config: client_allowed_sans, but a client may come without a certificate; expected "
	"client_auth_type: RequireAndVerifyClientCert\n"},
    {TLS("  client_allowed_sans: [a]\n"),
	"4:3: tls_server_config: client_allowed_sans, but a client may come without a certificate; expected "
	"client_auth_type: RequireAndVerifyClientCert\n"},
    {TLS("  client_auth_type: RequireAnyClientCert\n  client_allowed_sans: []\n"),
	"5:24: tls_server_config.client_allowed_sans: an empty list, which no certificate satisfies; expected at least "
	"one name\n"},
    {TLS("  client_auth_type: RequireAnyClientCert\n  client_allowed_sans: a\n"),
	"5:24: tls_server_config.client_allowed_sans: a text; expected a list of texts\n"},
    {TLS("  client_auth_type: RequireAnyClientCert\n  client_allowed_sans: [a, [b]]\n"),
	"5:24: tls_server_config.client_allowed_sans: a list as item 2; expected a text\n"},
    {TLS("  min_version: TLS111\n"),
	"4:16: tls_server_config.min_version: `TLS111` is not known; did you mean `TLS11`?\n"},
    {TLS("  min_version: ''\n"),
	"4:16: tls_server_config.min_version: `` is not known; expected one of: TLS10, TLS11, TLS12, TLS13\n"},
    {TLS("  min_version: 1.2\n"),
	"4:16: tls_server_config.min_version: `1.2` is not known; expected one of: TLS10, TLS11, TLS12, TLS13\n"},
    {TLS("  min_version: TLS13\n  max_version: TLS12\n"),
	"5:16: tls_server_config: max_version is TLS12; expected at least min_version, which is TLS13\n"},
    {TLS("  max_version: TLS11\n"),
	"4:16: tls_server_config: max_version is TLS11; expected at least min_version, which is TLS12\n"},
    {TLS("  cipher_suites: [TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA383]\n"),
	"4:18: tls_server_config.cipher_suites: item 1: `TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA383` is not known; did you "
	"mean `TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384`?\n"},
    {TLS("  cipher_suites: [HIGH]\n"),
	"4:18: tls_server_config.cipher_suites: item 1: `HIGH` is not known; expected a name of Go's crypto/tls, such "
	"as "
	"TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256\n"},
    {TLS("  curve_preferences: [CurveP255]\n"),
	"4:22: tls_server_config.curve_preferences: item 1: `CurveP255` is not known; did you mean `CurveP256`?\n"},
    {TLS("  prefer_server_cipher_suites: 1\n"),
	"4:32: tls_server_config.prefer_server_cipher_suites: a number; expected true or false\n"},

    /* headers */
    {"http_server_config: {http2: 'true'}", "1:29: http_server_config.http2: a text; expected true or false\n"},
    {"http_server_config: {http3: true}",
	"1:22: http_server_config: key `http3` is not known; did you mean `http2`?\n"},
    {"http_server_config: {headers: {Server: x}}",
	"1:32: http_server_config.headers: key `Server` is not known; expected one of: Content-Security-Policy, "
	"X-Frame-Options, X-Content-Type-Options, X-XSS-Protection, Strict-Transport-Security\n"},
    {"http_server_config: {headers: {x-frame-options: deny}}",
	"1:32: http_server_config.headers: key `x-frame-options` is not known; did you mean `X-Frame-Options`?\n"},
    {"http_server_config: {headers: {X-Frame-Options: DENY}}",
	"1:49: http_server_config.headers.X-Frame-Options: `DENY` is not known; did you mean `deny`?\n"},
    {"http_server_config: {headers: {X-Content-Type-Options: x}}",
	"1:56: http_server_config.headers.X-Content-Type-Options: `x` is not known; expected one of: nosniff\n"},
    {"http_server_config: {headers: {Content-Security-Policy: \"a\\r\\nSet-Cookie: b\"}}",
	"1:57: http_server_config.headers.Content-Security-Policy: a control character or line break; expected one "
	"line "
	"of text\n"},
    {"http_server_config: {headers: {Strict-Transport-Security: '" X1024 "x'}}",
	"1:59: http_server_config.headers.Strict-Transport-Security: 1025 bytes; expected at most 1024\n"},

    /* users */
    {USERS "[alice]", "1:19: basic_auth_users: a list; expected a mapping of users to bcrypt hashes\n"},
    {USERS "{alice: secretword}", "1:27: basic_auth_users: the value of `alice`" NO_HASH},
    {USERS "{alice: }", "1:27: basic_auth_users: the value of `alice`" NO_HASH},
    {USERS "{alice: [" HASH "]}", "1:27: basic_auth_users: the value of `alice`" NO_HASH},
    {USERS "{alice: '" HASH "a'}", "1:27: basic_auth_users: the value of `alice`" NO_HASH},
    {USERS "{alice: '$1y$10$abcdefghijklmnopqrstuuABCDEFGHIJKLMNOPQRSTUVWXYZ01234'}",
	"1:27: basic_auth_users: the value of `alice`" NO_HASH},
    {USERS "{alice: '$2x$10$abcdefghijklmnopqrstuuABCDEFGHIJKLMNOPQRSTUVWXYZ01234'}",
	"1:27: basic_auth_users: the value of `alice`" NO_HASH},
    {USERS "{alice: '$2y$03$abcdefghijklmnopqrstuuABCDEFGHIJKLMNOPQRSTUVWXYZ01234'}",
	"1:27: basic_auth_users: the value of `alice`" NO_HASH},
    {USERS "{alice: '$2y$32$abcdefghijklmnopqrstuuABCDEFGHIJKLMNOPQRSTUVWXYZ01234'}",
	"1:27: basic_auth_users: the value of `alice`" NO_HASH},
    {USERS "{alice: '$2y$10$abcdefghijklmnopqrstuuABCDEFGHIJKLMNOPQRSTUVWXYZ0123='}",
	"1:27: basic_auth_users: the value of `alice`" NO_HASH},
    {USERS "{alice: '$2y$19$abcdefghijklmnopqrstuuABCDEFGHIJKLMNOPQRSTUVWXYZ01234'}",
	"1:27: basic_auth_users: the hash of `alice` has cost 19, which takes minutes; expected at most 18\n"},
    {USERS "{'a:b': '" HASH "'}",
	"1:20: basic_auth_users: not a usable name; expected one line of text without a colon\n"},

    /* rate */
    {RATE("1"), "1:34: rate_limit.interval: `1` is not a duration; expected numbers with units, such as 1s or 100ms\n"},
    {RATE("1d"),
	"1:34: rate_limit.interval: `1d` is not a duration; expected numbers with units, such as 1s or 100ms\n"},
    {RATE("-1s"),
	"1:34: rate_limit.interval: `-1s` is not a duration; expected numbers with units, such as 1s or 100ms\n"},
    {RATE("''"), "1:34: rate_limit.interval: `` is not a duration; expected numbers with units, such as 1s or 100ms\n"},
    {RATE("24h1s"), "1:34: rate_limit.interval: `24h1s` is too long; expected at most 24h\n"},
    {RATE("[1s]"), "1:34: rate_limit.interval: a list; expected a duration such as 1s\n"},
    {"rate_limit: {interval: 1s}",
	"1:13: rate_limit: burst is 0, so every request would be refused; expected at least 1\n"},
    {"rate_limit: {interval: 1s, burst: 0}",
	"1:35: rate_limit: burst is 0, so every request would be refused; expected at least 1\n"},
    {"rate_limit: {interval: 1s, burst: -1}",
	"1:35: rate_limit.burst: `-1` is out of range; expected 0 to 2147483647\n"
	"1:35: rate_limit: burst is 0, so every request would be refused; expected at least 1\n"},
    {"rate_limit: {interval: 1s, burst: many}", "1:35: rate_limit.burst: a text; expected a whole number\n"},
};

static void tells_each_mistake(void **state)
{
	int failed = 0;
	(void)state;
	for (size_t i = 0; i < sizeof mistakes / sizeof *mistakes; i++) {
		struct errs errs = {0};
		struct buf all = buf_of(1 << 16);
		struct web_conf *conf = web_conf_parse(FILE_NAME, mistakes[i].text, strlen(mistakes[i].text), &errs);
		assert_true(!conf == (errs.count > 0));
		for (size_t k = 0; k < errs.count; k++) {
			assert_memory_equal(errs.kept[k].text, FILE_NAME ":", strlen(FILE_NAME) + 1);
			buf_printf(&all, "%s\n", errs.kept[k].text + strlen(FILE_NAME) + 1);
			assert_null(strstr(errs.kept[k].text, "secretword"));
			assert_null(strstr(errs.kept[k].text, "ABCDEFGHIJ"));
		}
		if (strcmp(buf_text(&all), mistakes[i].mistakes) != 0) {
			print_error("in:\n%s\nexpected:\n%s\nfound:\n%s\n", mistakes[i].text, mistakes[i].mistakes,
			    buf_text(&all));
			failed++;
		}
		web_conf_free(&conf);
		buf_fini(&all);
	}
	assert_int_equal(failed, 0);
}

static void bounds_lists(void **state)
{
	(void)state;
	struct buf text = buf_of(1 << 20);
	struct errs errs = {0};
	buf_puts(&text, TLS("  client_auth_type: RequireAnyClientCert\n  client_allowed_sans: ["));
	for (int i = 0; i <= WEB_CONF_SANS_MAX; i++)
		buf_printf(&text, "n%d, ", i);
	buf_puts(&text, "]\n");
	assert_null(web_conf_parse(FILE_NAME, buf_text(&text), text.len, &errs));
	assert_non_null(strstr(errs.kept[0].text, "item 257: too many; expected at most 256"));
	buf_reset(&text);
	errs = (struct errs){0};
	buf_puts(&text, USERS "\n");
	for (int i = 0; i <= WEB_CONF_USERS_MAX; i++)
		buf_printf(&text, "  u%d: " HASH "\n", i);
	assert_null(web_conf_parse(FILE_NAME, buf_text(&text), text.len, &errs));
	assert_non_null(strstr(errs.kept[0].text, "257 users; expected at most 256"));
	buf_fini(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(says_nothing),
	    cmocka_unit_test(reads_all_of_tls),
	    cmocka_unit_test(reads_every_word),
	    cmocka_unit_test(reads_pem_in_the_file),
	    cmocka_unit_test(reads_headers_users_and_rate),
	    cmocka_unit_test(reads_durations_of_go),
	    cmocka_unit_test(tells_each_mistake),
	    cmocka_unit_test(bounds_lists),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
