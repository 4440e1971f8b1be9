#include "poll/peer_poll.h"

#include "api.h"
#include "base/mem.h"
#include "base/text.h"
#include "decode/peer.h"
#include "os/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { URL_BYTES_MAX = 8192, ANSWER_MAX_BYTES = 2 << 20, TOKEN_LEAST = 16 };

/* A file that cannot be used leaves the secret that was. */
static bool read_token(struct peer_poll *poll)
{
	struct err e;
	if (!watched_file_refresh(&poll->token, poll->conf->token_file, FILE_TOKEN, false, *poll->env.now))
		return false;
	if (strlen(poll->token.text) >= TOKEN_LEAST) {
		if (!text_is_same(poll->secret, poll->token.text)) {
			mem_free_secret(&poll->secret);
			poll->secret = mem_copy_secret(poll->token.text, strlen(poll->token.text));
		}
		return true;
	}
	err_set(&e, "%s: the token is too short; expected at least %d characters, such as `openssl rand -hex 32` makes",
	    poll->conf->token_file, TOKEN_LEAST);
	free(poll->token.failing);
	poll->token.failing = mem_copy_text(e.text, strlen(e.text));
	return false;
}

bool peer_poll_init(struct peer_poll *poll, struct poll_env env, const struct conf_peers *conf,
    const struct peer_identity *self, struct errs *errs)
{
	size_t count = conf->urls.count, mistakes = errs->count;
	*poll = (struct peer_poll){
	    .env = env,
	    .conf = conf,
	    .self = self,
	    .hosts = mem_zeroed(count, sizeof *poll->hosts),
	    .host_count = count,
	    .question = buf_of(URL_BYTES_MAX),
	};
	for (size_t i = 0; i < count; i++)
		poll->hosts[i] =
		    (struct peer_host){.poll = poll, .url = conf->urls.v[i], .job = fetch_job_new(env.fetch)};
	if (!count)
		return true;
	if (!read_token(poll))
		errs_add(errs, (struct place){.file = "peers.token_file"}, "%s", poll->token.failing);
	if (conf->ca_file && !watched_file_refresh(&poll->ca, conf->ca_file, FILE_AUTHORITIES, false, *env.now))
		errs_add(errs, (struct place){.file = "peers.ca_file"}, "%s", poll->ca.failing);
	watched_file_tell(&poll->ca, FILE_AUTHORITIES, NULL, NULL);
	return errs->count == mistakes;
}

static void free_peer(struct peer *peer)
{
	fetch_job_free(&peer->job);
	buf_fini(&peer->url);
	buf_fini(&peer->body);
	peer_answer_fini(&peer->answer);
	free(peer->server_name);
	free(peer);
}

void peer_poll_fini(struct peer_poll *poll)
{
	for (size_t i = 0; i < poll->count; i++)
		free_peer(poll->peers[i]);
	for (size_t i = 0; i < poll->host_count; i++)
		fetch_job_free(&poll->hosts[i].job);
	free(poll->hosts);
	mem_free_secret(&poll->secret);
	watched_file_fini(&poll->token);
	watched_file_fini(&poll->ca);
	buf_fini(&poll->question);
	*poll = (struct peer_poll){0};
}

const char *peer_poll_token(struct peer_poll *poll)
{
	return poll->secret;
}

bool peer_poll_is_running(const struct peer_poll *poll)
{
	return poll->waits_for > 0;
}

bool peer_poll_is_double(const struct peer_poll *poll, size_t index)
{
	const struct peer *peer = poll->peers[index];
	const char *instance = peer->answer.who.instance;
	if (!peer->has_answer)
		return false;
	if (strcmp(instance, poll->self->instance) == 0)
		return true;
	for (size_t i = 0; i < index; i++)
		if (poll->peers[i]->has_answer && strcmp(instance, poll->peers[i]->answer.who.instance) == 0)
			return true;
	return false;
}

/* The parts of a URL in the form of url_normal(). */
struct parts {
	const char *host, *port; /* ":29164/path", or a part of it, or "" */
	int host_len;
};

static struct parts parts_of(const char *url)
{
	struct parts p = {.host = strstr(url, "://") + 3};
	p.host_len = (int)strcspn(p.host, *p.host == '[' ? "]" : ":/") + (*p.host == '[');
	p.port = p.host + p.host_len;
	return p;
}

