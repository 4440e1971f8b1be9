#define _DEFAULT_SOURCE /* explicit_bzero */
#include "decode/token.h"

#include "base/mem.h"
#include "decode/json.h"

#include <cJSON.h>
#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum {
	TOKEN_MAX_BYTES = 16384,
	LIFE_MAX_S = 10 * 365 * 86400, /* more is no promise but a mistake */
	LIFE_FALLBACK_MS = 5 * 60 * 1000,
	EARLY_MS = 60 * 1000,
};

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

bool spot_namespace(const char *org_id, char out[NAMESPACE_MAX])
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
	bool is_good = root && !j.has_failed && org_id && spot_namespace(org_id, out->namespace);
	if (is_good && cJSON_IsNumber(exp) && exp->valuedouble > 0 && exp->valuedouble < 1e11)
		out->expires = (wall_ms){(int64_t)exp->valuedouble * 1000};
	cJSON_Delete(root);
	return is_good || err_set(e, "the id_token's payload has no usable org_id");
}

/* A refresh token that can be sent back as it came; NULL when there is none. */
static char *read_refresh_token(struct json *j, const cJSON *root)
{
	const char *text = json_text(j, root, "refresh_token");
	size_t len = text ? strlen(text) : 0;
	if (len == 0 || len >= TOKEN_MAX_BYTES)
		return NULL;
	for (size_t i = 0; i < len; i++)
		if (text[i] <= ' ' || text[i] > '~')
			return NULL;
	return mem_copy_text(text, len);
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
		const cJSON *life = json_member(&j, root, "expires_in");
		if (cJSON_IsNumber(life) && life->valuedouble > 0 && life->valuedouble <= LIFE_MAX_S)
			token.expires_in_ms = (int64_t)(life->valuedouble * 1000);
		token.id_token = mem_copy_text(jwt, strlen(jwt));
		token.refresh_token = read_refresh_token(&j, root);
		*out = token;
	}
	for (const cJSON *m = root->child; m; m = m->next)
		if (cJSON_IsString(m))
			explicit_bzero(m->valuestring, strlen(m->valuestring));
	cJSON_Delete(root);
	return is_good;
}

int64_t spot_token_life_ms(const struct spot_token *token, wall_ms now)
{
	if (wall_is_known(token->expires) && token->expires.ms > now.ms)
		return token->expires.ms - now.ms;
	return token->expires_in_ms ? token->expires_in_ms : LIFE_FALLBACK_MS;
}

int64_t spot_token_early_ms(int64_t life_ms)
{
	return life_ms / 2 < EARLY_MS ? life_ms / 2 : EARLY_MS;
}

void spot_token_fini(struct spot_token *token)
{
	mem_free_secret(&token->refresh_token);
	mem_free_secret(&token->id_token);
	*token = (struct spot_token){.expires = WALL_UNKNOWN};
}
