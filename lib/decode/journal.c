#include "decode/journal.h"

#include "decode/json.h"

#include <cJSON.h>
#include <stdio.h>
#include <string.h>

static void read_words(struct json *j, const cJSON *line, struct journal_entry *out)
{
	static const char *const members[JOURNAL_TEXTS] = {"from", "to", "reason"};
	const char **const words[JOURNAL_TEXTS] = {&out->event.from, &out->event.to, &out->event.reason};
	for (int i = 0; i < JOURNAL_TEXTS; i++) {
		const char *text = json_text(j, line, members[i]);
		*words[i] = journal_word(out->kind, (enum journal_text)i, text ? text : "");
		if (!*words[i])
			json_fail(j, members[i], "is not a known word");
	}
}

static void read_members(struct json *j, const cJSON *line, struct journal_entry *out)
{
	struct event *event = &out->event;
	event->number = (uint64_t)json_whole(j, line, "number");
	event->at.wall = json_time(j, line, "time");
	if (!event->number)
		json_fail(j, "number", "is 0, but they count from 1");
	if (!wall_is_known(event->at.wall))
		json_fail(j, "time", "is missing");
	out->kind = (enum journal_kind)json_word(j, line, "kind", journal_kind_names, JOURNAL_KINDS);
	if (out->kind < JOURNAL_START)
		event->kind = (enum event_kind)out->kind;
	if (journal_has_side(out->kind))
		event->side = (enum side_id)json_word(j, line, "side", side_id_names, SIDES_MAX);
	read_words(j, line, out);
	json_copy_line(j, line, "cloudspace", event->cloudspace, sizeof event->cloudspace);
	json_copy_line(j, line, "note", event->note, sizeof event->note);
	json_copy_line(j, line, "uid", out->uid, sizeof out->uid);
	json_copy_line(j, line, "pid", out->pid, sizeof out->pid);
	out->until = json_time(j, line, "until");
	out->runners = json_int(j, line, "runners", JOURNAL_RUNNERS_UNKNOWN);
	out->busy = json_int(j, line, "busy", JOURNAL_RUNNERS_UNKNOWN);
	out->has_busy = out->busy != JOURNAL_RUNNERS_UNKNOWN;
	out->busy = out->has_busy ? out->busy : 0;
	out->is_carried = json_bool(j, line, "carried");
}

static bool is_sealed(const char *line, size_t len)
{
	char seal[JOURNAL_CHECKSUM_BYTES + 1];
	size_t sealed = len > JOURNAL_CHECKSUM_BYTES ? len - JOURNAL_CHECKSUM_BYTES : 0;
	snprintf(seal, sizeof seal, JOURNAL_CHECKSUM, journal_checksum(line, sealed));
	return sealed && memcmp(line + sealed, seal, JOURNAL_CHECKSUM_BYTES) == 0;
}

bool journal_read(const char *line, size_t len, struct journal_entry *out, struct err *e)
{
	struct journal_entry entry = {0};
	struct json j = {0};
	if (!is_sealed(line, len))
		return err_set(e, "the line is cut or damaged: its checksum is wrong");
	cJSON *root = json_parse_object(line, len, e);
	if (!root)
		return false;
	read_members(&j, root, &entry);
	cJSON_Delete(root);
	if (j.has_failed)
		return err_set(e, "%s", j.err.text);
	*out = entry;
	return true;
}
