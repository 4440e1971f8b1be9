/* hawatch summary: the most important facts of a pair. */
#include "api.h"
#include "cli/blocks.h"
#include "cli/cmd_cloudspaces.h"

static void put(const struct cmd *cmd, const struct answer *a, struct buf *out)
{
	struct table troubles = table_of(2);
	troubles.min[0] = BLOCKS_LABEL_WIDTH;
	blocks_headline(&cmd->screen, a, out);
	buf_putc(out, '\n');
	cmd_cloudspaces_put_short(&cmd->screen, answer_at(a->json, "cloudspaces"), a->now, out);
	buf_putc(out, '\n');
	blocks_balance(
	    &cmd->screen, answer_at(a->json, "node_balance"), answer_text(a->json, "capacity_utilization"), out);
	blocks_put_troubles(&troubles, a->json);
	buf_puts(out, troubles.count ? "\n" : "");
	table_render(&troubles, &cmd->screen, out);
	table_fini(&troubles);
}

static const struct show show = {.path = API_SUMMARY, .is_good = blocks_is_summary, .put = put};

const struct command cmd_summary = {
    .name = "summary",
    .words = "",
    .help = "status, both cloudspaces, node balance, capacity",
    .takes = TAKES_WATCH,
    .show = &show,
    .details = "JSON: the daemon's whole summary\n" EXIT_ANSWERED WATCHED "\n"
	       "Examples:\n"
	       "  hawatch summary\n"
	       "  hawatch summary --watch\n"
	       "  hawatch summary | jq .node_balance.constraining_side\n",
};
