/*
 * What the poll loop was told of one pair, as it was told: the inputs of the decision (decide/pair.h) in their order
 * and with their times, and beside them what was decided then. No answer is in it, no endpoint and no credential, and
 * no name but those that the API shows.
 *
 * A recording is a sequence of blocks. Each begins with a frame, which is all that decides: so each block can be
 * replayed alone, and one that is damaged costs no other.
 */
#pragma once

#include "base/buf.h"
#include "base/err.h"
#include "decide/pair.h"
#include "replay/wire.h"

enum record_kind {
	RECORD_START,   /* frame: hawatchd starts, or begins to record */
	RECORD_RELOAD,  /* frame: the pair after a reload */
	RECORD_FRAME,   /* frame: a block begins, and nothing has happened */
	RECORD_TICK,    /* time passed; for all sides */
	RECORD_GRACE,   /* cached results were discarded; for all sides */
	RECORD_SPOT,    /* a Spot round ended; of a side */
	RECORD_KUBE,    /* a health round ended; of a side */
	RECORD_WINDOW,  /* a maintenance window of a side was declared or ended */
	RECORD_DECIDED, /* what the daemon made of the entry before */
	RECORD_KINDS
};

/* Which side a side of a reloaded pair was: of the same pair, or one of these. */
enum { RECORD_ORIGIN_NEW = -1, RECORD_ORIGIN_ELSEWHERE = -2 };

struct record_frame {
	char pair_name[NAMESPACE_MAX];
	char cloudspace[SIDES_MAX][CLOUDSPACE_NAME_MAX];
	wall_ms started; /* since then it is recorded */
	int64_t number;  /* of the block since then, from 0 */
	struct pair_policy policy;
	struct pair pair; /* without its counters */
	int origin[SIDES_MAX];
};

/* What people are told of a pair. */
struct record_decided {
	enum ha_status status;
	struct {
		enum verdict verdict;
		enum side_reason reason;
		bool is_degraded;
	} side[SIDES_MAX];
};

struct record_entry {
	enum record_kind kind;
	struct now at;
	enum side_id side;
	struct side_input input;       /* TICK to KUBE */
	struct answer answer;          /* of the list that was asked for */
	struct answer readyz;          /* KUBE: of /readyz; POLL_OK without a status: it was not asked */
	int64_t late_ms;               /* SPOT, KUBE, GRACE: how late the turn of the loop was */
	struct maintenance window;     /* WINDOW */
	struct record_decided decided; /* DECIDED */
	struct record_frame frame;     /* START, RELOAD, FRAME */
};

struct record_decided record_decided_of(const struct pair *pair);
bool record_decided_is_same(const struct record_decided *a, const struct record_decided *b);

enum { RECORD_PAIR_MAX_BYTES = 4 << 10 }; /* six sides need half of it */

/* All of a pair that decides, as bytes: the same for pairs that go on in the same way. `at` is the present time. */
void record_put_pair(struct buf *out, const struct pair *pair, struct now at);

/*
 * Writes an entry, or reads the next one, whatever the wire does. `at` is the time of the entry before; the first one
 * of a block is a frame.
 */
void record_walk(struct wire *wire, struct now *at, struct record_entry *entry);

/* A frame, which a block begins with. */
static inline bool record_is_frame(enum record_kind kind)
{
	return kind <= RECORD_FRAME;
}
