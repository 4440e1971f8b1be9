#include "auth/kube_auth.h"

#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/url.h"
#include "decode/jwt.h"
#include "fetch/fetch_peer.h"
#include "os/log.h"

#include <stdlib.h>
#include <string.h>

/* Where the kubelet puts a pod's service account (Kubernetes, "Accessing the API from a Pod"). */
static const char service_account[] = "/var/run/secrets/kubernetes.io/serviceaccount";

/* The same text stays where it is, and another one has another place: by that a reader sees a change. */
static void replace(char **to, const char *text)
{
	char *old = *to;
	if (text_is_same(old, text))
		return;
	*to = text ? mem_copy_text(text, strlen(text)) : NULL;
	free(old);
}

/* Also sets its life, which is known for a JWT only. */
static void set_bearer(struct kube_auth *auth, const char *token)
{
	if (token && auth->bearer && strcmp(token, auth->bearer) == 0)
		return;
	mem_free_secret(&auth->bearer);
	auth->bearer = token ? mem_copy_secret(token, strlen(token)) : NULL;
	auth->issued = token ? jwt_token_issued(token) : WALL_UNKNOWN;
	auth->expires = token ? jwt_token_expiry(token) : WALL_UNKNOWN;
	jwt_token_whose(token ? token : "", auth->whose, sizeof auth->whose);
}

static void refresh_token(struct kube_auth *auth, const char *path, struct now now, struct errs *errs)
{
	if (!watched_file_refresh(&auth->token, path, FILE_TOKEN, auth->was_refused, now))
		errs_add(errs, (struct place){.file = "token file"}, "%s", auth->token.failing);
}

static bool read_data(char **pem, const char *name, enum certificate_use use, wall_ms now, struct errs *errs)
{
	struct err e;
	return !*pem || certificate_replace(pem, use, now, NULL, &e) ||
	    errs_add(errs, (struct place){.file = name}, "%.400s", e.text);
}

/* Reads what stands in the kubeconfig itself. */
static bool read_all_data(struct kubeconfig *k, wall_ms now, struct errs *errs)
{
	return read_data(&k->ca_pem, k->ca_name, CERTIFICATE_AUTHORITIES, now, errs) &
	    read_data(&k->cert_pem, k->cert_name, CERTIFICATE_CLIENT, now, errs) &
	    read_data(&k->key_pem, k->key_name, CERTIFICATE_KEY, now, errs);
}

/* Whether both would run the same plugin, for the same cluster if the plugin asks which. */
static bool has_same_plugin(const struct kubeconfig *a, const struct kubeconfig *b)
{
	return kubeconfig_exec_is_same(&a->exec, &b->exec) &&
	    (!a->exec.wants_cluster || strcmp(a->server, b->server) == 0);
}

static void pick(struct kube_auth *auth, unsigned version, struct now now)
{
	const struct conf_side *conf = auth->conf;
	struct kubeconfig fresh;
	struct errs *errs = mem_zeroed(1, sizeof *errs);
	struct kubeconfig_want want = {
	    .context = conf->context,
	    .allows_exec = conf->allow_exec,
	    .without_user = conf->token_file,
	    .without_ca = conf->ca_file || conf->insecure,
	    .without_insecure = conf->verifies || conf->insecure,
	};
	auth->version = version;
	auth->pick_err.text[0] = '\0';
	bool is_picked =
	    kubeconfig_files_pick(auth->shared.kubeconfigs, conf->kubeconfig, &want, now.mono, &fresh, errs);
	if (is_picked && read_all_data(&fresh, now.wall, errs)) {
		if (!has_same_plugin(&fresh, &auth->kubeconfig))
			exec_plugin_free(&auth->plugin);
		kubeconfig_fini(&auth->kubeconfig);
		auth->kubeconfig = fresh;
	} else {
		auth->pick_err = errs->kept[0];
		if (is_picked)
			kubeconfig_fini(&fresh);
	}
	free(errs);
}

static void load_kubeconfig(struct kube_auth *auth, struct now now, struct errs *errs)
{
	unsigned version;
	bool is_good = kubeconfig_files_refresh(
	    auth->shared.kubeconfigs, auth->conf->kubeconfig, auth->was_refused, now.mono, &version, errs);
	if (version != auth->version)
		pick(auth, version, now);
	if (is_good && auth->pick_err.text[0] && errs->count < ERRS_KEPT)
		errs->kept[errs->count++] = auth->pick_err;
	replace(&auth->server, auth->kubeconfig.server);
}

