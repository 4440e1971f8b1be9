/*
 * Kubernetes quantities: "3920m" of cpu, "32874400Ki" of memory, "129e6". A quantity is a decimal
 * number with a suffix; here it becomes a whole number of the unit that the reader counts in,
 * without passing through floating point.
 */
#ifndef HAWATCH_DECODE_QUANTITY_H
#define HAWATCH_DECODE_QUANTITY_H

#include "base/err.h"

#include <stdint.h>

/*
 * Reads `text` in units of 10^-decimals: 0 for bytes and counts, 3 for millicores, up to 9, below
 * which Kubernetes keeps nothing. What is left over rounds up, away from zero, as the API server
 * does it: a request of 0.1m is one millicore and not none. Magnitudes above 2^63-1 units are
 * 2^63-1.
 *
 * The grammar (KUBERNETES.md, "Quantity"): optional sign; digits
 * with at most one point, at least one digit; then Ki Mi Gi Ti Pi Ei, or n u m k M G T P E or
 * nothing, or `e` or `E` with an optional sign and digits. No blanks, case matters. False when
 * `text` is none.
 */
bool quantity_parse(const char *text, int decimals, int64_t *out, struct err *e)
    __attribute__((warn_unused_result));

#endif
