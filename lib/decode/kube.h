/* Kubernetes' own objects to values; each reader takes one item of a list. pod.h reads pods. */
#pragma once

#include "base/err.h"
#include "decide/facts.h"
#include "decide/obs.h"
#include "decode/member.h"

/* Taint keys that do not make a node unavailable, because runners tolerate them. Borrowed. */
struct taint_filter {
	const char *const *ignored;
	size_t count;
};

/* What is read of each kind. */
extern const struct member kube_node_members[], kube_lease_members[], kube_deployment_members[],
    kube_namespace_members[];

/*
 * Reads one Node. False when the object is not a valid Node. An allocatable cpu that cannot be read is only not known:
 * no alert that wakes people depends on it.
 */
bool kube_read_node(const char *json, size_t len, const struct taint_filter *filter, struct node_fact *out,
    struct err *e) __attribute__((warn_unused_result));

/*
 * Counts one Node object into `counts` (SEMANTICS.md section 1, "Available node"). Control-plane
 * nodes run no runners and are not counted. False when the object is not a valid Node; then `counts` is unchanged.
 */
bool kube_count_node(const char *json, size_t len, const struct taint_filter *filter, struct node_counts *counts,
    struct err *e) __attribute__((warn_unused_result));

/* Reads one Lease of a kubelet. A missing duration is the kubelet's default, 40 s. */
bool kube_read_lease(const char *json, size_t len, struct lease_fact *out, struct err *e)
    __attribute__((warn_unused_result));

/* Reads one Deployment. Missing replicas are 1, the API server's default. */
bool kube_read_deployment(const char *json, size_t len, struct controller_fact *out, struct err *e)
    __attribute__((warn_unused_result));

/* Reads the name of one Namespace. */
bool kube_read_namespace(const char *json, size_t len, char out[FACT_LABEL_MAX], struct err *e)
    __attribute__((warn_unused_result));
