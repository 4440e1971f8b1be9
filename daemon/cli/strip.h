/* The last hour as a strip: one character for each part of it, the worst that was in that part. */
#pragma once

#include "cli/ask.h"

/* What the characters mean, as one line. */
#define STRIP_LEGEND "= up - off m maintenance p provisioning ? unknown ! one X down . gap"

/*
 * Appends `cells` characters for the hour up to `now`: of the side in `events`, NULL: of the status. Before the first
 * event it is what that event began from; without any, `state` since `since`, and unknown before. A part in which
 * nothing was watched (`gaps`; NULL: not known) says so, unless what is known of the rest of it is worse than UP.
 */
void strip_put(const struct screen *screen, const struct cJSON *events, const struct cJSON *gaps, const char *side,
    const char *state, wall_ms since, wall_ms now, size_t cells, struct buf *out);
