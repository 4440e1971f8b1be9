/*
 * A recording through the code that decided: pair_step() gets the inputs again, and what it makes of them stands beside
 * what was decided then. With other settings this shows what they would have made of the same answers. Pure.
 */
#pragma once

#include "replay/record.h"
#include "replay/replay_set.h"

/* What a timeline has. */
enum replay_news {
	REPLAY_STATUS, /* of the pair */
	REPLAY_STATE,  /* of a side, its reason or whether it is degraded */
	REPLAY_START,
	REPLAY_RELOAD,
	REPLAY_GAP,    /* something is missing in the recording */
	REPLAY_GRACE,  /* a late turn of the loop, or a suspended machine */
	REPLAY_WINDOW, /* of maintenance */
};

struct replay_change {
	enum replay_news news;
	struct now at;
	enum side_id side; /* STATE, WINDOW */
	bool was, is;      /* it was so then, it is so in the replay; others than STATUS and STATE are both */
	struct record_decided decided;
	const struct maintenance *window; /* WINDOW; borrowed */
	int64_t late_ms;                  /* GRACE */
};

/* Zero-initialise, set `set`, `on_change` and `ctx`. */
struct replay {
	const struct replay_set *set;                                     /* NULL: the settings as they were */
	void (*on_change)(void *ctx, const struct replay_change *change); /* NULL: nobody asks */
	void *ctx;

	bool has_begun;
	struct now began, at; /* of the first entry and the last one */
	struct record_frame frame;
	struct pair_policy policy;
	struct pair pair;
	bool wants_why;                  /* set it, for the next two */
	struct side_why why[SIDES_MAX];  /* of the last result of a side; zero: none since it goes on without a gap */
	struct side_why made[SIDES_MAX]; /* of the result that made its verdict */
	struct record_decided was, said, is; /* then, up to the entry before; then, now; in the replay before */
	bool differs, differs_inside;        /* inside: in a counter or time, while people see no difference */
	struct now differs_at;               /* first */
};

/* Whether this frame is the one behind the last entry: neither a start nor a gap is between. */
bool replay_goes_on(const struct replay *replay, const struct record_entry *frame);

/* Takes the next entry. */
void replay_step(struct replay *replay, const struct record_entry *entry);

/* The recording has ended: what the last entry has changed. */
void replay_end(struct replay *replay);
