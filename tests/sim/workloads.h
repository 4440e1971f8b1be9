/*
 * What runs in a cluster beside its nodes: a runner scale set with its runners, pods, listener and
 * controller, the ArgoCD applications that installed it, and the nodes' leases. Made from the counts in the
 * knobs, in the shape of the recordings. Lists within a namespace only; no single objects.
 */
#pragma once

#include "answer.h"

/* Answers the list of `resource` in `ns`; false if there are none of these. The lock is held. */
bool workloads_answer(
    const struct request *r, struct answer *a, const char *group, const char *resource, const char *ns);
