#include "poll/spot_poll.h"

#include "base/mem.h"
#include "base/text.h"
#include "decode/spot.h"
#include "os/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { URL_MAX_BYTES = 4096, NAMES_MAX_BYTES = 16 << 10 };

static bool on_cloudspace(void *ctx, const char *json, size_t len, struct err *e);
static bool on_pool(struct spot_poll *poll, const char *json, size_t len, enum spot_list, struct err *e);
static void on_list_begin(struct spot_poll *poll, enum spot_list list);
static void on_list_done(void *ctx, const struct fetch_result *result, enum spot_list list);

/* Callbacks for one list each. */
#define LIST(name, list)                                                                                               \
	static void name##_begin(void *ctx)                                                                            \
	{                                                                                                              \
		on_list_begin(ctx, list);                                                                              \
	}                                                                                                              \
	static void name##_done(void *ctx, const struct fetch_result *result)                                          \
	{                                                                                                              \
		on_list_done(ctx, result, list);                                                                       \
	}
#define POOL_LIST(name, list)                                                                                          \
	LIST(name, list)                                                                                               \
	static bool name##_item(void *ctx, const char *json, size_t len, struct err *e)                                \
	{                                                                                                              \
		return on_pool(ctx, json, len, list, e);                                                               \
	}
LIST(cloudspaces, LIST_CLOUDSPACES)
POOL_LIST(spot_pools, LIST_SPOT_POOLS)
POOL_LIST(on_demand_pools, LIST_ON_DEMAND_POOLS)

static const struct {
	const char *kind;
	void (*on_begin)(void *ctx);
	const struct member *members;
	items_fn *on_item;
	void (*on_done)(void *ctx, const struct fetch_result *result);
} lists[SPOT_LISTS] = {
    [LIST_CLOUDSPACES] = {"CloudSpaceList", cloudspaces_begin, spot_cloudspace_members, on_cloudspace,
	cloudspaces_done},
    [LIST_SPOT_POOLS] = {"SpotNodePoolList", spot_pools_begin, spot_pool_members, spot_pools_item, spot_pools_done},
    [LIST_ON_DEMAND_POOLS] = {"OnDemandNodePoolList", on_demand_pools_begin, spot_pool_members, on_demand_pools_item,
	on_demand_pools_done},
};

static void on_token_done(void *ctx, bool is_renewed);
static void on_org_done(void *ctx, struct answer answer);

bool spot_poll_init(
    struct spot_poll *poll, struct poll_env env, const struct conf *conf, size_t watch_count, struct errs *errs)
{
	const struct conf_spot *spot = &conf->spot;
	*poll = (struct spot_poll){
	    .env = env,
	    .conf = spot,
	    .watches = mem_zeroed(watch_count, sizeof *poll->watches),
	    .watch_count = watch_count,
	    .names = buf_of(NAMES_MAX_BYTES),
	    .listed_names = buf_of(NAMES_MAX_BYTES),
	    .cloudspaces = {"cloudspaces", .answered_at = MONO_NEVER},
	    .nodepools = {"nodepools", .answered_at = MONO_NEVER},
	};
	for (size_t i = 0; i < watch_count; i++)
		poll->watches[i].cloudspace_at = poll->watches[i].pools_at = MONO_NEVER;
	for (int list = 0; list < SPOT_LISTS; list++) {
		listing_init(&poll->listing[list], env.fetch);
		poll->url[list] = buf_of(URL_MAX_BYTES);
		poll->listed_at[list] = MONO_NEVER;
	}
	size_t mistakes = errs->count;
	if (spot->ca_file && !watched_file_refresh(&poll->ca, spot->ca_file, FILE_AUTHORITIES, false, *env.now))
		errs_add(errs, (struct place){.file = "spot.ca_file"}, "%s", poll->ca.failing);
	watched_file_tell(&poll->ca, FILE_AUTHORITIES, NULL, NULL);
	poll->env.tls = (struct fetch_tls){.ca_pem = poll->ca.text, .ca_name = poll->ca.path};
	bool is_good = spot_auth_init(&poll->auth, poll->env, conf, on_token_done, poll, errs);
	spot_org_init(&poll->org, poll->env, spot, on_org_done, poll);
	price_poll_init(&poll->prices, poll->env, spot, conf->poll.price_interval_ms);
	return is_good && errs->count == mistakes;
}

