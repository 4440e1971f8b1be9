/* Shows a document: once, or again and again while a person sits and looks. */
#ifndef HAWATCH_CLI_SHOW_H
#define HAWATCH_CLI_SHOW_H

#include "cli/cmd.h"

/* Asks once and shows the answer on stdout, what is wrong on stderr. Returns the exit code. */
int show_once(const struct cmd *cmd, const struct show *show);

/*
 * Every cmd->watch_ms until Ctrl-C: on a terminal in place, the last good answer staying with its age
 * while none comes; elsewhere one answer after the other (JSON: one line each). Returns the last
 * exit code.
 */
int show_watch(const struct cmd *cmd, const char *name, const struct show *show);

/* Appends an answer as `cmd` wants it. Returns its exit code. */
int show_put(const struct cmd *cmd, const struct show *show, const struct answer *answer,
    struct buf *out);

#endif
