/* kubeconfigs: what comes out can be connected with as it is, or nothing comes out. */
#include "config/kubeconfig.h"
#include "fuzz.h"

#define FILE_NAME "/etc/k/config"
#define SECRET "eyJhbGciOiJSUzI1NiJ9" /* seeds hold it as token and where it does not belong */

/* Safe in a header or a URL: printable ASCII without blanks. */
static bool is_graphic(const char *text)
{
	for (; *text; text++)
		if (*text <= ' ' || *text > '~')
			return false;
	return true;
}

static void check_good(const struct kubeconfig *k)
{
	PROMISE(k->server && is_graphic(k->server));
	PROMISE(strncmp(k->server, "https://", 8) == 0 || strncmp(k->server, "http://", 7) == 0);
	PROMISE(k->server[strlen(k->server) - 1] != '/');
	PROMISE(!k->ca_file || k->ca_file[0] == '/');
	PROMISE(!k->ca_pem == !k->ca_name);
	PROMISE(!(k->ca_file && k->ca_pem));
	PROMISE(!(k->insecure && (k->ca_file || k->ca_pem)));
	PROMISE(!k->tls_server_name || (*k->tls_server_name && is_graphic(k->tls_server_name)));
	PROMISE(!k->token_file || k->token_file[0] == '/');
	PROMISE(!k->token || (*k->token && is_graphic(k->token)));
	PROMISE(!(k->token && k->token_file));
	PROMISE(!(k->cert_pem && k->cert_file) && !(k->key_pem && k->key_file));
	PROMISE(!(k->cert_pem || k->cert_file) == !(k->key_pem || k->key_file));
	PROMISE(!k->basic || (strchr(k->basic, ':') && !k->token && !k->token_file));
	PROMISE(!k->proxy_url || strstr(k->proxy_url, "://"));
	if (k->exec.argv) {
		PROMISE(k->exec.argv[0][0] == '/' && k->exec.api_version && k->exec.env);
		PROMISE(!k->token && !k->token_file && !k->basic);
		for (char **v = k->exec.env; *v; v++)
			PROMISE(strchr(*v, '=') > *v);
	}
}

static void check_same(const struct kubeconfig *a, const struct kubeconfig *b)
{
	PROMISE(fuzz_same_text(a->server, b->server) && a->insecure == b->insecure);
	PROMISE(fuzz_same_text(a->ca_file, b->ca_file) && fuzz_same_text(a->ca_pem, b->ca_pem));
	PROMISE(fuzz_same_text(a->tls_server_name, b->tls_server_name));
	PROMISE(fuzz_same_text(a->token, b->token) && fuzz_same_text(a->token_file, b->token_file));
	PROMISE(fuzz_same_text(a->cert_pem, b->cert_pem) && fuzz_same_text(a->key_pem, b->key_pem));
	PROMISE(fuzz_same_text(a->basic, b->basic) && fuzz_same_text(a->proxy_url, b->proxy_url));
	PROMISE(kubeconfig_exec_is_same(&a->exec, &b->exec));
}

/* Parses and checks; returns whether it was good. `k` is then the caller's to free. */
static bool parse(const char *bytes, size_t len, const char *context, struct kubeconfig *k)
{
	static const struct kubeconfig empty;
	static struct errs errs; /* 16 KiB */
	errs = (struct errs){0};
	memset(k, UNTOUCHED, sizeof *k);
	struct kubeconfig_file file = {FILE_NAME, bytes, len};
	struct kubeconfig_want want = {.context = context, .allows_exec = !context};
	struct kubeconfig_set *set = kubeconfig_set_parse(&file, 1, &errs);
	PROMISE(!set == (errs.count > 0));
	if (!set)
		*k = empty;
	bool is_good = set && kubeconfig_pick(set, &want, k, &errs);
	kubeconfig_set_free(&set);
	PROMISE(is_good == (errs.count == 0));
	fuzz_check_errs(&errs, FILE_NAME);
	for (size_t i = 0; i < errs.count && i < ERRS_KEPT; i++)
		PROMISE(!strstr(errs.kept[i].text, SECRET));
	if (is_good)
		check_good(k);
	else
		PROMISE(memcmp(k, &empty, sizeof empty) == 0);
	return is_good;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	static const char *const contexts[] = {NULL, "service-account", "generated"};
	for (size_t i = 0; i < sizeof contexts / sizeof *contexts; i++) {
		struct kubeconfig k, again;
		if (!parse((const char *)bytes, len, contexts[i], &k))
			continue;
		PROMISE(parse((const char *)bytes, len, contexts[i], &again));
		check_same(&k, &again);
		kubeconfig_fini(&again);
		kubeconfig_fini(&k);
	}
	return 0;
}
