/*
 * Cuts the bytes of a Kubernetes list into items while its chunks arrive, so that memory holds the members of one item
 * that are read (member.h) and not the whole list. Everything else is passed over, whatever its size and depth:
 * managedFields, images, the history of an Application, and runnerJITConfig, a credential.
 *
 * The whole list must be JSON. An item that cannot be read is noted, and the others are read all the same.
 */
#pragma once

#include "base/buf.h"
#include "base/err.h"
#include "decide/unreadable.h"
#include "decode/member.h"
#include "decode/scan.h"

enum {
	ITEM_MAX_BYTES = 512 << 10, /* the members of one item that are read */
	ENVELOPE_MAX_BYTES = 1 << 16,
	ITEMS_KEY_MAX = 256,
	ITEMS_SET_MAX_BYTES = 2048, /* of different objects in a set; with more of them, equal ones are kept, too */
	ITEMS_LEVELS = 16,          /* of members that are read, the list included */
	ITEMS_MAX = 200000          /* of a list, unless it has a limit of its own: more pods than a cluster can have */
};

/*
 * Called for each item; `json` is borrowed and NUL-terminated, without white space, and has only the members that are
 * read. Returning false, with `e` filled, makes the item unreadable.
 */
typedef bool items_fn(void *ctx, const char *json, size_t len, struct err *e);

/* One list that is being read. Treat as opaque, except `most`, `count`, `unreadable` and `is_too_large`. */
struct items {
	const struct member *members;
	items_fn *on_item;
	void *ctx;
	size_t most;  /* items that the list may have; set it after items_init() */
	size_t count; /* of all pages, unreadable ones included */
	struct unreadables unreadable;
	bool is_too_large; /* the list failed because of its size */

	struct scan scan;
	size_t fed; /* bytes of this page */
	struct buf envelope, item;
	struct buf *sink; /* where the present bytes go: envelope or item */
	/* For each depth, what is kept of the object or array there. */
	struct items_level {
		const struct member *member; /* the one that it is the value of; NULL: it is the list, or an item */
		const struct member *members;
		size_t start; /* in the sink */
		bool is_array, has_any;
	} level[ITEMS_LEVELS];
	const struct member *member; /* of the next value, in an object; NULL: it is not read */
	size_t pass;                 /* > 0: what is open deeper than this is passed over */
	bool copies;                 /* the present string or word is kept */
	size_t whole;                /* bytes of `item` that hold whole members */
	bool has_items, has_failed;
	char key[ITEMS_KEY_MAX]; /* as it stands in the list, with its quotes; then a colon */
	size_t key_len;
};

/* Starts a list, of whose items `members` go to `on_item(ctx, ...)`. */
void items_init(struct items *it, const struct member *members, items_fn *on_item, void *ctx);

/* For on_item, before it returns false: the whole list is too large, for the reason that it fills in. */
void items_refuse_all(struct items *it);

/* Reads the next `len` bytes. False: the list is no JSON or too large; `e` says where. */
bool items_feed(struct items *it, const char *bytes, size_t len, struct err *e) __attribute__((warn_unused_result));

/*
 * Ends a page. True when it was complete, of `kind` (such as "NodeList"), and had an `items` array (an empty list may
 * have null instead). `next` receives metadata.continue, which is empty on the last page. If `next` is not empty, the
 * page is only a part of the evidence; the next one begins with items_next_page().
 */
bool items_finish(struct items *it, const char *kind, struct buf *next, struct err *e)
    __attribute__((warn_unused_result));

/* Starts the next page of the same list: `count` and `unreadable` go on. */
void items_next_page(struct items *it);

/* Frees the memory, except `unreadable`, which the caller may take or frees with unreadables_fini(). */
void items_fini(struct items *it);
