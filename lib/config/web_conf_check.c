#include "config/web_conf_table.h"

#include <string.h>

static const struct yaml_node *find(const struct yaml_node *map, const char *key)
{
	return map && map->kind == YAML_MAP ? yaml_find(map, key, strlen(key)) : NULL;
}

/* True for a value that says anything: not for null, "" and an empty list. One that was refused is not missing. */
static bool is_set(const struct yaml_node *node)
{
	if (!node || node->kind == YAML_NULL)
		return false;
	if (node->kind == YAML_TEXT)
		return *node->text;
	return node->count || (node->kind != YAML_LIST && node->kind != YAML_MAP);
}

static bool is_any_set(const struct yaml_node *tls)
{
	for (size_t i = 0; tls->kind == YAML_MAP && i < tls->count; i++)
		if (is_set(&tls->items[i]))
			return true;
	return false;
}

/*
 * TLS is on when the file says anything of it. The exporters' own reading serves without TLS if it only has versions,
 * suites or names: then a person believes in an encryption that is not there.
 */
static void check_pair(struct web_conf *conf, const struct yaml_node *tls, struct errs *errs)
{
	conf->tls.is_on = is_any_set(tls);
	if (conf->tls.is_on && !is_set(find(tls, "cert_file")) && !is_set(find(tls, "cert")))
		errs_add(errs, tls->at, "tls_server_config: no certificate; expected cert_file or cert");
	if (conf->tls.is_on && !is_set(find(tls, "key_file")) && !is_set(find(tls, "key")))
		errs_add(errs, tls->at, "tls_server_config: no private key; expected key_file or key");
}

/* Looks for a CA in the file and not in `conf`: one that was refused is not missing. */
static void check_clients(struct web_conf_tls *conf, const struct yaml_node *tls, struct errs *errs)
{
	const struct yaml_node *ca = find(tls, "client_ca_file"), *text = find(tls, "client_ca");
	const struct yaml_node *auth = find(tls, "client_auth_type"), *sans = find(tls, "client_allowed_sans");
	ca = is_set(ca) ? ca : text;
	bool is_known = conf->client_auth != WEB_NO_CERT || !is_set(auth) ||
	    strcmp(auth->text ? auth->text : "", web_conf_client_auths[WEB_NO_CERT]) == 0;
	if (conf->client_auth == WEB_REQUIRE_CERT_OLD)
		conf->client_auth = WEB_REQUIRE_CERT;
	if (is_set(ca) && is_known && conf->client_auth == WEB_NO_CERT)
		errs_add(errs, ca->key_at,
		    "tls_server_config: %s without client_auth_type, so nothing asks for certificates; expected "
		    "client_auth_type: RequireAndVerifyClientCert",
		    ca->key);
	if (is_set(sans) && is_known && conf->client_auth != WEB_REQUIRE_CERT &&
	    conf->client_auth != WEB_REQUIRE_AND_VERIFY)
		errs_add(errs, sans->key_at,
		    "tls_server_config: client_allowed_sans, but a client may come without a certificate; expected "
		    "client_auth_type: RequireAndVerifyClientCert");
}

static void check_versions(const struct web_conf_tls *conf, const struct yaml_node *tls, struct errs *errs)
{
	const struct yaml_node *min = find(tls, "min_version"), *max = find(tls, "max_version");
	if (conf->min_version > conf->max_version && (min || max))
		errs_add(errs, (max ? max : min)->at,
		    "tls_server_config: max_version is %s; expected at least min_version, which is %s",
		    web_conf_tls_versions[conf->max_version], web_conf_tls_versions[conf->min_version]);
}

void web_conf_check(struct web_conf *conf, const struct yaml_node *root, struct errs *errs)
{
	const struct yaml_node *tls = find(root, "tls_server_config"), *rate = find(root, "rate_limit");
	if (tls) {
		check_pair(conf, tls, errs);
		check_clients(&conf->tls, tls, errs);
		check_versions(&conf->tls, tls, errs);
	}
	const struct yaml_node *burst = find(rate, "burst");
	if (conf->rate_interval_ns && !conf->rate_burst && (!burst || burst->kind == YAML_NUMBER))
		errs_add(errs, burst ? burst->at : rate->at,
		    "rate_limit: burst is 0, so every request would be refused; expected at least 1");
}
