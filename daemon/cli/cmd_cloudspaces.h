/* The sides as Spot and Kubernetes tell of them. */
#ifndef HAWATCH_CLI_CMD_CLOUDSPACES_H
#define HAWATCH_CLI_CMD_CLOUDSPACES_H

#include "cli/blocks.h"

/* What decides, of every side: the summary's part. */
void cmd_cloudspaces_put_short(
    const struct screen *screen, const struct cJSON *sides, wall_ms now, struct buf *out);

#endif
