/*
 * YAML as a small tree with places; the only user of libyaml. Words, anchors, aliases, tags and merge keys (`<<`) mean
 * what they mean to kubectl, which reads YAML 1.1. An alias shares the nodes that it names, and the number of values
 * that all aliases stand for is bounded, so that a small file cannot become a large tree.
 */
#pragma once

#include "base/err.h"
#include "config/yaml_scalar.h"

#include <stdbool.h>
#include <stddef.h>

enum {
	YAML_BYTES_MAX = 8 << 20,  /* a kubeconfig with thousands of clusters */
	YAML_VALUES_MAX = 1 << 20, /* 100 bytes of memory each, twice that while a list grows */
	YAML_DEPTH_MAX = 256,
	YAML_KEYS_MAX = 1024, /* of one mapping in a strict file: the search for duplicates is quadratic */
	YAML_ANCHORS_MAX = 1024,
	YAML_ALIASED_MAX = 100000, /* values that all aliases together stand for */
};

/* The rules for a file. Our own configuration is strict, so that a file means what a person reads in it. */
enum yaml_manner {
	/* One document, each key once, only tags of YAML itself. A merged key never replaces a key of the mapping. */
	YAML_STRICT,
	/* Only the first document is read. Of equal keys the last one counts, also if a merge key brings it. */
	YAML_AS_KUBECTL,
};

struct yaml_node {
	enum yaml_kind kind;
	bool is_plain;  /* a scalar without quotes and tag */
	bool is_merged; /* came through a merge key */
	struct place at, key_at;
	const char *key; /* in a mapping; else NULL */
	const char
	    *text; /* of a scalar, as written, without quotes: UTF-8 without NUL, unless the kind is YAML_BYTES */
	struct yaml_node *items;
	size_t count;
};

/*
 * Parses `len` bytes into a tree that the caller frees with yaml_tree_free(). `file` is borrowed by the tree's places.
 * Without a document the tree is YAML_NULL. Mistakes go to `errs` with their place. NULL means that no tree could be
 * built (a syntax error, too large). A tree may be returned together with mistakes in `errs`, so that its reader can
 * report more in the same pass: compare `errs->count` before and after.
 */
struct yaml_node *yaml_tree_parse(const char *file, const char *bytes, size_t len, enum yaml_manner manner,
    struct errs *errs) __attribute__((warn_unused_result));

/* Frees a tree and clears the caller's pointer. Texts are overwritten first: a kubeconfig contains secrets. */
void yaml_tree_free(struct yaml_node **root);

/* The value of the key that is the first `len` bytes of `key`; NULL when `map` does not have it. */
const struct yaml_node *yaml_find(const struct yaml_node *map, const char *key, size_t len);