/* From the variables that the kubelet sets. */
static bool set_cluster_server(struct kube_auth *auth, struct errs *errs)
{
	const char *host = getenv("KUBERNETES_SERVICE_HOST"), *port = getenv("KUBERNETES_SERVICE_PORT");
	if (!host || !*host || !port || !*port)
		return errs_add(errs, (struct place){.file = "in_cluster"},
		    "no KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT in the environment; expected to "
		    "run in a pod, or a kubeconfig");
	struct err e;
	char *name = NULL, *server = NULL;
	struct buf url = buf_of(4096);
	bool is_good = url_host(host, &name, &e);
	bool is_v6 = is_good && strchr(name, ':');
	buf_printf(&url, "https://%s%s%s:%s", is_v6 ? "[" : "", is_good ? name : "", is_v6 ? "]" : "", port);
	is_good = is_good && url_normal(URL_ENDPOINT, buf_text(&url), &server, &e);
	if (is_good)
		replace(&auth->server, server);
	else
		errs_add(
		    errs, (struct place){.file = "KUBERNETES_SERVICE_HOST, KUBERNETES_SERVICE_PORT"}, "%s", e.text);
	buf_fini(&url);
	free(name);
	free(server);
	return is_good;
}

/* Tests can set the directory. */
static void load_in_cluster(struct kube_auth *auth, struct now now, struct errs *errs)
{
	const char *folder = getenv("HAWATCH_SERVICE_ACCOUNT_DIR");
	struct buf path = buf_of(4096);
	if (!set_cluster_server(auth, errs))
		return;
	folder = folder && *folder ? folder : service_account;
	buf_printf(&path, "%s/ca.crt", folder);
	kube_tls_load(&auth->tls, &(struct kube_tls_sources){.ca.path = buf_text(&path)}, auth->was_refused, now, errs);
	buf_reset(&path);
	buf_printf(&path, "%s/token", folder);
	refresh_token(auth, buf_text(&path), now, errs);
	set_bearer(auth, auth->token.text);
	buf_fini(&path);
}

/* What is set on the side takes precedence over its kubeconfig, whose tokenFile does over its token. */
static void load_files(struct kube_auth *auth, struct now now, struct errs *errs)
{
	const struct conf_side *conf = auth->conf;
	const struct kubeconfig *k = &auth->kubeconfig;
	const char *token = conf->token_file ? conf->token_file : k->token_file;
	const struct kube_tls_sources sources = {
	    .ca = {conf->ca_file ? conf->ca_file : k->ca_file, k->ca_pem, k->ca_name},
	    .cert = {k->cert_file, k->cert_pem, k->cert_name},
	    .key = {k->key_file, k->key_pem, k->key_name},
	};
	kube_tls_load(&auth->tls, &sources, auth->was_refused, now, errs);
	if (token)
		refresh_token(auth, token, now, errs);
	else
		watched_file_fini(&auth->token);
	/* Never send the token of another server: if the file cannot be read, there is no token. */
	set_bearer(auth, token ? auth->token.text : conf->kubeconfig ? k->token : auth->spot_token);
}

static void take_plugin_credential(struct kube_auth *auth)
{
	const struct exec_credential *c = exec_plugin_credential(auth->plugin);
	set_bearer(auth, c ? c->token : NULL);
	if (c && wall_is_known(c->expires))
		auth->expires = c->expires;
}

static void load_plugin(struct kube_auth *auth, struct now now, struct errs *errs)
{
	const struct kubeconfig *k = &auth->kubeconfig;
	struct fetch_tls tls = kube_auth_tls(auth);
	if (!auth->plugin)
		auth->plugin = exec_plugin_new(auth->shared.plugins);
	exec_plugin_refresh(auth->plugin, &k->exec,
	    &(struct exec_cluster){auth->server, tls.ca_pem, tls.server_name, tls.proxy, tls.insecure},
	    auth->was_refused, now);
	take_plugin_credential(auth);
	if (*exec_plugin_error(auth->plugin))
		errs_add(errs, (struct place){.file = "credential plugin"}, "%s: %s", k->exec.argv[0],
		    exec_plugin_error(auth->plugin));
}

