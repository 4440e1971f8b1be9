/* What an outage means for the people who wait for CI, in one sentence. */
#pragma once

#include "base/buf.h"
#include "render/view.h"

/*
 * Appends it, without a full stop: "CI runs on the primary alone: 10 nodes, 25 of 30 runners free; no job runs on the
 * secondary". A side counts when trouble_takes_jobs() says so. Runners are free up to the maximum of the scale sets;
 * they are left out while a number is not known. What is wrong follows, as far as it means something for CI.
 */
void impact_put(struct buf *out, const struct view *view, const struct view_pair *pair, const struct figures *figures);
