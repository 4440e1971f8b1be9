/*
 * How each Kubernetes API is reached and with what credential: kubeconfig, token and CA files, read again
 * when they change, so that a rotated token or a rebuilt cluster needs no restart.
 */
#ifndef HAWATCH_AUTH_H
#define HAWATCH_AUTH_H

#include "config/conf.h"
#include "config/kubeconfig.h"
#include "daemon/fetch.h"

/* The way to one side's Kubernetes API. */
struct kube_auth {
	const struct conf_side *conf; /* borrowed */
	struct kubeconfig kubeconfig;
	char *server; /* NULL while Spot has not named an endpoint */
	char *bearer; /* a secret; NULL: none */
	char *ca_pem; /* NULL: the system's CAs */
	char *spot_endpoint, *spot_token; /* for a side without kubeconfig */
	char *failing; /* the last refresh's error, so that it is logged once */
};

/*
 * Reads every file that `conf` names. Call once, before the first use. False with every mistake in
 * `errs`; kube_auth_fini() is then still due.
 */
bool kube_auth_init(struct kube_auth *auth, const struct conf_side *conf, struct errs *errs)
    __attribute__((warn_unused_result));

/*
 * Reads the files again. What cannot be read keeps its last good value; the first of a run of failures
 * is logged with `pair` and `side`.
 */
void kube_auth_refresh(struct kube_auth *auth, const char *pair, const char *side);

/* What Spot says of a side without kubeconfig: its endpoint and our bearer. Copies both. */
void kube_auth_offer(struct kube_auth *auth, const char *endpoint, const char *id_token);

/* Whom to trust at `auth->server`. Borrowed until the next refresh. */
struct fetch_tls kube_auth_tls(const struct kube_auth *auth);

void kube_auth_fini(struct kube_auth *auth);

#endif
