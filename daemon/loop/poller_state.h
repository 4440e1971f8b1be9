/*
 * The poller's state between two turns. Only the poll thread uses it, and only change_pair() changes a pair.
 * fill_view.c makes a view of it, which is published for other threads.
 */
#pragma once

#include "config/conf.h"
#include "decide/alerts.h"
#include "decide/incidents.h"
#include "decide/schedule.h"
#include "loop/config_watch.h"
#include "poll/anchor_poll.h"
#include "poll/inventory_poll.h"
#include "poll/kube_poll.h"
#include "poll/peer_poll.h"
#include "poll/spot_poll.h"
#include "replay/record_block.h"
#include "shared/shared.h"

struct watched_pair;

/* One side of a pair and its polls. */
struct watched_side {
	struct watched_pair *pair;
	enum side_id id;
	wall_ms counted_from;             /* its counters began: since then the cloudspace is watched */
	struct inventory_account account; /* what its inventory keeps */
	struct kube_poll kube;
	struct spot_watch *spot; /* NULL without Spot */
	struct schedule health;  /* when it is polled */
	bool has_ended_a_round;
	struct inventory_poll workload;
	struct schedule workload_schedule;
};

struct watched_pair {
	struct poller *poller;
	const struct conf_pair *conf;
	struct pair_policy policy;
	struct pair pair;
	struct peer_hold hold;      /* a peer, or we, are about to begin a window */
	wall_ms counted_from;       /* its counters began */
	struct events events;       /* with those of its journal that count most */
	struct incidents incidents; /* the same: what is in its journal, and what came since */
	struct alerts alerts;       /* as the journal has them */
	struct runners_sample {
		mono_ms at;        /* never: not since the start */
		int runners, busy; /* as the journal has them; JOURNAL_RUNNERS_UNKNOWN: it does not */
	} sampled;
	uint64_t journal_number;    /* of its last entry */
	size_t journal_damaged;     /* lines that could not be read at the start */
	bool is_dirty, has_changed; /* the view may be another one; what it points at is; since the last fill_view() */
	char namespace[NAMESPACE_MAX]; /* in which Spot last listed the cloudspaces; "": not known */
	struct state_slot *slot;       /* its files; NULL: no state directory */
	mono_ms save_due;
	struct recorder {
		struct record_block block;     /* that is open */
		struct record_decided decided; /* as it was recorded last */
		wall_ms started;               /* since then it is recorded */
		int64_t number;                /* of the next block */
		const struct pair *origin;     /* which pair it was before the present reload */
	} recorder;
	struct watched_side *side; /* primary, secondary, extras; part of the array poller.sides */
	size_t side_count;
};

/* What the peers are asked now; after the second all are for an order. */
enum peers_stage { PEERS_IDLE, PEERS_LOOK, PEERS_ASK, PEERS_RELEASE, PEERS_TELL };

struct peers {
	struct peer_poll poll;
	enum peers_stage stage;
	struct order *order;              /* whose answer waits for the peers; NULL: none */
	mono_ms due;                      /* of the next round */
	bool is_settled;                  /* they were asked once after the start */
	struct view_peer view[PEERS_MAX]; /* what is shown, and how often that was something else */
	size_t view_count;
	uint64_t version;
};

struct poller {
	struct conf *conf;
	struct shared shared;
	struct fetch *fetch;
	struct kube_auth_shared credentials;
	struct inventory_budget inventories; /* of all sides */
	struct now now;                      /* this turn's clock reading */
	struct config_watch *watch;          /* borrowed, while the loop runs */
	struct spot_poll spot;
	struct schedule spot_schedule;
	bool has_ended_spot_round;
	struct anchor_poll anchors;
	struct peers peers;
	struct watched_pair *pairs;
	size_t pair_count;
	struct watched_side *sides; /* of all pairs, in the order of the pairs */
	size_t side_count;

	int64_t suspended_ms;
	int64_t wall_lead_ms; /* of the wall clock before the monotonic one and all suspends */
	mono_ms woken_by;     /* the latest planned start of this turn */
	mono_ms adopted_at;   /* the reload that has made this one; never: the start */
	mono_ms progress_at;  /* a health round has ended, or none was under way and none was due */
	mono_ms tick_due, publish_due, watchdog_due;
	int64_t tick_ms;   /* how often timeouts are checked */
	mono_ms sides_due; /* when a side must be looked at: for a round that is due, or a state to save */
	int64_t watchdog_ms;
	bool is_dirty, is_urgent; /* there may be something to publish; there is, and at once */
	bool has_published;
	wall_ms counted_from, spot_counted_from; /* our own counters began, and those of Spot's sources */
	struct poll_lateness lateness;           /* of the starts of health rounds and of Spot's rounds */
	struct asker signaller;                  /* of the last signal */
	bool is_reload_good;
	wall_ms reloaded;
	struct errs *unsafe_files; /* which others can read or change; NULL: none */
	char *unsafe_summary;      /* the same for people */
	struct view_spot view_spot;
	struct view view; /* what is shown, as fill_view() left it */
	struct view_pair *view_pairs;
	const struct view_pair **views; /* the same, for the view */
};

/*
 * One pass of the loop: starts what is due, sleeps until something comes, and takes it. Returns the signal to act on:
 * `signal` (0: none yet), or a new one that goes before it.
 */
int poller_pass(struct poller *poller, int signal_fd, int signal);

/* The pair of this name; NULL: there is none. */
struct watched_pair *poller_find_pair(struct poller *poller, const char *name);
