#define _DEFAULT_SOURCE /* explicit_bzero */
#include "decode/jwt.h"

#include "base/base64.h"
#include "decode/json.h"

#include <cJSON.h>
#include <stdlib.h>
#include <string.h>

struct cJSON *jwt_claims(const char *token)
{
	const char *payload = strchr(token, '.');
	const char *end = payload ? strchr(payload + 1, '.') : NULL;
	size_t len;
	char *json = end ? base64_decode_url(payload + 1, (size_t)(end - payload - 1), &len) : NULL;
	if (!json)
		return NULL;
	cJSON *claims = json_parse_object(json, len, NULL);
	explicit_bzero(json, len);
	free(json);
	return claims;
}

wall_ms jwt_expiry(struct json *j, const struct cJSON *claims)
{
	const cJSON *exp = json_member(j, claims, "exp");
	bool is_good = !j->has_failed && cJSON_IsNumber(exp) && exp->valuedouble > 0 && exp->valuedouble < 1e11;
	return is_good ? (wall_ms){(int64_t)exp->valuedouble * 1000} : WALL_UNKNOWN;
}

wall_ms jwt_token_expiry(const char *token)
{
	struct json j = {0};
	cJSON *claims = jwt_claims(token);
	wall_ms expires = jwt_expiry(&j, claims);
	cJSON_Delete(claims);
	return expires;
}
