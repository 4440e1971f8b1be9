/*
 * Health rounds of one side's Kubernetes API (SEMANTICS.md section 1): the node list, and /readyz after it where the
 * node list leaves a doubt. One request after the other, so a side needs one connection.
 */
#pragma once

#include "auth/kube_access.h"
#include "decide/facts.h"
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

	/* The running round. */
	struct kube_access access; /* the credential may be renewed meanwhile */
	struct fetch_job *readyz_job;
	struct listing listing;
	struct buf readyz_url, nodes_url;
	bool is_running;
	struct answer readyz_answer;
	struct fetch_result nodes_result;
	struct pace_round round; /* feeds the polling pace of this endpoint */
	struct node_counts counts;
	bool collects;           /* an inventory round begins with its nodes; */
	struct facts_list found; /* they are here: node_fact */
	struct err too_many;     /* why they are not; "": they are */
	struct kube_obs obs;     /* the last good node list, for display */
	mono_ms read_at;         /* when it was read */
};

/*
 * Initialises for side `id` of `pair`. Call kube_auth_init() for `auth` first. Nodes that are collected for the
 * inventory are counted in `account`; it and `pair` are borrowed. `on_round` is called at the end of each round.
 */
void kube_poll_init(struct kube_poll *poll, struct poll_env env, const struct conf_pair *pair, enum side_id id,
    struct inventory_account *account, void (*on_round)(void *ctx, const struct kube_obs *obs), void *ctx);

/* Cancels a running round and frees everything, including the credentials. */
void kube_poll_fini(struct kube_poll *poll);

/* True while a round is running. */
bool kube_poll_is_running(const struct kube_poll *poll);

/*
 * Reads changed credential files and starts a round; none may be running. If the endpoint or credential is
 * not known yet, the round ends at once with no evidence. `collects`: keeps the nodes for an inventory round.
 */
void kube_poll_start(struct kube_poll *poll, bool collects);

/* How a list of nodes was answered, and what it said. */
struct nodes_read {
	const struct fetch_result *result;
	struct facts_list list; /* node_fact, sorted; the caller's */
	const struct unreadables *unreadable;
};

/*
 * True if a round has collected nodes, well or not, and nobody has taken them yet; `out` then has them. What is
 * borrowed in it is good until the next round starts.
 */
bool kube_poll_take_nodes(struct kube_poll *poll, struct nodes_read *out) __attribute__((warn_unused_result));

/* When the API last gave any HTTP answer; MONO_NEVER: never. */
mono_ms kube_poll_answered_at(const struct kube_poll *poll);
