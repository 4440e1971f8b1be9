#define _GNU_SOURCE /* getopt_long's permuting */
#include "hawatch_options.h"

#include "hawatch_nearest.h"
#include "hawatch_time.h"

#include <getopt.h>
#include <string.h>

enum { WATCH_MS = 2000 };

enum option_id {
	OPT_FIRST = 255, /* behind every letter */
	OPT_PAIR,
	OPT_WATCH,
	OPT_SINCE,
	OPT_PLUGIN,
	OPT_FOR,
	OPT_REASON,
	OPT_FORCE,
	OPT_SOCKET,
	OPT_URL,
	OPT_CACERT,
	OPT_TOKEN_FILE,
	OPT_USER_FILE,
	OPT_TIMEOUT,
	OPT_VERSION,
};

static bool misused(const char *what, const char *which, const char *expected);
static bool take_duration(const char *option, int64_t *out_ms);

static bool take_text(const char *option, const char **out)
{
	*out = optarg;
	return *optarg || misused("empty", option, "expected something");
}

static bool take_pair(struct options *o)
{
	return take_text("--pair", &o->cmd.pair);
}

static bool take_format(struct options *o)
{
	static const char *const names[] = {
	    [FORMAT_TABLE] = "table", [FORMAT_JSON] = "json", [FORMAT_MARKDOWN] = "markdown"};
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (strcmp(names[i], optarg) == 0) {
			o->cmd.format = (enum format)i;
			o->has_format = true;
			return true;
		}
	return misused("bad --output", optarg, "expected table, json or markdown");
}

static bool take_watch(struct options *o)
{
	o->cmd.watch_ms = WATCH_MS;
	return !optarg || take_duration("bad --watch", &o->cmd.watch_ms);
}

static bool take_since(struct options *o)
{
	return take_duration("bad --since", &o->cmd.since_ms);
}

static bool take_plugin(struct options *o)
{
	return o->cmd.is_plugin = true;
}

static bool take_for(struct options *o)
{
	return take_duration("bad --for", &o->cmd.window_ms);
}

static bool take_reason(struct options *o)
{
	return take_text("--reason", &o->cmd.reason);
}

static bool take_force(struct options *o)
{
	return o->cmd.is_forced = true;
}

static bool take_socket(struct options *o)
{
	return take_text("--socket", &o->cmd.client.socket);
}

static bool take_url(struct options *o)
{
	o->cmd.client.url = optarg;
	return true;
}

static bool take_cacert(struct options *o)
{
	return take_text("--cacert", &o->cmd.client.ca_file);
}

static bool take_token_file(struct options *o)
{
	return take_text("--token-file", &o->cmd.client.token_file);
}

static bool take_user_file(struct options *o)
{
	return take_text("--user-file", &o->cmd.client.user_file);
}

static bool take_timeout(struct options *o)
{
	return take_duration("bad --timeout", &o->timeout_ms);
}

static bool take_version(struct options *o)
{
	return o->is_version = true;
}

static bool take_help(struct options *o)
{
	return o->is_help = true;
}

/* In the order of the help. `takes` 0: every command's. */
static const struct row {
	int id;
	const char *name, *argument;
	unsigned takes;
	const char *help;
	bool (*take)(struct options *o);
} rows[] = {
    {OPT_PAIR, "pair", "NAME", 0, "which pair; needed where several are configured", take_pair},
    {'o', "output", "FORMAT", 0, "table or json; default: table on a terminal, else json", take_format},
    {OPT_WATCH, "watch", "[=DURATION]", TAKES_WATCH, "again and again, every 2s; Ctrl-C ends", take_watch},
    {OPT_SINCE, "since", "DURATION", TAKES_SINCE, "no older ones, such as 6h; at most 1d", take_since},
    {OPT_PLUGIN, "plugin", NULL, TAKES_PLUGIN, "one line for Nagios or Icinga, their exit codes", take_plugin},
    {OPT_FOR, "for", "DURATION", TAKES_WINDOW, "how long, such as 2h; at most 8h", take_for},
    {OPT_REASON, "reason", "TEXT", TAKES_WINDOW, "why, for those who will ask", take_reason},
    {OPT_FORCE, "force", NULL, TAKES_WINDOW, "even though the other side is not UP", take_force},
    {OPT_SOCKET, "socket", "PATH", 0, "ask over this Unix socket ($HAWATCH_SOCKET)", take_socket},
    {OPT_URL, "url", "URL", 0, "ask over HTTP ($HAWATCH_URL)\n"
	"default: " CLIENT_SOCKET "\nif this user may open it, else " CLIENT_URL, take_url},
    {OPT_CACERT, "cacert", "FILE", 0, "the CA of an https URL; default: the system's", take_cacert},
    {OPT_TOKEN_FILE, "token-file", "FILE", 0, "send the token in it (Bearer)", take_token_file},
    {OPT_USER_FILE, "user-file", "FILE", 0, "send the USER:PASSWORD in it (Basic)", take_user_file},
    {OPT_TIMEOUT, "timeout", "DURATION", 0, NULL, take_timeout},
    {'h', "help", NULL, 0, "this text, or a command's", take_help},
    {OPT_VERSION, "version", NULL, 0, "version and revision", take_version},
};

