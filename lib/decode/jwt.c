#define _DEFAULT_SOURCE /* explicit_bzero */
#include "decode/jwt.h"

#include "base/base64.h"
#include "base/text.h"
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

double jwt_seconds(const struct cJSON *object, const char *name)
{
	const cJSON *m = json_member(&(struct json){0}, object, name);
	if (cJSON_IsNumber(m))
		return m->valuedouble;
	const char *text = cJSON_IsString(m) ? m->valuestring : "";
	char *end;
	double seconds = strtod(text, &end);
	return text[strspn(text, "0123456789.")] == '\0' && *end == '\0' ? seconds : 0;
}

static wall_ms time_of(const struct cJSON *claims, const char *claim)
{
	double seconds = jwt_seconds(claims, claim);
	return seconds > 0 && seconds < 1e11 ? (wall_ms){(int64_t)seconds * 1000} : WALL_UNKNOWN;
}

wall_ms jwt_expiry(const struct cJSON *claims)
{
	return time_of(claims, "exp");
}

wall_ms jwt_issued(const struct cJSON *claims)
{
	return time_of(claims, "iat");
}

wall_ms jwt_token_expiry(const char *token)
{
	cJSON *claims = jwt_claims(token);
	wall_ms expires = jwt_expiry(claims);
	cJSON_Delete(claims);
	return expires;
}

wall_ms jwt_token_issued(const char *token)
{
	cJSON *claims = jwt_claims(token);
	wall_ms issued = jwt_issued(claims);
	cJSON_Delete(claims);
	return issued;
}

void jwt_whose(const struct cJSON *claims, char *out, size_t size)
{
	const char *email = json_text(&(struct json){0}, claims, "email");
	const char *subject = email && *email ? email : json_text(&(struct json){0}, claims, "sub");
	text_copy_shown(out, size, subject ? subject : "");
}

void jwt_token_whose(const char *token, char *out, size_t size)
{
	cJSON *claims = jwt_claims(token);
	jwt_whose(claims, out, size);
	cJSON_Delete(claims);
}
