#define _DEFAULT_SOURCE /* explicit_bzero */
#include "daemon/spot_poll.h"

#include "base/mem.h"
#include "daemon/files.h"
#include "daemon/log.h"
#include "decode/spot.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	URL_MAX_BYTES = 4096,
	TOKEN_BODY_MAX_BYTES = 64 << 10,
	CA_MAX_BYTES = 1 << 20,
	EXPIRES_EARLY_MS = 60000, /* a token is renewed this long before its end */
};

static bool on_cloudspace(void *ctx, const char *json, size_t len, struct err *e);
static bool on_pool(struct spot_poll *poll, const char *json, size_t len, enum spot_list, struct err *e);
static void on_list_begin(struct spot_poll *poll, enum spot_list list);
static void on_list_done(void *ctx, const struct fetch_result *result, enum spot_list list);

/* Callbacks that know which list they are of. */
#define LIST(name, list)                                                                           \
	static void name##_begin(void *ctx)                                                        \
	{                                                                                          \
		on_list_begin(ctx, list);                                                          \
	}                                                                                          \
	static void name##_done(void *ctx, const struct fetch_result *result)                      \
	{                                                                                          \
		on_list_done(ctx, result, list);                                                   \
	}
#define POOL_LIST(name, list)                                                                      \
	LIST(name, list)                                                                           \
	static bool name##_item(void *ctx, const char *json, size_t len, struct err *e)            \
	{                                                                                          \
		return on_pool(ctx, json, len, list, e);                                           \
	}
LIST(cloudspaces, LIST_CLOUDSPACES)
POOL_LIST(spot_pools, LIST_SPOT_POOLS)
POOL_LIST(on_demand_pools, LIST_ON_DEMAND_POOLS)

static const struct {
	const char *plural, *kind;
	void (*on_begin)(void *ctx);
	items_fn *on_item;
	void (*on_done)(void *ctx, const struct fetch_result *result);
} lists[SPOT_LISTS] = {
    [LIST_CLOUDSPACES] =
	{"cloudspaces", "CloudSpaceList", cloudspaces_begin, on_cloudspace, cloudspaces_done},
    [LIST_SPOT_POOLS] =
	{"spotnodepools", "SpotNodePoolList", spot_pools_begin, spot_pools_item, spot_pools_done},
    [LIST_ON_DEMAND_POOLS] = {"ondemandnodepools", "OnDemandNodePoolList", on_demand_pools_begin,
	on_demand_pools_item, on_demand_pools_done},
};

bool spot_poll_init(struct spot_poll *poll, struct fetch *fetch, const struct conf_spot *conf,
    size_t watch_count, struct errs *errs)
{
	*poll = (struct spot_poll){
	    .conf = conf,
	    .watches = mem_zeroed(watch_count, sizeof *poll->watches),
	    .watch_count = watch_count,
	    .token_source = {"token", .answered_at = MONO_NEVER},
	    .cloudspaces = {"cloudspaces", .answered_at = MONO_NEVER},
	    .nodepools = {"nodepools", .answered_at = MONO_NEVER},
	    .token_job = fetch_job_new(fetch),
	    .token_url = buf_of(URL_MAX_BYTES),
	    .form = buf_of(TOKEN_BODY_MAX_BYTES),
	    .token_body = buf_of(TOKEN_BODY_MAX_BYTES),
	    .started_at = MONO_NEVER,
	};
	for (size_t i = 0; i < watch_count; i++)
		poll->watches[i].cloudspace_at = poll->watches[i].pools_at = MONO_NEVER;
	for (int list = 0; list < SPOT_LISTS; list++) {
		listing_init(&poll->listing[list], fetch);
		poll->url[list] = buf_of(URL_MAX_BYTES);
	}
	buf_printf(&poll->token_url, "%s/oauth/token", conf->auth_url);

	size_t mistakes = errs->count;
	struct err e;
	char *secret = file_read_secret(conf->refresh_token_file, &e);
	if (!secret)
		errs_add(errs, (struct place){.file = "spot.refresh_token_file"}, "%s", e.text);
	mem_free_secret(&secret);
	if (conf->ca_file && !(poll->ca_pem = file_read(conf->ca_file, CA_MAX_BYTES, NULL, &e)))
		errs_add(errs, (struct place){.file = "spot.ca_file"}, "%s", e.text);
	return errs->count == mistakes;
}

/* Overwrites what a buffer held before it is used or freed again. */
static void wipe(struct buf *b)
{
	if (b->data)
		explicit_bzero(b->data, b->cap);
	buf_reset(b);
}

