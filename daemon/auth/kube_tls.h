/*
 * The CA certificates that one side trusts and its client certificate with its key: from files, which are read again
 * when they change, or out of a kubeconfig.
 */
#pragma once

#include "auth/watched_file.h"

/* Where one PEM comes from; all NULL: it is not configured. Borrowed. */
struct kube_tls_source {
	const char *path;        /* of a file */
	const char *data, *name; /* or the text, and where it stands */
};

struct kube_tls_sources {
	struct kube_tls_source ca, cert, key;
};

struct kube_tls {
	struct watched_file ca, cert, key; /* as last read; a `text` is NULL if none is configured */
	bool needs_ca, needs_identity;
	/* The client certificate in use. Two files are not replaced at once, so the last two that belong together stay.
	 */
	struct {
		char *name;               /* where the certificate comes from */
		char *cert_pem, *key_pem; /* the key is a secret; NULL: none so far */
		wall_ms starts, expires;
	} identity;
};

/* Reads what is due of `from`; with `must_read` everything. Appends what is wrong to `errs`; the last good one stays.
 */
void kube_tls_load(
    struct kube_tls *tls, const struct kube_tls_sources *from, bool must_read, struct now now, struct errs *errs);

/* Everything that is configured has been read once. Before, a request would trust other CAs or be another's. */
bool kube_tls_is_complete(const struct kube_tls *tls);

/* Logs the CA and the client certificate as watched_file_tell() does. */
void kube_tls_tell(struct kube_tls *tls, const char *pair, const char *side);

void kube_tls_fini(struct kube_tls *tls);
