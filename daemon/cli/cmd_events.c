/* The command events: the history, and the timeline for a post-incident review. */
#include "api.h"
#include "base/rfc3339.h"
#include "cli/blocks.h"
#include "cli/time.h"

#include <stdlib.h>
#include <string.h>

static bool is_recent(const struct cJSON *event, const void *since)
{
	return answer_time(event, "time").ms >= ((const wall_ms *)since)->ms;
}

static bool is_shown(const struct cmd *cmd, const struct answer *a, const struct cJSON *event)
{
	wall_ms since = {a->now.ms - cmd->since_ms};
	return !cmd->since_ms || is_recent(event, &since);
}

static const char *text_of(const struct cJSON *event, const char *path)
{
	const char *text = answer_text(event, path);
	return text ? text : "";
}

/* "UP -> DOWN (no_capacity)". For a state or status this is clear; other kinds get their name in front. */
static void put_change(struct buf *out, const struct cJSON *event)
{
	const char *kind = text_of(event, "kind"), *reason = text_of(event, "reason");
	if (strcmp(kind, "state") != 0 && strcmp(kind, "status") != 0)
		buf_printf(out, "%s: ", kind);
	buf_printf(out, "%s -> %s", text_of(event, "from"), text_of(event, "to"));
	if (*reason)
		buf_printf(out, " (%s)", reason);
}

static enum screen_tone tone_of(const struct cJSON *event)
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
	put_change(&change, event);
	if (!wall_is_known(time))
		table_put(t, TONE_PLAIN, "-");
	else if (is_today)
		table_put(t, TONE_PLAIN, "%.8s", stamp + sizeof "2026-11-23");
	else
		table_put(t, TONE_PLAIN, "%.10s %.8s", stamp, stamp + sizeof "2026-11-23");
	table_put(t, TONE_PLAIN, "%s", side ? side : "pair");
	table_put(t, tone_of(event), "%s", buf_text(&change));
	if (has_note)
		table_put(t, TONE_PLAIN, "%s", text_of(event, "note"));
	buf_fini(&change);
}

/* Text in a cell of a markdown table, escaped so that it cannot end the cell, become markup, or name a character. */
static void put_cell(struct buf *out, const char *text)
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
	put_change(&change, event);
	buf_puts(out, "| ");
	put_cell(out, text_of(event, "time"));
	buf_puts(out, " | ");
	put_cell(out, side ? side : "pair");
	buf_puts(out, *name ? " " : "");
	put_cell(out, name);
	buf_puts(out, " | ");
	put_cell(out, buf_text(&change));
	buf_puts(out, " | ");
	put_cell(out, text_of(event, "note"));
	buf_puts(out, " |\n");
	buf_fini(&change);
}

/* Those that the daemon had no room for; nothing if there are none. */
static void put_gone(const struct answer *a, const char *before, struct buf *out)
{
	long gone = answer_count(a->json, "omitted");
	if (gone > 0)
		buf_printf(out, "%s%ld more since the start of hawatchd are no longer kept\n", before, gone);
}

static void put_markdown(const struct cmd *cmd, const struct answer *a, struct buf *out)
{
	const struct cJSON *events = answer_at(a->json, "events"), *event = NULL;
	buf_puts(out, "## Timeline of ");
	put_cell(out, answer_text(a->json, "pair"));
	buf_puts(out, "\n\n| time (UTC) | of | change | note |\n|---|---|---|---|\n");
	while ((event = answer_next(events, event)))
		if (is_shown(cmd, a, event))
			put_markdown_row(event, out);
	put_gone(a, "\n", out);
}

static void put_table(const struct cmd *cmd, const struct answer *a, struct buf *out)
{
	enum { NOTES_WIDTH = 100 }; /* on a narrower screen a note would need three lines */
	const struct cJSON *events = answer_at(a->json, "events"), *event = NULL;
	bool has_note = cmd->screen.width >= NOTES_WIDTH;
	struct table t = table_of(has_note ? 4 : 3);
	t.is_list = true;
	table_put(&t, TONE_HEAD, "UTC");
	table_put(&t, TONE_HEAD, "OF");
	table_put(&t, TONE_HEAD, "CHANGE");
	if (has_note)
		table_put(&t, TONE_HEAD, "NOTE");
	size_t heads = t.count;
	while ((event = answer_next(events, event)))
		if (is_shown(cmd, a, event))
			put_row(&t, event, a->now, has_note);
	if (t.count > heads)
		table_render(&t, &cmd->screen, out);
	else
		buf_puts(out, cmd->since_ms ? "no events in that time\n" : "no events yet\n");
	table_fini(&t);
	put_gone(a, "", out);
}

static void put(const struct cmd *cmd, const struct answer *a, struct buf *out)
{
	if (cmd->format == FORMAT_MARKDOWN)
		put_markdown(cmd, a, out);
	else
		put_table(cmd, a, out);
}

static void put_json(const struct cmd *cmd, const struct answer *a, struct buf *out)
{
	if (!cmd->since_ms) {
		screen_put_json(&cmd->screen, out, buf_text(&a->reply.body), a->reply.body.len);
		return;
	}
	wall_ms since = {a->now.ms - cmd->since_ms};
	struct cJSON *copy = answer_parse(buf_text(&a->reply.body), a->reply.body.len);
	answer_filter(copy, "events", is_recent, &since);
	char *json = answer_json(copy);
	screen_put_json(&cmd->screen, out, json, strlen(json));
	free(json);
	answer_free(copy);
}

static bool is_good(const struct cmd *cmd, const struct cJSON *json)
{
	return ask_is_of_pair(cmd, json) && answer_at(json, "events");
}

static const struct show show = {.path = API_EVENTS, .is_good = is_good, .put = put, .put_json = put_json};

const struct command cmd_events = {
    .name = "events",
    .words = "",
    .help = "what happened: time, side, from, to, reason",
    .takes = TAKES_WATCH | TAKES_SINCE | TAKES_MARKDOWN,
    .show = &show,
    .details = "Oldest first. Markdown output is the timeline for a post-incident review.\n" EXIT_ANSWERED WATCHED "\n"
	       "Examples:\n"
	       "  hawatch events --since 6h\n"
	       "  hawatch events --since 6h -o markdown >review.md\n",
};
