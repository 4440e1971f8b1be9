/* The commands that tell how a pair is: status, active, summary, node-balance. */
#include "cli/blocks.h"
#include "cli/cmd_cloudspaces.h"

#include <stdlib.h>
#include <string.h>

static const struct view_status *status_of(const struct cJSON *json)
{
	return view_status_named(answer_text(json, "ha_status"));
}

static bool is_summary(const struct cmd *cmd, const struct cJSON *json)
{
	const struct view_status *status = status_of(json);
	return status && ask_is_of_pair(cmd, json) &&
	       answer_true(json, "ha_active") == (status->exit_code == EXIT_YES);
}

static int judge(const struct cmd *cmd, const struct answer *a)
{
	(void)cmd;
	return status_of(a->json)->exit_code;
}

static void put_status(const struct cmd *cmd, const struct answer *a, struct buf *out)
{
	view_headline(&cmd->screen, a, out);
}

static void put_status_json(const struct cmd *cmd, const struct answer *a, struct buf *out)
{
	static const char *const fields[] = {
	    "pair", "ha_status", "ha_status_message", "ha_status_since", NULL};
	char *json = answer_excerpt(a->json, fields);
	screen_put_json(&cmd->screen, out, json, strlen(json));
	free(json);
}

static void put_active(const struct cmd *cmd, const struct answer *a, struct buf *out)
{
	buf_puts(out, judge(cmd, a) == EXIT_YES ? "true\n" : "false\n");
}

static void put_summary(const struct cmd *cmd, const struct answer *a, struct buf *out)
{
	view_headline(&cmd->screen, a, out);
	buf_putc(out, '\n');
	cloudspaces_put_short(&cmd->screen, answer_at(a->json, "cloudspaces"), a->now, out);
	buf_putc(out, '\n');
	view_balance(&cmd->screen, answer_at(a->json, "node_balance"),
	    answer_text(a->json, "capacity_utilization"), out);
}

static bool is_balance(const struct cmd *cmd, const struct cJSON *json)
{
	return ask_is_of_pair(cmd, json) && answer_text(json, "constraining_side");
}

static void put_node_balance(const struct cmd *cmd, const struct answer *a, struct buf *out)
{
	view_balance(&cmd->screen, a->json, answer_text(a->json, "capacity_utilization"), out);
}

static const char summary_path[] = "/api/v1/summary";

const struct show show_status = {.path = summary_path, .is_good = is_summary, .judge = judge,
    .put = put_status, .put_json = put_status_json};
const struct show show_active = {.path = summary_path, .is_good = is_summary, .judge = judge,
    .put = put_active, .put_json = put_active};
const struct show show_summary = {
    .path = summary_path, .is_good = is_summary, .put = put_summary};
const struct show show_node_balance = {
    .path = "/api/v1/node-balance", .is_good = is_balance, .put = put_node_balance};
