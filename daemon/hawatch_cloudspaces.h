/* The sides as Spot and Kubernetes tell of them. */
#ifndef HAWATCH_CLOUDSPACES_H
#define HAWATCH_CLOUDSPACES_H

#include "hawatch_view.h"

/* What decides, of every side: the summary's part. */
void cloudspaces_put_short(
    const struct screen *screen, const struct cJSON *sides, wall_ms now, struct buf *out);

#endif
