/*
 * hawatch __complete WORD...: what the last word may be completed to, as base/completion.h says. Commands, options and
 * arguments come from the tables, names of pairs and sides from the daemon.
 */
#pragma once

#include "cli/cmd.h"

/*
 * `words` are those behind `__complete`, at least one; the last one may be empty. `cmd` says where to ask; NULL:
 * nowhere. Without an answer there are no names: the tab key must not print errors.
 */
void complete_put(const struct command *const commands[], size_t count, char *const words[], int word_count,
    const struct cmd *cmd, struct buf *out);
