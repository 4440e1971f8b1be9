/*
 * RFC 3339 timestamps, the format of Kubernetes and Spot. The C library's calendar counts leap seconds in some time
 * zones (right/UTC), so both programs set TZ to UTC0 before the first use.
 */
#pragma once

#include "base/units.h"

#include <stdbool.h>

enum { RFC3339_SIZE = sizeof "2026-11-23T20:14:05Z" };

/*
 * Parses "2026-01-06T11:02:03Z", with an optional fraction and an offset instead of Z (RFC 3339
 * section 5.6). For any other text, also for a date that does not exist, returns false and leaves `out` unchanged.
 */
bool rfc3339_parse(const char *text, wall_ms *out) __attribute__((warn_unused_result));

/* Writes `t` in UTC to the second. Times outside the years 0-9999 give an empty text. */
void rfc3339_render(wall_ms t, char out[RFC3339_SIZE]);
