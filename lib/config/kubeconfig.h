/*
 * A kubeconfig as the way to one cluster: the cluster and the user that one context names. Parsing
 * touches no file; paths come back resolved against its folder, for the daemon to read.
 */
#ifndef HAWATCH_CONFIG_KUBECONFIG_H
#define HAWATCH_CONFIG_KUBECONFIG_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

/* Every text is owned; NULL where the kubeconfig says nothing. */
struct kubeconfig {
	char *server;          /* https://host[:port][/path], no trailing slash */
	char *ca_file;         /* certificate-authority */
	char *ca_pem;          /* certificate-authority-data, base64 removed */
	char *tls_server_name; /* tls-server-name */
	bool insecure;         /* insecure-skip-tls-verify */
	char *token;           /* a secret; NULL where token_file is set */
	char *token_file;      /* tokenFile; beats token */
};

/*
 * Parses `len` bytes of `name` and picks `context` (NULL: current-context). On failure returns
 * false with every mistake in `errs` as name:line:column and leaves `out` zeroed. A field that a
 * connection would need and that is not supported is a mistake that names the field, never silently
 * dropped. Messages never contain a token or key. A context without a credential is no mistake:
 * both token and token_file are NULL then.
 */
bool kubeconfig_parse(const char *name, const char *bytes, size_t len, const char *context,
    struct kubeconfig *out, struct errs *errs) __attribute__((warn_unused_result));

/* Frees the texts (secrets are overwritten first) and zeroes the struct. */
void kubeconfig_fini(struct kubeconfig *k);

#endif
