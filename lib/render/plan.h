/* What is expected of a pair: whether its outage goes as planned, and when a cloudspace that is being built is ready.
 */
#pragma once

#include "render/view.h"

/* Why an outage of one side is no surprise. */
enum plan { PLAN_NONE, PLAN_PROVISIONING, PLAN_MAINTENANCE };

/*
 * PLAN_NONE unless exactly one of primary and secondary is not UP, and that side is being built and not late, or in a
 * declared maintenance window. Both down is never as planned.
 */
enum plan plan_of(const struct view_pair *pair, struct now now);

/* Between which times a side that is PROVISIONING is usually ready; false where its age is not known. */
bool plan_ready(const struct side_policy *policy, const struct side *side, struct now now, wall_ms *from, wall_ms *to);
