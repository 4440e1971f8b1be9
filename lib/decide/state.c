#include "decide/state.h"

#include <string.h>

bool state_use(struct state *state, const char *fingerprint, struct now now, struct err *e)
{
	int64_t age_ms = now.wall.ms - state->saved_at.ms;
	if (strcmp(state->fingerprint, fingerprint) != 0)
		return err_set(e, "it belongs to another configuration: the pair had other cloudspaces");
	if (age_ms < -STATE_AHEAD_MS)
		return err_set(
		    e, "it is dated %lld s in the future; check this machine's clock", (long long)-age_ms / 1000);
	for (int id = 0; id < SIDES_MAX; id++)
		state->memory.side[id].evidence_age_ms += age_ms > 0 ? age_ms : 0;
	return true;
}
