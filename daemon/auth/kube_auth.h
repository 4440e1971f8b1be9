/*
 * How to reach each Kubernetes API, and with which credential: kubeconfig, token and certificate files (read
 * again when they change), a credential plugin, the service account of our own pod, or the data from Spot. So
 * a rotated token or a rebuilt cluster needs no restart.
 */
#pragma once

#include "auth/exec_plugin.h"
#include "auth/kube_tls.h"
#include "auth/kubeconfig_files.h"
#include "auth/watched_file.h"
#include "config/conf.h"
#include "decide/credential.h"
#include "fetch/fetch.h"

/* Shared by all sides. Borrowed from the poller. */
struct kube_auth_shared {
	struct kubeconfig_files *kubeconfigs;
	struct exec_plugins *plugins;
	struct fetch_peer *last_peer; /* of the side that was initialised last; NULL: this is the first */
};

/* Address and credential of one side's Kubernetes API. */
struct kube_auth {
	const struct conf_side *conf; /* borrowed */
	const char *pair, *side;      /* their names, for the log; borrowed */
	struct kube_auth_shared shared;
	unsigned version; /* of the kubeconfig content that the context was picked from */
	struct kubeconfig kubeconfig;
	struct err pick_err; /* why the context could not be picked; "" if it could */
	struct watched_file token;
	struct kube_tls tls;
	struct fetch_peer *peer;          /* shared with a few sides: there are as many API servers as sides */
	struct exec_plugin *plugin;       /* NULL: none configured */
	char *spot_endpoint, *spot_token; /* for a side without kubeconfig */
	char *refused_endpoint;           /* an unusable endpoint from Spot, already logged */
	char *server;                     /* NULL until an endpoint is known */
	char *bearer;                     /* a secret; NULL: none */
	wall_ms issued, expires;          /* of the bearer; WALL_UNKNOWN if it does not tell */
	char whose[WHOSE_MAX];            /* the same; "" */
	bool was_refused;                 /* a 401 arrived: the next refresh reads everything again */
	bool has_warned;                  /* the missing TLS verification is logged */
	char *failing;                    /* the last refresh's error; it is logged only once */
};

/*
 * Reads every file that `conf` names. Call once, before the first use. `pair` and `side` are names for the log,
 * borrowed. Returns false with all errors in `errs`; call kube_auth_fini() even then.
 */
bool kube_auth_init(struct kube_auth *auth, const struct conf_side *conf, const char *pair, const char *side,
    struct kube_auth_shared shared, struct now now, struct errs *errs) __attribute__((warn_unused_result));

/*
 * A reload: takes from `old` what belongs to the same cluster and comes from settings that are the same: the credential
 * plugin, with its answer and a run under way; the endpoint from Spot if `has_same_spot`; and what the log was told.
 * Both must be of one cloudspace. False if a plugin's credential could not be taken: another plugin is configured.
 */
bool kube_auth_adopt(struct kube_auth *auth, struct kube_auth *old, bool has_same_spot)
    __attribute__((warn_unused_result));

/*
 * Reads changed files again, and all files once a minute and after a 401. Starts the plugin if it is due. If
 * reading fails, the last good value stays, and each new cause is logged once.
 */
void kube_auth_refresh(struct kube_auth *auth, struct now now);

/*
 * False until an endpoint is known, every configured file has been read once and, with a plugin, until its first
 * credential. Nothing is sent before.
 */
bool kube_auth_is_ready(const struct kube_auth *auth);

/* Why nothing can be sent: a file cannot be read, or the plugin fails; else NULL. Borrowed until the next refresh. */
const char *kube_auth_problem(const struct kube_auth *auth);

/* The API server answered 401: the next refresh reads every file and runs the plugin. */
void kube_auth_note_refusal(struct kube_auth *auth);

/* The refused credential is Spot's: reading files again does not help, a new id_token may. */
bool kube_auth_needs_spot_token(const struct kube_auth *auth);

/*
 * Spot's data for a side without kubeconfig: its endpoint and our bearer token. Copies both, and uses them at once. An
 * endpoint that is NULL, "" or unusable leaves the last one: that Spot does not tell it says nothing of the cluster.
 */
void kube_auth_offer(struct kube_auth *auth, const char *endpoint, const char *id_token);

/* Spot tells of other cloudspaces from now on: its endpoint is none of theirs. */
void kube_auth_forget_endpoint(struct kube_auth *auth);

/* TLS and proxy settings for `auth->server`. Borrowed until the next refresh; kube_access.h has a copy that stays. */
struct fetch_tls kube_auth_tls(const struct kube_auth *auth);

/* When the bearer and the client certificate in use expire, and by when they should have been renewed. */
struct credential kube_auth_bearer_life(const struct kube_auth *auth);
struct credential kube_auth_certificate_life(const struct kube_auth *auth);

/* Whom the bearer or the client certificate in use is for, for people; NULL: not known. Borrowed as above. */
const char *kube_auth_whose(const struct kube_auth *auth);

void kube_auth_fini(struct kube_auth *auth);
