/*
 * Inventory rounds of one side. Their data is displayed, counted and alerted on; it never decides a side's
 * state (SEMANTICS.md section 1, "Two cadences"). A round begins with the nodes that a health round has read. Then it
 * asks one list after another, over the connection of the health rounds, which go first: of its own side between two
 * lists, of all sides when there are few places.
 */
#pragma once

#include "auth/kube_access.h"
#include "decide/drain.h"
#include "decide/inventory_step.h"
#include "decide/pace.h"
#include "fetch/listing.h"
#include "fetch/poll_env.h"
#include "fetch/source.h"
#include "poll/kube_poll.h"

/* Where the objects of a part live. */
enum place_kind { PLACE_ANYWHERE, PLACE_RUNNERS, PLACE_CONTROLLER, PLACE_ARGOCD, PLACES };

struct inventory_poll {
	const struct conf_pair *conf; /* borrowed, for the namespaces */
	struct kube_auth *auth;       /* owned and refreshed by the health rounds */
	struct inventory_account *account;
	int64_t interval_ms;     /* between two rounds at most, while all is well */
	int64_t pod_interval_ms; /* between two lists of PART_PODS; 0: never */
	struct poll_env env;
	/* Called at the end of each round. */
	void (*on_round)(void *ctx);
	/* Called at the end of a list with another one behind it: inventory_poll_go_on() now, or later. Set it after
	 * inventory_poll_init(). */
	void (*on_list)(void *ctx);
	void *ctx;

	const char *side;                             /* its name, for the log */
	enum poll_reason logged[INVENTORY_PARTS + 1]; /* of each part, and of the namespaces: as in struct source */
	struct poll_stats stats;                      /* one per round; OK: every installed part was read */
	struct inventory inventory;
	struct drain drain;
	struct inventory_memory memory;
	mono_ms started_at; /* start of the last round */
	int64_t length_ms;  /* of the last round */
	mono_ms pods_asked_at;

	/* The running round. */
	struct listing listing;
	struct kube_access access;
	struct buf url;
	bool is_running, is_exact;
	bool is_waiting;               /* for inventory_poll_go_on() */
	int at;                        /* the part being read; INVENTORY_PARTS: the namespaces */
	struct facts *facts;           /* NULL between rounds */
	size_t bytes;                  /* of all its lists so far */
	unsigned empty, proven, found; /* bits of enum place_kind: one of its lists is empty; */
				       /* one of its lists is not empty; the namespace exists */
	enum poll_reason reason;       /* why the round failed */
	struct pace_round round;       /* feeds the polling pace of this endpoint */
};

/*
 * Initialises for side `id` of `pair`. What is kept is counted in `account`; it, `pair` and `auth` are borrowed,
 * `intervals` is not kept. `on_round` is called at the end of each round.
 */
void inventory_poll_init(struct inventory_poll *poll, struct poll_env env, const struct conf_pair *pair,
    enum side_id id, struct kube_auth *auth, struct inventory_account *account, const struct conf_poll *intervals,
    void (*on_round)(void *ctx), void *ctx);

/* Cancels a running round and frees everything. */
void inventory_poll_fini(struct inventory_poll *poll);

/*
 * Starts a round with these nodes, of which it takes the list. No round may be running, and `auth` must be ready.
 * `is_exact`: reads every list from storage (etcd), as nodes always are, and not from the API server's cache. Only such
 * a round can show that a side is drained.
 */
void inventory_poll_start(struct inventory_poll *poll, const struct nodes_read *nodes, bool is_exact);

/* Asks the next list, if the round has ended one. To be called while no health round of the side is running. */
void inventory_poll_go_on(struct inventory_poll *poll);

/* Removes data that is too old. True if something changed. */
bool inventory_poll_expire(struct inventory_poll *poll);

/* Node counts of a health round, all zero if it read none. A schedulable node ends "drained" at once. */
void inventory_poll_note_nodes(struct inventory_poll *poll, const struct node_counts *nodes);

/* True if the next round decides whether the side is drained; it should then start early. */
bool inventory_poll_is_half_drained(const struct inventory_poll *poll);

/*
 * A reload: takes statistics and data from `old`, which is empty then. False if the data is of other namespaces, and
 * was not taken.
 */
bool inventory_poll_adopt(struct inventory_poll *poll, struct inventory_poll *old) __attribute__((warn_unused_result));
