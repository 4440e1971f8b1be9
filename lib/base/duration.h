/* Durations as people write and read them. All values in milliseconds. */
#pragma once

#include "base/buf.h"

#include <stdint.h>

enum duration_mistake { DURATION_GOOD, DURATION_NONE, DURATION_WITHOUT_UNIT, DURATION_TOO_LONG };

/*
 * Numbers with the units ms, s, m, h and d, each at most once and from large to small: "1h30m", "500ms". Every number
 * needs a unit. On a mistake `ms` is unchanged.
 */
enum duration_mistake duration_parse(const char *text, int64_t *ms) __attribute__((warn_unused_result));

/* Appends it exactly: "1h30m", "500ms", "0s". duration_parse() gives the same number. `ms` is not negative. */
void duration_put_exact(struct buf *out, int64_t ms);

/* Appends its two largest units, seconds at least: "45s", "5m30s", "1h2m", "2d3h"; "0s" when negative. */
void duration_put(struct buf *out, int64_t ms);

/* Appends it for prose: "40 s", "34 min", "2 h 5 min", "3 d 4 h"; "0 s" when negative. */
void duration_put_words(struct buf *out, int64_t ms);