void spot_poll_fini(struct spot_poll *poll)
{
	fetch_job_free(&poll->token_job);
	for (int list = 0; list < SPOT_LISTS; list++) {
		listing_fini(&poll->listing[list]);
		buf_fini(&poll->url[list]);
	}
	wipe(&poll->form);
	wipe(&poll->token_body);
	buf_fini(&poll->form);
	buf_fini(&poll->token_body);
	buf_fini(&poll->token_url);
	spot_token_fini(&poll->token);
	free(poll->ca_pem);
	free(poll->watches);
	*poll = (struct spot_poll){0};
}

mono_ms spot_poll_answered_at(const struct spot_poll *poll)
{
	return mono_max(poll->token_source.answered_at,
	    mono_max(poll->cloudspaces.answered_at, poll->nodepools.answered_at));
}

struct spot_obs spot_poll_obs(const struct spot_watch *watch, bool is_answered)
{
	if (!is_answered)
		return (struct spot_obs){.word = SPOT_NONE};
	if (!watch->is_listed)
		return (struct spot_obs){.word = SPOT_ABSENT};
	return (struct spot_obs){
	    .word = watch->cloudspace.word,
	    .was_ready = wall_is_known(watch->cloudspace.first_ready),
	    .created = watch->cloudspace.created,
	};
}

static struct spot_watch *find(struct spot_poll *poll, const char *name)
{
	for (size_t i = 0; i < poll->watch_count; i++)
		if (strcmp(poll->watches[i].name, name) == 0)
			return &poll->watches[i];
	return NULL;
}

static bool on_cloudspace(void *ctx, const char *json, size_t len, struct err *e)
{
	struct cloudspace c;
	if (!spot_read_cloudspace(json, len, &c, e))
		return false;
	struct spot_watch *watch = find(ctx, c.name);
	if (watch) {
		watch->is_listed = true;
		watch->listed = c;
	}
	return true;
}

static bool on_pool(
    struct spot_poll *poll, const char *json, size_t len, enum spot_list list, struct err *e)
{
	char name[CLOUDSPACE_NAME_MAX];
	struct pool_counts pool;
	if (!spot_read_pool(json, len, name, &pool, e))
		return false;
	struct spot_watch *watch = find(poll, name);
	if (watch)
		pool_counts_add(&watch->counted[list], &pool);
	return true;
}

void spot_poll_adopt(struct spot_poll *poll, const struct spot_poll *old)
{
	for (size_t i = 0; i < old->watch_count; i++) {
		struct spot_watch *watch = find(poll, old->watches[i].name);
		if (!watch)
			continue;
		const char *name = watch->name;
		*watch = old->watches[i];
		watch->name = name;
	}
	if (old->token.id_token && strcmp(poll->conf->auth_url, old->conf->auth_url) == 0 &&
	    strcmp(poll->conf->client_id, old->conf->client_id) == 0 &&
	    strcmp(poll->conf->refresh_token_file, old->conf->refresh_token_file) == 0) {
		poll->token = old->token;
		poll->token.id_token = mem_copy_text(old->token.id_token, strlen(old->token.id_token));
	}
}

static void on_list_begin(struct spot_poll *poll, enum spot_list list)
{
	for (size_t i = 0; i < poll->watch_count; i++) {
		poll->watches[i].counted[list] = (struct pool_counts){0};
		if (list == LIST_CLOUDSPACES)
			poll->watches[i].is_listed = false;
	}
}

/* A word that nobody has seen yet, once and verbatim. */
static void log_unknown_phase(struct spot_watch *watch)
{
	const struct cloudspace *c = &watch->cloudspace;
	if (c->known_phase == PHASE_UNKNOWN && strcmp(watch->logged_phase, c->phase) != 0) {
		log_warn("Spot reports a phase that is not known here; it counts as no word", "cloudspace",
		    watch->name, "phase", c->phase);
		snprintf(watch->logged_phase, sizeof watch->logged_phase, "%s", c->phase);
	}
}

static void end_round(struct spot_poll *poll)
{
	bool is_answered = poll->answer[LIST_CLOUDSPACES].reason == POLL_OK;
	bool has_pools = poll->answer[LIST_SPOT_POOLS].reason == POLL_OK &&
	    poll->answer[LIST_ON_DEMAND_POOLS].reason == POLL_OK;
	for (size_t i = 0; i < poll->watch_count; i++) {
		struct spot_watch *watch = &poll->watches[i];
		if (is_answered) {
			watch->cloudspace = watch->listed;
			watch->cloudspace_at = watch->is_listed ? poll->now->mono : MONO_NEVER;
		}
		if (is_answered && watch->is_listed)
			log_unknown_phase(watch);
		if (has_pools) {
			watch->pools = watch->counted[LIST_SPOT_POOLS];
			pool_counts_add(&watch->pools, &watch->counted[LIST_ON_DEMAND_POOLS]);
			watch->pools_at = poll->now->mono;
		}
	}
	poll->is_running = false;
	poll->on_round(poll->ctx, is_answered);
}

