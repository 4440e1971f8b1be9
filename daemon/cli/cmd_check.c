/* The command check: the runbook's daily health check, for people, scripts, and Nagios or Icinga. */
#include "api.h"
#include "base/limits.h"
#include "cli/blocks.h"
#include "cli/show.h"

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

/* On a narrow screen a passed check gets no message, and a failed one gets the full width. */
static void put_narrow(const struct cmd *cmd, const struct cJSON *check, struct buf *out)
{
	const struct result *result = result_of(check);
	const char *message = answer_text(check, "message");
	screen_put(&cmd->screen, out, result->tone, result->word, cmd->screen.width);
	buf_puts(out, " ");
	screen_put(&cmd->screen, out, TONE_PLAIN, answer_text(check, "name"), cmd->screen.width);
	buf_putc(out, '\n');
	if (result->exit_code != EXIT_YES && message)
		screen_put_wrapped(&cmd->screen, out, 2, message);
}

static void put_wide(struct table *t, const struct cJSON *check)
{
	const struct result *result = result_of(check);
	const char *message = answer_text(check, "message");
	table_put(t, result->tone, "%s", result->word);
	table_put(t, TONE_PLAIN, "%s", answer_text(check, "name"));
	table_put(t, TONE_PLAIN, "%s", message ? message : "-");
}

static void put(const struct cmd *cmd, const struct answer *a, struct buf *out)
{
	enum { WIDE = 70 };
	const struct cJSON *checks = answer_at(a->json, "checks"), *check = NULL;
	struct table t = table_of(3);
	size_t count = 0, passed = 0;
	while ((check = answer_next(checks, check))) {
		if (cmd->screen.width < WIDE)
			put_narrow(cmd, check, out);
		else
			put_wide(&t, check);
		count++;
		passed += result_of(check)->exit_code == EXIT_YES;
	}
	table_render(&t, &cmd->screen, out);
	table_fini(&t);
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
static enum plugin_state plugin_state_of(const struct cJSON *json)
{
	static const char *const critical[] = {"ha_active", "cloudspaces_ready"};
	const struct cJSON *checks = answer_at(json, "checks"), *check = NULL;
	int whole = result_of(json)->exit_code;
	if (whole != EXIT_NO)
		return whole == EXIT_YES ? PLUGIN_OK : PLUGIN_UNKNOWN;
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

/* The checks that did not pass, failed ones first. */
static void put_complaints(const struct cJSON *json, int exit_code, size_t *count, struct buf *out)
{
	const struct cJSON *checks = answer_at(json, "checks"), *check = NULL;
	while ((check = answer_next(checks, check))) {
		const char *message = answer_text(check, "message");
		if (result_of(check)->exit_code != exit_code)
			continue;
		buf_puts(out, (*count)++ ? "; " : ": ");
		put_plain(out, answer_text(check, "name"));
		buf_puts(out, " ");
		put_plain(out, message ? message : "");
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
	enum plugin_state state = plugin_state_of(check.json);
	size_t complaints = 0;
	buf_printf(&out, "HAWATCH %s - ", plugin_names[state]);
	put_plain(&out, answer_text(summary.json, "pair"));
	buf_printf(&out, " is %s", answer_text(summary.json, "ha_status"));
	put_complaints(check.json, EXIT_NO, &complaints, &out);
	put_complaints(check.json, EXIT_UNKNOWN, &complaints, &out);
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