static bool load(struct kube_auth *auth, struct now now, struct errs *errs)
{
	size_t mistakes = errs->count;
	if (auth->conf->in_cluster)
		load_in_cluster(auth, now, errs);
	else {
		if (auth->conf->kubeconfig)
			load_kubeconfig(auth, now, errs);
		else
			replace(&auth->server, auth->spot_endpoint);
		load_files(auth, now, errs);
	}
	return errs->count == mistakes;
}

bool kube_auth_init(struct kube_auth *auth, const struct conf_side *conf, const char *pair, const char *side,
    struct kube_auth_shared shared, struct now now, struct errs *errs)
{
	*auth = (struct kube_auth){.conf = conf, .pair = pair, .side = side, .shared = shared};
	auth->peer = fetch_peer_join(shared.last_peer);
	/* Does not run the plugin: --config.check must not, and nothing needs it yet. */
	bool is_good = load(auth, now, errs);
	kube_tls_tell(&auth->tls, pair, side);
	return is_good;
}

bool kube_auth_adopt(struct kube_auth *auth, struct kube_auth *old, bool has_same_spot)
{
	if (has_same_spot)
		replace(&auth->spot_endpoint, old->spot_endpoint);
	replace(&auth->refused_endpoint, old->refused_endpoint);
	replace(&auth->failing, old->failing);
	auth->has_warned = old->has_warned;
	auth->was_refused = old->was_refused;
	bool keeps_plugin =
	    old->plugin && auth->kubeconfig.exec.argv && has_same_plugin(&auth->kubeconfig, &old->kubeconfig);
	if (keeps_plugin) {
		auth->plugin = old->plugin;
		old->plugin = NULL;
		exec_plugin_move(auth->plugin, auth->shared.plugins);
		take_plugin_credential(auth);
	}
	return !old->plugin || !exec_plugin_credential(old->plugin);
}

static void warn_insecure(struct kube_auth *auth)
{
	bool is_insecure = kube_auth_tls(auth).insecure;
	if (is_insecure && !auth->has_warned)
		log_warn("the API server's certificate is not verified: anyone on the network path can read the "
			 "token; configure the server's CA",
		    "pair", auth->pair, "side", auth->side, "url", auth->server);
	auth->has_warned = is_insecure;
}

/*
 * Every file that is configured has been read once. Without its CA a request would trust the system's CAs, without its
 * client certificate or token it would be another's request.
 */
static bool has_every_file(const struct kube_auth *auth)
{
	const struct conf_side *conf = auth->conf;
	bool needs_token = conf->in_cluster || conf->token_file || auth->kubeconfig.token_file;
	return kube_tls_is_complete(&auth->tls) && (!needs_token || auth->token.text);
}

/* Everything that is configured is there: also the first credential of a plugin. */
static bool has_credential(const struct kube_auth *auth)
{
	bool awaits_plugin = auth->kubeconfig.exec.argv && !(auth->plugin && exec_plugin_credential(auth->plugin));
	return has_every_file(auth) && !awaits_plugin;
}

void kube_auth_refresh(struct kube_auth *auth, struct now now)
{
	struct errs *errs = mem_zeroed(1, sizeof *errs);
	load(auth, now, errs);
	kube_tls_tell(&auth->tls, auth->pair, auth->side);
	if (auth->kubeconfig.exec.argv && has_every_file(auth))
		load_plugin(auth, now, errs);
	auth->was_refused = false;
	const char *failing = errs->count ? errs->kept[0].text : NULL;
	if (failing && (!auth->failing || strcmp(failing, auth->failing) != 0))
		log_warn(has_credential(auth) ? "credentials cannot be read again, keeping the last good ones"
					      : "credentials cannot be read, nothing is sent until they can",
		    "pair", auth->pair, "side", auth->side, "error", failing);
	if (!failing && auth->failing)
		log_info("credentials are readable again", "pair", auth->pair, "side", auth->side);
	replace(&auth->failing, failing);
	free(errs);
	if (auth->server)
		warn_insecure(auth);
}

bool kube_auth_is_ready(const struct kube_auth *auth)
{
	return auth->server && has_credential(auth);
}

const char *kube_auth_problem(const struct kube_auth *auth)
{
	return auth->server && !has_credential(auth) ? auth->failing : NULL;
}

void kube_auth_note_refusal(struct kube_auth *auth)
{
	auth->was_refused = true;
}

static bool is_of_spot(const struct kube_auth *auth)
{
	const struct conf_side *conf = auth->conf;
	return !conf->kubeconfig && !conf->in_cluster && !conf->token_file;
}

