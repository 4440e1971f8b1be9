#include "fetch/listing.h"

#include "base/text.h"
#include "fetch/fetch_encode.h"

#include <stdio.h>
#include <string.h>

enum {
	PAGES_MAX = 1000,
	PAGE_TIMEOUTS_MAX = 6,
	RESTARTS_MAX = 2,
	RETRY_AFTER_MAX_MS = 2000, /* with a longer Retry-After the next round asks again */
	URL_MAX_BYTES = 16 << 10,
};

static void on_page(void *ctx, const struct fetch_result *result);

static bool on_body(void *ctx, const char *bytes, size_t len, struct err *e)
{
	struct listing *l = ctx;
	size_t most = l->request.bytes_max ? l->request.bytes_max : LISTING_MAX_BYTES;
	l->bytes += len;
	l->items.is_too_large = l->bytes > most;
	return !l->items.is_too_large ? items_feed(&l->items, bytes, len, e)
				      : err_set(e, "the list is larger than the %zu bytes that it may have", most);
}

void listing_init(struct listing *l, struct fetch *fetch)
{
	*l = (struct listing){
	    .job = fetch_job_new(fetch),
	    .page_url = buf_of(URL_MAX_BYTES),
	    .next = buf_of(URL_MAX_BYTES / 4),
	};
}

void listing_fini(struct listing *l)
{
	fetch_job_free(&l->job);
	items_fini(&l->items);
	unreadables_fini(&l->items.unreadable);
	buf_fini(&l->page_url);
	buf_fini(&l->next);
}

static void start_page(struct listing *l, int64_t delay_ms)
{
	buf_reset(&l->page_url);
	buf_puts(&l->page_url, l->request.url);
	if (l->next.len) {
		buf_puts(&l->page_url, strchr(l->request.url, '?') ? "&continue=" : "?continue=");
		fetch_encode(&l->page_url, buf_text(&l->next));
	}
	items_next_page(&l->items);
	fetch_start(l->job,
	    &(struct fetch_request){
		.url = buf_text(&l->page_url),
		.bearer = l->request.bearer,
		.tls = l->request.tls,
		.delay_ms = delay_ms,
		.timeout_ms = l->request.timeout_ms,
		.max_bytes = SIZE_MAX, /* on_body() has a limit of all pages */
		.gives_way = l->request.gives_way,
		.on_body = on_body,
		.on_done = on_page,
		.ctx = l,
	    });
}

static void begin(struct listing *l, int64_t delay_ms)
{
	buf_reset(&l->next);
	items_fini(&l->items);
	unreadables_fini(&l->items.unreadable);
	items_init(&l->items, l->request.members, l->request.on_item, l->request.ctx);
	if (l->request.items_max)
		l->items.most = l->request.items_max;
	l->request.on_begin(l->request.ctx);
	start_page(l, delay_ms);
}

void listing_start(struct listing *l, const struct listing_request *request)
{
	l->request = *request;
	l->pages = l->restarts = 0;
	l->has_waited = false;
	l->spent_ms = 0;
	l->connection = (struct connection){0};
	l->bytes = 0;
	begin(l, 0);
}

bool listing_is_not_installed(const struct fetch_result *result)
{
	return result->answer.status == 404 && strcmp(result->refusal.text, "404 page not found") == 0;
}

static bool is_slow(const struct listing *l)
{
	return l->spent_ms >= PAGE_TIMEOUTS_MAX * l->request.timeout_ms;
}

/* Restarts the list when the server asks for it, within the limits of the header. */
static bool begins_anew(struct listing *l, const struct fetch_result *page)
{
	bool is_expired = page->answer.status == 410 && l->next.len;
	bool is_warming_up = page->answer.status == 429 && l->request.is_custom && !l->next.len &&
	    page->refusal.form == REFUSAL_STATUS && page->retry_after_ms > 0 &&
	    page->retry_after_ms <= RETRY_AFTER_MAX_MS;
	if (is_slow(l) || l->pages >= PAGES_MAX)
		return false;
	if (is_expired && l->restarts < RESTARTS_MAX) {
		l->restarts++;
		begin(l, 0);
		return true;
	}
	if (is_warming_up && !l->has_waited) {
		l->has_waited = true;
		begin(l, page->retry_after_ms);
		return true;
	}
	return false;
}

/* For two cases, replaces the error text by one that explains more. */
static void explain(const struct listing *l, struct fetch_result *result)
{
	if (listing_is_not_installed(result))
		snprintf(result->detail, sizeof result->detail,
		    "HTTP status 404: the API server serves no such resource; is its CRD installed?");
	else if (result->answer.status == 410 && l->restarts)
		snprintf(result->detail, sizeof result->detail,
		    "HTTP status 410: the list expired during paging, %d times in a row", l->restarts + 1);
}

/* An object that cannot be read, where that is not allowed. */
static void refuse_unreadable(const struct listing *l, struct fetch_result *result)
{
	const struct unreadables *unreadable = &l->items.unreadable;
	struct buf text = buf_of(sizeof result->detail - 1);
	if (!l->request.needs_all || !unreadable->count)
		return;
	unreadable_put_name(&text, &unreadable->v[0]);
	buf_printf(&text, " cannot be read: %s", unreadable->v[0].why);
	if (unreadable->count > 1)
		buf_printf(&text, "; and %zu more", unreadable->count - 1);
	result->answer.reason = POLL_PARSE;
	snprintf(result->detail, sizeof result->detail, "%s", buf_text(&text));
	buf_fini(&text);
}

static void on_page(void *ctx, const struct fetch_result *page)
{
	struct listing *l = ctx;
	struct fetch_result result = *page;
	struct err e;
	l->spent_ms += page->duration_ms;
	if (page->connection.is_new)
		l->connection = page->connection;
	l->pages++;
	if (begins_anew(l, page))
		return;
	if (result.answer.reason == POLL_OK && !items_finish(&l->items, l->request.kind, &l->next, &e)) {
		result.answer.reason = POLL_PARSE;
		text_copy(result.detail, sizeof result.detail, e.text);
	}
	if (result.answer.reason == POLL_OK && l->next.len) {
		if (l->pages < PAGES_MAX && !l->next.overflow && !is_slow(l)) {
			start_page(l, 0);
			return;
		}
		result.answer.reason = is_slow(l) ? POLL_TIMEOUT : POLL_TOO_LARGE;
		snprintf(result.detail, sizeof result.detail, "list not complete after %d pages", l->pages);
	}
	if (result.answer.reason == POLL_PARSE && l->items.is_too_large)
		result.answer.reason = POLL_TOO_LARGE;
	if (result.answer.reason == POLL_OK)
		refuse_unreadable(l, &result);
	else
		unreadables_fini(&l->items.unreadable); /* of a part of the list */
	explain(l, &result);
	items_fini(&l->items); /* frees memory: most listings are idle at any time */
	result.duration_ms = l->spent_ms;
	if (l->connection.is_new)
		result.connection = l->connection;
	l->request.on_done(l->request.ctx, &result);
}
