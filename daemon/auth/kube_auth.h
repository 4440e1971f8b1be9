/*
 * How each Kubernetes API is reached and with what credential: kubeconfig, token and certificate files,
 * read again when they change, a credential plugin's answer, the service account of the pod that we run
 * in, or what Spot says; so that a rotated token or a rebuilt cluster needs no restart.
 */
#ifndef HAWATCH_AUTH_KUBE_AUTH_H
#define HAWATCH_AUTH_KUBE_AUTH_H

#include "auth/exec_plugin.h"
#include "auth/kubeconfig_files.h"
#include "auth/watched_file.h"
#include "config/conf.h"
#include "fetch/fetch.h"

/* What the sides share. Borrowed from the poller. */
struct kube_auth_shared {
	struct kubeconfig_files *kubeconfigs;
	struct exec_plugins *plugins;
};

/* The way to one side's Kubernetes API. */
struct kube_auth {
	const struct conf_side *conf; /* borrowed */
	struct kube_auth_shared shared;
	unsigned version; /* of the kubeconfig's content that was picked from */
	struct kubeconfig kubeconfig;
	struct err pick_err; /* why the context could not be picked from it; "" */
	struct watched_file token, ca, cert, key;
	struct exec_plugin *plugin;   /* NULL: none is configured */
	char *spot_endpoint, *spot_token; /* for a side without kubeconfig */
	char *refused_endpoint;           /* named by Spot and not usable; the log was told of it */
	char *server;    /* NULL while nobody has named an endpoint */
	char *bearer;    /* a secret; NULL: none */
	wall_ms expires; /* of the bearer; unknown where it does not say */
	wall_ms certificate_expires; /* of the client certificate in use */
	bool was_refused; /* 401: everything is read again, once */
	bool has_warned;  /* that nothing is verified */
	char *failing;    /* the last refresh's error, so that it is logged once */
};

/*
 * Reads every file that `conf` names. Call once, before the first use. False with every mistake in
 * `errs`; kube_auth_fini() is then still due.
 */
bool kube_auth_init(struct kube_auth *auth, const struct conf_side *conf,
    struct kube_auth_shared shared, struct now now, struct errs *errs)
    __attribute__((warn_unused_result));

/*
 * Reads the files again that have changed, and all of them once a minute and after a refusal; starts the
 * plugin where it is due. What cannot be read keeps its last good value; the first of a run of failures
 * is logged with `pair` and `side`.
 */
void kube_auth_refresh(struct kube_auth *auth, const char *pair, const char *side, struct now now);

/*
 * False while there is no endpoint, while a configured file has never been read, or before the first answer of the
 * plugin. Nothing is sent then.
 */
bool kube_auth_is_ready(const struct kube_auth *auth);

/* Why nothing can be sent, where a configured file cannot be read; else NULL. Borrowed until the next refresh. */
const char *kube_auth_problem(const struct kube_auth *auth);

/* The API server answered 401: the next refresh believes nothing that it has not read anew. */
void kube_auth_note_refusal(struct kube_auth *auth);

/* What Spot says of a side without kubeconfig: its endpoint and our bearer. Copies both. */
void kube_auth_offer(struct kube_auth *auth, const char *endpoint, const char *id_token);

/* The way to `auth->server`. Borrowed until the next refresh. */
struct fetch_tls kube_auth_tls(const struct kube_auth *auth);

/* When the client certificate in use ends; unknown where that is not told. */
wall_ms kube_auth_certificate_expiry(const struct kube_auth *auth);

void kube_auth_fini(struct kube_auth *auth);

#endif
