/*
 * YAML as a small tree with places; the only user of libyaml. It accepts only a part of YAML: one document, unique
 * keys, no anchors, aliases or tags. So a file means what a person reads in it, and it cannot grow without limit or
 * refer to itself. A configuration does not need the rest, and kubectl does not write it.
 */
#pragma once

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

enum {
	YAML_BYTES_MAX = 8 << 20, /* a kubeconfig with thousands of clusters */
	YAML_DEPTH_MAX = 32,
	YAML_KEYS_MAX = 1024, /* of one mapping: the search for duplicates is quadratic */
};

enum yaml_kind {
	YAML_NULL,    /* nothing, `~` or `null`, unquoted */
	YAML_TEXT,    /* a scalar; the reader decides what it means */
	YAML_LIST,    /* items in order */
	YAML_MAP,     /* items in order, each with its key */
	YAML_REFUSED, /* already reported: must not be reported again */
};

struct yaml_node {
	enum yaml_kind kind;
	bool is_plain; /* TEXT without quotes or block style: `true` is a boolean, "true" is not */
	struct place at, key_at;
	char *key;  /* in a mapping; else NULL */
	char *text; /* TEXT: UTF-8 without NUL */
	struct yaml_node *items;
	size_t count;
};

/*
 * Parses `len` bytes into a tree that the caller frees with yaml_tree_free(). `file` is borrowed by the tree's places.
 * Mistakes go to `errs` with their place. NULL means that no tree could be built (a syntax error, no document, too
 * large). A tree may be returned together with mistakes in `errs`, so that its reader can report more in the same pass:
 * compare `errs->count` before and after.
 */
struct yaml_node *yaml_tree_parse(const char *file, const char *bytes, size_t len, struct errs *errs)
    __attribute__((warn_unused_result));

/* Frees a tree and clears the caller's pointer. Texts are overwritten first: a kubeconfig contains secrets. */
void yaml_tree_free(struct yaml_node **root);

/* The value of the key that is the first `len` bytes of `key`; NULL when `map` does not have it. */
const struct yaml_node *yaml_find(const struct yaml_node *map, const char *key, size_t len);

/* "a mapping", "a list", "a text", "nothing": the word for messages. */
const char *yaml_kind_text(enum yaml_kind kind);
