#define _GNU_SOURCE
#include "auth.h"

#include "answer.h"
#include "state.h"
#include "text.h"

#include <stdlib.h>
#include <string.h>

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Decodes "%41+b" in place. */
static void form_decode(char *s)
{
	char *w = s;
	for (; *s; s++) {
		if (*s == '%' && hex_digit(s[1]) >= 0 && hex_digit(s[2]) >= 0) {
			*w++ = (char)(hex_digit(s[1]) << 4 | hex_digit(s[2]));
			s += 2;
		} else {
			*w++ = *s == '+' ? ' ' : *s;
		}
	}
	*w = '\0';
}

/* The decoded value of one field of a form; "" when absent. The caller frees it. */
static char *form_field(const char *body, const char *key)
{
	size_t key_len = strlen(key);
	for (const char *p = body; *p; p += strcspn(p, "&"), p += *p == '&') {
		if (strncmp(p, key, key_len) != 0 || p[key_len] != '=')
			continue;
		char *value = text_format("%.*s", (int)strcspn(p + key_len + 1, "&"), p + key_len + 1);
		form_decode(value);
		return value;
	}
	return text_copy("");
}

/* A JWT of the service's shape. Nobody checks its signature, so random bytes stand for one. */
static char *make_jwt(const char *org_claim, time_t now, time_t expires)
{
	static const char HEADER[] = "{\"alg\":\"RS256\",\"typ\":\"JWT\",\"kid\":\"hawatch-sim\"}";
	char noise[2 * 128 + 1];
	text_random_hex(noise, 128);
	struct text claims;
	size_t len;
	text_open(&claims);
	text_put(claims.out,
	    "{'nickname':'ci','name':'ci@example.com','email_verified':true,%s"
	    "'iss':'https://login.spot.rackspace.com/','aud':'%s','iat':%lld,'exp':%lld,"
	    "'sub':'auth0|0123456789abcdef'}",
	    org_claim, AUTH_CLIENT_ID, (long long)now, (long long)expires);
	char *plain = text_take(&claims, &len);
	char *head = text_base64url(HEADER, strlen(HEADER));
	char *middle = text_base64url(plain, len);
	char *tail = text_base64url(noise, strlen(noise));
	char *jwt = text_format("%s.%s.%s", head, middle, tail);
	free(tail);
	free(middle);
	free(head);
	free(plain);
	return jwt;
}

static unsigned generation(struct sim *sim)
{
	return state_target(sim, "auth")->knobs.generation;
}

static bool is_good(struct sim *sim, const struct issued *token)
{
	return time(NULL) < token->expires && token->generation == generation(sim);
}

const char *auth_issue(struct sim *sim, long ttl_s)
{
	time_t now = time(NULL);
	bool is_named = !state_target(sim, "auth")->knobs.no_org_claim;
	struct issued *slot = &sim->issued[sim->issued_count++ % ISSUED_KEPT];
	free(slot->jwt);
	*slot = (struct issued){
	    .jwt = make_jwt(is_named ? "'org_id':'" AUTH_ORG_ID "'," : "", now, now + ttl_s),
	    .begins = now,
	    .expires = now + ttl_s,
	    .generation = generation(sim),
	};
	return slot->jwt;
}

enum bearer auth_judge(struct sim *sim, const char *token)
{
	if (!token || !*token)
		return BEARER_MISSING;
	const char *dot = strchr(token, '.');
	if (!dot || !strchr(dot + 1, '.') || strchr(strchr(dot + 1, '.') + 1, '.'))
		return BEARER_MALFORMED;
	for (size_t i = 0; i < ISSUED_KEPT; i++)
		if (sim->issued[i].jwt && strcmp(sim->issued[i].jwt, token) == 0)
			return is_good(sim, &sim->issued[i]) ? BEARER_GOOD : BEARER_EXPIRED;
	return BEARER_UNKNOWN;
}

static void begin(struct answer *a, unsigned status)
{
	answer_begin(a, status);
	answer_header(a, "Content-Type", "application/json");
	answer_header(a, "Cache-Control", "no-store");
	answer_header(a, "Pragma", "no-cache");
}

static void deny(struct answer *a, unsigned status, const char *error, const char *description)
{
	begin(a, status);
	answer_json(a, "{'error':'%s','error_description':'%s'}", error, description);
}

static void auth_refuse(const struct request *r, struct answer *a, unsigned code)
{
	(void)r;
	if (code == 403)
		deny(a, code, "invalid_grant", "Unknown or invalid refresh token.");
	else if (code == 401)
		deny(a, code, "access_denied", "Unauthorized");
	else if (code == 429)
		deny(a, code, "too_many_requests", "Global limit has been reached");
	else
		deny(a, code, "server_error", "Something went wrong. Please try again later.");
}

/* The old refresh token ends here; the member that hands out the new one. */
static char *rotate(struct knobs *k)
{
	static const char NAME[] = "rotated-"; /* by which a test finds one where it must not be */
	char noise[2 * 20 + 1];
	text_random_hex(noise, 20);
	snprintf(k->refresh_token, sizeof k->refresh_token, "%s%s", NAME, noise);
	return text_format("'refresh_token':'%s',", k->refresh_token);
}

static void grant(const struct request *r, struct answer *a)
{
	char *grant_type = form_field(r->body, "grant_type");
	char *client = form_field(r->body, "client_id");
	char *refresh = form_field(r->body, "refresh_token");
	struct knobs *k = &r->target->knobs;

	if (strcmp(grant_type, "refresh_token") != 0) {
		deny(a, 403, "unsupported_grant_type", "Unsupported grant type");
	} else if (strcmp(client, AUTH_CLIENT_ID) != 0) {
		auth_refuse(r, a, 401);
	} else if (k->token_revoked || strcmp(refresh, k->refresh_token) != 0) {
		auth_refuse(r, a, 403);
	} else {
		char *rotated = k->rotates ? rotate(k) : text_copy("");
		begin(a, 200);
		answer_json(a,
		    "{'access_token':'opaque','id_token':'%s',%s"
		    "'scope':'openid profile email offline_access','expires_in':86400,"
		    "'token_type':'Bearer'}",
		    auth_issue(r->sim, k->id_token_ttl_s), rotated);
		free(rotated);
	}
	free(refresh);
	free(client);
	free(grant_type);
}

static void auth_answer(const struct request *r, struct answer *a)
{
	const char *type = request_header(r, "Content-Type");
	if (strcmp(r->path, "/oauth/token") != 0 || strcmp(r->method, "POST") != 0) {
		answer_begin(a, 404);
		answer_header(a, "Content-Type", "text/plain; charset=utf-8");
		answer_printf(a, "Not Found");
	} else if (!type || !text_starts(type, "application/x-www-form-urlencoded")) {
		deny(a, 400, "invalid_request", "The body is not a form");
	} else {
		state_lock(r->sim);
		grant(r, a);
		state_unlock(r->sim);
	}
}

const struct service auth_service = {.answer = auth_answer, .refuse = auth_refuse};
