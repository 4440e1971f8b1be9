#define _GNU_SOURCE /* getopt_long's permuting */
#include "cli/options.h"

#include "api.h"
#include "base/duration.h"
#include "base/text.h"
#include "cli/time.h"

#include <getopt.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

enum { WATCH_MS = 2000, LONGEST_MS = 24 * 3600 * 1000 };

#define SINCE_LONGEST_MS (3650 * INT64_C(86400000)) /* the longest journal.max_age */

enum option_id {
	OPT_FIRST = 255, /* above every letter */
	OPT_PAIR,
	OPT_WATCH,
	OPT_SINCE,
	OPT_PLUGIN,
	OPT_FOR,
	OPT_REASON,
	OPT_FORCE,
	OPT_FROM,
	OPT_TO,
	OPT_SET,
	OPT_CONFIRMED,
	OPT_CONFIRMED_FILE,
	OPT_PLOT,
	OPT_EXPLAIN,
	OPT_ALL,
	OPT_NO_PAGER,
	OPT_SOCKET,
	OPT_URL,
	OPT_CACERT,
	OPT_CERT,
	OPT_KEY,
	OPT_TOKEN_FILE,
	OPT_USER_FILE,
	OPT_TIMEOUT,
	OPT_VERSION,
};

/* How an option's argument is parsed, and the member of struct options for it. */
enum kind { TEXT, TEXTS, DURATION, FLAG, FORMAT };

/* In the order of --help. `takes` 0: an option of every command. */
static const struct row {
	int id;
	const char *name, *argument;
	unsigned takes;
	enum kind kind;
	size_t offset;
	const char *help;
} rows[] = {
#define INTO(member) offsetof(struct options, member)
    {OPT_PAIR, "pair", "NAME", TAKES_DAEMON, TEXT, INTO(cmd.pair), "name of the pair; required if there are several"},
    {'o', "output", "FORMAT", 0, FORMAT, INTO(cmd.format), "table or json; default: table on a terminal, else json"},
    {OPT_WATCH, "watch", "[=DURATION]", TAKES_WATCH, DURATION, INTO(cmd.watch_ms),
	"repeat, every 2s by default; Ctrl-C stops"},
    {OPT_SINCE, "since", "DURATION", TAKES_SINCE, DURATION, INTO(cmd.since_ms),
	"only events since then, such as 6h or 30d"},
    {OPT_PLUGIN, "plugin", NULL, TAKES_PLUGIN, FLAG, INTO(cmd.is_plugin),
	"one line and exit code for Nagios or Icinga"},
    {OPT_FOR, "for", "DURATION", TAKES_WINDOW, DURATION, INTO(cmd.window_ms),
	"length of the window, such as 2h; at most 8h"},
    {OPT_REASON, "reason", "TEXT", TAKES_WINDOW, TEXT, INTO(cmd.reason), "why; shown to other operators"},
    {OPT_FORCE, "force", NULL, TAKES_WINDOW, FLAG, INTO(cmd.is_forced), "begin although the other side is not UP"},
    {OPT_FROM, "from", "TIME", TAKES_REPLAY, TEXT, INTO(cmd.from), "only what is not before: 2026-11-23T20:14:05Z"},
    {OPT_TO, "to", "TIME", TAKES_REPLAY, TEXT, INTO(cmd.to), "only what is not after"},
    {OPT_SET, "set", "KEY=VALUE", TAKES_SET, TEXTS, INTO(cmd.set),
	"another setting, such as poll.fall=5;\nmay be given several times"},
    {OPT_CONFIRMED, "confirmed", "SPAN", TAKES_TUNE, TEXTS, INTO(cmd.confirmed),
	"an outage: FROM/TO or FROM/TO,SIDE, with times such\nas 2026-11-23T20:14:05Z; may be given several times"},
    {OPT_CONFIRMED_FILE, "confirmed-file", "FILE", TAKES_TUNE, TEXT, INTO(cmd.confirmed_file),
	"a file with such lines"},
    {OPT_PLOT, "plot", "FILE", TAKES_TUNE, TEXT, INTO(cmd.plot), "write a picture too, as SVG, to a new file"},
    {OPT_EXPLAIN, "explain", "TIME", TAKES_REPLAY, TEXT, INTO(cmd.explain),
	"why it was decided so at that time (HH:MM:SS, too)"},
    {OPT_ALL, "all", NULL, TAKES_ALL, FLAG, INTO(cmd.is_all), "the whole section, also for other reasons"},
    {OPT_NO_PAGER, "no-pager", NULL, TAKES_PAGER, FLAG, INTO(cmd.has_no_pager),
	"print a long text without a pager\n($HAWATCH_PAGER, $PAGER, default less)"},
    {OPT_SOCKET, "socket", "PATH", TAKES_DAEMON, TEXT, INTO(cmd.client.socket),
	"use this Unix socket ($HAWATCH_SOCKET)"},
    {OPT_URL, "url", "URL", TAKES_DAEMON, TEXT, INTO(cmd.client.url),
	"use HTTP ($HAWATCH_URL)\ndefault: " API_CONTROL_SOCKET "\nif this user can open it, else " API_URL},
    {OPT_CACERT, "cacert", "FILE", TAKES_DAEMON, TEXT, INTO(cmd.client.ca_file),
	"CA file for https; default: the system's CAs"},
    {OPT_CERT, "cert", "FILE", TAKES_DAEMON, TEXT, INTO(cmd.client.cert_file), "client certificate for https (PEM)"},
    {OPT_KEY, "key", "FILE", TAKES_DAEMON, TEXT, INTO(cmd.client.key_file),
	"its key; default: in the certificate's file"},
    {OPT_TOKEN_FILE, "token-file", "FILE", TAKES_DAEMON, TEXT, INTO(cmd.client.token_file), "file with a Bearer token"},
    {OPT_USER_FILE, "user-file", "FILE", TAKES_DAEMON, TEXT, INTO(cmd.client.user_file),
	"file with USER:PASSWORD (Basic)"},
    {OPT_TIMEOUT, "timeout", "DURATION", TAKES_DAEMON, DURATION, INTO(timeout_ms), NULL},
    {'h', "help", NULL, 0, FLAG, INTO(is_help), "this help, or a command's help"},
    {OPT_VERSION, "version", NULL, 0, FLAG, INTO(is_version), "show version and revision"},
#undef INTO
};

