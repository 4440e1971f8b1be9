#define _GNU_SOURCE
#include "services.h"

#include "machine.h"

#include "../sim/answer.h"
#include "../sim/auth.h"
#include "../sim/encode.h"
#include "../sim/text.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

/* The way to them. */

static const char *path_of(const char *url)
{
	const char *path = strchr(strstr(url, "://") + 3, '/');
	return path ? path : "/";
}

static bool is_meant(const struct knobs *k, const char *url)
{
	char *path = strndup(path_of(url), strcspn(path_of(url), "?"));
	bool is = fault_is_meant(path, k->on);
	free(path);
	return is;
}

enum meeting world_meet(size_t target, const struct asked *asked, int64_t *delay_ms)
{
	static const enum meeting of_links[] = {
	    [LINK_REFUSED] = MEETS_REFUSAL, [LINK_DEAD] = MEETS_NOTHING, [LINK_NO_NAME] = MEETS_NO_NAME};
	static const enum meeting of_faults[FAULT_KINDS] = {
	    [FAULT_REFUSE] = MEETS_REFUSAL,
	    [FAULT_RESET] = MEETS_RESET,
	    [FAULT_MUTE] = MEETS_NOTHING,
	    [FAULT_STALL] = MEETS_NOTHING,
	    [FAULT_EXPIRED] = MEETS_BAD_CERTIFICATE,
	    [FAULT_WRONG_NAME] = MEETS_BAD_CERTIFICATE,
	    [FAULT_FOREIGN_CA] = MEETS_BAD_CERTIFICATE,
	    [FAULT_OLD_TLS] = MEETS_BAD_CERTIFICATE,
	};
	const struct knobs *k = &services_target(target)->knobs;
	*delay_ms = 0;
	if (world.link[target] != LINK_GOOD)
		return of_links[world.link[target]];
	if (!is_meant(k, asked->url))
		return MEETS_ANSWER;
	*delay_ms = k->delay_ms + k->answer_delay_ms;
	return of_faults[k->fault];
}

/* The request as the services see it, in place of tests/sim/request.c. */

static struct {
	const struct asked *asked;
	const char *query;
	char *authorization, *value;
} current;

const char *request_header(const struct request *r, const char *name)
{
	(void)r;
	if (strcmp(name, "Authorization") == 0)
		return current.authorization;
	if (strcmp(name, "Content-Type") == 0 && current.asked->form)
		return "application/x-www-form-urlencoded";
	return strcmp(name, "Accept") == 0 ? "application/json" : NULL;
}

const char *request_query(const struct request *r, const char *key)
{
	size_t len = strlen(key);
	(void)r;
	for (const char *at = current.query; at; at = strchr(at, '&')) {
		at++;
		if (strncmp(at, key, len) != 0 || (at[len] != '=' && at[len] != '&' && at[len]))
			continue;
		at += len + (at[len] == '=');
		curl_free(current.value);
		current.value = curl_easy_unescape(NULL, at, (int)strcspn(at, "&"), NULL);
		return current.value;
	}
	return NULL;
}

static void ask(struct target *t, const struct asked *asked, struct answer *a)
{
	const char *path = path_of(asked->url);
	char *decoded = curl_easy_unescape(NULL, path, (int)strcspn(path, "?"), NULL);
	current.asked = asked;
	current.query = strchr(path, '?');
	current.authorization = asked->bearer ? text_format("Bearer %s", asked->bearer) : NULL;
	struct request r = {
	    .sim = &services,
	    .target = t,
	    .method = asked->method,
	    .path = decoded,
	    .body = text_copy(asked->form ? asked->form : ""),
	};
	r.body_len = strlen(r.body);
	t->service->answer(&r, a);
	if (fault_is_meant(r.path, t->knobs.on))
		fault_spoil(t->knobs.fault, t->knobs.fault_arg, &r, a);
	answer_set_retry_after(&r, a);
	free(r.body);
	free(current.authorization);
	curl_free(decoded);
	curl_free(current.value);
	current.value = NULL;
}

/*
 * Answers are kept while nothing in them has changed but times: making them is most of the work. Only of leases do
 * times matter to the daemon; the others are made anew now and then, so that times go on.
 */
enum {
	KEPT_MAX = 512 /* so that few of a dozen lists share a place */,
	KEPT_MS = 3600000 /* at tempo 1 */,
	KEPT_LEASES_MS = 10000
};

static struct kept {
	char *url, *bearer;
	uint64_t revision;
	int64_t until_ms;
	struct answer answer;
} kept[TARGETS][KEPT_MAX];

