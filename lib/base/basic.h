/* The credentials of HTTP Basic authentication (RFC 7617). */
#pragma once

#include <stdbool.h>

/* Bytes as the client sent them, in UTF-8 or not. */
struct basic {
	char *user;     /* owned; has no colon */
	char *password; /* behind the user, in the same memory */
};

/*
 * Reads the value of an Authorization header. False, with nothing to release, if it has another scheme, if it is not
 * base64, or if there is no colon or a NUL in it: such a NUL would end the text that is compared. basic_fini()
 * releases.
 */
bool basic_parse(const char *header, struct basic *out) __attribute__((warn_unused_result));

/* Overwrites both. */
void basic_fini(struct basic *basic);
