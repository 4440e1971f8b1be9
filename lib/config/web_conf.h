/*
 * The web configuration: TLS, headers, users and request rate of our own HTTP server, in the format that Prometheus and
 * its exporters share (exporter-toolkit, "Web configuration"). Reading is strict: all mistakes are reported in
 * one pass, each with its place, and a file with a mistake gives no configuration. Nothing here opens another file.
 */
#pragma once

#include "base/err.h"
#include "config/conf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Go's names of these, in the order of the enum. They are const tables, so `web_conf_X[WEB_Y]` is a name. */
enum web_client_auth {
	WEB_NO_CERT,
	WEB_REQUEST_CERT,       /* asked for; what is sent is not looked at */
	WEB_REQUIRE_CERT,       /* must be sent; who issued it is not looked at */
	WEB_VERIFY_CERT,        /* must be good if it is sent */
	WEB_REQUIRE_AND_VERIFY, /* must be sent and be good */
	WEB_REQUIRE_CERT_OLD,   /* only in the file: the old name of WEB_REQUIRE_CERT */
	WEB_CLIENT_AUTHS
};
enum web_tls_version { WEB_TLS10, WEB_TLS11, WEB_TLS12, WEB_TLS13, WEB_TLS_VERSIONS };
enum web_curve { WEB_P256, WEB_P384, WEB_P521, WEB_X25519, WEB_CURVES };

/* The suites of TLS 1.3 are accepted words that change nothing, as in Go: TLS 1.3 always has all of its own. */
enum web_suite {
	WEB_ECDSA_AES128_GCM,
	WEB_ECDSA_AES256_GCM,
	WEB_ECDSA_CHACHA20,
	WEB_ECDSA_AES128_CBC,
	WEB_ECDSA_AES256_CBC,
	WEB_RSA_AES128_GCM,
	WEB_RSA_AES256_GCM,
	WEB_RSA_CHACHA20,
	WEB_RSA_AES128_CBC,
	WEB_RSA_AES256_CBC,
	WEB_13_AES128_GCM,
	WEB_13_AES256_GCM,
	WEB_13_CHACHA20,
	WEB_SUITES
};
extern const char *const web_conf_client_auths[WEB_CLIENT_AUTHS];
extern const char *const web_conf_tls_versions[WEB_TLS_VERSIONS];
extern const char *const web_conf_curves[WEB_CURVES];
extern const char *const web_conf_suites[WEB_SUITES];

/* Response headers that the file may set. */
enum web_header { WEB_CSP, WEB_FRAME, WEB_CONTENT_TYPE, WEB_XSS, WEB_HSTS, WEB_HEADERS };
extern const char *const web_conf_headers[WEB_HEADERS];

enum {
	WEB_CONF_BYTES_MAX = 1 << 20,
	WEB_CONF_SANS_MAX = 256,
	WEB_CONF_USERS_MAX = 256,
	WEB_CONF_HEADER_BYTES_MAX = 1024, /* a value: the head of an answer has little room */
	WEB_CONF_BCRYPT_COST_MAX = 18, /* of a hash: each step doubles the time, and this takes a quarter of a minute */
};

/* PEM that stands in a file of its own, or here. All NULL: neither. */
struct web_pem {
	char *file; /* relative paths were resolved against the folder of the configuration */
	char *text; /* NULL if there is a file */
	char *name; /* for messages: the file, or "FILE:LINE:COLUMN: KEY" */
};

/* Values from enumerations above, in the file's order, each once. */
struct web_words {
	unsigned char v[WEB_SUITES];
	size_t count; /* 0: not set */
};

struct web_conf_tls {
	bool is_on;
	struct web_pem cert;
	struct web_pem key;                   /* its text is a secret */
	struct web_pem client_ca;             /* nothing: the system's CA certificates, if certificates are verified */
	int client_auth;                      /* enum web_client_auth, never WEB_REQUIRE_CERT_OLD */
	struct conf_list client_allowed_sans; /* a certificate must have one of these; none: no matter */
	int min_version, max_version;         /* enum web_tls_version */
	struct web_words cipher_suites;       /* of TLS 1.2 and older; nothing: the library's */
	struct web_words curves;              /* in order of preference; nothing: the library's */
	bool prefer_server_cipher_suites;
};

struct web_conf_user {
	char *name;
	char *hash; /* of the password, bcrypt: 60 characters. A secret */
};

struct web_conf {
	struct web_conf_tls tls;
	char *headers[WEB_HEADERS]; /* values; NULL: not set */
	bool http2;                 /* asked for. It has no effect here: the server speaks HTTP/1.1 */
	struct web_conf_user *users;
	size_t user_count;
	int64_t rate_interval_ns; /* time between two requests, in the long run; 0: no limit */
	int64_t rate_burst;       /* requests that may come at once; at least 1 if there is a limit */
};

/*
 * Parses `len` bytes of YAML. `name` is the file's name for messages, and relative paths are resolved against its
 * folder. An empty file is valid: no TLS, no users. Returns a configuration that the caller frees with web_conf_free(),
 * or NULL with every mistake in `errs`. No message contains a key or a hash.
 */
struct web_conf *web_conf_parse(const char *name, const char *bytes, size_t len, struct errs *errs)
    __attribute__((warn_unused_result));

/* Overwrites secrets, frees, and clears the caller's pointer; NULL inside is allowed. */
void web_conf_free(struct web_conf **conf);