enum { ROWS = sizeof rows / sizeof *rows };

/* Reports a mistake on the command line. Returns false, like err_set(). */
static bool misused(const char *what, const char *which, const char *expected)
{
	screen_complain("%s '%s'; %s", what, which, expected);
	return false;
}

static bool take_text(const struct row *row, const char **out)
{
	*out = optarg;
	return *optarg || misused("no value for", row->name, "a value is required");
}

/* --watch without a value uses the default interval. */
static bool take_duration(const struct row *row, int64_t *out_ms)
{
	char option[32];
	snprintf(option, sizeof option, "bad --%s", row->name);
	int64_t ms = WATCH_MS, longest_ms = row->id == OPT_SINCE ? SINCE_LONGEST_MS : LONGEST_MS;
	bool is_good = !optarg || (duration_parse(optarg, &ms) == DURATION_GOOD && ms > 0 && ms <= longest_ms);
	if (is_good)
		*out_ms = ms;
	return is_good ||
	    misused(option, optarg,
		longest_ms == LONGEST_MS ? "expected a duration such as 500ms, 10s, 90m, 2h; at most 1d"
					 : "expected a duration such as 90m, 6h, 30d; at most 3650d");
}

static bool take_format(struct options *o)
{
	static const char *const names[] = {
	    [FORMAT_TABLE] = "table", [FORMAT_JSON] = "json", [FORMAT_MARKDOWN] = "markdown"};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strcmp(names[i], optarg) == 0) {
			o->cmd.format = (enum format)i;
			return o->has_format = true;
		}
	return misused("bad --output", optarg, "expected table, json or markdown");
}

static bool take_one_more(const struct row *row, struct options *o)
{
	bool is_setting = row->id == OPT_SET;
	const char **texts = is_setting ? o->cmd.set : o->cmd.confirmed;
	size_t *count = is_setting ? &o->cmd.set_count : &o->cmd.confirmed_count;
	if (is_setting && *count == SETTINGS_MAX)
		return misused("too many settings, the last is", optarg, "--set may be given 16 times");
	if (!is_setting && *count == CONFIRMED_MAX)
		return misused("too many spans, the last is", optarg,
		    "--confirmed may be given 64 times; --confirmed-file takes more");
	return take_text(row, &texts[(*count)++]);
}

