/* Reads items of an inventory round's lists into its facts, for every part. */
#pragma once

#include "base/err.h"
#include "decide/facts.h"
#include "decode/member.h"

/* What is read of the objects of a part. */
const struct member *part_members(enum inventory_part part);

/*
 * Reads one item of the list of `part` into `facts`. Listeners of scale sets outside `runner_namespace` are skipped. Of
 * PART_PODS only the requests are kept, summed for each node. False when the item is not a valid object of the part's
 * kind, or when there are too many items.
 */
bool part_read_item(struct facts *facts, enum inventory_part part, const char *runner_namespace, const char *json,
    size_t len, struct err *e) __attribute__((warn_unused_result));

/* Removes what was read of `part`, because its list begins or failed. */
void part_forget(struct facts *facts, enum inventory_part part);
