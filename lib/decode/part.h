/* Items of an inventory round's lists into its facts, whatever part they belong to. */
#ifndef HAWATCH_DECODE_PART_H
#define HAWATCH_DECODE_PART_H

#include "base/err.h"
#include "decide/facts.h"

/*
 * Reads one item of the list of `part` into `facts`. Listeners of other namespaces' scale sets than
 * `runner_namespace` are passed over; of PART_PODS only what they request is kept, by their nodes. False
 * when the item is not of the part's kind in form, or one too many.
 */
bool part_read_item(struct facts *facts, enum inventory_part part, const char *runner_namespace,
    const char *json, size_t len, struct err *e) __attribute__((warn_unused_result));

/* Forgets what was read of `part`: its list begins, or failed. */
void part_forget(struct facts *facts, enum inventory_part part);

#endif
