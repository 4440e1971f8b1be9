/* The command incidents: outages and blind spots of weeks, availability, and the beginning of a review of one. */
#include "api.h"
#include "base/duration.h"
#include "base/rfc3339.h"
#include "cli/blocks.h"
#include "cli/past.h"
#include "cli/show.h"
#include "cli/time.h"
#include "cli/timeline.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* So long before an incident its timeline begins, and so long behind it it ends. */
enum { BEFORE_MS = 10 * 60000, AFTER_MS = 60000 };

static const char *text_of(const struct cJSON *json, const char *path, const char *fallback)
{
	const char *text = answer_text(json, path);
	return text ? text : fallback;
}

/* "1h2m, of which 30m was not watched" */
static void put_length(struct buf *out, const struct cJSON *incident)
{
	long length = answer_count(incident, "length_seconds"), unwatched = answer_count(incident, "unwatched_seconds");
	if (length < 0) {
		buf_putc(out, '-');
		return;
	}
	duration_put(out, length * INT64_C(1000));
	if (unwatched > 0) {
		buf_puts(out, ", of which ");
		duration_put(out, unwatched * INT64_C(1000));
		buf_puts(out, " not watched");
	}
}

static void put_ratio(struct buf *out, const struct cJSON *window)
{
	double ratio = answer_number(window, "ratio", -1);
	if (ratio >= 0)
		buf_printf(out, "%.3f %%", ratio * 100);
	else
		buf_puts(out, answer_true(window, "covered") ? "nothing counts" : "not known");
}

/* "AVAILABILITY  24h 99.900 %, 7d 99.990 %, 30d not known, 90d not known" */
static void put_availability(const struct answer *a, struct buf *out)
{
	const struct cJSON *windows = answer_at(a->json, "availability"), *window = NULL;
	const char *comma = "";
	while ((window = answer_next(windows, window))) {
		buf_printf(out, "%s%s ", comma, text_of(window, "window", "-"));
		put_ratio(out, window);
		comma = ", ";
	}
}

static void put_row(struct table *t, const struct cJSON *incident, wall_ms now)
{
	struct buf since = buf_of(OUT_MAX_BYTES), length = since;
	const char *status = text_of(incident, "status", "-"), *maintenance = answer_text(incident, "maintenance");
	const struct blocks_status *known = blocks_status_named(status);
	wall_ms from = answer_time(incident, "since");
	if (wall_is_known(from))
		time_put_clock(&since, from, now);
	put_length(&length, incident);
	table_put(t, known ? known->tone : TONE_WARN, "%ld %s", answer_count(incident, "number"), status);
	table_put(t, TONE_PLAIN, "%s", since.len ? buf_text(&since) : "-");
	table_put(t, TONE_PLAIN, "%s%s", answer_true(incident, "open") ? "it lasts, " : "", buf_text(&length));
	table_put(t, TONE_PLAIN, "%s", text_of(incident, "side", "-"));
	/* On a narrow screen the row stands without its heads. */
	table_put(t, TONE_PLAIN, "%s maintenance", maintenance ? maintenance : "no");
	table_put(t, TONE_PLAIN, "%s", text_of(incident, "cause", "not known"));
	buf_fini(&since);
	buf_fini(&length);
}

/* The incident of this number, or the newest without one; NULL: there is none. */
static const struct cJSON *find(const struct cmd *cmd, const struct answer *a)
{
	const struct cJSON *incidents = answer_at(a->json, "incidents"), *incident = NULL;
	long number = cmd->words[0] ? atol(cmd->words[0]) : -1;
	while ((incident = answer_next(incidents, incident)))
		if (number < 0 || answer_count(incident, "number") == number)
			break;
	return incident;
}

/* Of its time: the events from the journal with their gaps, or where these could not be asked, those in memory. */
static struct timeline timeline_of(const struct answer *a, const struct cJSON *incident)
{
	wall_ms from = answer_time(incident, "since"), to = answer_time(incident, "until");
	const struct cJSON *past = answer_at(a->json, "past.gaps");
	return (struct timeline){.events = answer_at(a->json, past ? "past.events" : "events"),
	    .from = {from.ms - BEFORE_MS},
	    .to = {wall_is_known(to) ? to.ms + AFTER_MS : 0},
	    .gaps = past ? past : answer_at(incident, "gaps")};
}

static void take_past(const struct cmd *cmd, struct answer *a, const struct cJSON *incident)
{
	struct timeline t = timeline_of(a, incident);
	char since[RFC3339_SIZE], until[RFC3339_SIZE];
	struct answer past;
	struct err e;
	rfc3339_render(t.from, since);
	rfc3339_render(t.to, until);
	struct past time = {since, wall_is_known(t.to) ? until : NULL};
	if (past_ask(cmd, cmd_events.show, time, &past, &e) != EXIT_YES) {
		screen_complain("only the events in memory are shown: %s", e.text);
		return;
	}
	answer_adopt(a->json, "past", past.json);
	past.json = NULL;
	ask_fini(&past);
}

