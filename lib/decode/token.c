#define _DEFAULT_SOURCE /* explicit_bzero */
#include "decode/token.h"

#include "base/mem.h"
#include "decode/json.h"
#include "decode/jwt.h"

#include <cJSON.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { TOKEN_MAX_BYTES = 16384 };

/* The namespace of an organisation: org_AbC123 is org-abc123. */
static bool read_namespace(const char *org_id, char out[NAMESPACE_MAX])
{
	size_t len = strlen(org_id);
	if (len == 0 || len >= NAMESPACE_MAX)
		return false;
	for (size_t i = 0; i <= len; i++) {
		char c = org_id[i] == '_' ? '-' : (char)tolower((unsigned char)org_id[i]);
		if (c && !isalnum((unsigned char)c) && c != '-')
			return false; /* it becomes part of a URL's path */
		out[i] = c;
	}
	return true;
}

static bool read_claims(const char *jwt, struct spot_token *out, struct err *e)
{
	cJSON *claims = jwt_claims(jwt);
	struct json j = {0};
	const char *org_id = json_text(&j, claims, "org_id");
	wall_ms expires = jwt_expiry(&j, claims);
	bool is_good = claims && !j.has_failed && org_id && read_namespace(org_id, out->namespace);
	if (is_good)
		out->expires = expires;
	cJSON_Delete(claims);
	return is_good || err_set(e, "the id_token is no JWT with a usable org_id");
}

bool spot_token_read(const char *json, size_t len, struct spot_token *out, struct err *e)
{
	cJSON *root = json_parse_object(json, len, NULL);
	if (!root)
		return err_set(e, "the token endpoint's answer is not a JSON object");
	struct json j = {0};
	struct spot_token token = {.expires = WALL_UNKNOWN};
	const char *jwt = json_text(&j, root, "id_token");
	bool is_good = jwt && strlen(jwt) < TOKEN_MAX_BYTES;
	if (!is_good)
		err_set(e, "the token endpoint's answer has no usable id_token");
	else if ((is_good = read_claims(jwt, &token, e))) {
		token.id_token = mem_copy_text(jwt, strlen(jwt));
		*out = token;
	}
	for (const cJSON *m = root->child; m; m = m->next)
		if (cJSON_IsString(m))
			explicit_bzero(m->valuestring, strlen(m->valuestring));
	cJSON_Delete(root);
	return is_good;
}

void spot_token_fini(struct spot_token *token)
{
	mem_free_secret(&token->id_token);
	*token = (struct spot_token){.expires = WALL_UNKNOWN};
}
