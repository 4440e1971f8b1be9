/* The command line of `hawatch`. */
#ifndef HAWATCH_CLI_OPTIONS_H
#define HAWATCH_CLI_OPTIONS_H

#include "cli/cmd.h"

/* What the command line says; `is_*` ask for a text instead of a run. */
struct options {
	struct cmd cmd;
	const struct command *command; /* NULL: none is named */
	bool is_help, is_version;
	bool has_format;
	int64_t timeout_ms; /* 0: not given; whose it is depends on the command */
};

/*
 * Reads it: options may stand before and behind the command. `options` holds the defaults. False
 * when it is wrong, which is then said on stderr.
 */
bool options_parse(struct options *options, const struct command *const commands[], size_t count, int argc,
    char *argv[]) __attribute__((warn_unused_result));

/* Appends the help of the program, or of one command with the options that it takes. */
void options_put_help(const struct command *command, const struct command *const commands[], size_t count,
    struct buf *out);

#endif
