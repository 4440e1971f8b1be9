/* Rackspace Spot control-plane objects to values; each reader takes one item of a list. */
#pragma once

#include "base/err.h"
#include "decide/obs.h"
#include "decode/member.h"

/* What is read of each kind; the two kinds of pools are read alike. */
extern const struct member spot_cloudspace_members[], spot_pool_members[];

/*
 * Reads one CloudSpace. Absent, null and partial members are allowed: a missing status is an empty phase, which means
 * provisioning. False when the object has no name, or a member has the wrong type.
 */
bool spot_read_cloudspace(const char *json, size_t len, struct cloudspace *out, struct err *e)
    __attribute__((warn_unused_result));

/* One SpotNodePool or OnDemandNodePool. */
struct node_pool {
	char cloudspace[CLOUDSPACE_NAME_MAX]; /* spec.cloudSpace; "": it belongs to no cloudspace */
	struct pool_counts counts;            /* of this pool alone */
	char status[WORD_MAX];                /* bidStatus or reservedStatus, verbatim, cut to fit */
	bool is_known_status;                 /* false: a word that hawatch does not know */
	bool has_bid;
	struct spot_bid bid; /* serverClass and bidPrice; an on-demand pool has none */
};

/*
 * Reads one pool. All members may be absent or null, as after broken upgrades. False when a member has the wrong type.
 * A bidPrice that is not a price only means that the pool has no bid.
 */
bool spot_read_pool(const char *json, size_t len, struct node_pool *out, struct err *e)
    __attribute__((warn_unused_result));

/* The cloudspace that an unreadable pool belongs to; false: it names none that can be read. */
bool spot_pool_owner(const char *json, size_t len, char out[CLOUDSPACE_NAME_MAX]) __attribute__((warn_unused_result));

/* Adds one pool's bid to the bids of its cloudspace. */
void spot_bids_add(struct spot_bids *bids, const struct spot_bid *bid);

/* Frees and empties them. */
void spot_bids_fini(struct spot_bids *bids);

/* Puts the bids of `from`, which is empty afterwards, in the place of `to`. */
void spot_bids_move(struct spot_bids *to, struct spot_bids *from);

/* Adds the counts of one pool to the counts of its cloudspace. */
void spot_pool_counts_add(struct pool_counts *sum, const struct pool_counts *pool);
