/*
 * The claims of a JSON Web Token. Signatures are not checked: that is the task of the API that receives the token. Here
 * the token only tells when it expires.
 */
#pragma once

#include "base/units.h"

#include <stddef.h>

struct cJSON;

/* The claims, which the caller frees with cJSON_Delete(); NULL when `token` is not a JWT. */
struct cJSON *jwt_claims(const char *token);

/*
 * A number of seconds, which some services write as a text. 0 when absent, twice or anything else. `object` may be
 * NULL.
 */
double jwt_seconds(const struct cJSON *object, const char *name);

/* The claim `exp`; unknown when absent or not valid. `claims` may be NULL. */
wall_ms jwt_expiry(const struct cJSON *claims);

/* The claim `iat`, in the same way. */
wall_ms jwt_issued(const struct cJSON *claims);

/* When `token` expires; unknown for an opaque token and for one that does not expire. */
wall_ms jwt_token_expiry(const char *token);

/*
 * Whom the token is for, for people: the claim `email`, else `sub`, else `out` is "". An opaque token does not tell it.
 */
void jwt_whose(const struct cJSON *claims, char *out, size_t size);
void jwt_token_whose(const char *token, char *out, size_t size);

/* When `token` was issued, its claim `iat`; unknown for an opaque token and where it does not say. */
wall_ms jwt_token_issued(const char *token);
