/*
 * A pair's state for people, in one line: cloudspace, state, since when, why, and what is usual. Example:
 * "matchpoint-runners-2 (secondary) is PROVISIONING since 2026-11-23T20:14:05Z: provisioning for 34 min; 50-60 is
 * usual".
 */
#pragma once

#include "base/buf.h"
#include "decide/pair.h"

/* No line is longer: of each side a name, a state, why, and a window with its reason. */
enum { MESSAGE_MAX_BYTES = SIDES_MAX * 1024 };

/*
 * Appends the line. `cloudspace` has the names of all sides of the pair. A side that is UP and serving is left out,
 * unless it is held or has a declared maintenance window.
 */
void message_of_pair(const struct pair_policy *policy, const struct pair *pair, const char *const cloudspace[SIDES_MAX],
    struct now now, struct buf *out);

/*
 * Appends why one side is in its state, as message_of_side(), but without the time since when no source has confirmed
 * it: message_evidence_at() is that time.
 */
void message_why(const struct side_policy *policy, const struct side *side, struct now now, struct buf *out);

/* The time of the last evidence, where message_of_side() says it; unknown elsewhere. */
wall_ms message_evidence_at(const struct side *side, struct now now);

/* Appends why one side is in its state, and what is usual, without its name: "Spot is deleting it". */
void message_of_side(const struct side_policy *policy, const struct side *side, struct now now, struct buf *out);
