#include "serve/tls_priority.h"

#include <gnutls/gnutls.h>
#include <string.h>

static const struct {
	const char *name;
	int number;
} versions[WEB_TLS_VERSIONS] = {
    [WEB_TLS10] = {"VERS-TLS1.0", GNUTLS_TLS1_0},
    [WEB_TLS11] = {"VERS-TLS1.1", GNUTLS_TLS1_1},
    [WEB_TLS12] = {"VERS-TLS1.2", GNUTLS_TLS1_2},
    [WEB_TLS13] = {"VERS-TLS1.3", GNUTLS_TLS1_3},
};

static const char *const groups[WEB_CURVES] = {
    [WEB_P256] = "GROUP-SECP256R1",
    [WEB_P384] = "GROUP-SECP384R1",
    [WEB_P521] = "GROUP-SECP521R1",
    [WEB_X25519] = "GROUP-X25519",
};

/* Those of TLS 1.3 have no name here. */
static const struct {
	const char *cipher, *mac;
	bool is_rsa;
} suites[WEB_SUITES] = {
    [WEB_ECDSA_AES128_GCM] = {"AES-128-GCM", "AEAD", false},
    [WEB_ECDSA_AES256_GCM] = {"AES-256-GCM", "AEAD", false},
    [WEB_ECDSA_CHACHA20] = {"CHACHA20-POLY1305", "AEAD", false},
    [WEB_ECDSA_AES128_CBC] = {"AES-128-CBC", "SHA1", false},
    [WEB_ECDSA_AES256_CBC] = {"AES-256-CBC", "SHA1", false},
    [WEB_RSA_AES128_GCM] = {"AES-128-GCM", "AEAD", true},
    [WEB_RSA_AES256_GCM] = {"AES-256-GCM", "AEAD", true},
    [WEB_RSA_CHACHA20] = {"CHACHA20-POLY1305", "AEAD", true},
    [WEB_RSA_AES128_CBC] = {"AES-128-CBC", "SHA1", true},
    [WEB_RSA_AES256_CBC] = {"AES-256-CBC", "SHA1", true},
};

static bool fits(int suite, bool is_rsa)
{
	return suites[suite].cipher && suites[suite].is_rsa == is_rsa;
}

bool tls_priority_has_suite(const struct web_conf_tls *conf, bool is_rsa)
{
	for (size_t i = 0; i < conf->cipher_suites.count; i++)
		if (fits(conf->cipher_suites.v[i], is_rsa))
			return true;
	return false;
}

static void put_suites(const struct web_words *words, bool is_rsa, struct buf *out)
{
	buf_printf(out, ":-CIPHER-ALL:-MAC-ALL:-KX-ALL:+ECDHE-%s", is_rsa ? "RSA" : "ECDSA");
	for (size_t i = 0; i < words->count; i++)
		if (fits(words->v[i], is_rsa))
			buf_printf(out, ":+%s:+%s", suites[words->v[i]].cipher, suites[words->v[i]].mac);
}

void tls_priority_put(const struct web_conf_tls *conf, int min, int max, bool has_suites, bool is_rsa, struct buf *out)
{
	buf_puts(out, "NORMAL:-VERS-ALL");
	for (int version = max; version >= min; version--)
		buf_printf(out, ":+%s", versions[version].name);
	if (has_suites)
		put_suites(&conf->cipher_suites, is_rsa, out);
	else
		buf_puts(out, ":-KX-ALL:+ECDHE-ECDSA:+ECDHE-RSA"); /* as Go: no key exchange without forward secrecy */
	if (conf->curves.count)
		buf_puts(out, ":-GROUP-ALL");
	for (size_t i = 0; i < conf->curves.count; i++)
		buf_printf(out, ":+%s", groups[conf->curves.v[i]]);
	if (conf->prefer_server_cipher_suites)
		buf_puts(out, ":%SERVER_PRECEDENCE");
}

int tls_priority_version(int version)
{
	return versions[version].number;
}
