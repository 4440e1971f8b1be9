#include "cli/timeline.h"

#include "base/rfc3339.h"
#include "cli/blocks.h"

#include <string.h>

bool timeline_has(const struct timeline *t, const struct cJSON *event)
{
	wall_ms at = answer_time(event, "time");
	bool is_undated = wall_is_known(at) && !wall_is_set(at);
	return is_undated || (at.ms >= t->from.ms && (!wall_is_known(t->to) || at.ms <= t->to.ms));
}

static const char *text_of(const struct cJSON *event, const char *path)
{
	const char *text = answer_text(event, path);
	return text ? text : "";
}

/* "from -> to", or only one of them. */
static void put_from_to(struct buf *out, const struct cJSON *event)
{
	const char *from = text_of(event, "from"), *to = text_of(event, "to");
	buf_printf(out, "%s%s%s", from, *from && *to ? " -> " : "", to);
}

static void put_asker(struct buf *out, const struct cJSON *event)
{
	const char *uid = answer_text(event, "uid"), *pid = answer_text(event, "pid");
	if (uid)
		buf_printf(out, ", by uid %s, pid %s", uid, pid ? pid : "-");
	else if (strcmp(text_of(event, "reason"), "file") == 0)
		buf_puts(out, ", because the file has changed");
}

static bool is_text(const struct cJSON *event, const char *path, const char *text)
{
	return strcmp(text_of(event, path), text) == 0;
}

static bool is_kind(const struct cJSON *event, const char *kind)
{
	return is_text(event, "kind", kind);
}

static bool is_alert(const struct cJSON *event)
{
	return is_kind(event, "alert") || is_kind(event, "side_alert");
}

/* What the change does not tell: of an alert the note is its priority, which stands there. */
static const char *note_of(const struct cJSON *event)
{
	return is_alert(event) ? "" : text_of(event, "note");
}

/* "runners: 7 busy; the sides that are not UP can have 20" */
static void put_runners(struct buf *out, const struct cJSON *event)
{
	long busy = answer_count(event, "busy"), runners = answer_count(event, "runners");
	buf_puts(out, "runners: ");
	if (busy >= 0)
		buf_printf(out, "%ld busy", busy);
	if (runners >= 0)
		buf_printf(out, "%sthe sides that are not UP can have %ld", busy >= 0 ? "; " : "", runners);
}

/* For a state or status this is clear; other kinds get their name in front. */
void timeline_put_change(struct buf *out, const struct cJSON *event)
{
	const char *reason = text_of(event, "reason");
	if (is_kind(event, "start"))
		buf_printf(out, "hawatchd started with %s", text_of(event, "to"));
	else if (is_kind(event, "stop"))
		buf_printf(out, "hawatchd stopped at %s", text_of(event, "from"));
	else if (is_kind(event, "pause"))
		buf_puts(out, "watched again");
	else if (is_kind(event, "reload"))
		buf_printf(out, "reload %s", text_of(event, "to"));
	else if (is_kind(event, "runners"))
		put_runners(out, event);
	else if (is_alert(event))
		buf_printf(out, "%s %s (%s)", reason, is_text(event, "to", "true") ? "would page" : "over",
		    text_of(event, "note"));
	else if (is_kind(event, "order"))
		buf_printf(out, "order: maintenance %s %s", text_of(event, "to"), reason);
	else {
		if (!is_kind(event, "state") && !is_kind(event, "status"))
			buf_printf(out, "%s: ", text_of(event, "kind"));
		put_from_to(out, event);
		if (*reason)
			buf_printf(out, " (%s)", reason);
	}
	put_asker(out, event);
}

enum screen_tone timeline_tone_of(const struct cJSON *event)
{
	const char *to = text_of(event, "to");
	const struct blocks_status *status = blocks_status_named(to);
	if (is_kind(event, "status"))
		return status ? status->tone : TONE_WARN;
	if (is_kind(event, "start") || is_kind(event, "stop") || is_kind(event, "runners"))
		return TONE_PLAIN;
	if (is_alert(event))
		return is_text(event, "to", "true") ? TONE_BAD : TONE_GOOD;
	return is_kind(event, "state") ? blocks_state_tone(to) : TONE_WARN;
}

