/* hawatch node-balance: available nodes per side, and which side limits the pair. */
#include "api.h"
#include "cli/blocks.h"

static bool is_good(const struct cmd *cmd, const struct cJSON *json)
{
	return ask_is_of_pair(cmd, json) && answer_text(json, "constraining_side");
}

static void put(const struct cmd *cmd, const struct answer *a, struct buf *out)
{
	blocks_balance(&cmd->screen, a->json, answer_text(a->json, "capacity_utilization"), out);
}

static const struct show show = {.path = API_NODE_BALANCE, .is_good = is_good, .put = put};

const struct command cmd_node_balance = {
    .name = "node-balance",
    .words = "",
    .help = "available nodes, and which side limits the pair",
    .takes = TAKES_WATCH,
    .show = &show,
    .details = EXIT_ANSWERED WATCHED "\n"
				     "Examples:\n"
				     "  hawatch node-balance\n"
				     "  hawatch node-balance | jq .constraining_side\n",
};
