/* What Spot lists, asked once, before there is a configuration. */
#pragma once

#include "config/conf.h"
#include "render/report.h"

/* Of all names: many more than a configuration can have. */
enum { DISCOVER_NAMES_MAX_BYTES = 4 << 20 };

/*
 * Asks for the cloudspaces of `conf->spot`, for which places of the environment count as in a daemon; the rest of
 * `conf` is only its timing. Appends their names, each ended by \n, to `names`, and to `report` how that went. False
 * with the mistakes in `errs` if it cannot ask; true with an empty report if a signal came.
 */
bool discover(struct conf *conf, int signal_fd, struct buf *names, struct report *report, struct errs *errs)
    __attribute__((warn_unused_result));
