/* Times for people at a terminal: always UTC, as in logs and alerts, with the age. */
#pragma once

#include "base/buf.h"
#include "base/units.h"

#include <stdbool.h>
#include <stdint.h>

/* Wall-clock time. */
wall_ms time_now(void);

/* Monotonic time, for waiting. */
mono_ms time_running(void);

/* Appends "20:00 UTC"; with the date if it is a day or more away. */
void time_put_clock(struct buf *out, wall_ms then, wall_ms now);

/*
 * Appends "20:00 UTC (1h2m)", with the date if needed. `since` is RFC 3339; any other text is appended
 * unchanged, NULL as "-".
 */
void time_put_since(struct buf *out, const char *since, wall_ms now);

/* Appends a sentence of the daemon; the times in it, which are RFC 3339, as time_put_clock() has them. */
void time_put_sentence(struct buf *out, const char *text, wall_ms now);
