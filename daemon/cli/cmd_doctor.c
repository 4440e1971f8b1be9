/* hawatch doctor: what the daemon can reach and what not, and the remedy. */
#include "api.h"
#include "cli/ask.h"
#include "cli/show.h"
#include "render/report.h"

#include <stdint.h>
#include <string.h>

static const struct result {
	enum report_result result;
	enum screen_tone tone;
	int exit_code;
} results[REPORT_RESULTS] = {
    [REPORT_OK] = {REPORT_OK, TONE_GOOD, EXIT_YES},
    [REPORT_SKIP] = {REPORT_SKIP, TONE_PLAIN, EXIT_YES},
    [REPORT_WARN] = {REPORT_WARN, TONE_WARN, EXIT_YES},
    [REPORT_FAIL] = {REPORT_FAIL, TONE_BAD, EXIT_NO},
};

static const struct result *result_of(const struct cJSON *json)
{
	const char *name = answer_text(json, "result");
	for (size_t i = 0; name && i < REPORT_RESULTS; i++)
		if (strcmp(report_result_names[i], name) == 0)
			return &results[i];
	return NULL;
}

static bool is_report(const struct cmd *cmd, const struct cJSON *json)
{
	const struct cJSON *lines = answer_at(json, "lines"), *line = NULL;
	bool is_whole = ask_is_of_pair(cmd, json) && result_of(json) && answer_next(lines, NULL);
	while (is_whole && (line = answer_next(lines, line)))
		is_whole = result_of(line) && answer_text(line, "thing") && answer_text(line, "message");
	return is_whole;
}

static int judge(const struct cmd *cmd, const struct answer *a)
{
	(void)cmd;
	return result_of(a->json)->exit_code;
}

static char *text_of(const struct cJSON *line, const char *member)
{
	return (char *)(uintptr_t)answer_text(line, member);
}

static void paint(const void *ctx, enum report_result result, const char *word, struct buf *out)
{
	const struct screen *screen = ctx;
	screen_put(screen, out, results[result].tone, word, SIZE_MAX);
}

static void put(const struct cmd *cmd, const struct answer *a, struct buf *out)
{
	const struct cJSON *lines = answer_at(a->json, "lines"), *line = NULL;
	struct report report = {0};
	while ((line = answer_next(lines, line)))
		report_add(&report,
		    &(struct report_line){.result = result_of(line)->result,
			.pair = text_of(line, "pair"),
			.side = text_of(line, "side"),
			.thing = text_of(line, "thing"),
			.message = text_of(line, "message"),
			.remedy = text_of(line, "remedy"),
			.command = text_of(line, "command")});
	report_put_text(&report, cmd->screen.width, &(struct report_paint){paint, &cmd->screen}, out);
	report_fini(&report);
}

static const struct show show = {.path = API_DOCTOR, .is_good = is_report, .judge = judge, .put = put};

const struct command cmd_doctor = {
    .name = "doctor",
    .words = "",
    .help = "what the daemon can reach, and the remedy for the rest",
    .takes = TAKES_WATCH,
    .show = &show,
    .details = "Before the first start: hawatchd --config.probe\n"
	       "Exit: 0 all that decides answers, 1 some of it does not, 2 wrong usage, 3 no\nanswer\n" WATCHED "\n"
	       "Examples:\n"
	       "  hawatch doctor\n"
	       "  hawatch doctor -o json | jq -r '.lines[] | select(.result == \"fail\").remedy'\n",
};
