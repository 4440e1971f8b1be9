/* hawatch status and active: the pair's status. */
#include "api.h"
#include "cli/blocks.h"

#include <stdlib.h>
#include <string.h>

static int judge(const struct cmd *cmd, const struct answer *a)
{
	(void)cmd;
	return blocks_status_named(answer_text(a->json, "ha_status"))->exit_code;
}

static void put_status(const struct cmd *cmd, const struct answer *a, struct buf *out)
{
	blocks_headline(&cmd->screen, a, out);
}

static void put_status_json(const struct cmd *cmd, const struct answer *a, struct buf *out)
{
	static const char *const fields[] = {"pair", "ha_status", "ha_status_message", "ha_status_since", NULL};
	char *json = answer_excerpt(a->json, fields);
	screen_put_json(&cmd->screen, out, json, strlen(json));
	free(json);
}

static void put_active(const struct cmd *cmd, const struct answer *a, struct buf *out)
{
	buf_puts(out, judge(cmd, a) == EXIT_YES ? "true\n" : "false\n");
}

static const struct show show_status = {
    .path = API_SUMMARY, .is_good = blocks_is_summary, .judge = judge, .put = put_status, .put_json = put_status_json};
static const struct show show_active = {
    .path = API_SUMMARY, .is_good = blocks_is_summary, .judge = judge, .put = put_active, .put_json = put_active};

const struct command cmd_status = {
    .name = "status",
    .words = "",
    .help = "HA status of the pair, its start and reason",
    .takes = TAKES_WATCH,
    .show = &show_status,
    .details = "JSON: {pair, ha_status, ha_status_message, ha_status_since}\n" EXIT_BY_STATUS WATCHED "\n"
	       "Examples:\n"
	       "  hawatch status\n"
	       "  hawatch status --pair prod -o json | jq -r .ha_status\n",
};

const struct command cmd_active = {
    .name = "active",
    .words = "",
    .help = "true if the status is ACTIVE, else false",
    .show = &show_active,
    .details = EXIT_BY_STATUS "\n"
			      "Examples:\n"
			      "  hawatch active && hawatch maintenance begin primary --for 2h --reason upgrade\n"
			      "  hawatch active --url http://127.0.0.1:29164 || echo \"exit $?\"\n",
};