/* The log hears of it when it begins and when it ends. */
static void note(struct peer *peer)
{
	bool is_good = peer->has_answer;
	const char *host = peer->answer.who.host;
	if (is_good ? peer->is_logged_good : peer->is_logged_bad)
		return;
	if (is_good && !(strcmp(peer->answer.who.instance, peer->poll->self->instance) == 0))
		log_info("peer answers", "peer", peer->address, "host", host);
	else if (!is_good)
		log_warn(
		    "peer does not answer", "peer", peer->address, "host", *host ? host : NULL, "error", peer->problem);
	peer->is_logged_good = is_good;
	peer->is_logged_bad = !is_good;
}

static void end_one(struct peer_poll *poll);

static bool on_body(void *ctx, const char *bytes, size_t len, struct err *e)
{
	struct peer *peer = ctx;
	buf_put(&peer->body, bytes, len);
	return !peer->body.overflow || err_set(e, "answer too large");
}

/* What an answer of a hawatchd that is no answer to the question means; NULL: what the transfer says. */
static const char *meaning_of(int status)
{
	switch (status) {
	case 400: return "HTTP status 400: it does not understand the question; is one of the two an older hawatchd?";
	case 401: return "HTTP status 401: it has another token in its peers.token_file";
	case 404: return "HTTP status 404: it has no peers configured, or is an older hawatchd";
	default: return NULL;
	}
}

static void on_answer(void *ctx, const struct fetch_result *result)
{
	struct peer *peer = ctx;
	struct peer_answer answer;
	struct err e;
	peer->is_running = peer->has_answer = false;
	peer->problem[0] = '\0';
	const char *meaning = meaning_of(result->answer.status);
	if (result->answer.reason != POLL_OK)
		text_copy(peer->problem, sizeof peer->problem, meaning ? meaning : result->detail);
	else if (!peer_read(buf_text(&peer->body), peer->body.len, &answer, &e))
		snprintf(peer->problem, sizeof peer->problem, "not an answer of hawatchd: %.200s", e.text);
	else {
		peer_answer_fini(&peer->answer);
		peer->answer = answer;
		peer->has_answer = true;
		peer->answered_at = peer->poll->env.now->mono;
	}
	buf_fini(&peer->body);
	note(peer);
	end_one(peer->poll);
}

static struct peer *add_peer(struct peer_poll *poll, const char *base, const char *address)
{
	struct parts parts = parts_of(base);
	for (size_t i = 0; i < poll->count; i++)
		if (strcmp(poll->peers[i]->address, address) == 0)
			return poll->peers[i];
	if (poll->count == PEERS_MAX) {
		poll->has_too_many = true;
		return NULL;
	}
	struct peer *peer = mem_zeroed(1, sizeof *peer);
	peer->poll = poll;
	peer->base = base;
	peer->job = fetch_job_new(poll->env.fetch);
	peer->url = buf_of(URL_BYTES_MAX);
	peer->body = buf_of(ANSWER_MAX_BYTES);
	peer->answered_at = MONO_NEVER;
	peer->shown = PEER_NOT_SHOWN;
	bool is_bracketed = *parts.host == '[';
	peer->server_name = mem_copy_text(parts.host + is_bracketed, (size_t)parts.host_len - 2 * (size_t)is_bracketed);
	text_copy(peer->address, sizeof peer->address, address);
	poll->peers[poll->count++] = peer;
	return peer;
}

static void on_address(void *ctx, const char *ip)
{
	struct peer_host *host = ctx;
	struct parts parts = parts_of(host->url);
	char address[PEER_ADDRESS_MAX];
	snprintf(address, sizeof address, strchr(ip, ':') ? "[%s]%s" : "%s%s", ip, parts.port);
	struct peer *peer = add_peer(host->poll, host->url, address);
	if (peer)
		peer->is_listed = true;
}

/* A host that cannot be looked up keeps the addresses that it had. */
static void keep_addresses(struct peer_host *host)
{
	struct peer_poll *poll = host->poll;
	struct parts parts = parts_of(host->url);
	char name[PEER_ADDRESS_MAX];
	bool has_any = false;
	for (size_t i = 0; i < poll->count; i++)
		if (poll->peers[i]->base == host->url && !poll->peers[i]->is_host)
			poll->peers[i]->is_listed = has_any = true;
	snprintf(name, sizeof name, "%s", parts.host);
	struct peer *peer = has_any ? NULL : add_peer(poll, host->url, name);
	if (!peer)
		return;
	peer->is_listed = peer->is_host = true;
	text_copy(peer->problem, sizeof peer->problem, host->problem);
	note(peer);
}

