#include "config/web_conf_table.h"

/* clang-format off */

static const char *const frame_words[] = {"deny", "sameorigin"};
static const char *const content_type_words[] = {"nosniff"};

#define AT(member) offsetof(struct web_conf, member)
#define WORDS(words) words, sizeof(words) / sizeof *(words)
#define TLS "tls_server_config"
#define HTTP "http_server_config"
#define HEADERS "headers"
#define RATE "rate_limit"

const struct web_key web_conf_keys[] = {
	{"", TLS, WEB_TYPE_MAP, 0, NULL, 0},
	{"", HTTP, WEB_TYPE_MAP, 0, NULL, 0},
	{"", "basic_auth_users", WEB_TYPE_USERS, 0, NULL, 0},
	{"", RATE, WEB_TYPE_MAP, 0, NULL, 0},
	{TLS, "cert_file", WEB_TYPE_FILE, AT(tls.cert), NULL, 0},
	{TLS, "key_file", WEB_TYPE_FILE, AT(tls.key), NULL, 0},
	{TLS, "cert", WEB_TYPE_PEM, AT(tls.cert), NULL, 0},
	{TLS, "key", WEB_TYPE_PEM, AT(tls.key), NULL, 0},
	{TLS, "client_auth_type", WEB_TYPE_WORD, AT(tls.client_auth), WORDS(web_conf_client_auths)},
	{TLS, "client_ca_file", WEB_TYPE_FILE, AT(tls.client_ca), NULL, 0},
	{TLS, "client_ca", WEB_TYPE_PEM, AT(tls.client_ca), NULL, 0},
	{TLS, "client_allowed_sans", WEB_TYPE_TEXTS, AT(tls.client_allowed_sans), NULL, 0},
	{TLS, "min_version", WEB_TYPE_WORD, AT(tls.min_version), WORDS(web_conf_tls_versions)},
	{TLS, "max_version", WEB_TYPE_WORD, AT(tls.max_version), WORDS(web_conf_tls_versions)},
	{TLS, "cipher_suites", WEB_TYPE_WORDS, AT(tls.cipher_suites), WORDS(web_conf_suites)},
	{TLS, "prefer_server_cipher_suites", WEB_TYPE_BOOLEAN, AT(tls.prefer_server_cipher_suites), NULL, 0},
	{TLS, "curve_preferences", WEB_TYPE_WORDS, AT(tls.curves), WORDS(web_conf_curves)},
	{HTTP, "http2", WEB_TYPE_BOOLEAN, AT(http2), NULL, 0},
	{HTTP, HEADERS, WEB_TYPE_MAP, 0, NULL, 0},
	{HEADERS, "Content-Security-Policy", WEB_TYPE_TEXT, AT(headers[WEB_CSP]), NULL, 0},
	{HEADERS, "X-Frame-Options", WEB_TYPE_TEXT, AT(headers[WEB_FRAME]), WORDS(frame_words)},
	{HEADERS, "X-Content-Type-Options", WEB_TYPE_TEXT, AT(headers[WEB_CONTENT_TYPE]), WORDS(content_type_words)},
	{HEADERS, "X-XSS-Protection", WEB_TYPE_TEXT, AT(headers[WEB_XSS]), NULL, 0},
	{HEADERS, "Strict-Transport-Security", WEB_TYPE_TEXT, AT(headers[WEB_HSTS]), NULL, 0},
	{RATE, "interval", WEB_TYPE_DURATION, AT(rate_interval_ns), NULL, 0},
	{RATE, "burst", WEB_TYPE_COUNT, AT(rate_burst), NULL, 0},
};
const size_t web_conf_key_count = sizeof web_conf_keys / sizeof *web_conf_keys;
