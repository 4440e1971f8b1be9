/*
 * Kubernetes quantities: "3920m" of cpu, "32874400Ki" of memory, "129e6". A quantity is a decimal number with a suffix.
 * Here it becomes a whole number of the reader's unit, without floating point.
 */
#pragma once

#include "base/err.h"

#include <stdint.h>

/*
 * Reads `text` in units of 10^-decimals: 0 for bytes and counts, 3 for millicores, at most 9, Kubernetes' own limit.
 * The result is rounded up, away from zero, as in the API server: a request of 0.1m is one millicore and not 0.
 * Magnitudes above 2^63-1 units become 2^63-1.
 *
 * The grammar (KUBERNETES.md, "Quantity"): an optional sign; digits with at most one point, at least one digit; then
 * Ki Mi Gi Ti Pi Ei, or n u m k M G T P E, or nothing, or `e` or `E` with an optional sign and digits. No spaces;
 * upper and lower case differ. False when `text` is not a quantity.
 */
bool quantity_parse(const char *text, int decimals, int64_t *out, struct err *e) __attribute__((warn_unused_result));
