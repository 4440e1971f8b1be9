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
	{"", TLS, WEB_TYPE_MAP, 0, NULL, 0, NULL, NULL},
	{"", HTTP, WEB_TYPE_MAP, 0, NULL, 0, NULL, NULL},
	{"", "basic_auth_users", WEB_TYPE_USERS, 0, NULL, 0,
	    "", "names of users, each with the bcrypt hash of the password ($2a$, $2b$ or $2y$, of a cost up to 18), see below"},
	{"", RATE, WEB_TYPE_MAP, 0, NULL, 0, NULL, NULL},
	{TLS, "cert_file", WEB_TYPE_FILE, AT(tls.cert), NULL, 0,
	    "", "certificate with its chain, in PEM; without one there is no TLS"},
	{TLS, "key_file", WEB_TYPE_FILE, AT(tls.key), NULL, 0,
	    "", "private key of the certificate, in PEM"},
	{TLS, "cert", WEB_TYPE_PEM, AT(tls.cert), NULL, 0,
	    "", "the certificate itself, in place of cert_file"},
	{TLS, "key", WEB_TYPE_PEM, AT(tls.key), NULL, 0,
	    "", "the private key itself, in place of key_file"},
	{TLS, "client_auth_type", WEB_TYPE_WORD, AT(tls.client_auth), WORDS(web_conf_client_auths),
	    "NoClientCert", "who must show a certificate, see below"},
	{TLS, "client_ca_file", WEB_TYPE_FILE, AT(tls.client_ca), NULL, 0,
	    "", "CAs that issue clients' certificates; default: the system's"},
	{TLS, "client_ca", WEB_TYPE_PEM, AT(tls.client_ca), NULL, 0,
	    "", "these CAs themselves, in place of client_ca_file"},
	{TLS, "client_allowed_sans", WEB_TYPE_TEXTS, AT(tls.client_allowed_sans), NULL, 0,
	    "", "names of which a client's certificate must have one: DNS, IP, e-mail or URI; needs a type that requires a certificate"},
	{TLS, "min_version", WEB_TYPE_WORD, AT(tls.min_version), WORDS(web_conf_tls_versions),
	    "TLS12", "the oldest version of TLS"},
	{TLS, "max_version", WEB_TYPE_WORD, AT(tls.max_version), WORDS(web_conf_tls_versions),
	    "TLS13", "the newest version of TLS"},
	{TLS, "cipher_suites", WEB_TYPE_WORDS, AT(tls.cipher_suites), WORDS(web_conf_suites),
	    "", "suites of TLS 1.2 and older, by the names that Go has for them; default: those of GnuTLS with forward secrecy"},
	{TLS, "prefer_server_cipher_suites", WEB_TYPE_BOOLEAN, AT(tls.prefer_server_cipher_suites), NULL, 0,
	    "true", "the order of the server counts"},
	{TLS, "curve_preferences", WEB_TYPE_WORDS, AT(tls.curves), WORDS(web_conf_curves),
	    "", "curves of the key exchange; default: those of GnuTLS"},
	{HTTP, "http2", WEB_TYPE_BOOLEAN, AT(http2), NULL, 0,
	    "", "no effect, because the server speaks HTTP/1.1; true is warned of"},
	{HTTP, HEADERS, WEB_TYPE_MAP, 0, NULL, 0, NULL, NULL},
	{HEADERS, "Content-Security-Policy", WEB_TYPE_TEXT, AT(headers[WEB_CSP]), NULL, 0,
	    "", "the header of this name, in place of hawatchd's own"},
	{HEADERS, "X-Frame-Options", WEB_TYPE_TEXT, AT(headers[WEB_FRAME]), WORDS(frame_words),
	    "", "the header of this name, in place of hawatchd's own"},
	{HEADERS, "X-Content-Type-Options", WEB_TYPE_TEXT, AT(headers[WEB_CONTENT_TYPE]), WORDS(content_type_words),
	    "", "the header of this name, in place of hawatchd's own"},
	{HEADERS, "X-XSS-Protection", WEB_TYPE_TEXT, AT(headers[WEB_XSS]), NULL, 0,
	    "", "the header of this name, in place of hawatchd's own"},
	{HEADERS, "Strict-Transport-Security", WEB_TYPE_TEXT, AT(headers[WEB_HSTS]), NULL, 0,
	    "", "the header of this name, in place of hawatchd's own"},
	{RATE, "interval", WEB_TYPE_DURATION, AT(rate_interval_ns), NULL, 0,
	    "", "no limit without it; on average one request of all clients together in each interval, beside the limit of each address; probes do not count"},
	{RATE, "burst", WEB_TYPE_COUNT, AT(rate_burst), NULL, 0,
	    "", "so many of these requests at once"},
};
const size_t web_conf_key_count = sizeof web_conf_keys / sizeof *web_conf_keys;
