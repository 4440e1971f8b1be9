/*
 * One list, read through all its pages: request, stream, item callbacks, `continue`. A list with a failed
 * page is no evidence at all, so the end is reported once, for the whole.
 *
 * Two failures are the API server's way of saying "once more, please", and are obeyed within the round:
 * 410 Expired to a continue token (the list begins anew, at most twice; the token for an inconsistent rest
 * that comes with it is never used), and the 429 to the first list of a custom resource after the server's
 * start (asked again once, after its Retry-After).
 */
#ifndef HAWATCH_FETCH_LISTING_H
#define HAWATCH_FETCH_LISTING_H

#include "decode/items.h"
#include "fetch/fetch.h"

struct listing_request {
	const char *url;  /* with the query, without continue; borrowed until the end */
	const char *kind; /* "NodeList" */
	const char *bearer;
	struct fetch_tls tls;
	int64_t timeout_ms; /* of each page */
	bool gives_way;     /* to other requests: fetch.h */
	bool is_custom;     /* a custom resource, whose storage begins with the first list of it */
	void (*on_begin)(void *ctx); /* before the first item, each time: forget what came so far */
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
	int pages;        /* that came, over all beginnings */
	int restarts;     /* after 410 */
	bool has_waited;  /* after 429 */
	int64_t spent_ms; /* on the pages before the present one */
};

/*
 * True for the answer to a path that is not served at all, in the plain text of every Go server: the custom
 * resource is not installed. An object that is missing is another 404, with a Status.
 */
bool listing_is_not_installed(const struct fetch_result *result);

void listing_init(struct listing *listing, struct fetch *fetch);
void listing_fini(struct listing *listing);

/* Starts the list from its first page. The listing must be idle. on_done comes exactly once. */
void listing_start(struct listing *listing, const struct listing_request *request);

#endif