static bool take(const struct row *row, struct options *o)
{
	void *to = (char *)o + row->offset;
	switch (row->kind) {
	case TEXT: return take_text(row, to);
	case TEXTS: return take_one_more(row, o);
	case DURATION: return take_duration(row, to);
	case FLAG: return *(bool *)to = true;
	case FORMAT: return take_format(o);
	}
	return false;
}

static const char *timeout_help(const struct command *command)
{
	return command && command->takes & TAKES_LIMIT ? "stop waiting after this time; default 2h"
	    : command && command->timeout_ms           ? "time limit, such as 10s; default 2m"
						       : "time limit per request, such as 10s; default 5s";
}

static unsigned takes_of(const struct command *command)
{
	const unsigned takes = command ? command->takes : 0;
	return takes | (takes & (TAKES_REPLAY | TAKES_TUNE) ? TAKES_SET : TAKES_DAEMON);
}

static bool belongs(const struct row *row, const struct command *command)
{
	return !row->takes || row->takes & takes_of(command);
}

static bool take_option(struct options *o, int option, const char *given, unsigned *taken)
{
	const char flag[] = {'-', (char)optopt, '\0'};
	for (size_t i = 0; i < ROWS; i++)
		if (rows[i].id == option) {
			*taken |= rows[i].takes;
			return take(&rows[i], o);
		}
	if (option == ':')
		return misused("no value for", given, "see hawatch --help");
	/* optopt is set if the wrong option is a letter, possibly one of several */
	return misused("bad option", optopt > 0 && optopt < OPT_FIRST ? flag : given, "see hawatch --help");
}

static bool choose_command(struct options *o, const char *name, const struct command *const commands[], size_t count)
{
	const struct command *best = NULL;
	size_t least = TEXT_UNLIKE;
	for (size_t i = 0; i < count; i++) {
		if (strcmp(commands[i]->name, name) == 0)
			o->command = commands[i];
		size_t distance = text_distance(name, commands[i]->name, strlen(commands[i]->name));
		if (commands[i]->help && distance < least) {
			least = distance;
			best = commands[i];
		}
	}
	if (!o->command && best)
		screen_complain("unknown command '%s'; did you mean '%s'?", name, best->name);
	else if (!o->command)
		misused("unknown command", name, "see hawatch --help");
	return o->command != NULL;
}

static const char *formats_of(const struct command *command)
{
	if (!(command->takes & TAKES_NO_JSON))
		return "expected table or json";
	return command->takes & TAKES_MARKDOWN ? "expected table or markdown" : "expected table";
}

/* The arguments after the command, and whether all options fit the command. */
static bool check(struct options *o, int count, char *words[], unsigned taken)
{
	const struct command *command = o->command;
	if (count > command->words_max)
		return misused("unexpected argument", words[command->words_max],
		    taken & TAKES_WATCH ? "an interval is written --watch=5s" : "see hawatch --help");
	if (count < command->words_min) {
		screen_complain("%s needs %s; see hawatch %s --help", command->name, command->words, command->name);
		return false;
	}
	for (int i = 0; i < count; i++)
		o->cmd.words[i] = words[i];
	for (size_t i = 0; i < ROWS; i++)
		if (rows[i].takes & taken & ~takes_of(command)) {
			screen_complain("'%s' does not take --%s; see hawatch %s --help", command->name, rows[i].name,
			    command->name);
			return false;
		}
	if (o->cmd.format == FORMAT_MARKDOWN && !(command->takes & TAKES_MARKDOWN))
		return misused("bad --output", "markdown", formats_of(command));
	if (o->has_format && o->cmd.format == FORMAT_JSON && command->takes & TAKES_NO_JSON)
		return misused("bad --output", "json", formats_of(command));
	if (!o->has_format)
		o->cmd.format =
		    o->cmd.screen.is_terminal || command->takes & TAKES_TEXT_IN_PIPES ? FORMAT_TABLE : FORMAT_JSON;
	if (o->timeout_ms && command->takes & TAKES_LIMIT)
		o->cmd.limit_ms = o->timeout_ms;
	else if (o->timeout_ms)
		o->cmd.client.timeout_ms = o->timeout_ms;
	else if (command->timeout_ms)
		o->cmd.client.timeout_ms = command->timeout_ms;
	return true;
}

