/*
 * Journals: each line as it is, and as the members of a well sealed one, so that the fuzzer gets behind the checksum.
 * What is read is folded into incidents, in whatever order it comes.
 */
#include "decide/incidents.h"
#include "decode/journal.h"
#include "fuzz.h"
#include "render/journal_json.h"

/* What goes out comes back, but for members that are not known. */
static void check_way_back(const struct journal_entry *entry)
{
	struct journal_entry back;
	struct err e = ERR_UNSET;
	struct buf line = buf_of(JOURNAL_LINE_MAX_BYTES);
	journal_json_render(entry, &line);
	PROMISE(!line.overflow && line.data[line.len - 1] == '\n' && !memchr(line.data, '\n', line.len - 1));
	PROMISE(journal_read(line.data, line.len - 1, &back, &e));
	PROMISE(back.kind == entry->kind && back.event.number == entry->event.number);
	PROMISE(back.event.at.wall.ms == entry->event.at.wall.ms && back.until.ms == entry->until.ms);
	PROMISE(back.event.from == entry->event.from && back.event.to == entry->event.to);
	PROMISE(back.event.reason == entry->event.reason && strcmp(back.event.note, entry->event.note) == 0);
	buf_fini(&line);
}

static void check_incidents(const struct incidents *in, wall_ms now)
{
	PROMISE(in->count <= INCIDENTS_KEPT && in->count <= in->total && in->spans <= SPANS_KEPT);
	for (size_t i = 1; i < in->spans; i++)
		PROMISE(in->span[i - 1].from.ms < in->span[i].from.ms && in->span[i - 1].use != in->span[i].use);
	for (size_t i = 0; i < in->count; i++) {
		const struct incident *incident = &in->v[i];
		bool is_open = !wall_is_known(incident->to);
		PROMISE(!is_open || i + 1 == in->count);
		PROMISE(incident->from.ms <= (is_open ? in->at.ms : incident->to.ms));
		PROMISE(incident->number == in->total - in->count + 1 + i);
		PROMISE(incident->unwatched_ms >= 0 && incident->lost_ms >= 0);
	}
	for (int i = 0; i < AVAILABILITY_WINDOWS; i++) {
		struct availability a = incidents_availability(in, availability_windows[i].ms, now);
		int64_t sum_ms = 0;
		for (int use = 0; use < SPAN_USES; use++)
			sum_ms += a.ms[use];
		PROMISE(
		    sum_ms <= availability_windows[i].ms && (!a.is_covered || sum_ms == availability_windows[i].ms));
		PROMISE(!a.has_ratio || (a.ratio >= 0 && a.ratio <= 1));
	}
}

static void take(const char *line, size_t len, struct incidents *in)
{
	struct journal_entry entry;
	struct err e = ERR_UNSET;
	memset(&entry, UNTOUCHED, sizeof entry);
	if (!journal_read(line, len, &entry, &e)) {
		PROMISE_ERR(e);
		PROMISE_UNTOUCHED(entry);
		return;
	}
	check_way_back(&entry);
	incidents_add(in, &entry);
	check_incidents(in, in->at);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	char *text = fuzz_text(bytes, len);
	struct incidents in = {0};
	for (size_t at = 0, end; at < len; at = end + 1) {
		const char *newline = memchr(text + at, '\n', len - at);
		end = newline ? (size_t)(newline - text) : len;
		struct buf sealed = buf_of(len + JOURNAL_CHECKSUM_BYTES + 1);
		take(text + at, end - at, &in);
		buf_put(&sealed, text + at, end - at);
		buf_printf(&sealed, JOURNAL_CHECKSUM, journal_checksum(text + at, end - at));
		take(buf_text(&sealed), sealed.len, &in);
		buf_fini(&sealed);
	}
	incidents_step(&in, (wall_ms){in.at.ms + 86400000});
	check_incidents(&in, in.at);
	incidents_fini(&in);
	free(text);
	return 0;
}
