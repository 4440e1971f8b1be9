/* The command reload: the daemon reads its configuration again; the mistakes of one that it refuses are shown. */
#include "api.h"
#include "cli/ask.h"
#include "cli/show.h"

#include <string.h>

enum { PATIENCE_MS = 2 * 60 * 1000 }; /* it waits for the requests that are under way, and for a token exchange */

static bool is_good(const struct cmd *cmd, const struct cJSON *json)
{
	(void)cmd;
	return answer_true(json, "reloaded");
}

static void put(const struct cmd *cmd, const struct answer *a, struct buf *out)
{
	(void)cmd;
	(void)a;
	buf_puts(out, "hawatchd has reloaded its configuration\n");
}

/* "file:line:column: what is wrong" is what editors and terminals make a link of, so nothing stands before it. */
static void put_refusal(const struct cmd *cmd, const struct answer *a, struct buf *out)
{
	const struct cJSON *mistakes = answer_at(a->json, "mistakes"), *mistake = NULL;
	long omitted = answer_count(a->json, "omitted");
	if (cmd->format == FORMAT_JSON) {
		screen_put_json(&cmd->screen, out, buf_text(&a->reply.body), a->reply.body.len);
		return;
	}
	while ((mistake = answer_next(mistakes, mistake))) {
		const char *text = answer_text(mistake, "");
		screen_put_clean(out, text ? text : "-", strlen(text ? text : "-"));
		buf_putc(out, '\n');
	}
	if (omitted > 0)
		buf_printf(out, "and %ld more\n", omitted);
}

static const struct show show = {.path = API_RELOAD, .is_good = is_good, .put = put, .put_refusal = put_refusal};

static int run(const struct cmd *cmd)
{
	const struct client_param params[] = {{0}};
	const struct client_question question = {API_RELOAD, params, true};
	if (!ask_has_socket(cmd, "reload works"))
		return EXIT_USAGE;
	return show_question(cmd, &show, &question);
}

const struct command cmd_reload = {
    .name = "reload",
    .words = "",
    .help = "make hawatchd read its configuration again",
    .takes = TAKES_TEXT_IN_PIPES,
    .timeout_ms = PATIENCE_MS,
    .run = run,
    .details = "Waits until it is done. A configuration with mistakes is refused: all of them\n"
	       "are printed, and the one from before stays in use. Works over the daemon's\n"
	       "Unix socket only.\n"
	       "Exit: 0 done, 1 refused, 2 wrong usage, 3 no answer\n"
	       "\n"
	       "Examples:\n"
	       "  hawatch reload\n"
	       "  hawatch reload -o json | jq -r '.mistakes[]'\n",
};
