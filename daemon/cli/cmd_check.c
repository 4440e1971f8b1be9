/* The command check: the runbook's daily health check, for people, scripts, and Nagios or Icinga. */
#include "api.h"
#include "base/limits.h"
#include "cli/blocks.h"
#include "cli/show.h"
#include "cli/time.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static const struct result {
	const char *name, *word;
	enum screen_tone tone;
	int exit_code;
} results[] = {
    {"pass", "ok", TONE_GOOD, EXIT_YES},
    {"fail", "FAIL", TONE_BAD, EXIT_NO},
    {"unknown", "UNKNOWN", TONE_WARN, EXIT_UNKNOWN},
};

static const struct result *result_of(const struct cJSON *json)
{
	const char *name = answer_text(json, "result");
	for (size_t i = 0; name && i < sizeof results / sizeof *results; i++)
		if (strcmp(results[i].name, name) == 0)
			return &results[i];
	return NULL;
}

static bool is_check(const struct cmd *cmd, const struct cJSON *json)
{
	const struct cJSON *checks = answer_at(json, "checks"), *check = NULL;
	bool is_whole = ask_is_of_pair(cmd, json) && result_of(json) && answer_next(checks, NULL);
	while (is_whole && (check = answer_next(checks, check)))
		is_whole = result_of(check) && answer_text(check, "name");
	return is_whole;
}

static int judge(const struct cmd *cmd, const struct answer *a)
{
	(void)cmd;
	return result_of(a->json)->exit_code;
}

/* How much is said. Each says less than the one before, so that the answer fits the screen. */
struct brevity {
	bool is_passed_joined; /* what passes is one row of names */
	size_t message_max;    /* columns of each message */
	wall_ms now;           /* of the answer: of older times the date is shown as well */
};

/* Checks that are shown as one row: of one cause, or passed. */
static bool is_joined(const struct brevity *brevity, const struct cJSON *first, const struct cJSON *check)
{
	const char *a = answer_text(first, "cause"), *b = answer_text(check, "cause");
	const struct result *result = result_of(first);
	if (result != result_of(check))
		return false;
	return result->exit_code == EXIT_YES ? brevity->is_passed_joined : a && b && strcmp(a, b) == 0;
}

/* The first of the checks that are shown as one row with `check`; maybe itself. */
static const struct cJSON *first_of(
    const struct brevity *brevity, const struct cJSON *checks, const struct cJSON *check)
{
	const struct cJSON *first = NULL;
	while ((first = answer_next(checks, first)) && first != check && !is_joined(brevity, first, check))
		;
	return first;
}

struct row {
	const struct result *result;
	size_t count;
	struct buf name, message;
};

/* "6 checks", and as the message their cause and names. */
static struct row row_of(const struct brevity *brevity, const struct cJSON *checks, const struct cJSON *first)
{
	struct row row = {result_of(first), 0, buf_of(OUT_MAX_BYTES), buf_of(OUT_MAX_BYTES)};
	const char *cause = answer_text(first, "cause"), *message = answer_text(first, "message");
	const struct cJSON *check = NULL;
	struct buf names = buf_of(OUT_MAX_BYTES);
	while ((check = answer_next(checks, check)))
		if (first_of(brevity, checks, check) == first)
			buf_printf(&names, "%s%s", row.count++ ? ", " : "", answer_text(check, "name"));
	if (row.count == 1) {
		buf_puts(&row.name, buf_text(&names));
		time_put_sentence(&row.message, message ? message : "-", brevity->now);
	} else {
		buf_printf(&row.name, "%zu checks", row.count);
		buf_printf(
		    &row.message, "%s%s%s", cause ? cause : "", cause ? "; so not known: " : "", buf_text(&names));
	}
	buf_fini(&names);
	return row;
}

/* On a narrow screen a passed check gets no message, and another one the full width. */
static void put_narrow(const struct screen *screen, const struct row *row, const char *message, struct buf *out)
{
	screen_put(screen, out, row->result->tone, row->result->word, screen->width);
	buf_puts(out, " ");
	screen_put(screen, out, TONE_PLAIN, buf_text(&row->name), screen->width);
	buf_putc(out, '\n');
	if (row->result->exit_code != EXIT_YES || row->count > 1)
		screen_put_wrapped(screen, out, 2, message);
}

