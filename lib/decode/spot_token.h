/*
 * The token endpoint's answer and the claims of the id_token in it. Signatures are not checked here: the token came
 * over a verified connection, and the API that receives it checks them.
 */
#pragma once

#include "base/err.h"
#include "base/limits.h"
#include "base/units.h"

#include <stddef.h>

struct spot_token {
	char *id_token;                /* owned, a secret */
	char *refresh_token;           /* owned, a secret, to be used next; NULL: none was sent */
	wall_ms issued, expires;       /* the claims `iat` and `exp`; unknown when absent or not usable */
	int64_t expires_in_ms;         /* `expires_in` of the answer; 0 when absent or not usable */
	char whose[WHOSE_MAX];         /* jwt_whose(); "" when it does not tell */
	char namespace[NAMESPACE_MAX]; /* spot_namespace() of the claim org_id; "" when absent or not usable */
};

/*
 * The namespace of an organization: org_AbC123 becomes org-abc123 (lower case, `_` becomes `-`). False, with `out`
 * undefined, when the result cannot be a part of a URL's path.
 */
bool spot_namespace(const char *org_id, char out[NAMESPACE_MAX]) __attribute__((warn_unused_result));

/*
 * Reads a body of POST /oauth/token. On success fills `out`, which the caller releases with spot_token_fini(). No claim
 * is needed to send a token, so none is demanded: one that is absent, twice or of the wrong type is unknown. But the
 * id_token must be a JWT that can stand in a header, so that an error in its place does not replace a good one. Error
 * texts never quote the body.
 */
bool spot_token_read(const char *json, size_t len, struct spot_token *out, struct err *e)
    __attribute__((warn_unused_result));

/*
 * How long the token is valid from `now`, the time when it was received: until `exp`, but not longer than from `iat` to
 * `exp`, because our clock may be behind. If `exp` is already in the past (our clock is ahead), from `iat` to `exp`.
 * Without these claims for `expires_in`, and without that for 5 minutes.
 */
int64_t spot_token_life_ms(const struct spot_token *token, wall_ms now);

/*
 * How long before its expiry a token with this life is renewed: 60 s, or two intervals between rounds if they are
 * longer, so that no round and no side uses a token that has expired. At most half of its life, so that a token with a
 * short life is not renewed in every round.
 */
int64_t spot_token_early_ms(int64_t life_ms, int64_t interval_ms);

/* Overwrites and frees. */
void spot_token_fini(struct spot_token *token);
