/* Kubernetes objects to values: nodes now; each reader takes one item of a list. */
#ifndef HAWATCH_DECODE_KUBE_H
#define HAWATCH_DECODE_KUBE_H

#include "base/err.h"
#include "decide/obs.h"

/* Taint keys that do not make a node unavailable, because runners tolerate them. Borrowed. */
struct taint_filter {
	const char *const *ignored;
	size_t count;
};

/*
 * Counts one Node object into `counts` (ha-semantics.md section 1, "Available node"). Control-plane
 * nodes run no runners and count nowhere. False when the object is not a Node in form; `counts` is
 * then untouched.
 */
bool kube_count_node(const char *json, size_t len, const struct taint_filter *filter,
    struct node_counts *counts, struct err *e) __attribute__((warn_unused_result));

#endif
