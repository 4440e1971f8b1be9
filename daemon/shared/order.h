/*
 * An order: to begin or end a maintenance window, or to reload; or what a peer asks. Its content, and how its
 * parameters are read.
 */
#pragma once

#include "api.h"
#include "base/buf.h"
#include "base/err.h"
#include "decide/maintenance.h"
#include "decide/obs.h"
#include "decide/peer.h"

/* A client of the control socket or the sender of a signal, as the kernel names it: user and process id in decimal, ""
 * when unknown. */
struct asker {
	char uid[16], pid[16];
	char peer[PEER_HOST_MAX]; /* the host of the peer that passes it on; "": it came over the control socket */
};

/* What a peer may ask for; the first two say how long, and all but the last name a side. */
enum peer_action {
	PEER_ACTION_ASK,
	PEER_ACTION_BEGIN,
	PEER_ACTION_RELEASE, /* what it was asked before will not begin */
	PEER_ACTION_END,
	PEER_ACTION_STATUS,
	PEER_ACTIONS
};
extern const char *const order_peer_actions[PEER_ACTIONS];

/* Who asked for a reload: an order, SIGHUP, or a change of the file, which nobody is named for. */
struct reload_asker {
	const char *by; /* "order", "signal", "file" */
	struct asker asker;
};

struct order {
	bool is_reload; /* of the configuration: of the content only `asker`, and of the result also `mistakes` */
	bool is_of_peer;
	enum peer_action peer_action;
	char from[PEER_INSTANCE_MAX]; /* which instance asks the peers, this one or another; "": there are none */
	struct buf reply;             /* to a peer: JSON; of the result there is nothing else then */
	char pair[64];
	enum side_id side;                    /* SIDES_MAX: no such side */
	char cloudspace[CLOUDSPACE_NAME_MAX]; /* which the side is at the peer that asks; only of a peer */
	char action[8], side_name[16];        /* as they were given, cut; "" for none */
	bool is_begin;                        /* of a window; else its end */
	bool is_forced;
	int64_t for_ms;
	char reason[MAINTENANCE_REASON_MAX]; /* valid UTF-8, every character text_is_shown(); "": none */

	struct asker asker;

	/* The result: API_NO_ERROR if done, else why not. */
	enum api_error kind;
	struct err error;
	bool is_done_elsewhere; /* an end: only peers had the window */
	struct errs *mistakes;  /* of a configuration that was refused; owned; NULL: none */

	struct order *next; /* in a queue */
	void *ctx;          /* for the server: the request of this order */
};

/*
 * Reads all parameters except `pair`, which the caller looks up; NULL: not given. On false, `order` has the
 * kind of error and a text that names the parameter and the fix.
 */
bool order_parse(const char *const params[API_PARAMS], struct order *order) __attribute__((warn_unused_result));

/* The same for an order of a peer, with its pair. */
bool order_parse_peer(const char *const params[API_PARAMS], const char *const peer[API_PEER_PARAMS],
    struct order *order) __attribute__((warn_unused_result));

/* Frees one of the heap with what it owns; NULL is allowed. */
void order_free(struct order *order);

/* Logs one line per finished order: who asked for what, and the result. */
void order_log(const struct order *order);
