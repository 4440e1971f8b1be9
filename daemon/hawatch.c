/*
 * hawatch: the operator's command. It asks hawatchd and tells people in tables, scripts in JSON,
 * and both in exit codes.
 */
#include "hawatch_cmd.h"
#include "hawatch_time.h"

#include <getopt.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

enum { DEFAULT_TIMEOUT_MS = 5000, TEXT_MAX_BYTES = 64 << 10 };

/* A new command is one row here, its function in a hawatch_*.c file. */
static const struct command {
	const char *name, *help;
	int (*run)(const struct cmd *cmd);
	const char *details;
} commands[] = {
    {"status", "HA status of the pair, since when and why", cmd_status,
	"JSON: {pair, ha_status, ha_status_message, ha_status_since}\n"
	"Exit: 0 ACTIVE, 1 any other status, 2 bad usage, 3 UNKNOWN or no answer\n"
	"\n"
	"Examples:\n"
	"  hawatch status\n"
	"  hawatch status --pair prod -o json | jq -r .ha_status\n"},
    {"active", "true when the status is ACTIVE, false otherwise", cmd_active,
	"Exit: 0 ACTIVE, 1 any other status, 2 bad usage, 3 UNKNOWN or no answer\n"
	"\n"
	"Examples:\n"
	"  hawatch active && kubectl cordon -l kubernetes.io/os=linux\n"
	"  hawatch active --url http://127.0.0.1:29164 || echo \"exit $?\"\n"},
    {"summary", "status, both cloudspaces, node balance, capacity", cmd_summary,
	"JSON: the whole summary as the daemon gives it\n"
	"Exit: 0 answered (whatever the status), 2 bad usage, 3 no answer\n"
	"\n"
	"Examples:\n"
	"  hawatch summary\n"
	"  hawatch summary | jq .node_balance.constraining_side\n"
	"  hawatch summary -o table | less\n"},
};

static const char options_help[] =
    "Options:\n"
    "  --pair NAME          which pair; needed where several are configured\n"
    "  -o, --output FORMAT  table or json; default: table on a terminal, else json\n"
    "  --socket PATH        ask over this Unix socket ($HAWATCH_SOCKET)\n"
    "  --url URL            ask over HTTP ($HAWATCH_URL)\n"
    "                       default: " CLIENT_SOCKET " if this user\n"
    "                       may open it, else " CLIENT_URL "\n"
    "  --timeout DURATION   give up after, such as 500ms, 10s, 1m; default 5s\n"
    "  -h, --help           this text, or a command's\n"
    "  --version            version and revision\n";

enum { OPT_PAIR = 256, OPT_SOCKET, OPT_URL, OPT_TIMEOUT, OPT_VERSION };

static const struct option options[] = {
    {"pair", required_argument, NULL, OPT_PAIR},
    {"output", required_argument, NULL, 'o'},
    {"socket", required_argument, NULL, OPT_SOCKET},
    {"url", required_argument, NULL, OPT_URL},
    {"timeout", required_argument, NULL, OPT_TIMEOUT},
    {"help", no_argument, NULL, 'h'},
    {"version", no_argument, NULL, OPT_VERSION},
    {0},
};

/* What the command line says; `is_*` ask for a text instead of a run. */
struct line {
	struct cmd cmd;
	const struct command *command;
	bool is_help, is_version;
};

static const struct command *command_named(const char *name)
{
	for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	return NULL;
}

static int show(struct buf *text)
{
	int code = screen_flush(text) ? EXIT_YES : EXIT_UNKNOWN;
	buf_fini(text);
	return code;
}

