/*
 * The token endpoint's answer and the claims of the id_token in it. Signatures are not checked: the
 * token came over a verified connection, and only the API that receives it must believe it.
 */
#ifndef HAWATCH_DECODE_SPOT_TOKEN_H
#define HAWATCH_DECODE_SPOT_TOKEN_H

#include "base/err.h"
#include "base/units.h"

#include <stddef.h>

enum { NAMESPACE_MAX = 254 };

struct spot_token {
	char *id_token;                /* owned, a secret */
	char *refresh_token;           /* owned, a secret: the one to use next; NULL: none was sent */
	wall_ms expires;               /* the claim `exp`; unknown when the claim is absent */
	int64_t expires_in_ms;         /* the answer's own word on its life; 0 when absent */
	char namespace[NAMESPACE_MAX]; /* spot_namespace() of the claim org_id */
};

/*
 * The namespace of an organization: org_AbC123 is org-abc123 (lower case, `_` as `-`). False, with `out`
 * undefined, when the result would not fit into a URL's path.
 */
bool spot_namespace(const char *org_id, char out[NAMESPACE_MAX]) __attribute__((warn_unused_result));

/*
 * Reads a body of POST /oauth/token. On success fills `out`, to be released with spot_token_fini().
 * Error texts never quote the body.
 */
bool spot_token_read(const char *json, size_t len, struct spot_token *out, struct err *e)
    __attribute__((warn_unused_result));

/*
 * How long the token is good from `now`, which is when it came: until `exp`; where that is absent or lies
 * in the past already (then a clock is wrong, and not the token), for `expires_in`; else for 5 minutes.
 */
int64_t spot_token_life_ms(const struct spot_token *token, wall_ms now);

/*
 * How long before its end a token of such a life is renewed: 60 s, but never more than half of it, or a
 * short-lived one would be renewed in every round.
 */
int64_t spot_token_early_ms(int64_t life_ms);

/* Overwrites and frees. */
void spot_token_fini(struct spot_token *token);

#endif
