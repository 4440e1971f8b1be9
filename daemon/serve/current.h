/* The rendering from which requests are answered now. Only the server thread uses it. */
#pragma once

#include "render/rendering.h"
#include "shared/publish.h"

/*
 * Brings `*current` up to date (NULL: there is none yet): it is of the published snapshot, and at most a second older
 * than the poll loop's last turn. NULL before the first snapshot. Borrowed, until the next call. `http` is what the
 * server tells of itself.
 */
struct rendering *current_rendering(struct rendering **current, struct publish *publish, const struct view_http *http);

/* Frees a rendering that nobody has asked for lately, with all its bytes. */
void current_drop_idle(struct rendering **current, mono_ms now);
