/* The answer to an order to reload. */
#pragma once

#include "base/buf.h"
#include "base/err.h"

/*
 * Appends {"reloaded": true} where neither the configuration nor the web configuration has a mistake (NULL: none).
 * Else the error of this `kind`, with each mistake that is kept, those of the configuration first, and how many more
 * there are as `omitted`. The text needs at most RELOAD_JSON_MAX_BYTES. True if it is done.
 */
enum { RELOAD_JSON_MAX_BYTES = 1024 + 2 * ERRS_KEPT * 6 * sizeof(struct err) }; /* 6: "\u0000" */
bool reload_json_render(const struct errs *configuration, const struct errs *web, const char *kind, struct buf *out);
