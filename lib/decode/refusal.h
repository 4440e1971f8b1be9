/*
 * What came with an error status: the body of an answer that is no evidence, as one line that a log
 * may show. Servers say there what they miss (a right, a resource, a token), and say it better than
 * a status.
 */
#ifndef HAWATCH_DECODE_REFUSAL_H
#define HAWATCH_DECODE_REFUSAL_H

#include <stddef.h>

enum {
	REFUSAL_MAX_BYTES = 200,       /* of the line */
	REFUSAL_BODY_MAX_BYTES = 4096, /* more of a body is not worth reading */
	REFUSAL_SECRET_RUN_BYTES = 8,  /* so much of a secret in a line makes it one */
};

struct refusal {
	/*
	 * A Kubernetes API server says no with an object of kind Status; plain text comes from a
	 * path that it does not serve at all (a custom resource that is not installed), from its
	 * overload protection, or from a gateway before it.
	 */
	enum refusal_form { REFUSAL_BARE, REFUSAL_TEXT, REFUSAL_STATUS } form;
	char text[REFUSAL_MAX_BYTES + 1]; /* UTF-8 without control characters; "" for a bare one */
};

/*
 * Reads the body of an error: the `message` of a Status, the `error_description` of an OAuth error
 * (RFC 6749 section 5.2), else the first line. A line that repeats REFUSAL_SECRET_RUN_BYTES of one
 * of `secrets` (all of a shorter one) is withheld; NULL and empty ones are allowed.
 */
struct refusal refusal_read(
    const char *body, size_t len, const char *const *secrets, size_t secret_count);

#endif
