/*
 * Time as people at a terminal read and type it: always UTC, as in logs and alerts, with the age; and
 * durations with units.
 */
#ifndef HAWATCH_CLI_TIME_H
#define HAWATCH_CLI_TIME_H

#include "base/buf.h"
#include "base/units.h"

#include <stdbool.h>
#include <stdint.h>

/* "500ms", "5s", "90m", "2h", above zero and at most a day. False leaves `out_ms` alone. */
bool time_parse_duration(const char *text, int64_t *out_ms) __attribute__((warn_unused_result));

/* Appends the two largest units: "45s", "5m30s", "1h2m", "2d3h"; "0s" when negative. */
void time_put_duration(struct buf *out, int64_t ms);

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