static void put_past_notes(
    const struct answer *a, const struct timeline *t, const struct screen *screen, struct buf *out)
{
	const struct cJSON *past = answer_at(a->json, "past");
	long omitted = answer_count(a->json, "events_omitted");
	if (timeline_put_notes(t, past, screen, out) || answer_at(past, "more") || omitted <= 0)
		return;
	buf_printf(out, "%ld events of the pair are no longer kept; some of them may belong here.\n", omitted);
}

/* What the numbers do not tell. */
static void put_note(const struct screen *screen, const char *what, long count, const char *more, struct buf *out)
{
	struct buf note = buf_of(OUT_MAX_BYTES);
	if (count > 0) {
		buf_printf(&note, "%s: %ld%s", what, count, more);
		screen_put_wrapped(screen, out, 0, buf_text(&note));
	}
	buf_fini(&note);
}

static void put_notes(const struct screen *screen, const struct answer *a, struct buf *out)
{
	static const char see[] = "; see the log of hawatchd";
	put_note(screen, "Older incidents that are no longer kept", answer_count(a->json, "omitted"), "", out);
	put_note(screen, "Damaged lines of the journal that were passed over", answer_count(a->json, "lines_damaged"),
	    see, out);
	put_note(screen, "Lines that are not in the journal", answer_count(a->json, "lines_lost"), see, out);
	if (answer_false(a->json, "journal"))
		screen_put_wrapped(
		    screen, out, 0, "Without a state_directory a restart of hawatchd forgets all of this.");
}

static void put_table(const struct cmd *cmd, const struct answer *a, struct buf *out)
{
	static const char *const heads[] = {"INCIDENT", "SINCE", "LENGTH", "SIDE", "MAINTENANCE", "CAUSE"};
	enum { COLUMNS = sizeof heads / sizeof *heads };
	const struct cJSON *incidents = answer_at(a->json, "incidents"), *incident = NULL, *only = find(cmd, a);
	struct table t = table_of(COLUMNS);
	t.is_list = true;
	for (int i = 0; i < COLUMNS; i++)
		table_put(&t, TONE_HEAD, "%s", heads[i]);
	while ((incident = answer_next(incidents, incident)))
		if (!cmd->words[0] || incident == only)
			put_row(&t, incident, a->now);
	if (t.count > COLUMNS)
		table_render(&t, &cmd->screen, out);
	else
		buf_puts(out, "no incidents\n");
	table_fini(&t);
	buf_putc(out, '\n');
	if (cmd->words[0]) {
		struct timeline timeline = timeline_of(a, only);
		timeline_put_table(&timeline, &cmd->screen, a->now, "its events are no longer kept\n", out);
		put_past_notes(a, &timeline, &cmd->screen, out);
		return;
	}
	struct buf line = buf_of(OUT_MAX_BYTES);
	buf_puts(&line, "AVAILABILITY  ");
	put_availability(a, &line);
	screen_put_wrapped(&cmd->screen, out, 0, buf_text(&line));
	buf_fini(&line);
	put_notes(&cmd->screen, a, out);
}

static void put_fact(struct buf *out, const char *name, const char *text)
{
	buf_printf(out, "| %s | ", name);
	timeline_put_cell(out, text);
	buf_puts(out, " |\n");
}

static void put_count_fact(struct buf *out, const char *name, long count)
{
	char text[24] = "not known";
	if (count >= 0)
		snprintf(text, sizeof text, "%ld", count);
	put_fact(out, name, text);
}

static void put_facts(const struct answer *a, const struct cJSON *incident, struct buf *out)
{
	struct buf length = buf_of(OUT_MAX_BYTES), availability = length, lost = length;
	double minutes = answer_number(incident, "runner_minutes_lost", -1);
	put_length(&length, incident);
	put_availability(a, &availability);
	buf_printf(&lost, minutes >= 0 ? "%.0f" : "not known", minutes);
	buf_puts(out, "|  |  |\n|---|---|\n");
	put_fact(out, "began (UTC)", text_of(incident, "since", "not known"));
	put_fact(out, "ended (UTC)", text_of(incident, "until", "it lasts"));
	put_fact(out, "length", buf_text(&length));
	put_fact(out, "sides that were not UP", text_of(incident, "side", "not known"));
	put_fact(out, "cause, as it was known then", text_of(incident, "cause", "not known"));
	put_fact(out, "maintenance", text_of(incident, "maintenance", "no"));
	put_count_fact(out, "busy runners when it began", answer_count(incident, "runners_busy_at_start"));
	put_count_fact(out, "fewest busy runners", answer_count(incident, "runners_busy_least"));
	put_fact(out, "runner-minutes lost at most", buf_text(&lost));
	put_fact(out, "availability", buf_text(&availability));
	buf_fini(&length);
	buf_fini(&availability);
	buf_fini(&lost);
}

