#define _GNU_SOURCE /* memmem */
/* Tokens: the bytes as the claims of a well-formed id_token, and as an id_token themselves. */
#include "decode/spot_token.h"
#include "fuzz.h"

#include <cJSON.h>
#include <ctype.h>

/* Unpadded base64url, a digit at a time: slow, obvious, and not the decoder's own way. */
static char *encoded(const uint8_t *bytes, size_t len)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	size_t count = (len * 8 + 5) / 6;
	char *out = mem_zeroed(count + 1, 1);
	for (size_t i = 0; i < count; i++) {
		unsigned digit = 0;
		for (size_t bit = i * 6; bit < i * 6 + 6; bit++)
			digit = digit << 1 | (bit / 8 < len && (bytes[bit / 8] & 0x80 >> bit % 8));
		out[i] = digits[digit];
	}
	return out;
}

/* Reads a token endpoint's answer with this id_token. */
static bool read_answer(const char *id_token, struct spot_token *token)
{
	cJSON *root = cJSON_CreateObject();
	cJSON_AddStringToObject(root, "access_token", "not-asked-for");
	cJSON_AddStringToObject(root, "id_token", id_token);
	char *json = cJSON_PrintUnformatted(root);
	struct err e = ERR_UNSET;
	memset(token, UNTOUCHED, sizeof *token);
	bool is_good = spot_token_read(json, strlen(json), token, &e);
	if (!is_good) {
		PROMISE_ERR(e);
		PROMISE_UNTOUCHED(*token);
		/* Error texts never quote the body. */
		PROMISE(strlen(id_token) < 24 || !strstr(e.text, id_token));
	} else {
		PROMISE(strcmp(token->id_token, id_token) == 0);
		PROMISE(strlen(token->namespace) < NAMESPACE_MAX);
		for (const char *p = token->namespace; *p; p++)
			PROMISE((*p >= 'a' && *p <= 'z') || (*p >= '0' && *p <= '9') || *p == '-');
		PROMISE(token->expires.ms >= 0 && token->expires.ms % 1000 == 0);
	}
	cJSON_Delete(root);
	free(json);
	return is_good;
}

/* What was read must stand in the claims. */
static void check_claims(const cJSON *claims, const struct spot_token *token)
{
	const cJSON *org_id = cJSON_GetObjectItemCaseSensitive(claims, "org_id");
	const cJSON *exp = cJSON_GetObjectItemCaseSensitive(claims, "exp");
	PROMISE(!token->namespace[0] ||
	    (cJSON_IsString(org_id) && strlen(org_id->valuestring) == strlen(token->namespace)));
	for (size_t i = 0; token->namespace[i]; i++) {
		char c = org_id->valuestring[i];
		PROMISE(token->namespace[i] == (c == '_' ? '-' : tolower((unsigned char)c)));
	}
	if (wall_is_known(token->expires)) {
		double seconds = cJSON_IsString(exp) ? strtod(exp->valuestring, NULL) : exp->valuedouble;
		PROMISE(
		    (double)(token->expires.ms / 1000) <= seconds && seconds < (double)(token->expires.ms / 1000 + 1));
	}
}

/* One org_id of good characters: the namespace follows from it. */
static bool has_org_id(const cJSON *claims)
{
	static const char good[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	size_t org_ids = 0;
	const cJSON *m;
	cJSON_ArrayForEach(m, claims)
	{
		if (strcmp(m->string, "org_id") != 0)
			continue;
		size_t len = cJSON_IsString(m) ? strlen(m->valuestring) : 0;
		if (org_ids++ || len == 0 || len >= NAMESPACE_MAX || strspn(m->valuestring, good) < len)
			return false;
	}
	return org_ids == 1;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct spot_token token;
	char *text = fuzz_text(bytes, len);
	if (read_answer(text, &token))
		spot_token_fini(&token);
	free(text);

	char *payload = encoded(bytes, len);
	char *jwt = mem_zeroed(strlen(payload) + sizeof "e30..c2ln", 1);
	sprintf(jwt, "e30.%s.c2ln", payload);
	const char *end = NULL;
	cJSON *claims = cJSON_ParseWithLengthOpts((const char *)bytes, len, &end, 0);
	/* cJSON alone reads these in another way. */
	bool is_apart = memmem(bytes, len, "\\u", 2) || memchr(bytes, '\0', len);
	bool is_read = read_answer(jwt, &token);
	if (is_read && !is_apart) {
		PROMISE(cJSON_IsObject(claims));
		check_claims(claims, &token);
		PROMISE((token.namespace[0] != '\0') == has_org_id(claims));
	} else if (!is_read && !is_apart)
		PROMISE(end != (const char *)bytes + len || len > 8192 || !cJSON_IsObject(claims));
	if (is_read)
		spot_token_fini(&token);
	cJSON_Delete(claims);
	free(jwt);
	free(payload);
	return 0;
}
