#include "poll/spot_org.h"

#include "base/text.h"

#include <stdio.h>
#include <string.h>

enum { PAGES_MAX = 100, URL_MAX_BYTES = 4096, BODY_MAX_BYTES = 1 << 20 };

static void on_page(void *ctx, const struct fetch_result *page);

void spot_org_init(struct spot_org *org, struct poll_env env, const struct conf_spot *conf,
    void (*on_done)(void *ctx, struct answer answer), void *ctx)
{
	*org = (struct spot_org){
	    .env = env,
	    .conf = conf,
	    .on_done = on_done,
	    .ctx = ctx,
	    .source = {"organizations", .answered_at = MONO_NEVER},
	    .job = fetch_job_new(env.fetch),
	    .url = buf_of(URL_MAX_BYTES),
	    .body = buf_of(BODY_MAX_BYTES),
	};
}

void spot_org_fini(struct spot_org *org)
{
	fetch_job_free(&org->job);
	buf_fini(&org->url);
	buf_fini(&org->body);
}

bool spot_org_is_asked(const struct spot_org *org, const struct spot_token *token)
{
	return token->id_token && (org->conf->organization || !token->namespace[0]);
}

const char *spot_org_namespace(const struct spot_org *org, const struct spot_token *token)
{
	if (!org->conf->organization && token->namespace[0])
		return token->namespace;
	bool is_known = org->namespace[0] && strcmp(org->found_by, token->namespace) == 0;
	return is_known ? org->namespace : NULL;
}

void spot_org_forget(struct spot_org *org)
{
	org->namespace[0] = '\0';
}

void spot_org_adopt(struct spot_org *org, const struct spot_org *old)
{
	source_adopt(&org->source, &old->source);
	if (strcmp(org->conf->api_url, old->conf->api_url) != 0 ||
	    !text_is_same(org->conf->organization, old->conf->organization))
		return;
	memcpy(org->namespace, old->namespace, sizeof org->namespace);
	memcpy(org->found_by, old->found_by, sizeof org->found_by);
}

static bool on_body(void *ctx, const char *bytes, size_t len, struct err *e)
{
	struct spot_org *org = ctx;
	buf_put(&org->body, bytes, len);
	return !org->body.overflow || err_set(e, "list of organizations too large");
}

static void start_page(struct spot_org *org, const char *query)
{
	buf_reset(&org->url);
	buf_printf(
	    &org->url, "%s/apis/auth.ngpc.rxt.io/v1/organizations%s%s", org->conf->api_url, *query ? "?" : "", query);
	buf_reset(&org->body);
	fetch_start(org->job,
	    &(struct fetch_request){
		.url = buf_text(&org->url),
		.bearer = org->bearer,
		.tls = org->env.tls,
		.timeout_ms = org->env.timeout_ms,
		.max_bytes = BODY_MAX_BYTES,
		.on_body = on_body,
		.on_done = on_page,
		.ctx = org,
	    });
}

void spot_org_start(struct spot_org *org, const struct spot_token *token)
{
	spot_org_forget(org);
	snprintf(org->found_by, sizeof org->found_by, "%s", token->namespace);
	org->bearer = token->id_token;
	org->pages = org->unreadable = 0;
	start_page(org, "");
}

/*
 * The organization may exist, but this credential has no access to it, or does not say which one is meant. Where some
 * of the list could not be read, that is not known.
 */
static void refuse(const struct spot_org *org, const struct org_page *page, struct fetch_result *result)
{
	const char *wanted = org->conf->organization;
	bool hides_it = org->unreadable && (wanted || page->count == 1);
	result->answer.reason = hides_it ? POLL_PARSE : POLL_AUTH;
	if (hides_it && wanted)
		snprintf(result->detail, sizeof result->detail,
		    "organization `%.100s` is not among those that can be read; %d cannot: %.80s", wanted,
		    org->unreadable, org->why);
	else if (wanted)
		snprintf(result->detail, sizeof result->detail,
		    "this token has no access to organization `%.100s`; see spot.organization", wanted);
	else if (hides_it)
		snprintf(result->detail, sizeof result->detail, "the only organization cannot be read: %s", org->why);
	else if (page->count > 1 || page->next[0])
		snprintf(result->detail, sizeof result->detail,
		    "this token has no claim org_id, and access to more than one organization; set spot.organization: "
		    "%s",
		    page->names);
	else
		snprintf(result->detail, sizeof result->detail,
		    "this token has no claim org_id, and access to no usable organization; set spot.organization");
}

static void note_unreadable(struct spot_org *org, const struct org_page *page)
{
	if (page->unreadable && !org->unreadable)
		text_copy(org->why, sizeof org->why, page->why);
	org->unreadable += page->unreadable;
}

static void on_page(void *ctx, const struct fetch_result *answer)
{
	struct spot_org *org = ctx;
	const char *wanted = org->conf->organization;
	struct fetch_result result = *answer;
	struct org_page page = {0};
	struct err e;
	bool is_good = result.answer.reason == POLL_OK, is_missing;
	if (is_good && !org_page_read(buf_text(&org->body), org->body.len, wanted, &page, &e)) {
		result.answer.reason = POLL_PARSE;
		text_copy(result.detail, sizeof result.detail, e.text);
		is_good = false;
	}
	note_unreadable(org, &page);
	is_missing = is_good && wanted && !page.is_found;
	if (is_missing && page.next[0] && ++org->pages < PAGES_MAX) {
		start_page(org, page.next);
		return;
	}
	if (is_missing && page.next[0]) {
		result.answer.reason = POLL_TOO_LARGE;
		snprintf(result.detail, sizeof result.detail,
		    "organization `%.100s` is not on the first %d pages of the list, and there are more; a token of "
		    "this organization needs no spot.organization",
		    wanted, PAGES_MAX);
	} else if (is_good && !page.is_found)
		refuse(org, &page, &result);
	else if (is_good)
		memcpy(org->namespace, page.namespace, sizeof org->namespace);
	source_count(&org->source, &result, buf_text(&org->url), *org->env.now);
	org->on_done(org->ctx, result.answer);
}
