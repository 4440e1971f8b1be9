#define _DEFAULT_SOURCE /* explicit_bzero */
#include "decode/spot_token.h"

#include "base/mem.h"
#include "base/text.h"
#include "decode/json.h"
#include "decode/jwt.h"

#include <cJSON.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum {
	TOKEN_MAX_BYTES = 16384,
	LIFE_MAX_S = 10 * 365 * 86400, /* a longer life is a mistake */
	LIFE_FALLBACK_MS = 5 * 60 * 1000,
	EARLY_MS = 60 * 1000,
};

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
	cJSON *claims = jwt_claims(jwt);
	if (!claims)
		return err_set(e, "the token endpoint's id_token is not a JWT");
	const char *org_id = json_text(&(struct json){0}, claims, "org_id");
	if (!org_id || !spot_namespace(org_id, out->namespace))
		out->namespace[0] = '\0';
	jwt_whose(claims, out->whose, sizeof out->whose);
	out->issued = jwt_issued(claims);
	out->expires = jwt_expiry(claims);
	cJSON_Delete(claims);
	return true;
}

/* A refresh token that can be sent back unchanged; NULL when there is none. */
static char *read_refresh_token(struct json *j, const cJSON *root)
{
	const char *text = json_text(j, root, "refresh_token");
	size_t len = text ? strlen(text) : 0;
	return len && len < TOKEN_MAX_BYTES && text_is_token(text) ? mem_copy_secret(text, len) : NULL;
}

bool spot_token_read(const char *json, size_t len, struct spot_token *out, struct err *e)
{
	cJSON *root = json_parse_object(json, len, NULL);
	if (!root)
		return err_set(e, "the token endpoint's answer is not a JSON object");
	struct json j = {0};
	struct spot_token token = {.issued = WALL_UNKNOWN, .expires = WALL_UNKNOWN};
	const char *jwt = json_text(&j, root, "id_token");
	bool is_good = jwt && strlen(jwt) < TOKEN_MAX_BYTES && text_is_token(jwt);
	if (!is_good)
		err_set(e, "the token endpoint's answer has no usable id_token");
	else if ((is_good = read_claims(jwt, &token, e))) {
		double life_s = jwt_seconds(root, "expires_in");
		if (life_s > 0 && life_s <= LIFE_MAX_S)
			token.expires_in_ms = (int64_t)(life_s * 1000);
		token.id_token = mem_copy_secret(jwt, strlen(jwt));
		token.refresh_token = read_refresh_token(&j, root);
		*out = token;
	}
	for (const cJSON *m = root->child; m; m = m->next)
		if (cJSON_IsString(m))
			explicit_bzero(m->valuestring, strlen(m->valuestring));
	cJSON_Delete(root);
	return is_good;
}

static int64_t min(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

int64_t spot_token_life_ms(const struct spot_token *token, wall_ms now)
{
	bool has_expiry = wall_is_known(token->expires);
	int64_t left_ms = has_expiry ? token->expires.ms - now.ms : 0;
	int64_t whole_ms = has_expiry && wall_is_known(token->issued) ? token->expires.ms - token->issued.ms : 0;
	if (left_ms > 0)
		return whole_ms > 0 ? min(left_ms, whole_ms) : left_ms;
	if (whole_ms > 0)
		return whole_ms;
	return token->expires_in_ms ? token->expires_in_ms : LIFE_FALLBACK_MS;
}

int64_t spot_token_early_ms(int64_t life_ms, int64_t interval_ms)
{
	return min(life_ms / 2, 2 * interval_ms > EARLY_MS ? 2 * interval_ms : EARLY_MS);
}

void spot_token_fini(struct spot_token *token)
{
	mem_free_secret(&token->refresh_token);
	mem_free_secret(&token->id_token);
	*token = (struct spot_token){.expires = WALL_UNKNOWN};
}
