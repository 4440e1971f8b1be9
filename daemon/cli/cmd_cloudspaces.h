/* The sides, as Spot and Kubernetes report them. */
#pragma once

#include "cli/blocks.h"

/* The most important values of every side, from the summary. */
void cmd_cloudspaces_put_short(const struct screen *screen, const struct cJSON *sides, wall_ms now, struct buf *out);

/* The few that change in an outage, for a live screen. */
void cmd_cloudspaces_put_live(const struct screen *screen, const struct cJSON *sides, wall_ms now, struct buf *out);
