#include "decide/state.h"

#include <string.h>

/* A side of `to` gets what `from` remembers of the side `was`, and its evidence is older by now. */
static void take(struct pair_memory *to, int id, const struct pair_memory *from, int was, int64_t age_ms)
{
	to->has_side[id] = from->has_side[was];
	to->side[id] = from->side[was];
	to->side[id].evidence_age_ms += age_ms;
	to->maintenance[id] = from->maintenance[was];
}

bool state_use(struct state *state, const char *const cloudspaces[SIDES_MAX], struct now now, struct err *e)
{
	const struct pair_memory saved = state->memory;
	int64_t age_ms = now.wall.ms - state->saved_at.ms;
	if (age_ms < -STATE_AHEAD_MS)
		return err_set(
		    e, "it is dated %lld s in the future; check this machine's clock", (long long)-age_ms / 1000);
	for (int id = 0; id < SIDES_MAX; id++) {
		state->memory.has_side[id] = false;
		state->memory.maintenance[id] = (struct maintenance){0};
		for (int was = 0; cloudspaces[id] && was < SIDES_MAX; was++)
			if (strcmp(state->cloudspace[was], cloudspaces[id]) == 0)
				take(&state->memory, id, &saved, was, age_ms > 0 ? age_ms : 0);
	}
	return true;
}