static void put_markdown(const struct cmd *cmd, const struct answer *a, struct buf *out)
{
	const struct cJSON *incident = find(cmd, a);
	struct timeline timeline = timeline_of(a, incident);
	buf_printf(out, "# Incident %ld of ", answer_count(incident, "number"));
	timeline_put_cell(out, text_of(a->json, "pair", "-"));
	buf_puts(out, ": ");
	timeline_put_cell(out, text_of(incident, "status", "-"));
	buf_puts(out, "\n\n");
	put_facts(a, incident, out);
	buf_puts(out,
	    "\nRunner-minutes lost at most: the runners that the sides which were not UP can have, by the limits of\n"
	    "their scale sets, times the minutes that were watched. Busy runners: of the sides whose runners could be\n"
	    "read then.\n"
	    "\n## What was known when\n\n");
	timeline_put_markdown(&timeline, out);
	struct buf notes = buf_of(OUT_MAX_BYTES);
	put_past_notes(a, &timeline, &(struct screen){.width = SIZE_MAX}, &notes);
	if (notes.len)
		buf_printf(out, "\n%s", buf_text(&notes));
	buf_fini(&notes);
	buf_puts(out,
	    "\n## To be filled in\n\n"
	    "- When did the page arrive, and who answered it?\n"
	    "- What did people see, what did they do, what helped?\n"
	    "- How long did it take until the page, until a person acted, until ACTIVE?\n"
	    "- What would have made it shorter?\n");
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
	if (!cmd->words[0]) {
		screen_put_json(&cmd->screen, out, buf_text(&a->reply.body), a->reply.body.len);
		return;
	}
	char *json = answer_json(find(cmd, a));
	screen_put_json(&cmd->screen, out, json, strlen(json));
	free(json);
}

static bool is_good(const struct cmd *cmd, const struct cJSON *json)
{
	return ask_is_of_pair(cmd, json) && answer_at(json, "incidents") && answer_at(json, "availability");
}

static const struct show show = {.path = API_INCIDENTS, .is_good = is_good, .put = put, .put_json = put_json};

/* Which incident is asked for must be one that there is. */
static int show_found(const struct cmd *cmd, struct answer *a)
{
	bool needs_one = cmd->words[0] || cmd->format == FORMAT_MARKDOWN;
	if (needs_one && !find(cmd, a)) {
		screen_complain("no incident %s; see hawatch incidents", cmd->words[0] ? cmd->words[0] : "yet");
		return EXIT_USAGE;
	}
	if (needs_one && cmd->format != FORMAT_JSON)
		take_past(cmd, a, find(cmd, a));
	struct buf out = buf_of(OUT_MAX_BYTES);
	int code = show_put(cmd, &show, a, &out);
	if (screen_flush(&out) == FLUSH_FAILED)
		code = EXIT_UNKNOWN;
	buf_fini(&out);
	return code;
}

static int run(const struct cmd *cmd)
{
	const char *number = cmd->words[0];
	size_t len = number ? strlen(number) : 1;
	struct answer answer = {0};
	struct err e;
	if (number && (len < 1 || len > 9 || strspn(number, "0123456789") != len)) {
		screen_complain("bad number '%s'; expected that of an incident, see hawatch incidents", number);
		return EXIT_USAGE;
	}
	int code = ask(cmd, &show, &answer, &e);
	if (code != EXIT_YES) {
		screen_complain("%s", e.text);
		return code;
	}
	if (*answer.warning.text)
		screen_complain("%s", answer.warning.text);
	code = show_found(cmd, &answer);
	ask_fini(&answer);
	return code;
}

const struct command cmd_incidents = {
    .name = "incidents",
    .words = "[N]",
    .help = "outages with cause and length, newest first; availability",
    .takes = TAKES_MARKDOWN,
    .words_max = 1,
    .show = &show,
    .run = run,
    .details = "With N, the incident of that number and its events. Markdown output is the\n"
	       "beginning of a post-incident review, of the newest incident without N.\n"
	       "Availability is ACTIVE time divided by ACTIVE, BLOCKED and UNKNOWN time. Apart\n"
	       "stand DISABLED, BLOCKED in the side's own declared window, and time that was not\n"
	       "watched.\n" EXIT_ANSWERED "\n"
	       "Examples:\n"
	       "  hawatch incidents\n"
	       "  hawatch incidents 3\n"
	       "  hawatch incidents 3 -o markdown >review.md\n"
	       "  hawatch incidents | jq .availability\n",
};
