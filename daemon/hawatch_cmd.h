/*
 * What every command of `hawatch` gets and gives: where to ask, how to show, which exit code. A
 * command is one row of the table in hawatch.c and one function declared here.
 */
#ifndef HAWATCH_CMD_H
#define HAWATCH_CMD_H

#include "hawatch_client.h"
#include "hawatch_screen.h"

#include <stdbool.h>

/* Exit codes, of one meaning in all commands (product.md, "Programs"). */
enum {
	EXIT_YES = 0,
	EXIT_NO = 1,      /* answered, and it is not so */
	EXIT_USAGE = 2,   /* the question was wrong: command, option or pair */
	EXIT_UNKNOWN = 3, /* could not be told: UNKNOWN, no answer, a bad one, stdout failed */
};

/* One run of the program. Texts are borrowed from argv and the environment. */
struct cmd {
	struct client client;
	struct screen screen;
	const char *pair; /* NULL: the daemon's only one */
	bool is_json;     /* JSON rather than tables */
};

int cmd_status(const struct cmd *cmd);
int cmd_active(const struct cmd *cmd);
int cmd_summary(const struct cmd *cmd);

#endif