static void start_lists(struct spot_poll *poll)
{
	poll->awaited = SPOT_LISTS;
	for (int list = 0; list < SPOT_LISTS; list++) {
		buf_reset(&poll->url[list]);
		buf_printf(&poll->url[list], "%s/apis/ngpc.rxt.io/v1/namespaces/%s/%s", poll->conf->api_url,
		    poll->token.namespace, lists[list].plural);
		listing_start(&poll->listing[list],
		    &(struct listing_request){
			.url = buf_text(&poll->url[list]),
			.kind = lists[list].kind,
			.bearer = poll->token.id_token,
			.tls = {.ca_pem = poll->ca_pem},
			.timeout_ms = poll->timeout_ms,
			.is_custom = true,
			.on_begin = lists[list].on_begin,
			.on_item = lists[list].on_item,
			.on_done = lists[list].on_done,
			.ctx = poll,
		    });
	}
}

static bool on_token_body(void *ctx, const char *bytes, size_t len, struct err *e)
{
	struct spot_poll *poll = ctx;
	buf_put(&poll->token_body, bytes, len);
	return !poll->token_body.overflow || err_set(e, "too large for a token");
}

static void on_token_done(void *ctx, const struct fetch_result *answer)
{
	struct spot_poll *poll = ctx;
	struct fetch_result result = *answer;
	struct spot_token token = {0};
	struct err e;
	if (result.answer.reason == POLL_OK &&
	    !spot_token_read(buf_text(&poll->token_body), poll->token_body.len, &token, &e)) {
		result.answer.reason = POLL_PARSE;
		snprintf(result.detail, sizeof result.detail, "%.250s", e.text);
	}
	/* Auth0 says 400 invalid_grant where others say 401: the credential is bad all the same. */
	if (result.answer.status == 400)
		result.answer.reason = POLL_AUTH;
	wipe(&poll->form);
	wipe(&poll->token_body);
	source_count(&poll->token_source, &result, buf_text(&poll->token_url), *poll->now);
	if (result.answer.reason == POLL_OK) {
		spot_token_fini(&poll->token);
		poll->token = token;
		start_lists(poll);
		return;
	}
	for (int list = 0; list < SPOT_LISTS; list++)
		poll->answer[list] = (struct answer){.reason = POLL_AUTH};
	end_round(poll);
}

static void start_token(struct spot_poll *poll)
{
	struct err e;
	poll->has_refreshed = true;
	char *secret = file_read_secret(poll->conf->refresh_token_file, &e);
	if (!secret) {
		struct fetch_result failed = {.answer = {.reason = POLL_AUTH}};
		snprintf(failed.detail, sizeof failed.detail, "%.250s", e.text);
		on_token_done(poll, &failed);
		return;
	}
	buf_printf(&poll->form, "grant_type=refresh_token&client_id=");
	fetch_encode(&poll->form, poll->conf->client_id);
	buf_puts(&poll->form, "&refresh_token=");
	fetch_encode(&poll->form, secret);
	mem_free_secret(&secret);
	fetch_start(poll->token_job,
	    &(struct fetch_request){
		.url = buf_text(&poll->token_url),
		.form = buf_text(&poll->form),
		.tls = {.ca_pem = poll->ca_pem},
		.timeout_ms = poll->timeout_ms,
		.max_bytes = TOKEN_BODY_MAX_BYTES,
		.on_body = on_token_body,
		.on_done = on_token_done,
		.ctx = poll,
	    });
}

static void on_list_done(void *ctx, const struct fetch_result *result, enum spot_list list)
{
	struct spot_poll *poll = ctx;
	poll->answer[list] = result->answer;
	pace_add(&poll->round, result->answer, result->retry_after_ms);
	source_count(list == LIST_CLOUDSPACES ? &poll->cloudspaces : &poll->nodepools, result,
	    buf_text(&poll->url[list]), *poll->now);
	if (--poll->awaited > 0)
		return;
	bool is_refused = false;
	for (int i = 0; i < SPOT_LISTS; i++)
		is_refused |= poll->answer[i].status == 401;
	if (is_refused && !poll->has_refreshed)
		start_token(poll); /* a token may die before its time; a new one gets one more try */
	else
		end_round(poll);
}

void spot_poll_start(struct spot_poll *poll)
{
	poll->is_running = true;
	poll->has_refreshed = false;
	poll->round = (struct pace_round){0};
	poll->started_at = poll->now->mono;
	int64_t left_ms = poll->token.expires.ms - poll->now->wall.ms;
	bool is_fresh = poll->token.id_token &&
	    (!wall_is_known(poll->token.expires) || left_ms > EXPIRES_EARLY_MS);
	if (is_fresh)
		start_lists(poll);
	else
		start_token(poll);
}