static void put_rows(
    const struct screen *screen, const struct cJSON *checks, const struct brevity *brevity, struct buf *out)
{
	enum { WIDE = 70 };
	const struct cJSON *check = NULL;
	const struct screen plain = {.width = SIZE_MAX};
	struct table t = table_of(3);
	while ((check = answer_next(checks, check))) {
		if (first_of(brevity, checks, check) != check)
			continue;
		struct row row = row_of(brevity, checks, check);
		struct buf message = buf_of(OUT_MAX_BYTES);
		screen_put(&plain, &message, TONE_PLAIN, buf_text(&row.message), brevity->message_max);
		if (screen->width < WIDE) {
			put_narrow(screen, &row, buf_text(&message), out);
		} else {
			table_put(&t, row.result->tone, "%s", row.result->word);
			table_put(&t, TONE_PLAIN, "%s", buf_text(&row.name));
			table_put(&t, TONE_PLAIN, "%s", buf_text(&message));
		}
		buf_fini(&message);
		buf_fini(&row.name);
		buf_fini(&row.message);
	}
	table_render(&t, screen, out);
	table_fini(&t);
}

static size_t lines_of(const struct buf *text)
{
	size_t lines = 0;
	for (const char *at = buf_text(text); (at = strchr(at, '\n')); at++)
		lines++;
	return lines;
}

/* All that the screen has room for beside the head of a watch, the last line and the shell's prompt. */
static void put_fitting(const struct cmd *cmd, const struct cJSON *checks, wall_ms now, struct buf *out)
{
	enum { BESIDE = 2, OF_WATCH = 3, MESSAGE_MAX = 600, STEP = 20 };
	const struct screen *screen = &cmd->screen;
	size_t beside = BESIDE + (cmd->watch_ms ? OF_WATCH : 0);
	size_t room = screen->height > beside ? screen->height - beside : 1;
	struct brevity brevity = {false, SIZE_MAX, now};
	struct buf rows = buf_of(OUT_MAX_BYTES);
	put_rows(screen, checks, &brevity, &rows);
	for (size_t max = MESSAGE_MAX; lines_of(&rows) > room && max > 0; max -= STEP) {
		buf_reset(&rows);
		put_rows(
		    screen, checks, &(struct brevity){true, brevity.is_passed_joined ? max : SIZE_MAX, now}, &rows);
		brevity.is_passed_joined = true;
	}
	buf_put(out, buf_text(&rows), rows.len);
	buf_fini(&rows);
}

static void put(const struct cmd *cmd, const struct answer *a, struct buf *out)
{
	const struct cJSON *checks = answer_at(a->json, "checks"), *check = NULL;
	size_t count = 0, passed = 0;
	put_fitting(cmd, checks, a->now, out);
	while ((check = answer_next(checks, check))) {
		count++;
		passed += result_of(check)->exit_code == EXIT_YES;
	}
	screen_put(&cmd->screen, out, TONE_PLAIN, answer_text(a->json, "pair"), cmd->screen.width);
	buf_printf(out, ": %zu of %zu checks pass\n", passed, count);
}

static const struct show show = {.path = API_CHECK, .is_good = is_check, .judge = judge, .put = put};

/*
 * The Monitoring Plugins' guidelines: always one line on stdout, "|" before the performance data, and these
 * exit codes.
 */
enum plugin_state { PLUGIN_OK, PLUGIN_WARNING, PLUGIN_CRITICAL, PLUGIN_UNKNOWN };
static const char *const plugin_names[] = {"OK", "WARNING", "CRITICAL", "UNKNOWN"};

/* The runbook's P0 and P1 are critical, P2 is a warning. */
static enum plugin_state plugin_state_of(const struct cJSON *json, const struct cJSON *summary)
{
	static const char *const critical[] = {"ha_active", "cloudspaces_ready"};
	const struct cJSON *checks = answer_at(json, "checks"), *check = NULL;
	const char *worst = answer_text(answer_next(answer_at(summary, "troubles"), NULL), "priority");
	int whole = result_of(json)->exit_code;
	if (whole != EXIT_NO)
		return whole == EXIT_YES ? PLUGIN_OK : PLUGIN_UNKNOWN;
	if (worst && strcmp(worst, "P1") == 0) /* such as: both sides are UP, but no runner takes jobs */
		return PLUGIN_CRITICAL;
	while ((check = answer_next(checks, check)))
		for (size_t i = 0; i < sizeof critical / sizeof *critical; i++)
			if (result_of(check)->exit_code == EXIT_NO &&
			    strcmp(answer_text(check, "name"), critical[i]) == 0)
				return PLUGIN_CRITICAL;
	return PLUGIN_WARNING;
}

