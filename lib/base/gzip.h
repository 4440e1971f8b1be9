/* gzip (RFC 1952), by zlib. */
#pragma once

#include "base/buf.h"

/*
 * Appends `bytes`, compressed. It is quick rather than small: it is done for each rendering, and level 6 takes several
 * times as long for a fifth less. Out of memory ends the process.
 */
void gzip_put(struct buf *out, const char *bytes, size_t len);
