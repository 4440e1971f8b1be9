#include "decode/state.h"

#include "base/text.h"
#include "decode/json.h"

#include <cJSON.h>
#include <math.h>
#include <string.h>

/* The index of a text among `names`. */
static int read_word(struct json *j, const cJSON *object, const char *member, const char *const *names, int count)
{
	const char *text = json_text(j, object, member);
	for (int i = 0; text && i < count; i++)
		if (strcmp(text, names[i]) == 0)
			return i;
	json_fail(j, member, "is not a known word");
	return 0;
}

/* A whole number from 0 to 2^53; a double holds all of these exactly. */
static int64_t read_whole(struct json *j, const cJSON *object, const char *member)
{
	const cJSON *m = json_member(j, object, member);
	double v = m && cJSON_IsNumber(m) ? m->valuedouble : -1;
	if (v >= 0 && v <= 9007199254740992.0 && v == floor(v))
		return (int64_t)v;
	json_fail(j, member, "is not a whole number");
	return 0;
}

static wall_ms read_time(struct json *j, const cJSON *object, const char *member)
{
	return (wall_ms){read_whole(j, object, member)};
}

/* A name as it was written: one that is cut would be another one. */
static void read_name(struct json *j, const cJSON *object, const char *member, char *out, size_t size)
{
	const char *text = json_text(j, object, member);
	if (text && (strlen(text) >= size || !text_is_line(text)))
		json_fail(j, member, "is not a name");
	json_copy(j, object, member, out, size);
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
	read_name(j, side, "cloudspace", out->cloudspace[id], sizeof out->cloudspace[id]);
	if (!out->cloudspace[id][0])
		json_fail(j, "cloudspace", "is missing");
	read_window(j, side, &memory->maintenance[id]);
	if (!json_member(j, side, "state"))
		return;
	memory->has_side[id] = true;
	memory->side[id] = (struct side_memory){
	    .verdict = (enum verdict)read_word(j, side, "state", verdict_names, VERDICTS),
	    .reason = (enum side_reason)read_word(j, side, "reason", side_reason_names, SIDE_REASONS),
	    .since = read_time(j, side, "since_ms"),
	    .evidence_age_ms = read_whole(j, side, "evidence_age_ms"),
	};
	read_past(j, side, &memory->side[id]);
}

static void read_members(struct json *j, const cJSON *root, struct state *out)
{
	if (read_whole(j, root, "version") != STATE_VERSION)
		json_fail(j, "version", "is not supported: written by another version of hawatch");
	const cJSON *sides = json_object(j, root, "sides");
	if (!sides)
		json_fail(j, "sides", "is missing");
	out->saved_at = read_time(j, root, "saved_at_ms");
	read_name(j, root, "namespace", out->namespace, sizeof out->namespace);
	out->memory.status = (enum ha_status)read_word(j, root, "status", ha_status_names, HA_STATUSES);
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
