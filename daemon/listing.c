#include "daemon/listing.h"

#include <stdio.h>
#include <string.h>

enum { PAGES_MAX = 1000, PAGE_TIMEOUTS_MAX = 6, URL_MAX_BYTES = 16 << 10, PAGE_MAX_BYTES = 256 << 20 };

static void on_page(void *ctx, const struct fetch_result *result);

static bool on_body(void *ctx, const char *bytes, size_t len, struct err *e)
{
	struct listing *l = ctx;
	return items_feed(&l->items, bytes, len, e);
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
	buf_fini(&l->page_url);
	buf_fini(&l->next);
}

static void start_page(struct listing *l)
{
	buf_reset(&l->page_url);
	buf_puts(&l->page_url, l->request.url);
	if (l->next.len) {
		buf_puts(&l->page_url, strchr(l->request.url, '?') ? "&continue=" : "?continue=");
		fetch_encode(&l->page_url, buf_text(&l->next));
	}
	items_fini(&l->items);
	items_init(&l->items, l->request.on_item, l->request.ctx);
	fetch_start(l->job,
	    &(struct fetch_request){
		.url = buf_text(&l->page_url),
		.bearer = l->request.bearer,
		.tls = l->request.tls,
		.timeout_ms = l->request.timeout_ms,
		.max_bytes = PAGE_MAX_BYTES,
		.on_body = on_body,
		.on_done = on_page,
		.ctx = l,
	    });
}

void listing_start(struct listing *l, const struct listing_request *request)
{
	l->request = *request;
	l->pages = 0;
	l->spent_ms = 0;
	buf_reset(&l->next);
	start_page(l);
}

static void on_page(void *ctx, const struct fetch_result *page)
{
	struct listing *l = ctx;
	struct fetch_result result = *page;
	struct err e;
	l->spent_ms += page->duration_ms;
	l->pages++;
	if (result.answer.reason == POLL_OK &&
	    !items_finish(&l->items, l->request.kind, &l->next, &e)) {
		result.answer.reason = POLL_PARSE;
		snprintf(result.detail, sizeof result.detail, "%.250s", e.text);
	}
	if (result.answer.reason == POLL_OK && l->next.len) {
		bool is_slow = l->spent_ms >= PAGE_TIMEOUTS_MAX * l->request.timeout_ms;
		if (l->pages < PAGES_MAX && !l->next.overflow && !is_slow) {
			start_page(l);
			return;
		}
		result.answer.reason = is_slow ? POLL_TIMEOUT : POLL_TOO_LARGE;
		snprintf(result.detail, sizeof result.detail, "not complete after %d pages", l->pages);
	}
	if (result.answer.reason == POLL_PARSE && l->items.is_too_large)
		result.answer.reason = POLL_TOO_LARGE; /* one item was */
	result.duration_ms = l->spent_ms;
	l->request.on_done(l->request.ctx, &result);
}
