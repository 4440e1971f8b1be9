/*
 * Spot rounds: one token for all, one list of cloudspaces and one of each pool kind per round, whatever
 * the number of pairs.
 */
#ifndef HAWATCH_POLL_SPOT_POLL_H
#define HAWATCH_POLL_SPOT_POLL_H

#include "auth/spot_auth.h"
#include "config/conf.h"
#include "decide/pace.h"
#include "decide/side.h"
#include "fetch/listing.h"
#include "fetch/source.h"
#include "poll/price_poll.h"
#include "poll/spot_org.h"

enum spot_list { LIST_CLOUDSPACES, LIST_SPOT_POOLS, LIST_ON_DEMAND_POOLS, SPOT_LISTS };

/* One cloudspace that somebody watches, and what Spot last said of it. */
struct spot_watch {
	const char *name;
	struct cloudspace cloudspace; /* as of cloudspace_at; MONO_NEVER: not listed */
	mono_ms cloudspace_at;
	struct pool_counts pools; /* as of pools_at */
	struct spot_bids bids;
	mono_ms pools_at;

	bool is_listed; /* in the list being read */
	struct cloudspace listed;
	struct pool_counts counted[SPOT_LISTS]; /* by each list of pools */
	struct spot_bids counted_bids;
};

enum { NEW_WORDS_MAX = 32 };

struct spot_poll {
	struct poll_env env;
	const struct conf_spot *conf; /* borrowed */
	struct spot_watch *watches;
	size_t watch_count;
	struct source cloudspaces, nodepools;
	/* Called at the end of each round; `is_answered` says whether the list of cloudspaces was read. */
	void (*on_round)(void *ctx, bool is_answered);
	void *ctx;

	struct spot_auth auth;
	struct spot_org org;
	struct price_poll prices;
	char *ca_pem;
	char new_words[NEW_WORDS_MAX][WORD_MAX]; /* unknown words that the log was told of */
	size_t new_word_count;

	/* The round in flight. */
	struct listing listing[SPOT_LISTS];
	struct buf url[SPOT_LISTS];
	struct answer answer[SPOT_LISTS];
	struct pace_round round; /* what the lists' answers say about the API */
	bool is_running;
	bool has_renewed; /* a new token was asked for, as happens once a round at most */
	bool has_new;     /* and was issued */
	bool was_refused; /* the API has refused a token */
	int awaited;
	wall_ms served_at; /* the list of cloudspaces, by Spot's own clock */
	struct fetch_result pools_result; /* the worse of the pool lists' that have ended... */
	enum spot_list pools_list;        /* ... and whose it is; LIST_CLOUDSPACES: none has */
};

/*
 * Prepares `watch_count` watches, which the caller then names. Reads the CA and refresh-token files once, so that a
 * missing one is told at start. False with the mistakes in `errs`; spot_poll_fini() is then still due. `on_round` is
 * called at the end of each round.
 */
bool spot_poll_init(struct spot_poll *poll, struct poll_env env, const struct conf *conf, size_t watch_count,
    void (*on_round)(void *ctx, bool is_answered), void *ctx, struct errs *errs)
    __attribute__((warn_unused_result));

void spot_poll_fini(struct spot_poll *poll);

/*
 * Carries over statistics, what `old` knew of the cloudspaces that both watch, and its credential where the
 * account is the same.
 */
void spot_poll_adopt(struct spot_poll *poll, const struct spot_poll *old);

/* Starts a round; none may be in flight. */
void spot_poll_start(struct spot_poll *poll);

/* What the last round said of one cloudspace, as the side's step wants it. */
struct spot_obs spot_poll_obs(
    const struct spot_poll *poll, const struct spot_watch *watch, bool is_answered);

/* When Spot last gave any HTTP answer. */
mono_ms spot_poll_answered_at(const struct spot_poll *poll);

#endif
