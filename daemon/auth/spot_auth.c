#include "auth/spot_auth.h"

#include "auth/spot_env.h"
#include "base/backoff.h"
#include "base/mem.h"
#include "base/text.h"
#include "fetch/fetch_encode.h"
#include "os/log.h"
#include "os/random.h"

#include <stdlib.h>
#include <string.h>

enum { URL_MAX_BYTES = 4096, BODY_MAX_BYTES = 64 << 10, YOUNG_ROUNDS = 10 };

/*
 * The longest back-off, in rounds. If the service rejects the refresh token, retries do not help: a person
 * must act, and a changed token file ends the wait. 32 rounds are 16 minutes by default.
 */
static const int rounds_max[SPOT_TROUBLES] = {[TROUBLE_REFUSED] = 32, [TROUBLE_FAILED] = 4, [TROUBLE_REJECTED] = 4};

static void on_exchanged(void *ctx, const struct fetch_result *answer);

static void replace_secret(char **to, const char *text)
{
	char *copy = text ? mem_copy_secret(text, strlen(text)) : NULL;
	mem_free_secret(to);
	*to = copy;
}

bool spot_auth_init(struct spot_auth *auth, struct poll_env env, const struct conf *conf,
    void (*on_done)(void *ctx, bool is_renewed), void *ctx, struct errs *errs)
{
	*auth = (struct spot_auth){
	    .env = env,
	    .conf = &conf->spot,
	    .interval_ms = conf->poll.spot_interval_ms,
	    .on_done = on_done,
	    .ctx = ctx,
	    .source = {"token", .answered_at = MONO_NEVER},
	    .taken_at = MONO_NEVER,
	    .renew_at = MONO_NEVER,
	    .retry_at = MONO_NEVER,
	    .job = fetch_job_new(env.fetch),
	    .url = buf_of(URL_MAX_BYTES),
	    .form = buf_of_secret(BODY_MAX_BYTES),
	    .body = buf_of_secret(BODY_MAX_BYTES),
	};
	buf_printf(&auth->url, "%s/oauth/token", conf->spot.auth_url);
	struct err e;
	if (!conf->spot.refresh_token_file)
		return false; /* spot_env_apply() has reported it */
	auth->from_file = spot_env_read_token(auth->conf, &e);
	return auth->from_file || errs_add(errs, (struct place){.file = "spot.refresh_token_file"}, "%s", e.text);
}

void spot_auth_fini(struct spot_auth *auth)
{
	fetch_job_free(&auth->job);
	buf_fini(&auth->form);
	buf_fini(&auth->body);
	buf_fini(&auth->url);
	mem_free_secret(&auth->from_file);
	mem_free_secret(&auth->rotated);
	spot_token_fini(&auth->token);
}

/* Does not copy the back-off: a reload often follows a fix, so the next exchange starts at once. */
bool spot_auth_adopt(struct spot_auth *auth, const struct spot_auth *old)
{
	const struct conf_spot *is = auth->conf, *was = old->conf;
	bool has_same_token = strcmp(auth->from_file, old->from_file) == 0;
	bool has_same_file = strcmp(is->refresh_token_file, was->refresh_token_file) == 0;
	source_adopt(&auth->source, &old->source);
	auth->is_unreadable = old->is_unreadable;
	if (strcmp(is->auth_url, was->auth_url) != 0 || strcmp(is->client_id, was->client_id) != 0 ||
	    (!has_same_token && !has_same_file))
		return !old->token.id_token;
	if (has_same_token)
		replace_secret(&auth->rotated, old->rotated);
	else
		log_info("new refresh token in the file", "file", is->refresh_token_file);
	auth->token = old->token;
	auth->token.id_token = auth->token.refresh_token = NULL;
	replace_secret(&auth->token.id_token, old->token.id_token);
	auth->taken_at = old->taken_at;
	auth->renew_at = old->renew_at;
	return true;
}

bool spot_auth_is_due(const struct spot_auth *auth)
{
	return !auth->token.id_token || mono_since(auth->renew_at, auth->env.now->mono) >= 0;
}

static void calm(struct spot_auth *auth)
{
	auth->trouble = TROUBLE_NONE;
	auth->failures = 0;
	auth->retry_at = MONO_NEVER;
}

static void back_off(struct spot_auth *auth, enum spot_trouble trouble)
{
	if (auth->trouble != trouble)
		calm(auth);
	auth->trouble = trouble;
	int64_t cap_ms = auth->interval_ms * rounds_max[trouble];
	auth->retry_at =
	    mono_plus(auth->env.now->mono, backoff_ms(auth->interval_ms, cap_ms, auth->failures, random_word()));
	if (auth->failures < 64)
		auth->failures++;
}

/* Reads the file again. A new token in the file comes from a person and replaces the rotated one. */
static void reread(struct spot_auth *auth)
{
	struct err e;
	char *fresh = spot_env_read_token(auth->conf, &e);
	if (!fresh && !auth->is_unreadable)
		log_warn("cannot read the refresh token file, keeping the last good token", "error", e.text);
	if (fresh && auth->is_unreadable)
		log_info("refresh token file is readable again", "file", auth->conf->refresh_token_file);
	auth->is_unreadable = !fresh;
	if (fresh && strcmp(fresh, auth->from_file) != 0) {
		log_info("new refresh token in the file", "file", auth->conf->refresh_token_file);
		replace_secret(&auth->from_file, fresh);
		mem_free_secret(&auth->rotated);
		calm(auth);
	}
	mem_free_secret(&fresh);
}

