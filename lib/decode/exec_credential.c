#define _DEFAULT_SOURCE /* explicit_bzero */
#include "decode/exec_credential.h"

#include "base/mem.h"
#include "base/rfc3339.h"
#include "base/text.h"
#include "decode/json.h"

#include <cJSON.h>
#include <string.h>

static char *copy(const char *text)
{
	return text ? mem_copy_secret(text, strlen(text)) : NULL;
}

static bool read_status(struct json *j, const cJSON *status, struct exec_credential *out, struct err *e)
{
	const char *token = json_text(j, status, "token");
	const char *cert = json_text(j, status, "clientCertificateData");
	const char *key = json_text(j, status, "clientKeyData");
	const char *expires = json_text(j, status, "expirationTimestamp");
	if (j->has_failed)
		return err_set(e, "%s", j->err.text);
	if (!status || !((token && *token) || cert))
		return err_set(e, "no status with a token or clientCertificateData");
	if (token && *token && !text_is_token(token))
		return err_set(e, "status.token has a character that is not allowed in a token");
	if (!cert != !key)
		return err_set(e, "clientCertificateData and clientKeyData: one without the other");
	if (expires && !rfc3339_parse(expires, &out->expires))
		return err_set(e, "expirationTimestamp is not an RFC 3339 time");
	out->token = token && *token ? copy(token) : NULL;
	out->cert_pem = copy(cert);
	out->key_pem = copy(key);
	return true;
}

/* Overwrites cJSON's copies of secrets. */
static void wipe(cJSON *node)
{
	for (; node; node = node->next) {
		if (cJSON_IsString(node))
			explicit_bzero(node->valuestring, strlen(node->valuestring));
		wipe(node->child);
	}
}

bool exec_credential_read(
    const char *json, size_t len, const char *api_version, struct exec_credential *out, struct err *e)
{
	struct json j = {0};
	struct exec_credential credential = {.expires = WALL_UNKNOWN};
	cJSON *root = json_parse_object(json, len, NULL);
	if (!root)
		return err_set(e, "no JSON object on its stdout");
	const char *kind = json_text(&j, root, "kind"), *version = json_text(&j, root, "apiVersion");
	bool is_good = kind && strcmp(kind, "ExecCredential") == 0;
	if (!is_good)
		err_set(e, "its kind is not ExecCredential");
	else if (!(is_good = version && strcmp(version, api_version) == 0))
		err_set(e, "its apiVersion is not %s, the one in the kubeconfig", api_version);
	else
		is_good = read_status(&j, json_object(&j, root, "status"), &credential, e);
	if (is_good)
		*out = credential;
	wipe(root);
	cJSON_Delete(root);
	return is_good;
}

void exec_credential_fini(struct exec_credential *credential)
{
	mem_free_secret(&credential->token);
	mem_free_secret(&credential->cert_pem);
	mem_free_secret(&credential->key_pem);
	credential->expires = WALL_UNKNOWN;
}
