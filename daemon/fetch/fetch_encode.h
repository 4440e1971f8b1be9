#pragma once

#include "base/buf.h"

/* Appends `text`, which may be a secret, to `out`, percent-encoded for a query or a form. */
void fetch_encode(struct buf *out, const char *text);
