/* What an outage means for the people who wait for CI, in one sentence. */
#pragma once

#include "base/buf.h"
#include "render/view.h"

/*
 * Appends it, without a full stop: "CI runs on the primary alone: 10 nodes, 25 of 30 runners free". A side counts while
 * it is UP and has a listener that takes jobs; where the listener is not known, UP is enough. Runners are free up to
 * the maximum of the scale sets; they are left out while a number is not known.
 */
void impact_put(struct buf *out, const struct view_pair *pair, const struct figures *figures);
