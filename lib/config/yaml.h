/*
 * YAML as a small tree with places; the only user of libyaml. Deliberately less than YAML: one
 * document, unique keys, no anchors, aliases or tags, so that what a person reads in the file is
 * what is meant and a file can neither explode nor refer to itself. Nobody needs those to write a
 * configuration, and kubectl does not write them.
 */
#ifndef HAWATCH_CONFIG_YAML_H
#define HAWATCH_CONFIG_YAML_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

enum {
	YAML_BYTES_MAX = 8 << 20, /* a kubeconfig with thousands of clusters */
	YAML_DEPTH_MAX = 32,
	YAML_KEYS_MAX = 1024, /* of one mapping: looking for duplicates is quadratic */
};

enum yaml_kind {
	YAML_NULL,    /* nothing, `~` or `null`, unquoted */
	YAML_TEXT,    /* a scalar; what it means is the reader's business */
	YAML_LIST,    /* items in order */
	YAML_MAP,     /* items in order, each with its key */
	YAML_REFUSED, /* already reported: say no more about it */
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
 * Parses `len` bytes into a tree that the caller frees with yaml_tree_free(). `file` is borrowed by
 * the tree's places. Mistakes go to `errs` with their place; NULL means that no tree could be built
 * (a syntax error, no document, too large), while a tree may come with mistakes in `errs` too, so
 * that its reader can report the rest in the same pass. Compare `errs->count` to tell.
 */
struct yaml_node *yaml_tree_parse(const char *file, const char *bytes, size_t len,
    struct errs *errs) __attribute__((warn_unused_result));

/* Frees a tree, overwriting its texts since a kubeconfig's hold secrets; clears the caller's
 * pointer. */
void yaml_tree_free(struct yaml_node **root);

/* The value of `key` in a mapping, the first `len` bytes of it counting; NULL when `map` has none.
 */
const struct yaml_node *yaml_find(const struct yaml_node *map, const char *key, size_t len);

/* "a mapping", "a list", "a text", "nothing": the word for messages. */
const char *yaml_kind_text(enum yaml_kind kind);

#endif
