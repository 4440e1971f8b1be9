/*
 * One list, read through all its pages: request, stream, item callbacks, `continue`. A list with a failed
 * page is no evidence at all, so the end is reported once, for the whole.
 */
#ifndef HAWATCH_LISTING_H
#define HAWATCH_LISTING_H

#include "daemon/fetch.h"
#include "decode/items.h"

struct listing_request {
	const char *url;  /* with the query, without continue; borrowed until the end */
	const char *kind; /* "NodeList" */
	const char *bearer;
	struct fetch_tls tls;
	int64_t timeout_ms; /* of each page */
	items_fn *on_item;
	void (*on_done)(void *ctx, const struct fetch_result *result);
	void *ctx;
};

/* One list at a time. Treat as opaque. */
struct listing {
	struct fetch_job *job;
	struct listing_request request;
	struct items items;
	struct buf page_url, next;
	int pages;
	int64_t spent_ms; /* on the pages before the present one */
};

void listing_init(struct listing *listing, struct fetch *fetch);
void listing_fini(struct listing *listing);

/* Starts the list from its first page. The listing must be idle. on_done comes exactly once. */
void listing_start(struct listing *listing, const struct listing_request *request);

#endif
