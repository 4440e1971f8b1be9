/*
 * Inventory rounds of one side: what is shown, counted and alerted on, and decides nothing (SEMANTICS.md
 * section 1, "Two cadences"). One list after another, over one connection, behind everybody's health rounds.
 */
#ifndef HAWATCH_POLL_INVENTORY_POLL_H
#define HAWATCH_POLL_INVENTORY_POLL_H

#include "auth/kube_access.h"
#include "decide/drain.h"
#include "decide/inventory_step.h"
#include "decide/pace.h"
#include "fetch/listing.h"
#include "fetch/poll_env.h"
#include "fetch/source.h"

/* Where a part's objects live. */
enum place_kind { PLACE_ANYWHERE, PLACE_RUNNERS, PLACE_CONTROLLER, PLACE_ARGOCD, PLACES };

struct inventory_poll {
	const struct conf_pair *conf; /* borrowed, for the namespaces */
	struct kube_auth *auth;       /* of the health rounds, which refresh it */
	int64_t interval_ms;
	struct poll_env env;
	/* Called at the end of each round. */
	void (*on_round)(void *ctx);
	void *ctx;

	struct source part[INVENTORY_PARTS], namespaces; /* for the log */
	struct poll_stats stats; /* one a round: OK when every part that is installed was read */
	struct inventory inventory;
	struct drain drain;
	struct inventory_memory memory;
	mono_ms started_at; /* the last round's start */
	int64_t length_ms;  /* of the last round */

	/* The round in flight. */
	struct listing listing;
	struct kube_access access;
	struct buf url;
	bool is_running, is_exact;
	int at;              /* the part that is being asked for; INVENTORY_PARTS: the namespaces */
	struct facts facts;
	unsigned empty, proven, found; /* bits of enum place_kind: holds lists that are all empty; */
				       /* holds one that is not; is a namespace that exists */
	enum poll_reason reason;       /* why the round is no success */
	struct pace_round round;       /* what the answers say about the endpoint */
};

/*
 * Prepares side `id` of `pair`, which is borrowed like `auth`, and is looked at every `interval_ms`. `on_round` is called
 * at the end of each round.
 */
void inventory_poll_init(struct inventory_poll *poll, struct poll_env env, const struct conf_pair *pair,
    enum side_id id, struct kube_auth *auth, int64_t interval_ms, void (*on_round)(void *ctx), void *ctx);

/* Cancels what is in flight and frees everything. */
void inventory_poll_fini(struct inventory_poll *poll);

/*
 * Starts a round; none may be in flight, and `auth` must be ready. `is_exact`: every list comes from the API
 * server's storage and not from its cache, which is what it takes to call a side drained.
 */
void inventory_poll_start(struct inventory_poll *poll, bool is_exact);

/* Takes back what has become too old. True when that changed anything. */
bool inventory_poll_expire(struct inventory_poll *poll);

/* What a health round counted, all zero where it read none: a node that takes work ends "drained" at once. */
void inventory_poll_note_nodes(struct inventory_poll *poll, const struct node_counts *nodes);

/* True when the next look decides whether the side is drained, so that it should not be waited for. */
bool inventory_poll_is_half_drained(const struct inventory_poll *poll);

/* Carries over what `old` has counted, said and seen, unless that was of other namespaces. Empties `old`. */
void inventory_poll_adopt(struct inventory_poll *poll, struct inventory_poll *old);

#endif