/* Removes characters that would end the line or start the performance data. */
static void put_plain(struct buf *out, const char *text)
{
	struct buf clean = buf_of(OUT_MAX_BYTES);
	screen_put_clean(&clean, text, strlen(text));
	for (const char *c = buf_text(&clean); *c; c++)
		buf_putc(out, *c == '|' ? '/' : *c);
	buf_fini(&clean);
}

/* The checks that did not pass, failed ones first, those of one cause together. */
static void put_complaints(const struct cJSON *json, int exit_code, wall_ms now, size_t *count, struct buf *out)
{
	const struct brevity brevity = {false, SIZE_MAX, now};
	const struct cJSON *checks = answer_at(json, "checks"), *check = NULL;
	while ((check = answer_next(checks, check))) {
		if (result_of(check)->exit_code != exit_code || first_of(&brevity, checks, check) != check)
			continue;
		struct row row = row_of(&brevity, checks, check);
		buf_puts(out, (*count)++ ? "; " : ": ");
		put_plain(out, buf_text(&row.name));
		buf_puts(out, " ");
		put_plain(out, buf_text(&row.message));
		buf_fini(&row.name);
		buf_fini(&row.message);
	}
}

static void put_count(struct buf *out, const char *label, long count, long max)
{
	if (count < 0)
		return;
	buf_printf(out, "%s=%ld;;;0;", label, count);
	if (max >= 0)
		buf_printf(out, "%ld", max);
	buf_putc(out, ' ');
}

static void put_performance(const struct cJSON *summary, struct buf *out)
{
	const char *utilization = answer_text(summary, "capacity_utilization");
	buf_putc(out, '|');
	put_count(out, "effective_nodes", answer_count(summary, "total_effective_nodes"), -1);
	put_count(out, "primary_nodes", answer_count(summary, "cloudspaces.primary.nodes"),
	    answer_count(summary, "cloudspaces.primary.max"));
	put_count(out, "secondary_nodes", answer_count(summary, "cloudspaces.secondary.nodes"),
	    answer_count(summary, "cloudspaces.secondary.max"));
	if (utilization)
		buf_printf(out, "capacity_utilization=%.1f%%;%d;%d;0;100", strtod(utilization, NULL),
		    UTILIZATION_WATCH_PERCENT, UTILIZATION_HIGH_PERCENT);
	while (out->len && out->data[out->len - 1] == ' ')
		out->data[--out->len] = '\0';
}

static int end_plugin(enum plugin_state state, struct buf *out)
{
	buf_putc(out, '\n');
	if (screen_flush(out) == FLUSH_FAILED)
		state = PLUGIN_UNKNOWN;
	buf_fini(out);
	return (int)state;
}

static int run_plugin(const struct cmd *cmd)
{
	struct answer check = {0}, summary = {0};
	struct err e;
	struct buf out = buf_of(OUT_MAX_BYTES);
	if (ask(cmd, &show, &check, &e) != EXIT_YES || ask(cmd, cmd_summary.show, &summary, &e) != EXIT_YES) {
		buf_puts(&out, "HAWATCH UNKNOWN - ");
		put_plain(&out, e.text);
		ask_fini(&check);
		return end_plugin(PLUGIN_UNKNOWN, &out);
	}
	enum plugin_state state = plugin_state_of(check.json, summary.json);
	size_t complaints = 0;
	buf_printf(&out, "HAWATCH %s - ", plugin_names[state]);
	put_plain(&out, answer_text(summary.json, "pair"));
	buf_printf(&out, " is %s", answer_text(summary.json, "ha_status"));
	put_complaints(check.json, EXIT_NO, check.now, &complaints, &out);
	put_complaints(check.json, EXIT_UNKNOWN, check.now, &complaints, &out);
	put_performance(summary.json, &out);
	ask_fini(&check);
	ask_fini(&summary);
	return end_plugin(state, &out);
}

static int run(const struct cmd *cmd)
{
	if (cmd->is_plugin)
		return run_plugin(cmd);
	return cmd->watch_ms ? show_watch(cmd, "check", &show) : show_once(cmd, &show);
}

const struct command cmd_check = {
    .name = "check",
    .words = "",
    .help = "the daily health check, pass or fail per line",
    .takes = TAKES_WATCH | TAKES_PLUGIN,
    .run = run,
    .details = "Exit: 0 all pass, 1 any fails, 2 wrong usage, 3 unknown or no answer\n"
	       "With --plugin: 0 OK, 1 WARNING, 2 CRITICAL (HA or a cloudspace), 3 UNKNOWN\n" WATCHED "\n"
	       "Examples:\n"
	       "  hawatch check\n"
	       "  hawatch check --plugin --pair prod\n",
};
