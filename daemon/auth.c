#include "daemon/auth.h"

#include "base/buf.h"
#include "base/mem.h"
#include "daemon/files.h"
#include "daemon/log.h"

#include <stdlib.h>
#include <string.h>

enum { KUBECONFIG_MAX_BYTES = 1 << 20, CA_MAX_BYTES = 1 << 20 };

static bool read_kubeconfig(const struct conf_side *conf, struct kubeconfig *out, struct errs *errs)
{
	struct err e;
	size_t len;
	char *text = file_read(conf->kubeconfig, KUBECONFIG_MAX_BYTES, &len, &e);
	if (!text)
		return errs_add(errs, (struct place){.file = "kubeconfig"}, "%s", e.text);
	bool is_good = kubeconfig_parse(conf->kubeconfig, text, len, conf->context, out, errs);
	mem_free_secret(&text);
	return is_good;
}

static bool read_ca(const char *path, char **pem, struct errs *errs)
{
	struct err e;
	char *text = file_read(path, CA_MAX_BYTES, NULL, &e);
	if (!text)
		return errs_add(errs, (struct place){.file = "CA file"}, "%s", e.text);
	if (!strstr(text, "-----BEGIN CERTIFICATE-----")) {
		free(text);
		return errs_add(errs, (struct place){.file = path}, "no PEM certificate in it");
	}
	free(*pem);
	*pem = text;
	return true;
}

static bool read_token(const char *path, char **token, struct errs *errs)
{
	struct err e;
	char *text = file_read_secret(path, &e);
	if (!text)
		return errs_add(errs, (struct place){.file = "token file"}, "%s", e.text);
	mem_free_secret(token);
	*token = text;
	return true;
}

static void replace(char **to, const char *text)
{
	free(*to);
	*to = text ? mem_copy_text(text, strlen(text)) : NULL;
}

static void replace_secret(char **to, const char *text)
{
	mem_free_secret(to);
	*to = text ? mem_copy_text(text, strlen(text)) : NULL;
}

/* The configuration's files beat the kubeconfig's, and its tokenFile beats its token. */
static bool load(struct kube_auth *auth, struct errs *errs)
{
	const struct conf_side *conf = auth->conf;
	const struct kubeconfig *k = &auth->kubeconfig;
	size_t mistakes = errs->count;

	if (conf->kubeconfig) {
		struct kubeconfig fresh = {0};
		if (read_kubeconfig(conf, &fresh, errs)) {
			kubeconfig_fini(&auth->kubeconfig);
			auth->kubeconfig = fresh;
		}
		replace(&auth->server, k->server);
	} else {
		replace(&auth->server, auth->spot_endpoint);
		replace_secret(&auth->bearer, auth->spot_token);
	}
	if (conf->token_file || k->token_file)
		read_token(conf->token_file ? conf->token_file : k->token_file, &auth->bearer, errs);
	else if (k->token)
		replace_secret(&auth->bearer, k->token);
	if (conf->ca_file || k->ca_file)
		read_ca(conf->ca_file ? conf->ca_file : k->ca_file, &auth->ca_pem, errs);
	else
		replace(&auth->ca_pem, k->ca_pem);
	return errs->count == mistakes;
}

bool kube_auth_init(struct kube_auth *auth, const struct conf_side *conf, struct errs *errs)
{
	*auth = (struct kube_auth){.conf = conf};
	return load(auth, errs);
}

void kube_auth_refresh(struct kube_auth *auth, const char *pair, const char *side)
{
	struct errs *errs = mem_zeroed(1, sizeof *errs);
	const char *failing = load(auth, errs) ? NULL : errs->kept[0].text;
	if (failing && !auth->failing)
		log_warn("credential files cannot be read again, keeping the last good ones", "pair", pair,
		    "side", side, "error", failing);
	if (!failing && auth->failing)
		log_info("credential files are readable again", "pair", pair, "side", side);
	replace(&auth->failing, failing);
	free(errs);
}

void kube_auth_offer(struct kube_auth *auth, const char *endpoint, const char *id_token)
{
	struct buf url = buf_of(4096);
	if (auth->conf->kubeconfig)
		return;
	if (endpoint && endpoint[0])
		buf_printf(&url, "%s%s", strstr(endpoint, "://") ? "" : "https://", endpoint);
	replace(&auth->spot_endpoint, url.len ? buf_text(&url) : NULL);
	replace_secret(&auth->spot_token, id_token);
	buf_fini(&url);
}

struct fetch_tls kube_auth_tls(const struct kube_auth *auth)
{
	return (struct fetch_tls){
	    .ca_pem = auth->ca_pem,
	    .server_name = auth->kubeconfig.tls_server_name,
	    .insecure = auth->conf->insecure || auth->kubeconfig.insecure,
	};
}

void kube_auth_fini(struct kube_auth *auth)
{
	kubeconfig_fini(&auth->kubeconfig);
	free(auth->server);
	mem_free_secret(&auth->bearer);
	free(auth->ca_pem);
	free(auth->spot_endpoint);
	mem_free_secret(&auth->spot_token);
	free(auth->failing);
	*auth = (struct kube_auth){0};
}
