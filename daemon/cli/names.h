/*
 * The names of one pair in the place of those that the runbook's examples bear, so that a command
 * can be copied as it stands.
 */
#pragma once

#include "base/buf.h"

#include <stdbool.h>

struct cJSON;

/* Whether the summary has a name that cannot stand in a shell's line as it is; it is not filled in. */
bool names_has_odd(const struct cJSON *summary);

/* Appends `len` bytes of the runbook with the names of `summary`; as they are where it is NULL. */
void names_fill(const struct cJSON *summary, const char *text, size_t len, struct buf *out);
