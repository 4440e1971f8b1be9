/*
 * List bytes to item bytes. A Kubernetes list is cut into its items while its chunks arrive, so that
 * memory is one item and not one list. Members that
 * nobody reads (managedFields, images) or may keep (runnerJITConfig, a credential) are passed over as
 * bytes: their value becomes 0. What remains of the list without its items, the envelope, is a small
 * document of its own.
 *
 * The scanner only finds boundaries; each item and the envelope are then parsed as strict JSON.
 */
#ifndef HAWATCH_DECODE_ITEMS_H
#define HAWATCH_DECODE_ITEMS_H

#include "base/buf.h"
#include "base/err.h"

#include <stdint.h>

enum {
	ITEM_MAX_BYTES = 1 << 20,   /* one item, after passing over what nobody reads */
	ENVELOPE_MAX_BYTES = 1 << 16,
	JSON_MAX_DEPTH = 32,        /* real lists stay below 12 */
	ITEMS_KEY_MAX = 32,
};

/* Called for each item; `json` is borrowed and NUL-terminated. False with `e` filled ends the list. */
typedef bool items_fn(void *ctx, const char *json, size_t len, struct err *e);

/* One list being read. Treat as opaque, but for `count` and `is_too_large`. */
struct items {
	items_fn *on_item;
	void *ctx;
	size_t count;      /* items handed out */
	bool is_too_large; /* the list failed for its size, not for its form */

	struct buf envelope, item;
	struct buf *sink; /* where the bytes at hand belong: envelope, item, or nowhere */
	const char *run;  /* the first byte of the chunk that has not gone there yet */
	enum { ITEMS_AHEAD, ITEMS_NAMED, ITEMS_INSIDE, ITEMS_BEHIND } stage; /* of top-level "items" */
	int depth;          /* open containers */
	uint64_t is_object; /* bit d: the container at depth d is an object, not an array */
	int skip_depth;     /* > 0: the value of a member at this depth is being passed over */
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
bool items_feed(struct items *it, const char *bytes, size_t len, struct err *e)
    __attribute__((warn_unused_result));

/*
 * Ends the list. True when it was complete, of `kind` (such as "NodeList"), and had an `items` array
 * (or null, which an empty list may be). `next` receives metadata.continue, empty on the last page;
 * a list with `next` non-empty is only a part of the evidence.
 */
bool items_finish(struct items *it, const char *kind, struct buf *next, struct err *e)
    __attribute__((warn_unused_result));

/* Frees the memory; the struct may be initialised again. */
void items_fini(struct items *it);

#endif
