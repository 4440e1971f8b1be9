/* The interface of all commands of `hawatch`: where to ask, how to show, which exit code. */
#pragma once

#include "cli/client.h"
#include "cli/screen.h"

#include <stdbool.h>

/* Exit codes, with the same meaning in all commands. */
enum {
	EXIT_YES = 0,
	EXIT_NO = 1,      /* answered: no */
	EXIT_USAGE = 2,   /* wrong usage: command, option, pair or side */
	EXIT_UNKNOWN = 3, /* unknown: status UNKNOWN, no answer, invalid answer, or stdout failed */
};

enum { WORDS_MAX = 3, SETTINGS_MAX = 16, CONFIRMED_MAX = 64, OUT_MAX_BYTES = 32 << 20 };

enum format { FORMAT_TABLE, FORMAT_JSON, FORMAT_MARKDOWN };

/* Options of some commands only. */
enum {
	TAKES_WATCH = 1,
	TAKES_SINCE = 2,
	TAKES_PLUGIN = 4,
	TAKES_LIMIT = 8,   /* --timeout limits the whole wait, not one request */
	TAKES_WINDOW = 16, /* --for, --reason, --force */
	TAKES_MARKDOWN = 32,
	TAKES_TEXT_IN_PIPES = 64, /* text is the default in pipes too */
	TAKES_NO_JSON = 128,
	TAKES_ALL = 256,
	TAKES_PAGER = 512,
	TAKES_REPLAY = 1024, /* --from, --to, --explain; no daemon is asked */
	TAKES_DAEMON = 2048, /* which daemon is asked: of every command but those with TAKES_REPLAY or TAKES_TUNE */
	TAKES_TUNE = 4096,   /* --confirmed, --confirmed-file, --plot; no daemon is asked */
	TAKES_SET = 8192,    /* --set: of these two */
};

/* One run of the program. Texts are borrowed from argv and the environment. */
struct cmd {
	struct client client;
	struct screen screen;
	const char *pair; /* NULL: the daemon's only pair */
	enum format format;
	const char *words[WORDS_MAX + 1]; /* arguments after the command name, then NULL */
	const char *reason, *from, *to, *explain, *confirmed_file, *plot;
	const char *set[SETTINGS_MAX], *confirmed[CONFIRMED_MAX];
	size_t set_count, confirmed_count;
	int64_t watch_ms, since_ms, limit_ms, window_ms; /* 0: not given */
	bool is_forced, is_plugin, is_all, has_no_pager;
};

struct cJSON;
struct answer;

/* A command that shows one document of the daemon, once or repeatedly. */
struct show {
	const char *path; /* "/api/v1/summary" */
	/* How to ask for it; NULL: one request for the path. */
	int (*ask)(const struct cmd *cmd, struct answer *answer, struct err *e);
	bool is_long; /* on a terminal the pager shows it */
	/* True if the object is this document, of this pair, and is consistent. */
	bool (*is_good)(const struct cmd *cmd, const struct cJSON *json);
	/* Path of the sides in the document, if the command's first argument is a side; else NULL. */
	const char *sides;
	/* The exit code of a good answer. NULL: always EXIT_YES. */
	int (*judge)(const struct cmd *cmd, const struct answer *answer);
	/* Text for people; also for FORMAT_MARKDOWN in cmd->format. */
	void (*put)(const struct cmd *cmd, const struct answer *answer, struct buf *out);
	/* What an answer that refuses has beside its sentence. NULL: nothing. */
	void (*put_refusal)(const struct cmd *cmd, const struct answer *answer, struct buf *out);
	/* NULL: prints the received JSON, or the part of one side. */
	void (*put_json)(const struct cmd *cmd, const struct answer *answer, struct buf *out);
};

/* Lines of --help that several commands share. */
#define EXIT_BY_STATUS "Exit: 0 ACTIVE, 1 any other status, 2 wrong usage, 3 UNKNOWN or no answer\n"
#define EXIT_ANSWERED "Exit: 0 answered (any content), 2 wrong usage, 3 no answer\n"
#define WATCHED "With --watch in a pipe: one answer after another, JSON on one line each.\n"

/* A command: its options, and either what it shows or how it runs. Each is defined at the end of its file. */
struct command {
	const char *name, *words;
	const char *help; /* NULL: not listed in --help */
	const char *details;
	unsigned takes;
	int words_min, words_max;
	int timeout_ms; /* per request, if the user gives none; 0: that of all commands */
	const struct show *show;
	int (*run)(const struct cmd *cmd);
};

extern const struct command cmd_active, cmd_apps, cmd_check, cmd_cloudspace, cmd_cloudspaces, cmd_doctor, cmd_events,
    cmd_explain, cmd_incidents, cmd_maintenance, cmd_node_balance, cmd_reload, cmd_replay, cmd_runners, cmd_status,
    cmd_summary, cmd_top, cmd_tune, cmd_wait;
