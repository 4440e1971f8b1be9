/*
 * A copy of one side's API server address and credential, for requests that may still run when the credential
 * is read again.
 */
#pragma once

#include "auth/kube_auth.h"

/* Zero-initialise. */
struct kube_access {
	struct fetch_peer *peer; /* borrowed */
	char *server;
	char *bearer;                                                              /* a secret; NULL: none */
	char *ca_pem, *server_name, *cert_pem, *key_pem, *basic, *headers, *proxy; /* as in struct fetch_tls */
	char *ca_name, *cert_name;
	bool is_insecure, is_uncompressed;
};

/* Copies the current contents of `auth`, replacing an earlier copy. `auth` must be ready. */
void kube_access_take(struct kube_access *access, const struct kube_auth *auth);

/* The copy as fetch needs it. Borrowed until the next kube_access_take(). */
struct fetch_tls kube_access_tls(const struct kube_access *access);

/* Overwrites and frees everything. */
void kube_access_fini(struct kube_access *access);
