/*
 * What a restart finds of a pair (SEMANTICS.md section 4, invariant 6): its memory, the cloudspaces that it is of, and
 * its age. Pure; render/state_json.h writes it as bytes, decode/state.h reads it.
 */
#pragma once

#include "decide/pair.h"

enum {
	STATE_VERSION = 2,
	STATE_AHEAD_MS = 60000, /* a corrected clock may step back; a date further ahead is refused */
};

struct state {
	wall_ms saved_at;
	char namespace[NAMESPACE_MAX];                   /* in which Spot listed the cloudspaces; "": not known */
	char cloudspace[SIDES_MAX][CLOUDSPACE_NAME_MAX]; /* of each side that `memory` has something of; else "" */
	struct pair_memory memory;
};

/*
 * Prepares `state` for pair_restore() at `now`, as a pair whose sides are these cloudspaces (NULL: there is no such
 * side): in `memory` each side gets what is remembered of its cloudspace, whatever its role was, and the rest is gone.
 * Adds the time since it was saved to the age of its evidence. pair_restore() then drops verdicts that are too old, and
 * keeps the windows that have not ended. False with the reason in `e` if the state is not usable.
 */
bool state_use(struct state *state, const char *const cloudspaces[SIDES_MAX], struct now now, struct err *e)
    __attribute__((warn_unused_result));
