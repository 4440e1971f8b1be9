/* Rackspace Spot control-plane objects to values; each reader takes one item of a list. */
#ifndef HAWATCH_DECODE_SPOT_H
#define HAWATCH_DECODE_SPOT_H

#include "base/err.h"
#include "decide/obs.h"

/*
 * Reads one CloudSpace. Absent, null and partial objects are fine: a missing status is an empty phase,
 * which is provisioning. False when the object has no name or a member of the wrong type.
 */
bool spot_read_cloudspace(const char *json, size_t len, struct cloudspace *out, struct err *e)
    __attribute__((warn_unused_result));

/*
 * Reads one SpotNodePool or OnDemandNodePool: the cloudspace that it belongs to (spec.cloudSpace) and
 * its counts as a sum of one.
 */
bool spot_read_pool(const char *json, size_t len, char cloudspace[CLOUDSPACE_NAME_MAX],
    struct pool_counts *out, struct err *e) __attribute__((warn_unused_result));

/* Adds the counts of one pool to a cloudspace's. */
void pool_counts_add(struct pool_counts *sum, const struct pool_counts *pool);

#endif
