/*
 * The content of one answer: the words of SEMANTICS.md section 1 and the values with them. decode/ makes them from
 * bytes, side and pair judge them, render/ shows them.
 */
#pragma once

#include "base/limits.h"
#include "base/units.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * The sides of a pair. Primary and secondary decide its status. Extra sides add capacity and are polled and shown, but
 * decide nothing.
 */
enum side_id { PRIMARY, SECONDARY, SIDES, EXTRA_1 = SIDES, EXTRA_2, EXTRA_3, EXTRA_4, SIDES_MAX };
_Static_assert((int)SIDES_MAX == SIDES_LIMIT, "the command shows this number of sides");
extern const char *const side_id_names[SIDES_MAX];

/* What is asked of Spot: the lists of a namespace, by the names of the API. */
enum spot_list { LIST_CLOUDSPACES, LIST_SPOT_POOLS, LIST_ON_DEMAND_POOLS, SPOT_LISTS };
extern const char *const spot_list_names[SPOT_LISTS];

/* What Spot reports about one cloudspace. */
enum spot_word {
	SPOT_NONE, /* no answer, refused credential, 429, 5xx, unparsable, unknown phase, too old */
	SPOT_READY,
	SPOT_PROVISIONING,
	SPOT_ERROR,
	SPOT_DELETING,
	SPOT_ABSENT,
	SPOT_WORDS
};
extern const char *const spot_word_names[SPOT_WORDS];

/* What a side's Kubernetes API reports about it. */
enum kube_word {
	KUBE_NONE, /* DNS, certificate, redirect, 429, anything wrong after a good status line, too old */
	KUBE_SERVING,
	KUBE_CORDONED,
	KUBE_NO_CAPACITY,
	KUBE_DENIED,
	KUBE_UNREACHABLE,
	KUBE_WORDS
};
extern const char *const kube_word_names[KUBE_WORDS];

/*
 * Why a poll failed: the closed list behind the `reason` label of ha_poll_errors_total. An answer whose body ends too
 * early is `parse`: the body is not a complete document.
 */
enum poll_reason {
	POLL_OK,
	POLL_DNS,
	POLL_CONNECT,
	POLL_TLS,
	POLL_TIMEOUT,
	POLL_AUTH,
	POLL_RATE_LIMITED,
	POLL_HTTP_3XX,
	POLL_HTTP_4XX,
	POLL_HTTP_5XX,
	POLL_PARSE,
	POLL_TOO_LARGE,
	POLL_INTERNAL,
	POLL_REASONS
};
extern const char *const poll_reason_names[POLL_REASONS]; /* POLL_OK is "ok" */

/* How one request ended. */
struct answer {
	enum poll_reason reason; /* POLL_OK: status 200 and a complete body */
	int status;              /* HTTP status; 0 when the request failed before a status line */
};

/* The reason for an HTTP status; POLL_OK only for 200. */
enum poll_reason obs_reason_of_status(int status);

/* Nodes of one cluster, control-plane nodes left out. */
struct node_counts {
	int total;
	int ready;
	int cordoned;       /* unschedulable, ready or not */
	int ready_cordoned; /* both */
	int available;      /* ready, not cordoned, not deleting, no repelling taint */
	int control_plane;  /* those that were left out */
};

/* One side's Kubernetes health round. */
struct kube_obs {
	enum kube_word word;
	struct node_counts nodes; /* meaningful when the word is serving, cordoned or no_capacity */
};

/*
 * Whether /readyz is asked after this answer of the node list: a status line came, but neither nodes nor `unreachable`
 * did, so the API server may be in trouble.
 */
bool obs_is_doubtful(struct answer nodes);

/*
 * The word of a health round (SEMANTICS.md section 1, "Kubernetes, per side"). A 5xx from /readyz is `unreachable`.
 * Otherwise the node list decides. `readyz` is POLL_OK when it was not asked. `counts` is used only when the answer
 * `nodes` is POLL_OK.
 */
struct kube_obs obs_of_kube(
    struct answer readyz, struct answer nodes, const struct node_counts *counts, int min_available);

enum { CLOUDSPACE_NAME_MAX = 254, WORD_MAX = 64, REASON_MAX = 256, ENDPOINT_MAX = 300 };

/* The closed list of ha_cloudspace_phase; words with the same meaning share an entry. */
enum spot_phase {
	PHASE_PROVISIONING,
	PHASE_READY,
	PHASE_ERROR,
	PHASE_DELETING,
	PHASE_UPGRADING,
	PHASE_NO_WINNING_BIDS,
	PHASE_CONTROL_PLANE_UNRESPONSIVE,
	PHASE_UNKNOWN, /* a word that hawatch does not know; it is logged */
	SPOT_PHASES
};
extern const char *const spot_phase_names[SPOT_PHASES];

/* The members of a CloudSpace object that hawatch uses. */
struct cloudspace {
	char name[CLOUDSPACE_NAME_MAX];
	char phase[WORD_MAX];  /* verbatim, cut to fit */
	char health[WORD_MAX]; /* verbatim; only shown, never decides */
	char reason[REASON_MAX];
	char region[WORD_MAX];
	char endpoint[ENDPOINT_MAX]; /* APIServerEndpoint; the real service sends only a host */
	wall_ms created;             /* creationTimestamp */
	wall_ms first_ready;         /* firstReadyTimestamp; unknown if it was never ready */
	bool deleting;               /* deletionTimestamp is set */
	enum spot_phase known_phase; /* PHASE_UNKNOWN: `word` is SPOT_NONE */
	enum spot_word word;
};

/* The node pools of one cloudspace, summed. */
struct pool_counts {
	int pools;
	int desired;
	int min, max; /* autoscaling limits when enabled, else desired */
	int won;      /* wonCount of spot pools */
	int reserved; /* reservedCount of on-demand pools */
};

/*
 * The bids of one cloudspace, by server class. Of several pools of a class only the lowest bid matters, because it is
 * outbid first.
 */
enum { SPOT_BIDS_MAX = 32 }; /* a region has fewer classes */

struct spot_bid {
	char server_class[WORD_MAX];
	int64_t nano; /* dollars x 10^-9 per node and hour */
};

struct spot_bids {
	struct spot_bid *v; /* SPOT_BIDS_MAX at most */
	size_t count;
	size_t omitted; /* bids without room; while there are any, the one nearest to being outbid is not known */
};

/* A bid and the market price, in nano-dollars per node and hour. */
struct price_margin {
	int64_t bid_nano, market_nano;
	int64_t p80_nano; /* -1: not known */
};