bool options_parse(struct options *o, const struct command *const commands[], size_t count, int argc, char *argv[])
{
	struct option longs[ROWS + 1] = {0};
	unsigned taken = 0;
	for (size_t i = 0; i < ROWS; i++)
		longs[i] = (struct option){rows[i].name,
		    !rows[i].argument              ? no_argument
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

/* What depends on the command is not in the table. */
static const char *help_of(const struct row *row, const struct command *command)
{
	unsigned takes = command ? command->takes : 0;
	if (row->id == OPT_TIMEOUT)
		return timeout_help(command);
	if (row->id == OPT_SET && takes & TAKES_TUNE)
		return "the values of a key, such as poll.fall=2,3,5;\nmay be given several times";
	if (row->id == OPT_ALL && takes & TAKES_TUNE)
		return "every combination, not only the best";
	if (row->id == 'o' && takes & TAKES_NO_JSON)
		return takes & TAKES_MARKDOWN ? "table (default) or markdown" : "table";
	if (row->id == 'o' && takes & TAKES_MARKDOWN && takes & TAKES_TEXT_IN_PIPES)
		return "table (default), json or markdown";
	if (row->id == 'o' && takes & TAKES_MARKDOWN)
		return "table, json or markdown; default: table on a\nterminal, else json";
	if (row->id == 'o' && takes & TAKES_TEXT_IN_PIPES)
		return "table (default) or json";
	return row->help;
}

/* What a shell may offer. */
static const char *values_of(int id, const struct command *command)
{
	unsigned takes = command ? command->takes : 0;
	switch (id) {
	case 'o':
		return takes & TAKES_NO_JSON ? takes & TAKES_MARKDOWN ? "table markdown" : "table"
		    : takes & TAKES_MARKDOWN ? "table json markdown"
					     : "table json";
	case OPT_WATCH: return "2s 10s 1m";
	case OPT_SINCE: return "1h 6h 1d 30d";
	case OPT_FOR: return "1h 2h 4h 8h";
	case OPT_TIMEOUT: return "10s 90m 2h";
	default: return "";
	}
}

bool options_describe(size_t number, const struct command *command, struct options_doc *doc)
{
	if (number >= ROWS)
		return false;
	const struct row *row = &rows[number];
	*doc = (struct options_doc){
	    .letter = row->id < OPT_FIRST ? (char)row->id : '\0',
	    .name = row->name,
	    .argument = row->argument,
	    .values = values_of(row->id, command),
	    .help = help_of(row, command),
	    .is_of_command = belongs(row, command),
	};
	return true;
}

static void put_option(const struct row *row, const struct command *command, struct buf *out)
{
	char left[64] = "";
	struct buf name = buf_of(sizeof left);
	buf_printf(&name, "%s--%s%s%s", row->id < OPT_FIRST ? row->id == 'o' ? "-o, " : "-h, " : "", row->name,
	    row->argument && *row->argument != '[' ? " " : "", row->argument ? row->argument : "");
	buf_printf(out, "  %-20s  ", buf_text(&name));
	buf_fini(&name);
	const char *help = help_of(row, command);
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

void options_put_help(
    const struct command *command, const struct command *const commands[], size_t count, struct buf *out)
{
	if (command) {
		buf_printf(out, "Usage: hawatch %s%s%s [OPTIONS]\n%s\n\n%s\n", command->name,
		    *command->words ? " " : "", command->words, command->help ? command->help : "", command->details);
		put_options(command, out);
		return;
	}
	buf_puts(out,
	    "Usage: hawatch COMMAND [OPTIONS]\n"
	    "Shows the state of the cloudspace pairs that hawatchd watches.\n"
	    "\n"
	    "Commands:\n");
	for (size_t i = 0; i < count; i++)
		if (commands[i]->help)
			buf_printf(out, "  %-12s  %s\n", commands[i]->name, commands[i]->help);
	buf_putc(out, '\n');
	put_options(NULL, out);
	buf_puts(out,
	    "\n"
	    "Exit: 0 yes, 1 no, 2 wrong usage, 3 unknown or no answer\n"
	    "\n"
	    "Examples:\n"
	    "  hawatch explain\n"
	    "  hawatch summary --watch\n"
	    "  hawatch status --pair prod -o json | jq -r .ha_status\n"
	    "  hawatch COMMAND --help\n");
}
