/*
 * The way to one side's Kubernetes API as it was at one moment: a copy, for requests that may still be under
 * way when the credential is read again.
 */
#ifndef HAWATCH_AUTH_KUBE_ACCESS_H
#define HAWATCH_AUTH_KUBE_ACCESS_H

#include "auth/kube_auth.h"

/* Zero-initialise. */
struct kube_access {
	char *server;
	char *bearer; /* a secret; NULL: none */
	char *ca_pem, *server_name, *cert_pem, *key_pem, *basic, *proxy; /* as fetch_tls has them */
	bool is_insecure, is_uncompressed;
};

/* Takes a copy of what `auth` holds now, in place of an earlier one. `auth` must be ready. */
void kube_access_take(struct kube_access *access, const struct kube_auth *auth);

/* The same as fetch wants it. Borrowed until the next kube_access_take(). */
struct fetch_tls kube_access_tls(const struct kube_access *access);

/* Overwrites and frees everything. */
void kube_access_fini(struct kube_access *access);

#endif