bool kube_auth_needs_spot_token(const struct kube_auth *auth)
{
	return auth->was_refused && is_of_spot(auth);
}

void kube_auth_offer(struct kube_auth *auth, const char *endpoint, const char *id_token)
{
	char *url = NULL;
	struct err e;
	if (auth->conf->kubeconfig || auth->conf->in_cluster)
		return;
	bool has_endpoint = endpoint && *endpoint;
	if (has_endpoint && !url_normal(URL_ENDPOINT, endpoint, &url, &e) &&
	    (!auth->refused_endpoint || strcmp(auth->refused_endpoint, endpoint) != 0)) {
		log_warn("Spot reports an API server endpoint that cannot be used; not polled", "cloudspace",
		    auth->conf->cloudspace, "endpoint", endpoint, "error", e.text);
		replace(&auth->refused_endpoint, endpoint);
	}
	if (url)
		replace(&auth->spot_endpoint, url);
	mem_free_secret(&auth->spot_token);
	auth->spot_token = id_token ? mem_copy_secret(id_token, strlen(id_token)) : NULL;
	replace(&auth->server, auth->spot_endpoint);
	set_bearer(auth, auth->spot_token);
	free(url);
}

void kube_auth_forget_endpoint(struct kube_auth *auth)
{
	if (auth->conf->kubeconfig || auth->conf->in_cluster)
		return;
	replace(&auth->spot_endpoint, NULL);
	replace(&auth->server, NULL);
}

struct fetch_tls kube_auth_tls(const struct kube_auth *auth)
{
	const struct kubeconfig *k = &auth->kubeconfig;
	const struct exec_credential *c = auth->plugin ? exec_plugin_credential(auth->plugin) : NULL;
	bool is_of_plugin = c && c->cert_pem;
	return (struct fetch_tls){
	    .ca_pem = auth->tls.ca.text,
	    .ca_name = auth->tls.ca.path,
	    .server_name = k->tls_server_name,
	    .insecure = auth->conf->insecure || k->insecure,
	    .cert_pem = is_of_plugin ? c->cert_pem : auth->tls.identity.cert_pem,
	    .key_pem = is_of_plugin ? c->key_pem : auth->tls.identity.key_pem,
	    .cert_name = is_of_plugin ? k->exec.argv[0] : auth->tls.identity.name,
	    .basic = k->basic,
	    .headers = k->impersonation,
	    .proxy = k->proxy_url,
	    .uncompressed = k->uncompressed,
	};
}

/* A token of a file without `iat` was issued before the file was written. */
struct credential kube_auth_bearer_life(const struct kube_auth *auth)
{
	const struct conf_side *conf = auth->conf;
	bool is_of_file = auth->token.text && auth->bearer && strcmp(auth->token.text, auth->bearer) == 0;
	wall_ms issued = auth->issued;
	if (!wall_is_known(issued) && is_of_file)
		issued = (wall_ms){auth->token.stamp.modified_ns / 1000000};
	return credential_of(issued, auth->expires, conf->in_cluster || is_of_spot(auth) || auth->kubeconfig.exec.argv);
}

struct credential kube_auth_certificate_life(const struct kube_auth *auth)
{
	wall_ms of_plugin = auth->plugin ? exec_plugin_certificate_expiry(auth->plugin) : WALL_UNKNOWN;
	if (wall_is_known(of_plugin))
		return credential_of(WALL_UNKNOWN, of_plugin, true);
	if (!auth->tls.identity.cert_pem)
		return credential_of(WALL_UNKNOWN, WALL_UNKNOWN, false);
	return credential_of(auth->tls.identity.starts, auth->tls.identity.expires, false);
}

const char *kube_auth_whose(const struct kube_auth *auth)
{
	if (auth->whose[0])
		return auth->whose;
	return auth->tls.identity.cert_pem && auth->tls.cert.facts ? auth->tls.cert.facts->subject : NULL;
}

void kube_auth_fini(struct kube_auth *auth)
{
	exec_plugin_free(&auth->plugin);
	kubeconfig_fini(&auth->kubeconfig);
	watched_file_fini(&auth->token);
	kube_tls_fini(&auth->tls);
	mem_free_secret(&auth->bearer);
	mem_free_secret(&auth->spot_token);
	free(auth->spot_endpoint);
	free(auth->refused_endpoint);
	free(auth->server);
	free(auth->failing);
	fetch_peer_free(&auth->peer);
	*auth = (struct kube_auth){0};
}
