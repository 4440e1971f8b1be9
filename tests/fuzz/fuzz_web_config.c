/* The web configuration: what was accepted keeps the promises of its header, and no message shows a secret. */
#include "config/web_conf.h"
#include "fuzz.h"

#define FILE_NAME "/etc/hawatch/web.yml"
#define SECRET "eyJhbGciOiJSUzI1NiJ9" /* seeds hold it where people paste passwords and keys */

static void check_pem(const struct web_pem *pem, bool must_be_there)
{
	PROMISE(!pem->file || !pem->text);
	PROMISE(!pem->name == !(pem->file || pem->text));
	PROMISE(pem->name || !must_be_there);
	PROMISE(!pem->file || pem->file[0] == '/');
}

static void check_words(const struct web_words *words, int limit)
{
	PROMISE(words->count <= (size_t)limit);
	for (size_t i = 0; i < words->count; i++)
		PROMISE(words->v[i] < limit && !memchr(words->v, words->v[i], i));
}

static void check_tls(const struct web_conf_tls *tls)
{
	check_pem(&tls->cert, tls->is_on);
	check_pem(&tls->key, tls->is_on);
	check_pem(&tls->client_ca, false);
	check_words(&tls->cipher_suites, WEB_SUITES);
	check_words(&tls->curves, WEB_CURVES);
	PROMISE(tls->client_auth >= 0 && tls->client_auth < WEB_REQUIRE_CERT_OLD);
	PROMISE(tls->min_version >= 0 && tls->min_version <= tls->max_version && tls->max_version < WEB_TLS_VERSIONS);
	PROMISE(tls->is_on || (!tls->cert.name && tls->client_auth == WEB_NO_CERT));
	PROMISE(!tls->client_ca.name || tls->client_auth != WEB_NO_CERT);
	PROMISE(!tls->client_allowed_sans.count || tls->client_auth == WEB_REQUIRE_CERT ||
	    tls->client_auth == WEB_REQUIRE_AND_VERIFY);
	for (size_t i = 0; i < tls->client_allowed_sans.count; i++)
		PROMISE(tls->client_allowed_sans.v[i][0]);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	static struct errs errs; /* 16 KiB */
	errs = (struct errs){0};
	struct web_conf *conf = web_conf_parse(FILE_NAME, (const char *)bytes, len, &errs);
	PROMISE(!conf == (errs.count > 0));
	fuzz_check_errs(&errs, FILE_NAME);
	for (size_t i = 0; i < errs.count && i < ERRS_KEPT; i++)
		PROMISE(!strstr(errs.kept[i].text, SECRET));
	if (!conf)
		return 0;
	check_tls(&conf->tls);
	for (size_t i = 0; i < conf->user_count; i++) {
		PROMISE(strlen(conf->users[i].hash) == 60);
		PROMISE(conf->users[i].name[0] && !strchr(conf->users[i].name, ':'));
	}
	for (int i = 0; i < WEB_HEADERS; i++)
		PROMISE(!conf->headers[i] || (conf->headers[i][0] && !strpbrk(conf->headers[i], "\r\n")));
	PROMISE(conf->rate_interval_ns >= 0 && (!conf->rate_interval_ns || conf->rate_burst > 0));
	web_conf_free(&conf);
	PROMISE(!conf);
	return 0;
}
