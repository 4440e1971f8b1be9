/*
 * Certificates and private keys in PEM, parsed with GnuTLS. What is read here, and nothing else of its text, goes to
 * libcurl or to our own server: so a running daemon and --config.check refuse the same, and name it.
 */
#pragma once

#include "base/err.h"
#include "base/units.h"

#include <stdbool.h>
#include <stddef.h>

enum certificate_use {
	CERTIFICATE_AUTHORITIES, /* one or more CA certificates to trust */
	CERTIFICATE_CLIENT,      /* a client certificate and the intermediate ones after it */
	CERTIFICATE_SERVER,      /* the same of a server */
	CERTIFICATE_KEY,         /* its private key, not encrypted */
	CERTIFICATE_USES
};

/* What to tell of certificates. Texts are fit to be shown. */
struct certificate_facts {
	size_t count;
	char subject[128];       /* of the first; one's own is the first of its file (RFC 8446, 4.4.2) */
	wall_ms starts, expires; /* of the first: notBefore and notAfter */
	char ending[512];        /* names those that have expired or expire within 30 days; "" if there are none */
	wall_ms ending_until;    /* then `ending` is another text; WALL_UNKNOWN: never */
};

/*
 * Reads what `use` needs out of `len` bytes of PEM. Other blocks are passed over, as kubectl does, except a private key
 * among CA certificates. Returns it as PEM in one form, of which another reading gives the same; the caller frees it
 * with mem_free_secret(). NULL with `e`: what is wrong, without the name of the file. `facts` (may be NULL) is filled
 * for certificates; what is ending depends on `now`.
 */
char *certificate_read(enum certificate_use use, const char *bytes, size_t len, wall_ms now,
    struct certificate_facts *facts, struct err *e) __attribute__((warn_unused_result));

/* Puts what certificate_read() makes of the text `*pem` in its place. False with `e`; then `*pem` stays. */
bool certificate_replace(char **pem, enum certificate_use use, wall_ms now, struct certificate_facts *facts,
    struct err *e) __attribute__((warn_unused_result));

/* Whether `key` is the key of the first certificate of `chain`. Both as certificate_read() returned them. */
bool certificate_has_key(const char *chain, const char *key);
