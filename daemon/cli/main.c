/*
 * hawatch: the operator's command. It asks hawatchd and tells people in tables, scripts in JSON,
 * and both in exit codes.
 */
#include "cli/options.h"
#include "cli/show.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

enum { DEFAULT_TIMEOUT_MS = 5000, DEFAULT_LIMIT_MS = 2 * 3600 * 1000 };

#define EXIT_BY_STATUS "Exit: 0 ACTIVE, 1 any other status, 2 bad usage, 3 UNKNOWN or no answer\n"
#define EXIT_ANSWERED "Exit: 0 answered (whatever it says), 2 bad usage, 3 no answer\n"
#define WATCHED                                                                                    \
	"With --watch in a pipe: one answer after the other, JSON one line each.\n"

/* A new command is one row here, and a file cmd_*.c that shows or runs it. */
static const struct command commands[] = {
    {.name = "status", .words = "", .help = "HA status of the pair, since when and why",
	.takes = TAKES_WATCH, .show = &show_status,
	.details = "JSON: {pair, ha_status, ha_status_message, ha_status_since}\n" EXIT_BY_STATUS WATCHED
		   "\n"
		   "Examples:\n"
		   "  hawatch status\n"
		   "  hawatch status --pair prod -o json | jq -r .ha_status\n"},
    {.name = "active", .words = "", .help = "true when the status is ACTIVE, false otherwise",
	.show = &show_active,
	.details = EXIT_BY_STATUS
	"\n"
	"Examples:\n"
	"  hawatch active && hawatch maintenance begin primary --for 2h --reason upgrade\n"
	"  hawatch active --url http://127.0.0.1:29164 || echo \"exit $?\"\n"},
    {.name = "summary", .words = "", .help = "status, both cloudspaces, node balance, capacity",
	.takes = TAKES_WATCH, .show = &show_summary,
	.details = "JSON: the whole summary as the daemon gives it\n" EXIT_ANSWERED WATCHED
		   "\n"
		   "Examples:\n"
		   "  hawatch summary\n"
		   "  hawatch summary --watch\n"
		   "  hawatch summary | jq .node_balance.constraining_side\n"},
    {.name = "cloudspaces", .words = "", .help = "every side in full: state, nodes, Spot, capacity",
	.takes = TAKES_WATCH, .show = &show_cloudspaces,
	.details = "JSON: {primary: {...}, secondary: {...}}\n" EXIT_ANSWERED WATCHED
		   "\n"
		   "Examples:\n"
		   "  hawatch cloudspaces\n"
		   "  hawatch cloudspaces | jq .primary\n"},
    {.name = "cloudspace", .words = "SIDE", .help = "one side; is it ready?", .takes = TAKES_WATCH,
	.words_min = 1, .words_max = 1, .show = &show_cloudspace,
	.details = "JSON: that side's part of hawatch cloudspaces\n"
		   "Exit: 0 ready, 1 not ready, 2 bad usage, 3 not known or no answer\n" WATCHED
		   "\n"
		   "Examples:\n"
		   "  hawatch cloudspace primary && echo ready\n"
		   "  hawatch cloudspace secondary -o json | jq -r .status\n"},
    {.name = "node-balance", .words = "", .help = "nodes that count, and which side constrains",
	.takes = TAKES_WATCH, .show = &show_node_balance,
	.details = EXIT_ANSWERED WATCHED
	"\n"
	"Examples:\n"
	"  hawatch node-balance\n"
	"  hawatch node-balance | jq .constraining_side\n"},
    {.name = "runners", .words = "[SIDE]", .help = "runner pods, runners, scale sets, listener, controller",
	.takes = TAKES_WATCH, .words_max = 1, .show = &show_runners,
	.details = "JSON: the whole document, or of SIDE its part\n" EXIT_ANSWERED WATCHED
		   "\n"
		   "Examples:\n"
		   "  hawatch runners\n"
		   "  hawatch runners primary --watch\n"
		   "  hawatch runners secondary | jq .runners.busy\n"},
    {.name = "apps", .words = "[SIDE]", .help = "ArgoCD applications by sync and health",
	.takes = TAKES_WATCH, .words_max = 1, .show = &show_apps,
	.details = "JSON: the whole document, or of SIDE its part\n" EXIT_ANSWERED WATCHED
		   "\n"
		   "Examples:\n"
		   "  hawatch apps\n"
		   "  hawatch apps secondary\n"},
    {.name = "events", .words = "", .help = "what happened: time, side, from, to, reason",
	.takes = TAKES_WATCH | TAKES_SINCE | TAKES_MARKDOWN, .show = &show_events,
	.details = "The oldest first. As markdown it is the timeline of a post-incident review.\n"
	EXIT_ANSWERED WATCHED
	"\n"
	"Examples:\n"
	"  hawatch events --since 6h\n"
	"  hawatch events --since 6h -o markdown >review.md\n"},
    {.name = "check", .words = "", .help = "the daily health check, pass or fail per line",
	.takes = TAKES_WATCH | TAKES_PLUGIN, .run = run_check,
	.details = "Exit: 0 all pass, 1 any fails, 2 bad usage, 3 cannot be told or no answer\n"
		   "With --plugin: 0 OK, 1 WARNING, 2 CRITICAL (HA or a cloudspace), 3 UNKNOWN\n" WATCHED
		   "\n"
		   "Examples:\n"
		   "  hawatch check\n"
		   "  hawatch check --plugin --pair prod\n"},
    {.name = "wait", .words = "active | ready SIDE | drained SIDE", .help = "until it is so; progress meanwhile",
	.takes = TAKES_LIMIT | TAKES_TEXT_IN_PIPES, .words_min = 1, .words_max = 2, .run = run_wait,
	.details = "In a pipe a line at every change and every minute; with -o json, the summary.\n"
		   "A restart of the daemon is waited out, for 5 minutes.\n"
		   "Exit: 0 reached, 1 timed out, 2 bad usage, 3 no answer for long\n"
		   "\n"
		   "Examples:\n"
		   "  hawatch wait active --timeout 90m\n"
		   "  hawatch wait drained primary --timeout 2h && echo drained\n"},
    {.name = "maintenance", .words = "begin SIDE | end SIDE | status", .help = "declare that a side is worked on",
	.takes = TAKES_WINDOW, .words_min = 1, .words_max = 2, .run = run_maintenance,
	.details = "It silences that side's alerts, and ends by itself. Refused unless the other\n"
		   "side is UP. begin and end work over the daemon's Unix socket only.\n"
		   "Exit: 0 done, 1 refused, 2 bad usage, 3 no answer\n"
		   "\n"
		   "Examples:\n"
		   "  hawatch maintenance begin primary --for 2h --reason \"new node image\"\n"
		   "  hawatch maintenance status\n"
		   "  hawatch maintenance end primary\n"},
    {.name = "explain", .words = "[STATUS|SECTION]", .help = "the runbook for the present status, with your names",
	.takes = TAKES_TEXT_IN_PIPES | TAKES_MARKDOWN | TAKES_NO_JSON, .words_max = 1, .run = run_explain,
	.details = "The section of the runbook: a status, an alert's name, or any heading of it.\n"
		   "Without a daemon it shows a named section with the names of the examples.\n"
		   "Exit: 0 shown, 2 no such section, 3 the present status is not known\n"
		   "\n"
		   "Examples:\n"
		   "  hawatch explain\n"
		   "  hawatch explain BLOCKED_BOTH_UNAVAILABLE\n"
		   "  hawatch explain HACloudspaceDown -o markdown\n"},
};

