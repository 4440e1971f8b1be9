/*
 * Reads one list through all its pages: request, stream, item callbacks, `continue`. A list with a failed
 * page is no evidence, so the result is reported once, for the whole list. Objects that cannot be read are noted in
 * `items.unreadable`, where on_done finds them; it is empty after any other failure.
 *
 * In two cases the API server asks the client to retry, and the listing does so within the round: 410 Expired
 * for a continue token (the list restarts, at most twice; the inconsistent-continuation token in that answer
 * is never used), and a 429 for the first list of a custom resource after the server's start (one retry after
 * its Retry-After).
 */
#pragma once

#include "decode/items.h"
#include "fetch/fetch.h"

struct listing_request {
	const char *url;  /* with the query, without `continue`; borrowed until on_done */
	const char *kind; /* "NodeList" */
	const char *bearer;
	struct fetch_tls tls;
	int64_t timeout_ms;           /* per page */
	bool gives_way;               /* see fetch.h */
	bool is_custom;               /* a custom resource; the API server sets up its storage at the first list */
	bool needs_all;               /* with an object that cannot be read, the list is no evidence */
	size_t items_max, bytes_max;  /* of all pages; 0: LISTING_MAX_BYTES, and ITEMS_MAX of decode/items.h */
	const struct member *members; /* what is read of the objects */
	void (*on_begin)(void *ctx);  /* before the first item and at every restart: drop all items so far */
	items_fn *on_item;
	void (*on_done)(void *ctx, const struct fetch_result *result);
	void *ctx;
};

/* Of the decompressed pages together: 1,000 nodes take 11 MB, 11,000 runner pods 60 MB. */
enum { LISTING_MAX_BYTES = 256 << 20 };

/* One list at a time. Treat as opaque, except `bytes`, and `count` and `unreadable` of the items, in on_done. */
struct listing {
	struct fetch_job *job;
	struct listing_request request;
	struct items items;
	struct buf page_url, next;
	int pages;                    /* received, over all restarts */
	int restarts;                 /* after 410 */
	bool has_waited;              /* after 429 */
	int64_t spent_ms;             /* on all earlier pages */
	struct connection connection; /* the last one that a page of it opened */
	size_t bytes;                 /* of all pages so far, over all restarts */
};

/*
 * True for the plain-text 404 of a Go server for an unknown path: the custom resource is not installed. A
 * missing object also gives 404, but with a Status object.
 */
bool listing_is_not_installed(const struct fetch_result *result);

void listing_init(struct listing *listing, struct fetch *fetch);
void listing_fini(struct listing *listing);

/* Starts the list at its first page. The listing must be idle. on_done comes exactly once. */
void listing_start(struct listing *listing, const struct listing_request *request);