void spot_poll_fini(struct spot_poll *poll)
{
	price_poll_fini(&poll->prices);
	spot_org_fini(&poll->org);
	spot_auth_fini(&poll->auth);
	for (int list = 0; list < SPOT_LISTS; list++) {
		listing_fini(&poll->listing[list]);
		unreadables_fini(&poll->unreadable[list]);
		buf_fini(&poll->url[list]);
	}
	buf_fini(&poll->names);
	buf_fini(&poll->listed_names);
	watched_file_fini(&poll->ca);
	for (size_t i = 0; i < poll->watch_count; i++) {
		spot_bids_fini(&poll->watches[i].bids);
		spot_bids_fini(&poll->watches[i].counted_bids);
	}
	free(poll->watches);
	*poll = (struct spot_poll){0};
}

mono_ms spot_poll_answered_at(const struct spot_poll *poll)
{
	return mono_max(
	    poll->auth.source.answered_at, mono_max(poll->cloudspaces.answered_at, poll->nodepools.answered_at));
}

void spot_poll_expire(struct spot_poll *poll, int64_t cloudspaces_ms, int64_t pools_ms)
{
	for (int list = 0; list < SPOT_LISTS; list++)
		if (mono_since(poll->listed_at[list], poll->env.now->mono) >
		    (list == LIST_CLOUDSPACES ? cloudspaces_ms : pools_ms))
			unreadables_fini(&poll->unreadable[list]);
}

struct spot_obs spot_poll_obs(const struct spot_poll *poll, const struct spot_watch *watch, bool is_answered)
{
	if (!is_answered || watch->is_unreadable)
		return (struct spot_obs){.word = SPOT_NONE};
	if (!watch->is_listed)
		return (struct spot_obs){.word = SPOT_ABSENT};
	return (struct spot_obs){
	    .word = watch->cloudspace.word,
	    .was_ready = wall_is_known(watch->cloudspace.first_ready),
	    .created = watch->cloudspace.created,
	    .served_at = poll->served_at,
	};
}

const char *spot_poll_endpoint(const struct spot_watch *watch)
{
	bool is_kept = watch->is_unreadable && mono_is_set(watch->cloudspace_at);
	return watch->is_listed || is_kept ? watch->cloudspace.endpoint : NULL;
}

/* The next watch of that name after `after` (NULL: the first). Pairs may share a cloudspace. */
static struct spot_watch *find_next(struct spot_poll *poll, const char *name, const struct spot_watch *after)
{
	for (size_t i = after ? (size_t)(after - poll->watches) + 1 : 0; i < poll->watch_count; i++)
		if (strcmp(poll->watches[i].name, name) == 0)
			return &poll->watches[i];
	return NULL;
}

/* So that a person sees which there are, and which one may be meant. */
static void note_name(struct spot_poll *poll, const char *name)
{
	struct buf *names = &poll->listed_names;
	if (text_is_line(name) && names->len + strlen(name) < names->max)
		buf_printf(names, "%s\n", name);
}

static bool on_cloudspace(void *ctx, const char *json, size_t len, struct err *e)
{
	struct spot_watch *watch = NULL;
	struct cloudspace c;
	if (!spot_read_cloudspace(json, len, &c, e))
		return false;
	note_name(ctx, c.name);
	while ((watch = find_next(ctx, c.name, watch))) {
		watch->is_listed = true;
		watch->listed = c;
	}
	return true;
}

/* True if the word was not logged before. The number of logged words is limited. */
static bool is_new_word(struct spot_poll *poll, const struct spot_watch *watch, const char *word)
{
	for (size_t i = 0; i < poll->new_word_count; i++)
		if (strcmp(poll->new_words[i], word) == 0)
			return false;
	if (poll->new_word_count == NEW_WORDS_MAX)
		return false;
	snprintf(poll->new_words[poll->new_word_count++], WORD_MAX, "%s", word);
	if (poll->new_word_count == NEW_WORDS_MAX)
		log_warn("Spot has reported many unknown words; later ones are not logged", "cloudspace", watch->name);
	return true;
}

