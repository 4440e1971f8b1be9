/*
 * Objects of a list that could not be read: how many, and the first of them by name. One such object does not make its
 * list fail (SEMANTICS.md section 1), so everything that is built on the list must ask whether it hides something.
 */
#pragma once

#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>

enum { UNREADABLE_NAME_MAX = 254, UNREADABLE_NAMESPACE_MAX = 64, UNREADABLE_WHY_MAX = 128, UNREADABLE_KEPT = 8 };

struct unreadable {
	char namespace[UNREADABLE_NAMESPACE_MAX]; /* "": it has none */
	char name[UNREADABLE_NAME_MAX];           /* "": it could not be read either */
	size_t position;                          /* in the list, from 0 */
	char why[UNREADABLE_WHY_MAX];             /* for people; names a member, never shows its value */
};

/* Zero: none. */
struct unreadables {
	size_t count;
	struct unreadable *v; /* the first UNREADABLE_KEPT of them, on the heap */
};

void unreadables_add(struct unreadables *list, const struct unreadable *object);

/* How many of them are in `v`. */
size_t unreadables_kept(const struct unreadables *list);

/* True when the object `name` may be one of them: it is, or one of them has no known name. */
bool unreadables_may_hide(const struct unreadables *list, const char *name);

/* Replaces `list` by a copy of `from`. */
void unreadables_copy(struct unreadables *list, const struct unreadables *from);

/* Frees the memory; the list is then empty. */
void unreadables_fini(struct unreadables *list);

/* Appends "namespace/name", "name" or, for an object without a known name, "items[3]". */
void unreadable_put_name(struct buf *out, const struct unreadable *object);
