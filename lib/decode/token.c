#define _DEFAULT_SOURCE /* explicit_bzero */
#include "decode/token.h"

#include "base/mem.h"
#include "decode/json.h"

#include <cJSON.h>
#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { TOKEN_MAX_BYTES = 16384 };

static int base64url_value(char c)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	const char *p = c ? strchr(alphabet, c) : NULL;
	return p ? (int)(p - alphabet) : -1;
}

/* Unpadded base64url (RFC 7515 section 2). `out` has room for `len` bytes. */
static bool decode_base64url(const char *text, size_t len, char *out, size_t *out_len)
{
	uint32_t bits = 0;
	int held = 0;
	size_t n = 0;
	for (size_t i = 0; i < len; i++) {
		int v = base64url_value(text[i]);
		if (v < 0)
			return false;
		bits = bits << 6 | (uint32_t)v;
		held += 6;
		if (held >= 8) {
			held -= 8;
			out[n++] = (char)(bits >> held & 0xFF);
		}
	}
	*out_len = n;
	return len % 4 != 1;
}

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
	const char *payload = strchr(jwt, '.');
	const char *end = payload ? strchr(payload + 1, '.') : NULL;
	if (!end)
		return err_set(e, "the id_token is not a JWT of three parts");
	payload++;
	char *claims = mem_zeroed((size_t)(end - payload) + 1, 1);
	size_t len = 0;
	cJSON *root = NULL;
	struct json j = {0};
	if (decode_base64url(payload, (size_t)(end - payload), claims, &len))
		root = json_parse_object(claims, len, NULL);
	free(claims);

	const cJSON *exp = json_member(&j, root, "exp");
	const char *org_id = json_text(&j, root, "org_id");
	bool is_good = root && !j.has_failed && org_id && read_namespace(org_id, out->namespace);
	if (is_good && cJSON_IsNumber(exp) && exp->valuedouble > 0 && exp->valuedouble < 1e11)
		out->expires = (wall_ms){(int64_t)exp->valuedouble * 1000};
	cJSON_Delete(root);
	return is_good || err_set(e, "the id_token's payload has no usable org_id");
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
