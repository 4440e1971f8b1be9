/*
 * What a restart finds of a pair (SEMANTICS.md section 4, invariant 6): its memory, the pair that it belongs to, and
 * its age. Pure; render/state_json.h writes it as bytes, decode/state.h reads it.
 */
#pragma once

#include "decide/pair.h"

enum {
	STATE_VERSION = 1,
	STATE_FINGERPRINT_SIZE = 65,
	STATE_AHEAD_MS = 60000, /* a corrected clock may step back; a date further ahead is refused */
};

struct state {
	char fingerprint[STATE_FINGERPRINT_SIZE]; /* of the pair's name and cloudspaces: another one is refused */
	wall_ms saved_at;
	struct pair_memory memory;
};

/*
 * Whether `state` may be restored at `now` to the pair with this fingerprint; false with the reason in `e`. Adds the
 * time since it was saved to the age of its evidence. pair_restore() then drops verdicts that are too old, and keeps
 * the windows that have not ended.
 */
bool state_use(struct state *state, const char *fingerprint, struct now now, struct err *e)
    __attribute__((warn_unused_result));
