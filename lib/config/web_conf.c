#include "config/web_conf.h"

#include "base/mem.h"

#include <stdlib.h>

/* clang-format off */

const char *const web_conf_client_auths[WEB_CLIENT_AUTHS] = {
	[WEB_NO_CERT] = "NoClientCert",
	[WEB_REQUEST_CERT] = "RequestClientCert",
	[WEB_REQUIRE_CERT] = "RequireAnyClientCert",
	[WEB_VERIFY_CERT] = "VerifyClientCertIfGiven",
	[WEB_REQUIRE_AND_VERIFY] = "RequireAndVerifyClientCert",
	[WEB_REQUIRE_CERT_OLD] = "RequireClientCert",
};

const char *const web_conf_tls_versions[WEB_TLS_VERSIONS] = {
	[WEB_TLS10] = "TLS10", [WEB_TLS11] = "TLS11", [WEB_TLS12] = "TLS12", [WEB_TLS13] = "TLS13",
};

const char *const web_conf_curves[WEB_CURVES] = {
	[WEB_P256] = "CurveP256", [WEB_P384] = "CurveP384", [WEB_P521] = "CurveP521", [WEB_X25519] = "X25519",
};

const char *const web_conf_suites[WEB_SUITES] = {
	[WEB_ECDSA_AES128_GCM] = "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
	[WEB_ECDSA_AES256_GCM] = "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
	[WEB_ECDSA_CHACHA20] = "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
	[WEB_ECDSA_AES128_CBC] = "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA",
	[WEB_ECDSA_AES256_CBC] = "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA",
	[WEB_RSA_AES128_GCM] = "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
	[WEB_RSA_AES256_GCM] = "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
	[WEB_RSA_CHACHA20] = "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
	[WEB_RSA_AES128_CBC] = "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA",
	[WEB_RSA_AES256_CBC] = "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA",
	[WEB_13_AES128_GCM] = "TLS_AES_128_GCM_SHA256",
	[WEB_13_AES256_GCM] = "TLS_AES_256_GCM_SHA384",
	[WEB_13_CHACHA20] = "TLS_CHACHA20_POLY1305_SHA256",
};

const char *const web_conf_headers[WEB_HEADERS] = {
	[WEB_CSP] = "Content-Security-Policy",
	[WEB_FRAME] = "X-Frame-Options",
	[WEB_CONTENT_TYPE] = "X-Content-Type-Options",
	[WEB_XSS] = "X-XSS-Protection",
	[WEB_HSTS] = "Strict-Transport-Security",
};

/* clang-format on */

static void free_pem(struct web_pem *pem)
{
	free(pem->file);
	free(pem->name);
	mem_free_secret(&pem->text);
}

void web_conf_free(struct web_conf **conf)
{
	struct web_conf *c = *conf;
	if (!c)
		return;
	free_pem(&c->tls.cert);
	free_pem(&c->tls.key);
	free_pem(&c->tls.client_ca);
	for (size_t i = 0; i < c->tls.client_allowed_sans.count; i++)
		free(c->tls.client_allowed_sans.v[i]);
	free(c->tls.client_allowed_sans.v);
	for (int i = 0; i < WEB_HEADERS; i++)
		free(c->headers[i]);
	for (size_t i = 0; i < c->user_count; i++) {
		free(c->users[i].name);
		mem_free_secret(&c->users[i].hash);
	}
	free(c->users);
	free(c);
	*conf = NULL;
}