static bool on_pool(struct spot_poll *poll, const char *json, size_t len, enum spot_list list, struct err *e)
{
	struct spot_watch *watch = NULL;
	struct node_pool pool;
	if (!spot_read_pool(json, len, &pool, e)) {
		bool is_of_known = spot_pool_owner(json, len, pool.cloudspace);
		poll->broken_of_known[list] += is_of_known;
		while (is_of_known && (watch = find_next(poll, pool.cloudspace, watch)))
			watch->has_broken_pool[list] = true;
		return false;
	}
	while ((watch = find_next(poll, pool.cloudspace, watch))) {
		spot_pool_counts_add(&watch->counted[list], &pool.counts);
		if (pool.has_bid)
			spot_bids_add(&watch->counted_bids, &pool.bid);
		if (!pool.is_known_status && is_new_word(poll, watch, pool.status))
			log_warn("Spot reports an unknown node pool status; ignored", "cloudspace", watch->name,
			    "status", pool.status);
	}
	return true;
}

/* What Spot said of the cloudspaces that both watch. */
static void adopt_watches(struct spot_poll *poll, const struct spot_poll *old)
{
	for (size_t i = 0; i < old->watch_count; i++) {
		struct spot_watch *watch = NULL;
		while ((watch = find_next(poll, old->watches[i].name, watch))) {
			const char *name = watch->name;
			spot_bids_fini(&watch->bids); /* of another one of the same name, in another pair */
			*watch = old->watches[i];
			watch->name = name;
			watch->counted_bids = (struct spot_bids){0}; /* a running round ends */
			watch->bids = (struct spot_bids){.omitted = old->watches[i].bids.omitted};
			for (size_t k = 0; k < old->watches[i].bids.count; k++)
				spot_bids_add(&watch->bids, &old->watches[i].bids.v[k]);
		}
	}
}

struct spot_kept spot_poll_adopt(struct spot_poll *poll, struct spot_poll *old)
{
	struct spot_kept kept = {
	    .credential = spot_auth_adopt(&poll->auth, &old->auth),
	    .observations = strcmp(poll->conf->api_url, old->conf->api_url) == 0 &&
		text_is_same(poll->conf->organization, old->conf->organization),
	};
	if (kept.observations)
		adopt_watches(poll, old);
	spot_org_adopt(&poll->org, &old->org);
	price_poll_adopt(&poll->prices, &old->prices);
	source_adopt(&poll->cloudspaces, &old->cloudspaces);
	source_adopt(&poll->nodepools, &old->nodepools);
	for (int list = 0; list < SPOT_LISTS; list++) {
		unreadables_copy(&poll->unreadable[list], &old->unreadable[list]);
		poll->listed_at[list] = old->listed_at[list];
	}
	memcpy(poll->new_words, old->new_words, sizeof poll->new_words);
	poll->new_word_count = old->new_word_count;
	return kept;
}

static void on_list_begin(struct spot_poll *poll, enum spot_list list)
{
	poll->broken_of_known[list] = 0;
	if (list == LIST_CLOUDSPACES)
		buf_reset(&poll->listed_names);
	for (size_t i = 0; i < poll->watch_count; i++) {
		poll->watches[i].counted[list] = (struct pool_counts){0};
		poll->watches[i].has_broken_pool[list] = false;
		if (list == LIST_CLOUDSPACES)
			poll->watches[i].is_listed = false;
		if (list == LIST_SPOT_POOLS)
			spot_bids_fini(&poll->watches[i].counted_bids);
	}
}

/* Logs an unknown phase once, verbatim. */
static void log_unknown_phase(struct spot_poll *poll, const struct spot_watch *watch)
{
	const struct cloudspace *c = &watch->cloudspace;
	if (c->known_phase == PHASE_UNKNOWN && is_new_word(poll, watch, c->phase))
		log_warn("Spot reports an unknown phase; ignored", "cloudspace", watch->name, "phase", c->phase);
}

