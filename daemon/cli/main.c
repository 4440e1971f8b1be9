/*
 * hawatch: the operator's command. It queries hawatchd and prints tables for people, JSON for scripts, and
 * sets an exit code for both.
 */
#define _POSIX_C_SOURCE 200809L /* setenv */
#include "cli/complete.h"
#include "cli/options.h"
#include "cli/show.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

enum { DEFAULT_TIMEOUT_MS = 5000, DEFAULT_LIMIT_MS = 2 * 3600 * 1000, COMPLETE_TIMEOUT_MS = 1000 };

/* In the order of --help. A new command is a file cmd_*.c and a line here. */
static const struct command *const commands[] = {
    &cmd_status,
    &cmd_active,
    &cmd_summary,
    &cmd_cloudspaces,
    &cmd_cloudspace,
    &cmd_node_balance,
    &cmd_runners,
    &cmd_apps,
    &cmd_events,
    &cmd_incidents,
    &cmd_top,
    &cmd_check,
    &cmd_doctor,
    &cmd_wait,
    &cmd_maintenance,
    &cmd_reload,
    &cmd_explain,
    &cmd_replay,
    &cmd_tune,
};

enum { COMMANDS = sizeof commands / sizeof *commands };

static int show_text(struct buf *text)
{
	int code = screen_flush(text) == FLUSH_FAILED ? EXIT_UNKNOWN : EXIT_YES;
	buf_fini(text);
	return code;
}

/* Fills in from the environment what the command line leaves open. Empty counts as unset. */
static bool choose_client(struct client *client)
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
	return cmd->watch_ms ? show_watch(cmd, command->name, command->show) : show_once(cmd, command->show);
}

/*
 * For a caller of the plugin, exit code 2 means CRITICAL, and only stdout is shown. So wrong usage gives
 * UNKNOWN there.
 */
static int misused(int argc, char *argv[])
{
	for (int i = 1; i < argc; i++)
		if (strcmp(argv[i], "--plugin") == 0) {
			struct buf line = buf_of(OUT_MAX_BYTES);
			buf_puts(&line, "HAWATCH UNKNOWN - wrong usage; see hawatch check --help\n");
			show_text(&line);
			return EXIT_UNKNOWN;
		}
	return EXIT_USAGE;
}

/* For the scripts in config/completion: not for people, so no command. */
static int complete_word(int argc, char *argv[], struct options *o)
{
	struct buf out = buf_of(OUT_MAX_BYTES);
	o->cmd.client.timeout_ms = COMPLETE_TIMEOUT_MS;
	/* Where to ask; the line may still be wrong. */
	(void)!options_parse(o, commands, COMMANDS, argc - 1, argv);
	if (o->timeout_ms)
		o->cmd.client.timeout_ms = o->timeout_ms;
	const struct cmd *cmd = choose_client(&o->cmd.client) ? &o->cmd : NULL;
	complete_put(commands, COMMANDS, argv + 1, argc - 1, cmd, &out);
	client_fini(&o->cmd.client);
	return show_text(&out);
}

int main(int argc, char *argv[])
{
	/* Writing to a closed pipe (`| head`) then fails with EPIPE. TLS in libcurl can raise SIGPIPE too. */
	signal(SIGPIPE, SIG_IGN);
	setenv("TZ", "UTC0", 1); /* timegm() and gmtime_r() obey a zone with leap seconds (right/UTC) */
	struct options o = {
	    .cmd = {.screen = screen_open(), .client.timeout_ms = DEFAULT_TIMEOUT_MS, .limit_ms = DEFAULT_LIMIT_MS}};
	struct buf text = buf_of(OUT_MAX_BYTES);

	if (argc > 2 && strcmp(argv[1], "__complete") == 0)
		return complete_word(argc - 1, argv + 1, &o);
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
	int code = choose_client(&o.cmd.client) ? run(o.command, &o.cmd) : misused(argc, argv);
	client_fini(&o.cmd.client);
	return code;
}
