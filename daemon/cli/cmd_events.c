/* The command events: the history, and the timeline for a post-incident review. */
#include "api.h"
#include "base/duration.h"
#include "cli/past.h"
#include "cli/timeline.h"

#include <stdlib.h>
#include <string.h>

static const struct show show;

static struct timeline timeline_of(const struct cmd *cmd, const struct answer *a)
{
	return (struct timeline){.events = answer_at(a->json, "events"),
	    .from = {cmd->since_ms ? a->now.ms - cmd->since_ms : 0},
	    .gaps = answer_at(a->json, "gaps")};
}

static bool is_in(const struct cJSON *event, const void *timeline)
{
	return timeline_has(timeline, event);
}

/* A hawatchd without a journal, or of an older version, also gives what is older. */
static int ask_events(const struct cmd *cmd, struct answer *answer, struct err *e)
{
	struct buf since = buf_of(64);
	struct past past = {0};
	if (cmd->since_ms) {
		duration_put_exact(&since, cmd->since_ms);
		past.since = buf_text(&since);
	}
	int code = past_ask(cmd, &show, past, answer, e);
	buf_fini(&since);
	if (code != EXIT_YES || !cmd->since_ms)
		return code;
	struct timeline timeline = timeline_of(cmd, answer);
	answer_filter(answer->json, "events", is_in, &timeline);
	return code;
}

static void put_markdown(const struct cmd *cmd, const struct answer *a, struct buf *out)
{
	struct timeline timeline = timeline_of(cmd, a);
	struct screen wide = {.width = SIZE_MAX};
	buf_puts(out, "## Timeline of ");
	timeline_put_cell(out, answer_text(a->json, "pair"));
	buf_puts(out, "\n\n");
	timeline_put_markdown(&timeline, out);
	struct buf notes = buf_of(OUT_MAX_BYTES);
	if (timeline_put_notes(&timeline, a->json, &wide, &notes))
		buf_printf(out, "\n%s", buf_text(&notes));
	buf_fini(&notes);
}

static void put_table(const struct cmd *cmd, const struct answer *a, struct buf *out)
{
	struct timeline timeline = timeline_of(cmd, a);
	timeline_put_table(
	    &timeline, &cmd->screen, a->now, cmd->since_ms ? "no events in that time\n" : "no events yet\n", out);
	timeline_put_notes(&timeline, a->json, &cmd->screen, out);
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
	char *json = answer_json(a->json);
	screen_put_json(&cmd->screen, out, json, strlen(json));
	free(json);
}

static bool is_good(const struct cmd *cmd, const struct cJSON *json)
{
	return ask_is_of_pair(cmd, json) && answer_at(json, "events");
}

static const struct show show = {
    .path = API_EVENTS, .ask = ask_events, .is_long = true, .is_good = is_good, .put = put, .put_json = put_json};

const struct command cmd_events = {
    .name = "events",
    .words = "",
    .help = "what happened: time, side, from, to, reason",
    .takes = TAKES_WATCH | TAKES_SINCE | TAKES_MARKDOWN | TAKES_PAGER,
    .show = &show,
    .details = "Oldest first. Without --since, the events in memory: the newest 256, and\n"
	       "changes of the status before others. With it, all that the journal holds of\n"
	       "that time: also starts, stops, reloads and orders, who gave them, and where\n"
	       "something is missing.\n"
	       "Markdown output is the timeline for a post-incident review.\n" EXIT_ANSWERED WATCHED "\n"
	       "Examples:\n"
	       "  hawatch events --since 6h\n"
	       "  hawatch events --since 30d\n"
	       "  hawatch events --since 6h -o markdown >review.md\n",
};
