/* Pods to values: KUBERNETES.md, "Pods". */
#pragma once

#include "base/err.h"
#include "decide/facts.h"
#include "decode/member.h"

/* What is read of a pod of ARC; of any pod, for what it requests of its node. */
extern const struct member pod_members[], pod_request_members[];

/*
 * Reads one Pod, with what either table has. `container` is the name of the container that matters: "runner" or
 * "listener". False when the object is not a valid Pod.
 */
bool pod_read(const char *json, size_t len, const char *container, struct pod_fact *out, struct err *e)
    __attribute__((warn_unused_result));
