/*
 * What a JSON Web Token says of itself. Signatures are not checked: only the API that receives a token
 * must believe it; here it tells when to expect its end.
 */
#ifndef HAWATCH_DECODE_JWT_H
#define HAWATCH_DECODE_JWT_H

#include "base/units.h"

struct cJSON;

/* The claims, which the caller frees with cJSON_Delete(); NULL when `token` is no JWT. */
struct cJSON *jwt_claims(const char *token);

/* The claim `exp`; unknown when it is absent or nonsense. `claims` may be NULL; `j` latches a claim twice. */
struct json;
wall_ms jwt_expiry(struct json *j, const struct cJSON *claims);

/* When `token` expires; unknown for an opaque token and for one without an end. */
wall_ms jwt_token_expiry(const char *token);

#endif
