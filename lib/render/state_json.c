#include "render/state_json.h"

#include "base/json_out.h"

static void put_window(struct json_out *j, const struct maintenance *m)
{
	if (!m->is_declared) {
		json_put_null(j, "maintenance");
		return;
	}
	json_open(j, "maintenance", '{');
	json_put_int(j, "began_ms", m->began.wall.ms);
	json_put_int(j, "ends_ms", m->ends.wall.ms);
	json_put_text(j, "reason", m->reason);
	json_close(j, '}');
}

static void put_side(struct json_out *j, const struct state *state, int id)
{
	const struct pair_memory *memory = &state->memory;
	const struct side_memory *side = &memory->side[id];
	if (!memory->has_side[id] && !memory->maintenance[id].is_declared)
		return;
	json_open(j, side_id_names[id], '{');
	json_put_text(j, "cloudspace", state->cloudspace[id]);
	if (memory->has_side[id]) {
		json_put_text(j, "state", verdict_names[side->verdict]);
		json_put_text(j, "reason", side_reason_names[side->reason]);
		json_put_int(j, "since_ms", side->since.ms);
		json_put_int(j, "evidence_age_ms", side->evidence_age_ms);
		json_put_bool(j, "was_up", side->was_up);
		json_put_int(j, "created_ms", side->created.ms);
	}
	put_window(j, &memory->maintenance[id]);
	json_close(j, '}');
}

void state_json_render(const struct state *state, struct buf *out)
{
	const struct pair_memory *memory = &state->memory;
	struct json_out j = {out, false};
	json_open(&j, NULL, '{');
	json_put_int(&j, "version", STATE_VERSION);
	json_put_int(&j, "saved_at_ms", state->saved_at.ms);
	json_put_text(&j, "namespace", state->namespace);
	json_put_text(&j, "status", ha_status_names[memory->status]);
	json_put_int(&j, "since_ms", memory->since.ms);
	json_put_int(&j, "blocked_since_ms", memory->blocked_since.ms);
	json_open(&j, "sides", '{');
	for (int id = 0; id < SIDES_MAX; id++)
		put_side(&j, state, id);
	json_close(&j, '}');
	json_close(&j, '}');
}
