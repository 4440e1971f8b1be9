/*
 * The token endpoint's answer and the claims of the id_token in it. Signatures are not checked: the
 * token came over a verified connection, and only the API that receives it must believe it.
 */
#ifndef HAWATCH_DECODE_TOKEN_H
#define HAWATCH_DECODE_TOKEN_H

#include "base/err.h"
#include "base/units.h"

#include <stddef.h>

enum { NAMESPACE_MAX = 254 };

struct spot_token {
	char *id_token;               /* owned, a secret */
	wall_ms expires;              /* the claim `exp`; unknown when the claim is absent */
	char namespace[NAMESPACE_MAX]; /* from the claim org_id: lower case, `_` as `-` */
};

/*
 * Reads a body of POST /oauth/token. On success fills `out`, to be released with spot_token_fini().
 * Error texts never quote the body.
 */
bool spot_token_read(const char *json, size_t len, struct spot_token *out, struct err *e)
    __attribute__((warn_unused_result));

/* Overwrites and frees. */
void spot_token_fini(struct spot_token *token);

#endif
