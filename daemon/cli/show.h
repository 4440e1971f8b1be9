/* Shows a document once, or repeatedly with --watch. */
#pragma once

#include "cli/cmd.h"

/* Gets the document once; prints it on stdout, problems on stderr. Returns the exit code. */
int show_once(const struct cmd *cmd, const struct show *show);

/* The same for a request of the caller. */
int show_question(const struct cmd *cmd, const struct show *show, const struct client_question *question);

/*
 * Repeats every cmd->watch_ms until Ctrl-C. A terminal is redrawn in place and keeps the last good answer
 * with its age while there is no new one. Elsewhere prints one answer after another (JSON: one line each).
 * Returns the last exit code.
 */
int show_watch(const struct cmd *cmd, const char *name, const struct show *show);

/* Appends an answer in the format of `cmd`. Returns its exit code. */
int show_put(const struct cmd *cmd, const struct show *show, const struct answer *answer, struct buf *out);
