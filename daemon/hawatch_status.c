/* The commands that tell how a pair is: status, active, summary. */
#include "hawatch_answer.h"
#include "hawatch_cmd.h"
#include "hawatch_summary.h"
#include "hawatch_view.h"

#include <stdlib.h>
#include <string.h>

enum { OUT_MAX_BYTES = 8 << 20 };

/* The end of every command: `code`, if what it says got out. */
static int finish(struct summary *s, struct buf *out, int code)
{
	if (!screen_flush(out))
		code = EXIT_UNKNOWN;
	buf_fini(out);
	summary_fini(s);
	return code;
}

int cmd_status(const struct cmd *cmd)
{
	static const char *const fields[] = {
	    "pair", "ha_status", "ha_status_message", "ha_status_since", NULL};
	struct summary s;
	int code = summary_ask(cmd, &s);
	if (code != EXIT_YES)
		return code;
	struct buf out = buf_of(OUT_MAX_BYTES);
	if (cmd->is_json) {
		char *json = answer_excerpt(s.json, fields);
		screen_put_json(&cmd->screen, &out, json, strlen(json));
		free(json);
	} else {
		view_headline(&cmd->screen, &s, &out);
	}
	return finish(&s, &out, s.status->exit_code);
}

int cmd_active(const struct cmd *cmd)
{
	struct summary s;
	int code = summary_ask(cmd, &s);
	if (code != EXIT_YES)
		return code;
	struct buf out = buf_of(OUT_MAX_BYTES);
	buf_puts(&out, s.status->exit_code == EXIT_YES ? "true\n" : "false\n");
	return finish(&s, &out, s.status->exit_code);
}

int cmd_summary(const struct cmd *cmd)
{
	struct summary s;
	int code = summary_ask(cmd, &s);
	if (code != EXIT_YES)
		return code;
	struct buf out = buf_of(OUT_MAX_BYTES);
	if (cmd->is_json) {
		/* As it came, so that the runbook's jq filters see the daemon's own words. */
		screen_put_json(&cmd->screen, &out, buf_text(&s.reply.body), s.reply.body.len);
	} else {
		view_headline(&cmd->screen, &s, &out);
		buf_putc(&out, '\n');
		view_sides(&cmd->screen, &s, &out);
		buf_putc(&out, '\n');
		view_balance(&cmd->screen, &s, &out);
	}
	return finish(&s, &out, EXIT_YES);
}
