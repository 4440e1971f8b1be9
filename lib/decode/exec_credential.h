/* What a credential plugin prints: an ExecCredential of client.authentication.k8s.io. */
#pragma once

#include "base/err.h"
#include "base/units.h"

#include <stddef.h>

/* A token, a certificate with its key, both as yet unread, or all three. Owned; all but the certificate are secrets. */
struct exec_credential {
	char *token;
	char *cert_pem, *key_pem;
	wall_ms expires; /* expirationTimestamp; unknown when absent */
};

/*
 * Reads `len` bytes of the output of a plugin that was run with `api_version`. On success fills `out`, which the caller
 * releases with exec_credential_fini(). Error texts never quote the bytes.
 */
bool exec_credential_read(const char *json, size_t len, const char *api_version, struct exec_credential *out,
    struct err *e) __attribute__((warn_unused_result));

/* Overwrites and frees. */
void exec_credential_fini(struct exec_credential *credential);
