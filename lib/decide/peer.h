/*
 * Peers: other daemons that watch the same pairs (SEMANTICS.md section 2, "Peers"). A window is begun in two steps.
 * Each peer is asked, and who agrees lets nobody else begin one for a while; then each is told. Here is what one daemon
 * decides. Pure.
 */
#pragma once

#include "decide/pair.h"

enum {
	PEERS_MAX = 32,
	PEER_INSTANCE_MAX = 96, /* bytes with the NUL, like the others */
	PEER_HOST_MAX = 64,
	PEER_ADDRESS_MAX = 128, /* "[fd00::7]:29164/path", or a host that has no address */
	PEER_PAIR_MAX = 64,
	PEER_HOLD_MS = 15000,      /* longer than asking and telling all of them takes */
	PEER_ENDS_APART_MS = 60000 /* windows that end less far apart are the same; one that ends so soon is none */
};

/* Who this daemon is. */
struct peer_identity {
	char instance[PEER_INSTANCE_MAX]; /* of no other process */
	char host[PEER_HOST_MAX];         /* for people */
};

/* A declared window of a peer. Times are how long ago and how long from now, so that clocks need not agree. */
struct peer_window {
	char pair[PEER_PAIR_MAX];
	enum side_id side;
	char cloudspace[CLOUDSPACE_NAME_MAX]; /* which the side is there */
	int64_t age_ms, left_ms;              /* at most MAINTENANCE_LONGEST_MS left */
	char reason[MAINTENANCE_REASON_MAX];
};

enum peer_result {
	PEER_DONE,
	PEER_REFUSED,
	PEER_NOT_WATCHED, /* it has no such pair, or no such side of it */
	PEER_OTHER_SIDES, /* its side of that name is another cloudspace */
	PEER_STARTING,    /* it has not asked its own peers yet */
	PEER_RESULTS
};
extern const char *const peer_result_names[PEER_RESULTS];

/* What a peer answers to every question. */
struct peer_answer {
	struct peer_identity who;
	bool is_settled; /* it has asked its own peers since its start, so that it also knows of no window */
	enum peer_result result;
	char error[256];              /* why it refuses, for people */
	char (*pairs)[PEER_PAIR_MAX]; /* that it watches; owned and sorted, like the windows */
	size_t pair_count;
	struct peer_window *windows;
	size_t window_count;
};

void peer_answer_fini(struct peer_answer *answer);

/* The pairs by name, the windows by pair and side: each of our pairs is looked up in every turn that shows them. */
void peer_answer_sort(struct peer_answer *answer);

/* A pair as this daemon watches it. Borrowed. */
struct peer_pair {
	const char *name;
	const char *cloudspaces[SIDES_MAX]; /* by side */
	const struct pair *pair;
};

/* That nobody else may begin a window of this pair. Zero: everybody may. */
struct peer_hold {
	char by[PEER_INSTANCE_MAX]; /* who may; "": nobody holds it */
	enum side_id side;
	mono_ms until;
};

/* What somebody wants to begin. */
struct peer_wish {
	const char *by; /* instance */
	enum side_id side;
	int64_t for_ms;
	const char *reason;
	bool is_forced;
};

/*
 * Step one: whether `wish` may be begun for `pair`, which holds the pair for who asks. False with the reason in `e`:
 * another one holds it, or pair_begin_maintenance() refuses.
 */
bool peer_ask(struct peer_hold *hold, const struct pair *pair, const struct peer_wish *wish, struct now now,
    struct err *e) __attribute__((warn_unused_result));

/*
 * Step two: begins it. False if it is not forced, and is not held for who begins it. Who asks is held by its own ask
 * first, so it begins nothing later than a peer would still let it.
 */
bool peer_begin(struct peer_hold *hold, struct pair *pair, const struct peer_wish *wish, struct now now, struct err *e)
    __attribute__((warn_unused_result));

/* Who asked begins nothing: others may again. Of one that is held for another, nothing changes. */
void peer_release(struct peer_hold *hold, const char *by);

/* How a peer stands to a pair of ours. */
enum peer_word {
	PEER_AGREES,
	PEER_DISAGREES, /* other windows */
	PEER_WATCHES_OTHERS,
	PEER_UNREACHABLE,
	PEER_NOT_ASKED, /* or it is starting */
	PEER_WORDS
};
extern const char *const peer_word_names[PEER_WORDS];

/* Of an answer that came at `at`. A window of another cloudspace is another window. */
enum peer_word peer_compare(const struct peer_answer *answer, const struct peer_pair *ours, mono_ms at, mono_ms now);

/*
 * After our start: the windows of the pair are those of the peer, which ran on; of one that is starting, too, only
 * those that it has, and only if our pair has none: what both of them restore may be of different sides. What it does
 * not watch stays as it is. A window of another cloudspace than ours is not taken.
 */
struct pair peer_adopt(const struct peer_answer *answer, const struct peer_pair *ours, struct now now);
