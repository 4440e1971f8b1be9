#include "render/journal_json.h"

#include "base/json_out.h"
#include "base/rfc3339.h"

#include <stdio.h>

static void put_time(struct json_out *j, const char *name, wall_ms at)
{
	char seconds[RFC3339_SIZE], text[RFC3339_SIZE + 4];
	int ms = (int)((at.ms % 1000 + 1000) % 1000);
	rfc3339_render((wall_ms){at.ms - ms}, seconds);
	snprintf(text, sizeof text, "%.19s.%03dZ", seconds, ms);
	json_put_text(j, name, *seconds ? text : "");
}

static void put_given(struct json_out *j, const char *name, const char *text)
{
	if (*text)
		json_put_text(j, name, text);
}

static void put_members(struct json_out *j, const struct journal_entry *entry)
{
	const struct event *event = &entry->event;
	json_put_int(j, "number", (int64_t)event->number);
	put_time(j, "time", event->at.wall);
	json_put_text(j, "kind", journal_kind_names[entry->kind]);
	if (journal_has_side(entry->kind))
		json_put_text(j, "side", side_id_names[event->side]);
	put_given(j, "cloudspace", event->cloudspace);
	put_given(j, "from", event->from);
	put_given(j, "to", event->to);
	put_given(j, "reason", event->reason);
	put_given(j, "note", event->note);
	if (wall_is_known(entry->until))
		put_time(j, "until", entry->until);
	if (entry->runners != JOURNAL_RUNNERS_UNKNOWN)
		json_put_int(j, "runners", entry->runners);
	if (entry->has_busy)
		json_put_int(j, "busy", entry->busy);
	put_given(j, "uid", entry->uid);
	put_given(j, "pid", entry->pid);
	if (entry->is_carried)
		json_put_bool(j, "carried", true);
}

void journal_json_render(const struct journal_entry *entry, struct buf *out)
{
	size_t start = out->len;
	struct json_out j = {out, false};
	json_open(&j, NULL, '{');
	put_members(&j, entry);
	unsigned long sum = journal_checksum(buf_text(out) + start, out->len - start);
	buf_printf(out, JOURNAL_CHECKSUM "\n", sum);
}
