/*
 * What a restart finds of a pair (SEMANTICS.md section 4, invariant 6): its memory, whose it is, and how
 * old. Pure; render/state_json.h and decode/state.h are its two ways to bytes.
 */
#ifndef HAWATCH_DECIDE_STATE_H
#define HAWATCH_DECIDE_STATE_H

#include "decide/pair.h"

enum {
	STATE_VERSION = 1,
	STATE_FINGERPRINT_SIZE = 65,
	STATE_AHEAD_MS = 60000, /* clocks that were set right may step back; further ahead is no date of ours */
};

struct state {
	char fingerprint[STATE_FINGERPRINT_SIZE]; /* of the pair's name and cloudspaces: another's is not ours */
	wall_ms saved_at;
	struct pair_memory memory;
};

/*
 * Whether `state` may be restored at `now` to the pair of that fingerprint; false with why in `e`. Ages its
 * evidence by the time that has passed since it was saved: verdicts that are too old by then are left to
 * pair_restore(), which starts anew on them and keeps the windows that have not ended.
 */
bool state_use(struct state *state, const char *fingerprint, struct now now, struct err *e)
    __attribute__((warn_unused_result));

#endif
