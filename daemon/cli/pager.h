/*
 * Long texts on a terminal, as git and systemctl show them: the beginning stays on the screen. The pager is
 * $HAWATCH_PAGER, else $PAGER, else less; "" and "cat" mean none. less gets LESS=FRX where it is not set: it ends by
 * itself when all fits on one screen, and leaves the text there.
 */
#pragma once

#include "cli/cmd.h"

/*
 * Shows `out` by the pager, and returns when that has ended; writes it to stdout when stdout is no terminal, with
 * --no-pager, or when the pager cannot be started.
 */
enum flush pager_flush(const struct cmd *cmd, const struct buf *out) __attribute__((warn_unused_result));