static void drop_unlisted(struct peer_poll *poll)
{
	size_t kept = 0;
	for (size_t i = 0; i < poll->count; i++) {
		struct peer *peer = poll->peers[i];
		if (peer->is_listed) {
			poll->peers[kept++] = peer;
			continue;
		}
		if (!peer->is_host)
			log_info("peer is gone: its host has other addresses", "peer", peer->address);
		free_peer(peer);
	}
	poll->count = kept;
}

static void ask(struct peer *peer)
{
	struct peer_poll *poll = peer->poll;
	struct parts parts = parts_of(peer->base);
	bool has_tls = strncmp(peer->base, "https", 5) == 0;
	buf_reset(&peer->url);
	buf_printf(&peer->url, "%.*s%s" API_PEER "?%s", (int)(parts.host - peer->base), peer->base, peer->address,
	    buf_text(&poll->question));
	peer->is_running = true;
	poll->waits_for++;
	fetch_start(peer->job,
	    &(struct fetch_request){
		.url = buf_text(&peer->url),
		.bearer = poll->secret,
		.form = "", /* POST */
		.tls = {.ca_pem = poll->ca.text,
		    .ca_name = poll->ca.path,
		    .server_name = has_tls ? peer->server_name : NULL},
		.timeout_ms = PEER_TIMEOUT_MS,
		.max_bytes = ANSWER_MAX_BYTES,
		.on_body = on_body,
		.on_done = on_answer,
		.ctx = peer,
	    });
}

static void ask_all(struct peer_poll *poll)
{
	poll->waits_for++; /* until all are asked */
	for (size_t i = 0; i < poll->count; i++)
		if (!poll->peers[i]->is_host)
			ask(poll->peers[i]);
	end_one(poll);
}

static void end_one(struct peer_poll *poll)
{
	if (--poll->waits_for == 0)
		poll->on_round(poll->ctx);
}

static void on_lookup(void *ctx, const struct fetch_result *result)
{
	struct peer_host *host = ctx;
	struct peer_poll *poll = host->poll;
	text_copy(host->problem, sizeof host->problem, result->answer.reason == POLL_OK ? "" : result->detail);
	if (--poll->waits_for)
		return;
	for (size_t i = 0; i < poll->host_count; i++)
		if (*poll->hosts[i].problem)
			keep_addresses(&poll->hosts[i]);
	drop_unlisted(poll);
	if (poll->has_too_many && !poll->is_excess_told)
		log_warn("too many peers: some addresses are not asked", "addresses_asked", "32");
	poll->is_excess_told = poll->has_too_many;
	ask_all(poll);
}

static void look_up(struct peer_host *host)
{
	host->poll->waits_for++;
	fetch_start(host->job,
	    &(struct fetch_request){
		.url = host->url,
		.timeout_ms = PEER_TIMEOUT_MS,
		.on_address = on_address,
		.on_done = on_lookup,
		.ctx = host,
	    });
}

static void break_off(struct peer_poll *poll)
{
	for (size_t i = 0; i < poll->host_count; i++) {
		fetch_job_free(&poll->hosts[i].job);
		poll->hosts[i].job = fetch_job_new(poll->env.fetch);
	}
	for (size_t i = 0; i < poll->count; i++) {
		fetch_job_free(&poll->peers[i]->job);
		poll->peers[i]->job = fetch_job_new(poll->env.fetch);
		poll->peers[i]->is_running = false;
		buf_fini(&poll->peers[i]->body);
	}
	poll->waits_for = 0;
}

/* Once for each change. */
static void tell_token(struct peer_poll *poll, bool is_good)
{
	if (!is_good && !poll->is_token_told)
		log_warn("peers.token_file cannot be used; the token from before is", "error", poll->token.failing);
	if (is_good && poll->is_token_told)
		log_info("peers.token_file can be used again", "file", poll->conf->token_file);
	poll->is_token_told = !is_good;
}

void peer_poll_start(struct peer_poll *poll, const char *query, bool looks_up)
{
	if (poll->waits_for)
		break_off(poll);
	tell_token(poll, read_token(poll));
	if (poll->conf->ca_file)
		(void)!watched_file_refresh(&poll->ca, poll->conf->ca_file, FILE_AUTHORITIES, false, *poll->env.now);
	buf_reset(&poll->question);
	buf_puts(&poll->question, query);
	if (!looks_up) {
		ask_all(poll);
		return;
	}
	poll->has_too_many = false;
	for (size_t i = 0; i < poll->count; i++)
		poll->peers[i]->is_listed = false;
	for (size_t i = 0; i < poll->host_count; i++)
		look_up(&poll->hosts[i]);
}