/* Logs once that there are too many server classes. */
static void log_crowd(const struct spot_watch *watch)
{
	char omitted[24];
	snprintf(omitted, sizeof omitted, "%zu", watch->counted_bids.omitted);
	if (watch->counted_bids.omitted && !watch->bids.omitted)
		log_warn("too many server classes with bids; the bid nearest to being outbid is not known",
		    "cloudspace", watch->name, "omitted", omitted);
}

/*
 * A pool of this cloudspace could not be read, or this cloudspace has none and one of nobody knows whose could not.
 * Such pools are no news: a broken upgrade leaves some, so they do not take the counts of those who have others.
 */
static bool lacks_pools(const struct spot_poll *poll, const struct spot_watch *watch)
{
	bool has_any = watch->counted[LIST_SPOT_POOLS].pools + watch->counted[LIST_ON_DEMAND_POOLS].pools > 0;
	for (int list = LIST_SPOT_POOLS; list < SPOT_LISTS; list++)
		if (watch->has_broken_pool[list] ||
		    (!has_any && poll->unreadable[list].count > poll->broken_of_known[list]))
			return true;
	return false;
}

static void end_round(struct spot_poll *poll)
{
	bool is_answered = poll->answer[LIST_CLOUDSPACES].reason == POLL_OK;
	bool has_pools =
	    poll->answer[LIST_SPOT_POOLS].reason == POLL_OK && poll->answer[LIST_ON_DEMAND_POOLS].reason == POLL_OK;
	for (size_t i = 0; i < poll->watch_count; i++) {
		struct spot_watch *watch = &poll->watches[i];
		watch->is_unreadable = is_answered && !watch->is_listed &&
		    unreadables_may_hide(&poll->unreadable[LIST_CLOUDSPACES], watch->name);
		if (is_answered && !watch->is_unreadable) {
			watch->cloudspace = watch->listed;
			watch->cloudspace_at = watch->is_listed ? poll->env.now->mono : MONO_NEVER;
		}
		if (is_answered && watch->is_listed)
			log_unknown_phase(poll, watch);
		if (has_pools && !lacks_pools(poll, watch)) {
			watch->pools = watch->counted[LIST_SPOT_POOLS];
			spot_pool_counts_add(&watch->pools, &watch->counted[LIST_ON_DEMAND_POOLS]);
			log_crowd(watch);
			spot_bids_move(&watch->bids, &watch->counted_bids);
			watch->pools_at = poll->env.now->mono;
		}
	}
	if (is_answered) {
		struct buf before = poll->names;
		poll->names = poll->listed_names;
		poll->listed_names = before;
	}
	poll->is_running = false;
	poll->on_round(poll->ctx, is_answered);
}

static void start_lists(struct spot_poll *poll, const char *namespace)
{
	poll->awaited = SPOT_LISTS;
	text_copy(poll->namespace, sizeof poll->namespace, namespace);
	poll->pools_list = LIST_CLOUDSPACES;
	for (int list = 0; list < SPOT_LISTS; list++) {
		buf_reset(&poll->url[list]);
		buf_printf(&poll->url[list], "%s/apis/ngpc.rxt.io/v1/namespaces/%s/%s", poll->conf->api_url, namespace,
		    spot_list_names[list]);
		listing_start(&poll->listing[list],
		    &(struct listing_request){
			.url = buf_text(&poll->url[list]),
			.kind = lists[list].kind,
			.bearer = poll->auth.token.id_token,
			.tls = poll->env.tls,
			.timeout_ms = poll->env.timeout_ms,
			.is_custom = true,
			.on_begin = lists[list].on_begin,
			.members = lists[list].members,
			.on_item = lists[list].on_item,
			.on_done = lists[list].on_done,
			.ctx = poll,
		    });
	}
}

/* Requests a new token, at most once per round, unless the back-off says to wait. */
static bool renew(struct spot_poll *poll)
{
	if (poll->has_renewed || !spot_auth_renew(&poll->auth))
		return false;
	poll->has_renewed = true;
	return true;
}

