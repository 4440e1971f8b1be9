/*
 * Cuts the bytes of a Kubernetes list into items while its chunks arrive, so that memory holds one item and not the
 * whole list. Members that are not used (managedFields, images) or must not be kept (runnerJITConfig, a credential)
 * are skipped as bytes: their value becomes 0. The list without its items is the envelope, a small JSON document.
 *
 * The scanner only finds boundaries; each item and the envelope are then parsed as strict JSON.
 */
#pragma once

#include "base/buf.h"
#include "base/err.h"

#include <stdint.h>

enum {
	ITEM_MAX_BYTES = 1 << 20, /* one item, without the skipped members */
	ENVELOPE_MAX_BYTES = 1 << 16,
	JSON_MAX_DEPTH = 32, /* real lists stay below 12 */
	ITEMS_KEY_MAX = 32,
};

/* Called for each item; `json` is borrowed and NUL-terminated. Returning false, with `e` filled, ends the list. */
typedef bool items_fn(void *ctx, const char *json, size_t len, struct err *e);

/* One list that is being read. Treat as opaque, except `count` and `is_too_large`. */
struct items {
	items_fn *on_item;
	void *ctx;
	size_t count;      /* items handed out */
	bool is_too_large; /* the list failed because of its size */

	struct buf envelope, item;
	struct buf *sink; /* where the present bytes go: envelope, item, or nowhere (NULL) */
	const char *run;  /* the first byte of the chunk that was not written there yet */
	enum { ITEMS_AHEAD, ITEMS_NAMED, ITEMS_INSIDE, ITEMS_BEHIND } stage; /* of top-level "items" */
	int depth;                                                           /* open containers */
	uint64_t is_object; /* bit d: the container at depth d is an object, not an array */
	int skip_depth;     /* > 0: the value of a member at this depth is being skipped */
	bool in_string, in_escape, in_key;
	bool expects_key;     /* inside an object, before a member's name */
	bool expects_item;    /* between items: an item may come */
	bool is_behind_comma; /* between items: an item must come */
	bool is_complete, has_failed;
	char key[ITEMS_KEY_MAX];
	size_t key_len;
};

/* Starts a list whose items go to `on_item(ctx, ...)`. */
void items_init(struct items *it, items_fn *on_item, void *ctx);

/* Reads the next `len` bytes. False: the list is broken, too deep or too large; `e` says where. */
bool items_feed(struct items *it, const char *bytes, size_t len, struct err *e) __attribute__((warn_unused_result));

/*
 * Ends the list. True when it was complete, of `kind` (such as "NodeList"), and had an `items` array (an empty list may
 * have null instead). `next` receives metadata.continue, which is empty on the last page. If `next` is not empty, the
 * list is only a part of the evidence.
 */
bool items_finish(struct items *it, const char *kind, struct buf *next, struct err *e)
    __attribute__((warn_unused_result));

/* Frees the memory; the struct may be initialised again. */
void items_fini(struct items *it);
