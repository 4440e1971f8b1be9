/*
 * Spot rounds: one token for all pairs, one list of cloudspaces and one list per pool kind, for any number of
 * pairs.
 */
#pragma once

#include "auth/spot_auth.h"
#include "auth/watched_file.h"
#include "config/conf.h"
#include "decide/pace.h"
#include "decide/side.h"
#include "fetch/listing.h"
#include "fetch/source.h"
#include "poll/price_poll.h"
#include "poll/spot_org.h"

/* One watched cloudspace, and Spot's last data about it. */
struct spot_watch {
	const char *name;
	struct cloudspace cloudspace; /* as of cloudspace_at; MONO_NEVER: not listed */
	mono_ms cloudspace_at;
	struct pool_counts pools; /* as of pools_at */
	struct spot_bids bids;
	mono_ms pools_at;
	bool is_unreadable; /* the last list may have it, in an object that could not be read */

	bool is_listed; /* in the list being read */
	struct cloudspace listed;
	struct pool_counts counted[SPOT_LISTS]; /* per pool list */
	bool has_broken_pool[SPOT_LISTS];       /* a pool of it could not be read: the counts are not complete */
	struct spot_bids counted_bids;
};

enum { NEW_WORDS_MAX = 32 };

struct spot_poll {
	struct poll_env env;
	const struct conf_spot *conf; /* borrowed */
	struct spot_watch *watches;
	size_t watch_count;
	struct source cloudspaces, nodepools;
	struct buf names;                          /* of the last list of cloudspaces, each ended by \n */
	size_t name_count;                         /* of that list; not all of very many are named */
	struct unreadables unreadable[SPOT_LISTS]; /* of the last lists, until spot_poll_expire() */
	mono_ms listed_at[SPOT_LISTS];             /* when they were read */
	size_t broken_of_known[SPOT_LISTS];        /* pools of these whose cloudspace could be read */
	/* Called at the end of each round. `is_answered`: the list of cloudspaces was read. */
	void (*on_round)(void *ctx, bool is_answered);
	void (*on_token)(void *ctx); /* called when auth.token is a new one, whatever becomes of the round */
	void *ctx;

	struct spot_auth auth;
	struct spot_org org;
	struct price_poll prices;
	struct watched_file ca;                  /* read at the start only */
	char new_words[NEW_WORDS_MAX][WORD_MAX]; /* unknown words already logged */
	size_t new_word_count;

	/* The running round. */
	struct listing listing[SPOT_LISTS];
	struct buf url[SPOT_LISTS];
	struct buf listed_names;
	struct answer answer[SPOT_LISTS];
	struct pace_round round; /* feeds the polling pace of the API */
	bool is_running;
	bool has_renewed; /* a new token was requested; at most once per round */
	bool has_new;     /* the new token was issued */
	bool was_refused; /* the API rejected a token */
	int awaited;
	char namespace[NAMESPACE_MAX];    /* whose lists are read */
	wall_ms served_at;                /* when the cloudspaces were served, by Spot's clock */
	struct fetch_result pools_result; /* the worst result of the finished pool lists */
	enum spot_list pools_list;        /* the list with that result; LIST_CLOUDSPACES: none finished */
};

/*
 * Initialises `watch_count` watches; the caller then sets their names. Reads the CA and refresh-token files
 * once, so that a missing file is reported at start. Returns false with the errors in `errs`; call
 * spot_poll_fini() even then. The caller then sets `on_round`, `on_token` and their `ctx`.
 */
bool spot_poll_init(struct spot_poll *poll, struct poll_env env, const struct conf *conf, size_t watch_count,
    struct errs *errs) __attribute__((warn_unused_result));

void spot_poll_fini(struct spot_poll *poll);

/* What a reload has kept of Spot. */
struct spot_kept {
	bool credential;   /* the id_token, if there was one */
	bool observations; /* of the cloudspaces that both watch: api_url and organization are the same */
};

/* A reload: takes from `old` statistics, and all that comes from settings that are the same. */
struct spot_kept spot_poll_adopt(struct spot_poll *poll, struct spot_poll *old) __attribute__((warn_unused_result));

/* Starts a round; none may be running. */
void spot_poll_start(struct spot_poll *poll);

/* Forgets which objects could not be read in lists that are older than `cloudspaces_ms`, or `pools_ms`. */
void spot_poll_expire(struct spot_poll *poll, int64_t cloudspaces_ms, int64_t pools_ms);

/* The last round's data for one cloudspace, as input of the side's step. */
struct spot_obs spot_poll_obs(const struct spot_poll *poll, const struct spot_watch *watch, bool is_answered);

/* The API server's endpoint that Spot reports; NULL: none. An object that cannot be read changes nothing. */
const char *spot_poll_endpoint(const struct spot_watch *watch);

/* When Spot last gave any HTTP answer. */
mono_ms spot_poll_answered_at(const struct spot_poll *poll);