static void forget(struct kept *c)
{
	if (c->url)
		answer_fini(&c->answer);
	free(c->url);
	free(c->bearer);
	*c = (struct kept){0};
}

void services_forget(void)
{
	for (size_t t = 0; t < TARGETS; t++)
		for (size_t i = 0; i < KEPT_MAX; i++)
			forget(&kept[t][i]);
}

static struct kept *place_of(size_t target, const char *url)
{
	uint32_t hash = 5381;
	for (const char *c = url; *c; c++)
		hash = hash * 33 + (unsigned char)*c;
	return &kept[target][hash % KEPT_MAX];
}

/* Spot's lists show every cloudspace, and who may read what is told by the token endpoint. */
static uint64_t revision_of(size_t target)
{
	uint64_t sum = services_target(target)->revision + services_target(AUTH_AT)->revision;
	for (size_t i = 0; target == SPOT_AT && i < services.target_count; i++)
		sum += services_target(i)->revision;
	return sum;
}

/* Until when the service knows this bearer; 0: it does not. */
static int64_t bearer_ends_ms(size_t target, const char *bearer)
{
	int64_t issued_ms, ends_ms;
	if (target == AUTH_AT) /* hands out another one each time */
		return 0;
	if (!*bearer)
		return INT64_MAX;
	if (target >= CLOUDSPACE_AT && strcmp(bearer, services_target(target)->token) == 0)
		return INT64_MAX;
	return world_id_token(bearer, &issued_ms, &ends_ms) ? ends_ms : 0;
}

static int64_t kept_until_ms(size_t target, const struct asked *asked)
{
	int64_t until_ms = machine.at_ms + (strstr(asked->url, "/leases") ? KEPT_LEASES_MS : KEPT_MS * world.tempo);
	int64_t ends_ms = bearer_ends_ms(target, asked->bearer ? asked->bearer : "");
	return until_ms < ends_ms ? until_ms : ends_ms;
}

static const struct answer *answer_of(size_t target, const struct asked *asked)
{
	struct kept *c = place_of(target, asked->url);
	const char *bearer = asked->bearer ? asked->bearer : "";
	uint64_t revision = revision_of(target);
	if (machine.at_ms < c->until_ms && c->revision == revision && strcmp(c->url, asked->url) == 0 &&
	    strcmp(c->bearer, bearer) == 0)
		return &c->answer;
	forget(c);
	c->url = text_copy(asked->url);
	c->bearer = text_copy(bearer);
	c->revision = revision;
	c->until_ms = kept_until_ms(target, asked);
	answer_init(&c->answer);
	ask(services_target(target), asked, &c->answer);
	return &c->answer;
}

struct said world_ask(size_t target, const struct asked *asked)
{
	const struct answer *a = answer_of(target, asked);
	struct said said = {.status = (int)a->status, .body = a->body ? a->body : "", .len = a->len};
	said.is_endless = a->endless;
	said.is_slow = a->drip;
	said.is_cut = a->cut_after < a->len;
	if (said.is_cut)
		said.len = a->cut_after;
	for (size_t i = 0; i < a->header_count; i++)
		if (strcmp(a->headers[i].name, "Retry-After") == 0)
			said.retry_after_s = strtol(a->headers[i].value, NULL, 10);
	return said;
}

const char *world_name(size_t target)
{
	return services_target(target)->name;
}

const char *world_token(size_t target)
{
	return services_target(target)->token;
}

const char *world_refresh_token(void)
{
	return services_target(AUTH_AT)->knobs.refresh_token;
}

bool world_id_token(const char *token, int64_t *issued_ms, int64_t *ends_ms)
{
	for (size_t i = 0; i < ISSUED_KEPT; i++) {
		const struct issued *is = &services.issued[i];
		if (!is->jwt || strcmp(is->jwt, token) != 0)
			continue;
		*issued_ms = (is->begins - MACHINE_EPOCH_S) * 1000;
		*ends_ms = (is->expires - MACHINE_EPOCH_S) * 1000;
		return is->generation == services_target(AUTH_AT)->knobs.generation;
	}
	return false;
}

const char *world_organization(void)
{
	return AUTH_ORG_ID;
}

void world_change_token(size_t target)
{
	text_random_hex(services_target(target)->token, 32);
	services_target(target)->revision++;
	machine_guard_secret(services_target(target)->token);
}

/* What only the HTTP server of tests/sim has. */
const struct service control_service;
void encode_endless(struct answer *a, const char *more, size_t more_len)
{
	(void)a, (void)more, (void)more_len;
	abort();
}
