/*
 * The body of an answer with an error status, as one line for the log. It is no evidence for a verdict, but there the
 * server names what is missing (a right, a resource, a token), more exactly than the status does.
 */
#pragma once

#include <stddef.h>

enum {
	REFUSAL_MAX_BYTES = 200,        /* of the line */
	REFUSAL_BODY_MAX_BYTES = 16384, /* the rest of a body is not read */
	REFUSAL_SECRET_RUN_BYTES = 8,   /* a line with this much of a secret counts as a secret */
};

struct refusal {
	/*
	 * A Kubernetes API server refuses with an object of kind Status. Plain text comes from a path that it does not
	 * serve (a custom resource that is not installed), from its overload protection, or from a gateway before it.
	 */
	enum refusal_form { REFUSAL_BARE, REFUSAL_TEXT, REFUSAL_STATUS } form;
	char text[REFUSAL_MAX_BYTES + 1]; /* UTF-8 without control characters; "" for a bare one */
};

/*
 * Reads the body of an error: the `message` of a Status, the `error_description` of an OAuth error
 * (RFC 6749 section 5.2), else the first line. A line that repeats REFUSAL_SECRET_RUN_BYTES of one of `secrets` (or a
 * whole secret that is shorter) is replaced by a note; so it is if it has them in base64, as of `Authorization: Basic`
 * (RFC 7617), or percent-encoded, as in a form. NULL and empty secrets are allowed.
 */
struct refusal refusal_read(const char *body, size_t len, const char *const *secrets, size_t secret_count);
