/*
 * hawatch __complete pairs|sides: names for shell completion, one per line, as the daemon knows them. The tab
 * key must not print errors: without an answer there are no names.
 */
#include "api.h"
#include "cli/ask.h"

#include <string.h>

static void put_line(struct buf *out, const char *name)
{
	screen_put_clean(out, name, strlen(name));
	buf_putc(out, '\n');
}

/* No pair has this name, so the answer is an error that lists all names. */
static void put_pairs(const struct cmd *cmd, struct buf *out)
{
	const struct client_param params[] = {{api_param_names[API_PAIR], "?"}, {0}};
	const struct client_question question = {.path = API_SUMMARY, .params = params};
	struct client_reply reply = {0};
	struct err ignored;
	if (!client_ask(&cmd->client, &question, &reply, &ignored))
		return;
	struct cJSON *json = answer_parse(buf_text(&reply.body), reply.body.len);
	const struct cJSON *pairs = answer_at(json, "pairs"), *pair = NULL;
	while ((pair = answer_next(pairs, pair)))
		if (answer_text(pair, ""))
			put_line(out, answer_text(pair, ""));
	answer_free(json);
	client_reply_fini(&reply);
}

static void put_sides(const struct cmd *cmd, struct buf *out)
{
	struct answer answer = {0};
	struct err ignored;
	if (ask(cmd, cmd_runners.show, &answer, &ignored) != EXIT_YES)
		return;
	const struct cJSON *sides = answer_at(answer.json, "sides"), *side = NULL;
	while ((side = answer_next(sides, side)))
		if (answer_is_object(side, ""))
			put_line(out, answer_name(side));
	ask_fini(&answer);
}

static int run(const struct cmd *cmd)
{
	bool wants_pairs = strcmp(cmd->words[0], "pairs") == 0;
	if (!wants_pairs && strcmp(cmd->words[0], "sides") != 0)
		return EXIT_USAGE;
	struct cmd question = *cmd;
	struct buf out = buf_of(OUT_MAX_BYTES);
	question.words[0] = NULL; /* ask() would take it for a side */
	if (wants_pairs)
		put_pairs(&question, &out);
	else
		put_sides(&question, &out);
	int code = screen_flush(&out) == FLUSH_FAILED ? EXIT_UNKNOWN : EXIT_YES;
	buf_fini(&out);
	return code;
}

const struct command cmd_complete = {
    .name = "__complete",
    .words = "pairs | sides",
    .details = "Names for shell completion, one per line.\n",
    .words_min = 1,
    .words_max = 1,
    .run = run,
};
