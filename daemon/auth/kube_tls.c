#include "auth/kube_tls.h"

#include "base/mem.h"
#include "base/rfc3339.h"

#include <stdlib.h>
#include <string.h>

/* Returns whether it is configured. */
static bool load_one(struct watched_file *file, const struct kube_tls_source *from, enum file_kind kind,
    const char *what, bool must_read, struct now now, struct errs *errs)
{
	bool is_good = true;
	if (from->path)
		is_good = watched_file_refresh(file, from->path, kind, must_read, now);
	else if (from->data)
		is_good = watched_file_hold(file, from->name, from->data, kind, now);
	else
		watched_file_fini(file);
	if (!is_good)
		errs_add(errs, (struct place){.file = what}, "%s", file->failing);
	return from->path || from->data;
}

static void replace(char **to, const char *text)
{
	char *copy = text ? mem_copy_secret(text, strlen(text)) : NULL;
	mem_free_secret(to);
	*to = copy;
}

static bool is_same(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

/* The certificate and the key as last read become the identity, if they belong together. */
static void take_identity(struct kube_tls *tls, struct errs *errs)
{
	const char *cert = tls->cert.text, *key = tls->key.text;
	if (!is_same(tls->identity.name, tls->cert.path)) { /* another user's is not kept */
		replace(&tls->identity.name, tls->cert.path);
		replace(&tls->identity.cert_pem, NULL);
		replace(&tls->identity.key_pem, NULL);
	}
	if (!cert || !key || (is_same(cert, tls->identity.cert_pem) && is_same(key, tls->identity.key_pem)))
		return;
	if (!certificate_has_key(cert, key)) {
		char expires[RFC3339_SIZE];
		rfc3339_render(tls->cert.facts->expires, expires);
		errs_add(errs, (struct place){.file = tls->key.path},
		    "not the key of the client certificate %s: %s, expires %s", tls->cert.path,
		    tls->cert.facts->subject, expires);
		return;
	}
	replace(&tls->identity.cert_pem, cert);
	replace(&tls->identity.key_pem, key);
	tls->identity.starts = tls->cert.facts->starts;
	tls->identity.expires = tls->cert.facts->expires;
}

void kube_tls_load(
    struct kube_tls *tls, const struct kube_tls_sources *from, bool must_read, struct now now, struct errs *errs)
{
	tls->needs_ca = load_one(&tls->ca, &from->ca, FILE_AUTHORITIES, "CA file", must_read, now, errs);
	tls->needs_identity =
	    load_one(&tls->cert, &from->cert, FILE_CLIENT_CERTIFICATE, "client-certificate", must_read, now, errs);
	load_one(&tls->key, &from->key, FILE_PRIVATE_KEY, "client-key", must_read, now, errs);
	take_identity(tls, errs);
}

bool kube_tls_is_complete(const struct kube_tls *tls)
{
	return (!tls->needs_ca || tls->ca.text) && (!tls->needs_identity || tls->identity.cert_pem);
}

void kube_tls_tell(struct kube_tls *tls, const char *pair, const char *side)
{
	watched_file_tell(&tls->ca, FILE_AUTHORITIES, pair, side);
	watched_file_tell(&tls->cert, FILE_CLIENT_CERTIFICATE, pair, side);
}

void kube_tls_fini(struct kube_tls *tls)
{
	watched_file_fini(&tls->ca);
	watched_file_fini(&tls->cert);
	watched_file_fini(&tls->key);
	mem_free_secret(&tls->identity.name);
	mem_free_secret(&tls->identity.cert_pem);
	mem_free_secret(&tls->identity.key_pem);
	*tls = (struct kube_tls){0};
}
