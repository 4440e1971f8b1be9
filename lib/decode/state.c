#include "decode/state.h"

#include "base/text.h"
#include "decode/json.h"

#include <cJSON.h>
#include <string.h>

static wall_ms read_time(struct json *j, const cJSON *object, const char *member)
{
	return (wall_ms){json_whole(j, object, member)};
}

static void read_window(struct json *j, const cJSON *side, struct maintenance *out)
{
	const cJSON *window = json_object(j, side, "maintenance");
	if (!window)
		return;
	out->is_declared = true;
	out->began.wall = read_time(j, window, "began_ms");
	out->ends.wall = read_time(j, window, "ends_ms");
	json_copy(j, window, "reason", out->reason, sizeof out->reason);
	if (!text_is_line(out->reason))
		json_fail(j, "reason", "has a control character");
}

/* Files of before these members say no more than the state does. */
static void read_past(struct json *j, const cJSON *side, struct side_memory *out)
{
	out->was_up = json_member(j, side, "was_up") ? json_bool(j, side, "was_up") : out->verdict == UP;
	if (json_member(j, side, "created_ms"))
		out->created = read_time(j, side, "created_ms");
}

static void read_side(struct json *j, const cJSON *sides, int id, struct state *out)
{
	struct pair_memory *memory = &out->memory;
	const cJSON *side = json_object(j, sides, side_id_names[id]);
	if (!side)
		return;
	json_copy_line(j, side, "cloudspace", out->cloudspace[id], sizeof out->cloudspace[id]);
	if (!out->cloudspace[id][0])
		json_fail(j, "cloudspace", "is missing");
	read_window(j, side, &memory->maintenance[id]);
	if (!json_member(j, side, "state"))
		return;
	memory->has_side[id] = true;
	memory->side[id] = (struct side_memory){
	    .verdict = (enum verdict)json_word(j, side, "state", verdict_names, VERDICTS),
	    .reason = (enum side_reason)json_word(j, side, "reason", side_reason_names, SIDE_REASONS),
	    .since = read_time(j, side, "since_ms"),
	    .evidence_age_ms = json_whole(j, side, "evidence_age_ms"),
	};
	read_past(j, side, &memory->side[id]);
}

static void read_members(struct json *j, const cJSON *root, struct state *out)
{
	if (json_whole(j, root, "version") != STATE_VERSION)
		json_fail(j, "version", "is not supported: written by another version of hawatch");
	const cJSON *sides = json_object(j, root, "sides");
	if (!sides)
		json_fail(j, "sides", "is missing");
	out->saved_at = read_time(j, root, "saved_at_ms");
	json_copy_line(j, root, "namespace", out->namespace, sizeof out->namespace);
	out->memory.status = (enum ha_status)json_word(j, root, "status", ha_status_names, HA_STATUSES);
	out->memory.since = read_time(j, root, "since_ms");
	out->memory.blocked_since = read_time(j, root, "blocked_since_ms");
	for (int id = 0; sides && id < SIDES_MAX; id++)
		read_side(j, sides, id, out);
}

bool state_read(const char *json, size_t len, struct state *out, struct err *e)
{
	struct state state = {0};
	struct json j = {0};
	cJSON *root = json_parse_object(json, len, e);
	if (!root)
		return false;
	read_members(&j, root, &state);
	cJSON_Delete(root);
	if (j.has_failed)
		return err_set(e, "%s", j.err.text);
	*out = state;
	return true;
}
