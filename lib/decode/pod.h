/* Pods to values: KUBERNETES.md, "Pods". */
#ifndef HAWATCH_DECODE_POD_H
#define HAWATCH_DECODE_POD_H

#include "base/err.h"
#include "decide/facts.h"

/*
 * Reads one Pod, of whose containers the one named `container` matters: "runner" or "listener". False when
 * the object is not a Pod in form.
 */
bool pod_read(const char *json, size_t len, const char *container, struct pod_fact *out, struct err *e)
    __attribute__((warn_unused_result));

#endif
