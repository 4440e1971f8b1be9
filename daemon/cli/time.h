/*
 * Time as people at a terminal read it: always UTC, as in logs and alerts, with the age.
 */
#ifndef HAWATCH_CLI_TIME_H
#define HAWATCH_CLI_TIME_H

#include "base/buf.h"
#include "base/units.h"

#include <stdbool.h>
#include <stdint.h>

/* The computer's civil time. */
wall_ms time_now(void);

/* The computer's clock that no one sets; for waiting. */
mono_ms time_running(void);

/* Appends "20:00 UTC", with the date when a day or more lies between. */
void time_put_clock(struct buf *out, wall_ms then, wall_ms now);

/*
 * Appends "20:00 UTC (1h2m)", the date likewise. `since` is RFC 3339; other text is appended as it
 * is, and "-" where it is NULL.
 */
void time_put_since(struct buf *out, const char *since, wall_ms now);

#endif
