#include "decide/state.h"

#include <string.h>

enum side_id state_find(const struct state *state, const char *cloudspace)
{
	int id = PRIMARY;
	while (id < SIDES_MAX && strcmp(state->cloudspace[id], cloudspace) != 0)
		id++;
	return (enum side_id)id;
}

bool state_use(struct state *state, const char *const cloudspaces[SIDES_MAX], struct now now, struct err *e)
{
	const struct state saved = *state;
	struct pair_memory *memory = &state->memory;
	int64_t age_ms = now.wall.ms - saved.saved_at.ms;
	if (age_ms < -STATE_AHEAD_MS)
		return err_set(
		    e, "it is dated %lld s in the future; check this machine's clock", (long long)-age_ms / 1000);
	for (int id = 0; id < SIDES_MAX; id++) {
		enum side_id was = cloudspaces[id] ? state_find(&saved, cloudspaces[id]) : SIDES_MAX;
		bool is_known = was < SIDES_MAX;
		memory->has_side[id] = is_known && saved.memory.has_side[was];
		memory->side[id] = is_known ? saved.memory.side[was] : (struct side_memory){0};
		memory->side[id].evidence_age_ms += age_ms > 0 ? age_ms : 0;
		memory->maintenance[id] = is_known ? saved.memory.maintenance[was] : (struct maintenance){0};
	}
	return true;
}