enum { ROWS = sizeof rows / sizeof rows[0] };

/* Says what is wrong with the command line. Returns false, like err_set(). */
static bool misused(const char *what, const char *which, const char *expected)
{
	screen_complain("%s '%s'; %s", what, which, expected);
	return false;
}

static bool take_duration(const char *option, int64_t *out_ms)
{
	return time_parse_duration(optarg, out_ms) ||
	       misused(option, optarg, "expected a duration such as 500ms, 10s, 90m, 2h");
}

static const char *timeout_help(const struct command *command)
{
	return command && command->takes & TAKES_LIMIT ? "stop waiting after, such as 90m; default 2h"
						       : "give up after, such as 500ms, 10s; default 5s";
}

static bool belongs(const struct row *row, const struct command *command)
{
	return !row->takes || (command && row->takes & command->takes);
}

static bool take_option(struct options *o, int option, const char *given, unsigned *taken)
{
	const char flag[] = {'-', (char)optopt, '\0'};
	for (size_t i = 0; i < ROWS; i++)
		if (rows[i].id == option) {
			*taken |= rows[i].takes;
			return rows[i].take(o);
		}
	if (option == ':')
		return misused("no value for", given, "see hawatch --help");
	/* optopt is set where the culprit is a letter, maybe one of several */
	return misused("bad option", optopt > 0 && optopt < OPT_FIRST ? flag : given, "see hawatch --help");
}

static bool choose_command(
    struct options *o, const char *name, const struct command commands[], size_t count)
{
	const struct command *best = NULL;
	size_t least = NEAREST_FAR;
	for (size_t i = 0; i < count; i++) {
		if (strcmp(commands[i].name, name) == 0)
			o->command = &commands[i];
		size_t distance = nearest_distance(name, commands[i].name, strlen(commands[i].name));
		if (distance < least) {
			least = distance;
			best = &commands[i];
		}
	}
	if (!o->command && best)
		screen_complain("unknown command '%s'; did you mean '%s'?", name, best->name);
	else if (!o->command)
		misused("unknown command", name, "see hawatch --help");
	return o->command != NULL;
}

/* The words behind the command, and whether all of it belongs together. */
static bool check(struct options *o, int count, char *words[], unsigned taken)
{
	const struct command *command = o->command;
	if (count > command->words_max)
		return misused("unexpected argument", words[command->words_max],
		    taken & TAKES_WATCH ? "an interval is written --watch=5s" : "see hawatch --help");
	if (count < command->words_min) {
		screen_complain("%s needs %s; see hawatch %s --help", command->name, command->words,
		    command->name);
		return false;
	}
	for (int i = 0; i < count; i++)
		o->cmd.words[i] = words[i];
	for (size_t i = 0; i < ROWS; i++)
		if (rows[i].takes & taken & ~command->takes) {
			screen_complain("'%s' does not take --%s; see hawatch %s --help", command->name,
			    rows[i].name, command->name);
			return false;
		}
	if (o->cmd.format == FORMAT_MARKDOWN && !(command->takes & TAKES_MARKDOWN))
		return misused("bad --output", "markdown", "expected table or json");
	if (o->has_format && o->cmd.format == FORMAT_JSON && command->takes & TAKES_NO_JSON)
		return misused("bad --output", "json", "expected table or markdown");
	if (!o->has_format)
		o->cmd.format = o->cmd.screen.is_terminal || command->takes & TAKES_TEXT_IN_PIPES
				    ? FORMAT_TABLE
				    : FORMAT_JSON;
	if (o->timeout_ms && command->takes & TAKES_LIMIT)
		o->cmd.limit_ms = o->timeout_ms;
	else if (o->timeout_ms)
		o->cmd.client.timeout_ms = o->timeout_ms;
	return true;
}