enum { COMMANDS = sizeof commands / sizeof commands[0] };

static int show_text(struct buf *text)
{
	int code = screen_flush(text) == FLUSH_FAILED ? EXIT_UNKNOWN : EXIT_YES;
	buf_fini(text);
	return code;
}

/* What the command line left open comes from the environment; empty counts as unset. */
static bool complete(struct client *client)
{
	struct err e;
	const char *url = getenv("HAWATCH_URL"), *socket = getenv("HAWATCH_SOCKET");
	if (!client->url && !client->socket) {
		client->url = url && *url ? url : NULL;
		client->socket = socket && *socket ? socket : NULL;
	}
	if (!client_choose(client, &e)) {
		screen_complain("%s", e.text);
		return false;
	}
	return true;
}

static int run(const struct command *command, const struct cmd *cmd)
{
	if (command->run)
		return command->run(cmd);
	return cmd->watch_ms ? show_watch(cmd, command->name, command->show)
			     : show_once(cmd, command->show);
}

/*
 * To a plugin's caller 2 is CRITICAL, and only stdout is shown: a wrong command line is UNKNOWN there.
 */
static int misused(int argc, char *argv[])
{
	for (int i = 1; i < argc; i++)
		if (strcmp(argv[i], "--plugin") == 0) {
			struct buf line = buf_of(OUT_MAX_BYTES);
			buf_puts(&line, "HAWATCH UNKNOWN - bad usage; see hawatch check --help\n");
			show_text(&line);
			return EXIT_UNKNOWN;
		}
	return EXIT_USAGE;
}

int main(int argc, char *argv[])
{
	/* `| head` is then seen as EPIPE; a TLS connection in libcurl can raise it too. */
	signal(SIGPIPE, SIG_IGN);
	struct options o = {.cmd = {.screen = screen_open(),
				.client.timeout_ms = DEFAULT_TIMEOUT_MS,
				.limit_ms = DEFAULT_LIMIT_MS}};
	struct buf text = buf_of(OUT_MAX_BYTES);

	if (!options_parse(&o, commands, COMMANDS, argc, argv))
		return misused(argc, argv);
	if (o.is_version)
		buf_printf(&text, "hawatch, version %s (revision %s)\n", HAWATCH_VERSION, HAWATCH_REVISION);
	else if (o.is_help)
		options_put_help(o.command, commands, COMMANDS, &text);
	if (text.len)
		return show_text(&text);
	if (!o.command) {
		screen_complain("no command given; see hawatch --help");
		return EXIT_USAGE;
	}
	return complete(&o.cmd.client) ? run(o.command, &o.cmd) : misused(argc, argv);
}
