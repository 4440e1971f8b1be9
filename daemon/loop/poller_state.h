/*
 * What the poller watches, as it stands between two turns: the poller's own state, and how it is shown.
 * Only the poller's thread touches it, and pairs change by change_pair() alone; fill_view.c shows it to others.
 */
#ifndef HAWATCH_LOOP_POLLER_STATE_H
#define HAWATCH_LOOP_POLLER_STATE_H

#include "config/conf.h"
#include "decide/schedule.h"
#include "poll/anchor_poll.h"
#include "poll/inventory_poll.h"
#include "poll/kube_poll.h"
#include "poll/spot_poll.h"
#include "shared/shared.h"

struct watched_pair;

/* One side of a pair and its polls. */
struct watched_side {
	struct watched_pair *pair;
	enum side_id id;
	struct kube_poll kube;
	struct spot_watch *spot; /* NULL without Spot */
	struct schedule health;  /* when it is asked */
	bool has_ended_a_round;
	struct inventory_poll workload;
	struct schedule workload_schedule;
};

struct watched_pair {
	struct poller *poller;
	const struct conf_pair *conf;
	struct pair_policy policy;
	struct pair pair;
	struct events events;
	struct state_slot *slot; /* of its state file; NULL: none is kept */
	mono_ms save_due;
	struct watched_side *side; /* primary, secondary, extras: a run of the poller's sides */
	size_t side_count;
};

struct poller {
	struct conf *conf;
	struct shared shared;
	struct fetch *fetch;
	struct kube_auth_shared credentials;
	struct now now; /* this turn's reading, the only one */
	struct spot_poll spot;
	struct schedule spot_schedule;
	bool has_ended_spot_round;
	struct anchor_poll anchors;
	struct watched_pair *pairs;
	size_t pair_count;
	struct watched_side *sides; /* of all pairs, in their order */
	size_t side_count;

	int64_t suspended_ms;
	mono_ms woken_by; /* when this turn was to begin at the latest */
	mono_ms tick_due, publish_due, watchdog_due;
	int64_t watchdog_ms;
	bool is_dirty, is_urgent; /* something to publish; something that cannot wait */
	bool is_reload_good;
	wall_ms reloaded;
	struct view_pair *view_pairs;
};

#endif