bool options_parse(struct options *o, const struct command commands[], size_t count, int argc,
    char *argv[])
{
	struct option longs[ROWS + 1] = {0};
	unsigned taken = 0;
	for (size_t i = 0; i < ROWS; i++)
		longs[i] = (struct option){rows[i].name,
		    !rows[i].argument		  ? no_argument
		    : *rows[i].argument == '[' ? optional_argument
						  : required_argument,
		    NULL, rows[i].id};
	opterr = 0;
	for (int option; (option = getopt_long(argc, argv, ":o:h", longs, NULL)) >= 0;)
		if (!take_option(o, option, argv[optind - 1], &taken))
			return false;
	if (optind < argc && strcmp(argv[optind], "help") == 0) {
		o->is_help = true;
		optind++;
	}
	if (optind == argc || o->is_version)
		return true;
	if (!choose_command(o, argv[optind++], commands, count))
		return false;
	return o->is_help || check(o, argc - optind, argv + optind, taken);
}

static void put_option(const struct row *row, const struct command *command, struct buf *out)
{
	char left[64] = "";
	struct buf name = buf_of(sizeof left);
	buf_printf(&name, "%s--%s%s%s", row->id < OPT_FIRST ? row->id == 'o' ? "-o, " : "-h, " : "",
	    row->name, row->argument && *row->argument != '[' ? " " : "",
	    row->argument ? row->argument : "");
	buf_printf(out, "  %-20s  ", buf_text(&name));
	buf_fini(&name);
	const char *help = row->help ? row->help : timeout_help(command);
	if (row->id == 'o' && command && command->takes & TAKES_MARKDOWN)
		help = command->takes & TAKES_NO_JSON ? "table (for people, the default) or markdown"
						      : "table, json or markdown; default: table on a\nterminal, else json";
	else if (row->id == 'o' && command && command->takes & TAKES_TEXT_IN_PIPES)
		help = "table (for people, the default) or json";
	for (const char *line = help; *line;) {
		size_t len = strcspn(line, "\n");
		buf_printf(out, "%s%.*s\n", line == help ? "" : "                        ", (int)len, line);
		line += len + (line[len] == '\n');
	}
}

static void put_options(const struct command *command, struct buf *out)
{
	buf_puts(out, "Options:\n");
	for (size_t i = 0; i < ROWS; i++)
		if (belongs(&rows[i], command))
			put_option(&rows[i], command, out);
}

void options_put_help(const struct command *command, const struct command commands[], size_t count,
    struct buf *out)
{
	if (command) {
		buf_printf(out, "Usage: hawatch %s%s%s [OPTIONS]\n%s\n\n%s\n", command->name,
		    *command->words ? " " : "", command->words, command->help, command->details);
		put_options(command, out);
		return;
	}
	buf_puts(out, "Usage: hawatch COMMAND [OPTIONS]\n"
		      "Asks hawatchd how the pairs of cloudspaces that it watches are.\n"
		      "\n"
		      "Commands:\n");
	for (size_t i = 0; i < count; i++)
		buf_printf(out, "  %-12s  %s\n", commands[i].name, commands[i].help);
	buf_putc(out, '\n');
	put_options(NULL, out);
	buf_puts(out, "\n"
		      "Exit: 0 yes, 1 no, 2 bad usage, 3 cannot be told\n"
		      "\n"
		      "Examples:\n"
		      "  hawatch explain\n"
		      "  hawatch summary --watch\n"
		      "  hawatch status --pair prod -o json | jq -r .ha_status\n"
		      "  hawatch COMMAND --help\n");
}