static const char *side_of(const struct cJSON *event)
{
	static const char *const of_daemon[] = {"start", "stop", "pause", "reload"};
	const char *side = answer_text(event, "side");
	for (size_t i = 0; i < sizeof of_daemon / sizeof *of_daemon; i++)
		if (is_kind(event, of_daemon[i]))
			return "hawatchd";
	return side ? side : "pair";
}

/* What a gap is, and its end: "hawatchd did not run until 2026-11-23T20:50:00Z". */
static void put_gap(struct buf *out, const struct cJSON *gap)
{
	static const struct {
		const char *why, *words;
	} rows[] = {{"not_running", "hawatchd did not run"}, {"paused", "hawatchd stood still, nothing was watched"},
	    {"damaged", "damaged lines in the journal"}, {"missing", "lines are missing in the journal"},
	    {"clock_not_set", "the clock was not set, so no time is known"}};
	const char *why = text_of(gap, "why"), *words = "nothing was watched", *to = answer_text(gap, "to");
	long lines = answer_count(gap, "lines");
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (strcmp(rows[i].why, why) == 0)
			words = rows[i].words;
	buf_puts(out, words);
	if (lines > 0)
		buf_printf(out, ": %ld,", lines);
	buf_printf(out, " until %s", to ? to : "now");
}

/* "20:14:05", with the date unless it is of the last day; "-": not known. */
static void put_stamp(struct table *t, wall_ms time, wall_ms now)
{
	char stamp[RFC3339_SIZE] = "";
	rfc3339_render(time, stamp);
	bool is_today = now.ms - time.ms < 24 * 3600 * 1000;
	if (!wall_is_known(time))
		table_put(t, TONE_PLAIN, "-");
	else if (is_today)
		table_put(t, TONE_PLAIN, "%.8s", stamp + sizeof "2026-11-23");
	else
		table_put(t, TONE_PLAIN, "%.10s %.8s", stamp, stamp + sizeof "2026-11-23");
}

/* Rows of a table: time, side, change, and on a wide screen the note. */
struct rows {
	struct table table;
	wall_ms now;
	bool has_note;
	struct buf *markdown; /* else they are of markdown */
};

static void put_gap_row(struct rows *rows, const struct cJSON *gap)
{
	struct buf text = buf_of(OUT_MAX_BYTES);
	put_gap(&text, gap);
	if (rows->markdown) {
		buf_puts(rows->markdown, "| ");
		timeline_put_cell(rows->markdown, text_of(gap, "from"));
		buf_puts(rows->markdown, " | hawatchd | ");
		timeline_put_cell(rows->markdown, buf_text(&text));
		buf_puts(rows->markdown, " |  |\n");
	} else {
		put_stamp(&rows->table, answer_time(gap, "from"), rows->now);
		table_put(&rows->table, TONE_WARN, "gap");
		table_put(&rows->table, TONE_WARN, "%s", buf_text(&text));
		if (rows->has_note)
			table_put(&rows->table, TONE_PLAIN, "%s", "");
	}
	buf_fini(&text);
}

static void put_markdown_row(struct buf *out, const struct cJSON *event)
{
	const char *name = text_of(event, "cloudspace");
	struct buf change = buf_of(OUT_MAX_BYTES);
	timeline_put_change(&change, event);
	buf_puts(out, "| ");
	timeline_put_cell(out, text_of(event, "time"));
	buf_puts(out, " | ");
	timeline_put_cell(out, side_of(event));
	buf_puts(out, *name ? " " : "");
	timeline_put_cell(out, name);
	buf_puts(out, " | ");
	timeline_put_cell(out, buf_text(&change));
	buf_puts(out, " | ");
	timeline_put_cell(out, note_of(event));
	buf_puts(out, " |\n");
	buf_fini(&change);
}