/*
 * Continues with the current token. With an expired token, or none, the API answers 401. That answer still
 * proves that our network works (SEMANTICS.md, "Own network").
 */
static void use_token(struct spot_poll *poll)
{
	const char *namespace = spot_org_namespace(&poll->org, &poll->auth.token);
	if (!namespace && spot_org_is_asked(&poll->org, &poll->auth.token))
		spot_org_start(&poll->org, &poll->auth.token);
	else
		start_lists(poll, namespace ? namespace : "default");
}

/* A rejected token is not used again in the same round. A token that only expires soon is still used. */
static void on_token_done(void *ctx, bool is_renewed)
{
	struct spot_poll *poll = ctx;
	poll->has_new = is_renewed;
	if (is_renewed)
		poll->on_token(poll->ctx);
	if (is_renewed || !poll->was_refused)
		use_token(poll);
	else
		end_round(poll);
}

/* The API may reject a token before its expiry: then one new token is tried per round. */
static bool renew_refused(struct spot_poll *poll)
{
	if (poll->has_new)
		spot_auth_rejected(&poll->auth);
	poll->was_refused = true;
	return renew(poll);
}

static void on_org_done(void *ctx, struct answer answer)
{
	struct spot_poll *poll = ctx;
	if (answer.reason == POLL_OK) {
		use_token(poll);
		return;
	}
	if (answer.status != 401 || !renew_refused(poll))
		end_round(poll);
}

/* Both pool lists count as one source, with the worse of the two results: one list alone is incomplete. */
static void count_pools(struct spot_poll *poll, const struct fetch_result *result, enum spot_list list)
{
	bool is_first = !poll->pools_list;
	if (is_first || result->answer.reason != POLL_OK) {
		poll->pools_result = *result;
		poll->pools_list = list;
	}
	if (!is_first)
		source_count(
		    &poll->nodepools, &poll->pools_result, buf_text(&poll->url[poll->pools_list]), *poll->env.now);
}

static void on_list_done(void *ctx, const struct fetch_result *result, enum spot_list list)
{
	struct spot_poll *poll = ctx;
	poll->answer[list] = result->answer;
	if (result->answer.reason == POLL_OK) {
		const struct unreadables *unreadable = &poll->listing[list].items.unreadable;
		source_note_unreadable(list == LIST_CLOUDSPACES ? &poll->cloudspaces : &poll->nodepools,
		    &poll->unreadable[list], unreadable);
		unreadables_copy(&poll->unreadable[list], unreadable);
		poll->listed_at[list] = poll->env.now->mono;
		if (list == LIST_CLOUDSPACES)
			poll->name_count = poll->listing[list].items.count;
	}
	pace_add(&poll->round, result->answer, result->retry_after_ms);
	if (list == LIST_CLOUDSPACES) {
		poll->served_at = result->date;
		source_count(&poll->cloudspaces, result, buf_text(&poll->url[list]), *poll->env.now);
	} else {
		count_pools(poll, result, list);
	}
	if (--poll->awaited > 0)
		return;
	bool is_refused = false;
	for (int i = 0; i < SPOT_LISTS; i++)
		is_refused |= poll->answer[i].status == 401;
	int status = poll->answer[LIST_CLOUDSPACES].status;
	if (status == 403 || status == 404)
		spot_org_forget(&poll->org); /* the organization may have a new namespace */
	if (!is_refused && status == 200)
		spot_auth_accepted(&poll->auth);
	if (!is_refused || !renew_refused(poll))
		end_round(poll);
}

void spot_poll_start(struct spot_poll *poll)
{
	poll->is_running = true;
	poll->has_renewed = poll->has_new = poll->was_refused = false;
	for (int list = 0; list < SPOT_LISTS; list++)
		poll->answer[list] = (struct answer){.reason = POLL_AUTH}; /* until the list is read */
	poll->round = (struct pace_round){0};
	if (!spot_auth_is_due(&poll->auth) || !renew(poll))
		use_token(poll);
}
