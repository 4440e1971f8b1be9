/* The command line of `hawatch`. */
#pragma once

#include "cli/cmd.h"

/* The parsed command line. With `is_*` the program prints a text instead of running a command. */
struct options {
	struct cmd cmd;
	const struct command *command; /* NULL: none given */
	bool is_help, is_version;
	bool has_format;
	int64_t timeout_ms; /* 0: not given; its meaning depends on the command */
};

/*
 * Parses the command line: options may stand before and after the command. `options` holds the defaults.
 * False if it is wrong; the mistake is then on stderr.
 */
bool options_parse(struct options *options, const struct command *const commands[], size_t count, int argc,
    char *argv[]) __attribute__((warn_unused_result));

/* An option as a reader, or a shell, sees it. */
struct options_doc {
	char letter; /* 'o' of -o; 0 without one */
	const char *name;
	const char *argument; /* NULL: it has none; "[=X]": only behind a "=", and not always */
	const char *values;   /* of which an argument may be, with spaces between them; "" when that is open */
	const char *help;
	bool is_of_command; /* the command takes it */
};

/* The option of this number, from 0; false behind the last one. Without a command: what all commands take. */
bool options_describe(size_t number, const struct command *command, struct options_doc *doc)
    __attribute__((warn_unused_result));

/* Appends the help of the program, or of one command with its options. */
void options_put_help(
    const struct command *command, const struct command *const commands[], size_t count, struct buf *out);