static void put_row(struct rows *rows, const struct cJSON *event)
{
	if (rows->markdown) {
		put_markdown_row(rows->markdown, event);
		return;
	}
	struct buf change = buf_of(OUT_MAX_BYTES);
	timeline_put_change(&change, event);
	put_stamp(&rows->table, answer_time(event, "time"), rows->now);
	table_put(&rows->table, TONE_PLAIN, "%s", side_of(event));
	table_put(&rows->table, timeline_tone_of(event), "%s", buf_text(&change));
	if (rows->has_note)
		table_put(&rows->table, TONE_PLAIN, "%s", note_of(event));
	buf_fini(&change);
}

/* The gaps that begin before `until`, from `gap` on. Returns the next one. */
static const struct cJSON *put_gaps(struct rows *rows, const struct timeline *t, const struct cJSON *gap, wall_ms until)
{
	for (; gap && answer_time(gap, "from").ms < until.ms; gap = answer_next(t->gaps, gap))
		put_gap_row(rows, gap);
	return gap;
}

/* Each gap stands in front of what comes behind its begin. */
static void put_rows(struct rows *rows, const struct timeline *t)
{
	const struct cJSON *event = NULL, *gap = t->gaps ? answer_next(t->gaps, NULL) : NULL;
	while ((event = answer_next(t->events, event))) {
		if (!timeline_has(t, event))
			continue;
		gap = put_gaps(rows, t, gap, answer_time(event, "time"));
		put_row(rows, event);
	}
	put_gaps(rows, t, gap, (wall_ms){INT64_MAX});
}

void timeline_put_table(
    const struct timeline *t, const struct screen *screen, wall_ms now, const char *none, struct buf *out)
{
	enum { NOTES_WIDTH = 100 }; /* on a narrower screen a note would need three lines */
	bool has_note = screen->width >= NOTES_WIDTH;
	struct rows rows = {.table = table_of(has_note ? 4 : 3), .now = now, .has_note = has_note};
	rows.table.is_list = true;
	table_put(&rows.table, TONE_HEAD, "UTC");
	table_put(&rows.table, TONE_HEAD, "OF");
	table_put(&rows.table, TONE_HEAD, "CHANGE");
	if (has_note)
		table_put(&rows.table, TONE_HEAD, "NOTE");
	size_t heads = rows.table.count;
	put_rows(&rows, t);
	if (rows.table.count > heads)
		table_render(&rows.table, screen, out);
	else
		buf_puts(out, none);
	table_fini(&rows.table);
}

void timeline_put_markdown(const struct timeline *t, struct buf *out)
{
	struct rows rows = {.markdown = out};
	buf_puts(out, "| time (UTC) | of | change | note |\n|---|---|---|---|\n");
	put_rows(&rows, t);
}

/* Nothing where there is none. */
static void put_count(const struct screen *screen, long count, const char *what, struct buf *out)
{
	struct buf line = buf_of(OUT_MAX_BYTES);
	if (count > 0) {
		buf_printf(&line, "%s: %ld", what, count);
		screen_put_wrapped(screen, out, 0, buf_text(&line));
	}
	buf_fini(&line);
}

static void put_problem(const struct screen *screen, const char *problem, struct buf *out)
{
	struct buf line = buf_of(OUT_MAX_BYTES);
	buf_printf(&line, "The journal cannot be read, so these are only the events in memory: %s", problem);
	screen_put_wrapped(screen, out, 0, buf_text(&line));
	buf_fini(&line);
}

bool timeline_put_notes(
    const struct timeline *t, const struct cJSON *json, const struct screen *screen, struct buf *out)
{
	wall_ms known = answer_time(json, "known_since");
	const char *problem = answer_text(json, "problem"), *since = answer_text(json, "known_since");
	size_t before = out->len;
	if (problem)
		put_problem(screen, problem, out);
	put_count(screen, answer_count(json, "omitted"), "Events that are not in memory any more", out);
	put_count(screen, answer_count(json, "lines_lost"),
	    "Lines that are not in the journal, see the log of hawatchd", out);
	if (wall_is_known(known) && known.ms > t->from.ms && wall_is_known(t->from))
		buf_printf(out, "Nothing is known of the time before %s.\n", since);
	if (answer_true(json, "more"))
		screen_put_wrapped(
		    screen, out, 0, "There are more: ask for a shorter time, or page after page from the API.");
	return out->len > before;
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