static int show_help(const struct command *command)
{
	struct buf text = buf_of(TEXT_MAX_BYTES);
	if (command) {
		buf_printf(&text, "hawatch %s: %s\n\n%s\n%s", command->name, command->help,
		    command->details, options_help);
		return show(&text);
	}
	buf_puts(&text, "Usage: hawatch COMMAND [OPTIONS]\n"
			"Asks hawatchd how the pairs of cloudspaces that it watches are.\n"
			"\n"
			"Commands:\n");
	for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
		buf_printf(&text, "  %-12s  %s\n", commands[i].name, commands[i].help);
	buf_printf(&text,
	    "\n%s\n"
	    "Exit: 0 yes, 1 no, 2 bad usage, 3 cannot be told\n"
	    "\n"
	    "Examples:\n"
	    "  hawatch summary\n"
	    "  hawatch status --pair prod -o json | jq -r .ha_status\n"
	    "  hawatch COMMAND --help\n",
	    options_help);
	return show(&text);
}

static int show_version(void)
{
	struct buf text = buf_of(TEXT_MAX_BYTES);
	buf_printf(&text, "hawatch, version %s (revision %s)\n", HAWATCH_VERSION, HAWATCH_REVISION);
	return show(&text);
}

/* Says what is wrong with the command line. Returns false, like err_set(). */
static bool misused(const char *what, const char *which, const char *expected)
{
	screen_complain("%s '%s'; %s", what, which, expected);
	return false;
}

static bool take_option(struct line *line, int option, const char *given)
{
	const char flag[] = {'-', (char)optopt, '\0'};
	struct cmd *cmd = &line->cmd;
	switch (option) {
	case OPT_PAIR:
		cmd->pair = optarg;
		return *optarg || misused("empty", "--pair", "expected a pair's name");
	case OPT_SOCKET:
		cmd->client.socket = optarg;
		return *optarg || misused("empty", "--socket", "expected a path");
	case OPT_URL: cmd->client.url = optarg; return true;
	case OPT_TIMEOUT:
		return time_parse_duration(optarg, &cmd->client.timeout_ms) ||
		       misused(
			   "bad --timeout", optarg, "expected a duration such as 500ms, 10s, 1m");
	case OPT_VERSION: line->is_version = true; return true;
	case 'h': line->is_help = true; return true;
	case 'o':
		cmd->is_json = strcmp(optarg, "json") == 0;
		return cmd->is_json || strcmp(optarg, "table") == 0 ||
		       misused("bad --output", optarg, "expected table or json");
	case ':': return misused("no value for", given, "see hawatch --help");
	default: /* optopt is set where the culprit is a letter, maybe one of several */
		return misused("bad option", optopt > 0 && optopt < OPT_PAIR ? flag : given,
		    "see hawatch --help");
	}
}

/* Options may stand before and behind the command (getopt permutes). */
static bool parse(struct line *line, int argc, char *argv[])
{
	int option;
	opterr = 0;
	while ((option = getopt_long(argc, argv, ":o:h", options, NULL)) >= 0)
		if (!take_option(line, option, argv[optind - 1]))
			return false;
	const char *name = optind < argc ? argv[optind++] : NULL;
	if (name && strcmp(name, "help") == 0) {
		line->is_help = true;
		name = optind < argc ? argv[optind++] : NULL;
	}
	if (name && !(line->command = command_named(name)))
		return misused("unknown command", name, "see hawatch --help");
	if (optind < argc)
		return misused("unexpected argument", argv[optind], "see hawatch --help");
	return true;
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

int main(int argc, char *argv[])
{
	/* `| head` is then seen as EPIPE; a TLS connection in libcurl can raise it too. */
	signal(SIGPIPE, SIG_IGN);
	struct line line = {
	    .cmd = {.screen = screen_open(), .client.timeout_ms = DEFAULT_TIMEOUT_MS}};
	line.cmd.is_json = !line.cmd.screen.is_terminal;

	if (!parse(&line, argc, argv))
		return EXIT_USAGE;
	if (line.is_version)
		return show_version();
	if (line.is_help)
		return show_help(line.command);
	if (!line.command) {
		screen_complain("no command given; see hawatch --help");
		return EXIT_USAGE;
	}
	return complete(&line.cmd.client) ? line.command->run(&line.cmd) : EXIT_USAGE;
}
