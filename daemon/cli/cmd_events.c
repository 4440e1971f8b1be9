/* The command events: the history, and the timeline for a post-incident review. */
#include "api.h"
#include "cli/ask.h"
#include "cli/timeline.h"

#include <stdlib.h>
#include <string.h>

/* The events that the options ask for. */
static struct timeline timeline_of(const struct cmd *cmd, const struct answer *a)
{
	return (struct timeline){
	    .events = answer_at(a->json, "events"), .from = {cmd->since_ms ? a->now.ms - cmd->since_ms : 0}};
}

/* Those that the daemon had no room for; nothing if there are none. */
static void put_gone(const struct answer *a, const char *before, struct buf *out)
{
	long gone = answer_count(a->json, "omitted");
	if (gone > 0)
		buf_printf(out, "%s%ld more are no longer kept\n", before, gone);
}

static void put_markdown(const struct cmd *cmd, const struct answer *a, struct buf *out)
{
	struct timeline timeline = timeline_of(cmd, a);
	buf_puts(out, "## Timeline of ");
	timeline_put_cell(out, answer_text(a->json, "pair"));
	buf_puts(out, "\n\n");
	timeline_put_markdown(&timeline, out);
	put_gone(a, "\n", out);
}

static void put_table(const struct cmd *cmd, const struct answer *a, struct buf *out)
{
	struct timeline timeline = timeline_of(cmd, a);
	timeline_put_table(
	    &timeline, &cmd->screen, a->now, cmd->since_ms ? "no events in that time\n" : "no events yet\n", out);
	put_gone(a, "", out);
}

static void put(const struct cmd *cmd, const struct answer *a, struct buf *out)
{
	if (cmd->format == FORMAT_MARKDOWN)
		put_markdown(cmd, a, out);
	else
		put_table(cmd, a, out);
}

static bool is_in(const struct cJSON *event, const void *timeline)
{
	return timeline_has(timeline, event);
}

static void put_json(const struct cmd *cmd, const struct answer *a, struct buf *out)
{
	if (!cmd->since_ms) {
		screen_put_json(&cmd->screen, out, buf_text(&a->reply.body), a->reply.body.len);
		return;
	}
	struct timeline timeline = timeline_of(cmd, a);
	struct cJSON *copy = answer_parse(buf_text(&a->reply.body), a->reply.body.len);
	answer_filter(copy, "events", is_in, &timeline);
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
	       "  hawatch events --since 30d\n"
	       "  hawatch events --since 6h -o markdown >review.md\n",
};