static bool on_body(void *ctx, const char *bytes, size_t len, struct err *e)
{
	struct spot_auth *auth = ctx;
	buf_put(&auth->body, bytes, len);
	return !auth->body.overflow || err_set(e, "token response too large");
}

static void exchange(struct spot_auth *auth)
{
	auth->is_running = true;
	auth->is_with_rotated = auth->rotated;
	buf_printf(&auth->form, "grant_type=refresh_token&client_id=");
	fetch_encode(&auth->form, auth->conf->client_id);
	buf_puts(&auth->form, "&refresh_token=");
	fetch_encode(&auth->form, auth->rotated ? auth->rotated : auth->from_file);
	fetch_start(auth->job,
	    &(struct fetch_request){
		.url = buf_text(&auth->url),
		.form = buf_text(&auth->form),
		.tls = auth->env.tls,
		.timeout_ms = auth->env.timeout_ms,
		.max_bytes = BODY_MAX_BYTES,
		.on_body = on_body,
		.on_done = on_exchanged,
		.ctx = auth,
	    });
}

bool spot_auth_renew(struct spot_auth *auth)
{
	if (auth->is_running)
		return false;
	reread(auth);
	if (mono_since(auth->retry_at, auth->env.now->mono) < 0)
		return false;
	exchange(auth);
	return true;
}

static void take_token(struct spot_auth *auth, struct spot_token token)
{
	int64_t life_ms = spot_token_life_ms(&token, auth->env.now->wall);
	if (!wall_is_known(token.expires))
		token.expires = (wall_ms){auth->env.now->wall.ms + life_ms};
	auth->taken_at = auth->env.now->mono;
	auth->renew_at = mono_plus(auth->taken_at, life_ms - spot_token_early_ms(life_ms, auth->interval_ms));
	const char *used = auth->is_with_rotated ? auth->rotated : auth->from_file;
	if (token.refresh_token && strcmp(token.refresh_token, used) != 0) {
		if (!auth->rotated)
			log_info("Spot rotates the refresh token; the new token is kept in memory only. "
				 "Before a restart, put a valid token into the file");
		replace_secret(&auth->rotated, token.refresh_token);
	}
	mem_free_secret(&token.refresh_token);
	spot_token_fini(&auth->token);
	auth->token = token;
	if (auth->trouble != TROUBLE_REJECTED)
		calm(auth);
}

/* Reads a token from the response, or sets the reason why there is none. */
static void read_answer(struct spot_auth *auth, struct fetch_result *result, struct spot_token *token)
{
	struct err e;
	if (result->answer.reason == POLL_OK && !spot_token_read(buf_text(&auth->body), auth->body.len, token, &e)) {
		result->answer.reason = POLL_PARSE;
		text_copy(result->detail, sizeof result->detail, e.text);
	}
	/* Auth0 answers 400 invalid_grant where other services answer 401. Both mean a bad refresh token. */
	if (result->answer.status == 400)
		result->answer.reason = POLL_AUTH;
	buf_fini(&auth->form);
	buf_fini(&auth->body);
	source_count(&auth->source, result, buf_text(&auth->url), *auth->env.now);
}

static void on_exchanged(void *ctx, const struct fetch_result *answer)
{
	struct spot_auth *auth = ctx;
	struct fetch_result result = *answer;
	struct spot_token token = {0};
	read_answer(auth, &result, &token);
	bool is_refused = result.answer.reason == POLL_AUTH;
	if (is_refused && auth->is_with_rotated) {
		log_warn("Spot rejects the rotated refresh token; trying the token from the file", "file",
		    auth->conf->refresh_token_file);
		mem_free_secret(&auth->rotated);
		exchange(auth);
		return;
	}
	auth->is_running = false;
	if (result.answer.reason == POLL_OK)
		take_token(auth, token);
	else
		back_off(auth, is_refused ? TROUBLE_REFUSED : TROUBLE_FAILED);
	auth->on_done(auth->ctx, result.answer.reason == POLL_OK);
}

void spot_auth_note_refusal(struct spot_auth *auth)
{
	if (auth->token.id_token)
		auth->renew_at = mono_min(auth->renew_at, mono_plus(auth->taken_at, YOUNG_ROUNDS * auth->interval_ms));
}

void spot_auth_note_pause(struct spot_auth *auth, int64_t pause_ms)
{
	auth->renew_at = mono_plus(auth->renew_at, -pause_ms);
}

/* It says nothing of the refresh token: a refused one stays refused while the id_token is still good. */
void spot_auth_accepted(struct spot_auth *auth)
{
	if (auth->trouble == TROUBLE_REJECTED)
		calm(auth);
}

void spot_auth_rejected(struct spot_auth *auth)
{
	back_off(auth, TROUBLE_REJECTED);
}
