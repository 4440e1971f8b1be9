/*
 * What every command of `hawatch` gets and gives: where to ask, how to show, which exit code.
 */
#ifndef HAWATCH_CLI_CMD_H
#define HAWATCH_CLI_CMD_H

#include "cli/client.h"
#include "cli/screen.h"

#include <stdbool.h>

/* Exit codes, of one meaning in all commands. */
enum {
	EXIT_YES = 0,
	EXIT_NO = 1,      /* answered, and it is not so */
	EXIT_USAGE = 2,   /* the question was wrong: command, option, pair or side */
	EXIT_UNKNOWN = 3, /* could not be told: UNKNOWN, no answer, a bad one, stdout failed */
};

enum { WORDS_MAX = 3, OUT_MAX_BYTES = 8 << 20 };

enum format { FORMAT_TABLE, FORMAT_JSON, FORMAT_MARKDOWN };

/* Options that only some commands take. */
enum {
	TAKES_WATCH = 1,
	TAKES_SINCE = 2,
	TAKES_PLUGIN = 4,
	TAKES_LIMIT = 8,  /* --timeout bounds the whole wait, not one question */
	TAKES_WINDOW = 16, /* --for, --reason, --force */
	TAKES_MARKDOWN = 32,
	TAKES_TEXT_IN_PIPES = 64, /* no JSON unless asked for: its output is for people */
	TAKES_NO_JSON = 128,
};

/* One run of the program. Texts are borrowed from argv and the environment. */
struct cmd {
	struct client client;
	struct screen screen;
	const char *pair; /* NULL: the daemon's only one */
	enum format format;
	const char *words[WORDS_MAX + 1]; /* behind the command's name, then NULL */
	const char *reason;
	int64_t watch_ms, since_ms, limit_ms, window_ms; /* 0: not given */
	bool is_forced, is_plugin;
};

struct cJSON;
struct answer;

/* A command that shows one document of the daemon's, once or again and again. */
struct show {
	const char *path; /* "/api/v1/summary" */
	/* Whether an object is this document, of this pair, and does not contradict itself. */
	bool (*is_good)(const struct cmd *cmd, const struct cJSON *json);
	/* Where its sides stand, for a command whose first word names one; else NULL. */
	const char *sides;
	/* The exit code of a good answer; NULL: EXIT_YES, whatever it says. */
	int (*judge)(const struct cmd *cmd, const struct answer *answer);
	/* For people, and (with its own sense) cmd->format FORMAT_MARKDOWN. */
	void (*put)(const struct cmd *cmd, const struct answer *answer, struct buf *out);
	/* NULL: as it came, or of one side what came. */
	void (*put_json)(const struct cmd *cmd, const struct answer *answer, struct buf *out);
};

/* What --help of several commands says in the same words. */
#define EXIT_BY_STATUS "Exit: 0 ACTIVE, 1 any other status, 2 bad usage, 3 UNKNOWN or no answer\n"
#define EXIT_ANSWERED "Exit: 0 answered (whatever it says), 2 bad usage, 3 no answer\n"
#define WATCHED                                                                                    \
	"With --watch in a pipe: one answer after the other, JSON one line each.\n"

/* A command: what it takes, and either what it shows or how it runs. Each is defined at the end of its file. */
struct command {
	const char *name, *words;
	const char *help; /* NULL: not for people, and not listed */
	const char *details;
	unsigned takes;
	int words_min, words_max;
	const struct show *show;
	int (*run)(const struct cmd *cmd);
};

extern const struct command cmd_active, cmd_apps, cmd_check, cmd_cloudspace, cmd_cloudspaces, cmd_complete, cmd_events,
    cmd_explain, cmd_maintenance, cmd_node_balance, cmd_runners, cmd_status, cmd_summary, cmd_wait;

#endif
