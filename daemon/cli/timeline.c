#include "cli/timeline.h"

#include "base/rfc3339.h"
#include "cli/blocks.h"

#include <string.h>

bool timeline_has(const struct timeline *t, const struct cJSON *event)
{
	wall_ms at = answer_time(event, "time");
	return at.ms >= t->from.ms && (!wall_is_known(t->to) || at.ms <= t->to.ms);
}

static const char *text_of(const struct cJSON *event, const char *path)
{
	const char *text = answer_text(event, path);
	return text ? text : "";
}

/* For a state or status this is clear; other kinds get their name in front. */
void timeline_put_change(struct buf *out, const struct cJSON *event)
{
	const char *kind = text_of(event, "kind"), *reason = text_of(event, "reason");
	if (strcmp(kind, "state") != 0 && strcmp(kind, "status") != 0)
		buf_printf(out, "%s: ", kind);
	buf_printf(out, "%s -> %s", text_of(event, "from"), text_of(event, "to"));
	if (*reason)
		buf_printf(out, " (%s)", reason);
}

enum screen_tone timeline_tone_of(const struct cJSON *event)
{
	const char *to = text_of(event, "to");
	const struct blocks_status *status = blocks_status_named(to);
	if (strcmp(text_of(event, "kind"), "status") == 0)
		return status ? status->tone : TONE_WARN;
	return strcmp(text_of(event, "kind"), "state") == 0 ? blocks_state_tone(to) : TONE_WARN;
}

/* Time, side, change, and on a wide screen the note. No date if all events are from today. */
static void put_row(struct table *t, const struct cJSON *event, wall_ms now, bool has_note)
{
	wall_ms time = answer_time(event, "time");
	const char *side = answer_text(event, "side");
	char stamp[RFC3339_SIZE] = "";
	rfc3339_render(time, stamp);
	bool is_today = now.ms - time.ms < 24 * 3600 * 1000;
	struct buf change = buf_of(OUT_MAX_BYTES);
	timeline_put_change(&change, event);
	if (!wall_is_known(time))
		table_put(t, TONE_PLAIN, "-");
	else if (is_today)
		table_put(t, TONE_PLAIN, "%.8s", stamp + sizeof "2026-11-23");
	else
		table_put(t, TONE_PLAIN, "%.10s %.8s", stamp, stamp + sizeof "2026-11-23");
	table_put(t, TONE_PLAIN, "%s", side ? side : "pair");
	table_put(t, timeline_tone_of(event), "%s", buf_text(&change));
	if (has_note)
		table_put(t, TONE_PLAIN, "%s", text_of(event, "note"));
	buf_fini(&change);
}

void timeline_put_table(
    const struct timeline *t, const struct screen *screen, wall_ms now, const char *none, struct buf *out)
{
	enum { NOTES_WIDTH = 100 }; /* on a narrower screen a note would need three lines */
	const struct cJSON *event = NULL;
	bool has_note = screen->width >= NOTES_WIDTH;
	struct table table = table_of(has_note ? 4 : 3);
	table.is_list = true;
	table_put(&table, TONE_HEAD, "UTC");
	table_put(&table, TONE_HEAD, "OF");
	table_put(&table, TONE_HEAD, "CHANGE");
	if (has_note)
		table_put(&table, TONE_HEAD, "NOTE");
	size_t heads = table.count;
	while ((event = answer_next(t->events, event)))
		if (timeline_has(t, event))
			put_row(&table, event, now, has_note);
	if (table.count > heads)
		table_render(&table, screen, out);
	else
		buf_puts(out, none);
	table_fini(&table);
}

void timeline_put_cell(struct buf *out, const char *text)
{
	struct buf clean = buf_of(OUT_MAX_BYTES);
	screen_put_clean(&clean, text, strlen(text));
	for (const char *c = buf_text(&clean); *c; c++) {
		if (strchr("|\\<`[]*&~", *c))
			buf_putc(out, '\\');
		buf_putc(out, *c);
	}
	buf_fini(&clean);
}

static void put_markdown_row(const struct cJSON *event, struct buf *out)
{
	const char *side = answer_text(event, "side"), *name = text_of(event, "cloudspace");
	struct buf change = buf_of(OUT_MAX_BYTES);
	timeline_put_change(&change, event);
	buf_puts(out, "| ");
	timeline_put_cell(out, text_of(event, "time"));
	buf_puts(out, " | ");
	timeline_put_cell(out, side ? side : "pair");
	buf_puts(out, *name ? " " : "");
	timeline_put_cell(out, name);
	buf_puts(out, " | ");
	timeline_put_cell(out, buf_text(&change));
	buf_puts(out, " | ");
	timeline_put_cell(out, text_of(event, "note"));
	buf_puts(out, " |\n");
	buf_fini(&change);
}

/* The gaps that begin before `until`, from `gap` on. Returns the next one. */
static const struct cJSON *put_gaps(const struct timeline *t, const struct cJSON *gap, wall_ms until, struct buf *out)
{
	for (; gap && answer_time(gap, "from").ms <= until.ms; gap = answer_next(t->gaps, gap)) {
		buf_puts(out, "| ");
		timeline_put_cell(out, text_of(gap, "from"));
		buf_puts(out, " | hawatchd | nothing was watched until ");
		timeline_put_cell(out, text_of(gap, "to"));
		buf_puts(out, " |  |\n");
	}
	return gap;
}

void timeline_put_markdown(const struct timeline *t, struct buf *out)
{
	const struct cJSON *event = NULL, *gap = t->gaps ? answer_next(t->gaps, NULL) : NULL;
	buf_puts(out, "| time (UTC) | of | change | note |\n|---|---|---|---|\n");
	while ((event = answer_next(t->events, event))) {
		if (!timeline_has(t, event))
			continue;
		gap = put_gaps(t, gap, answer_time(event, "time"), out);
		put_markdown_row(event, out);
	}
	put_gaps(t, gap, (wall_ms){INT64_MAX}, out);
}
