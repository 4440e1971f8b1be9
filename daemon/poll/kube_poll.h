/*
 * Health rounds of one side's Kubernetes API: /readyz and the node list, asked together, judged together
 * (SEMANTICS.md section 1).
 */
#ifndef HAWATCH_POLL_KUBE_POLL_H
#define HAWATCH_POLL_KUBE_POLL_H

#include "auth/kube_auth.h"
#include "decide/pace.h"
#include "decode/kube.h"
#include "fetch/listing.h"
#include "fetch/poll_env.h"
#include "fetch/source.h"

struct kube_poll {
	struct kube_auth auth;
	struct source readyz, nodes;
	struct taint_filter filter;
	struct poll_env env;
	/* Called at the end of each round. */
	void (*on_round)(void *ctx, const struct kube_obs *obs);
	void *ctx;

	/* The round in flight. */
	struct fetch_job *readyz_job;
	struct listing listing;
	struct buf readyz_url, nodes_url;
	int awaited; /* answers still to come; 0 between rounds */
	struct answer readyz_answer, nodes_answer;
	struct pace_round round; /* what the answers say about the endpoint */
	struct node_counts counts;
	struct kube_obs obs; /* the last node list that was read, for people */
	mono_ms read_at;     /* when that was */
};

/*
 * Prepares side `id` of `pair`, which is borrowed. `auth` must have been initialised by kube_auth_init(). `on_round` is
 * called at the end of each round.
 */
void kube_poll_init(struct kube_poll *poll, struct poll_env env, const struct conf_pair *pair, enum side_id id,
    void (*on_round)(void *ctx, const struct kube_obs *obs), void *ctx);

/* Cancels what is in flight and frees everything, the credentials included. */
void kube_poll_fini(struct kube_poll *poll);

/* True while a round is in flight. */
bool kube_poll_is_running(const struct kube_poll *poll);

/*
 * Starts a round; none may be in flight. The files of the credential are read again first. A side whose
 * endpoint or credential is not known yet ends its round at once with no evidence.
 */
void kube_poll_start(struct kube_poll *poll);

/* When its API last gave any HTTP answer; MONO_NEVER if it never did. */
mono_ms kube_poll_answered_at(const struct kube_poll *poll);

#endif
