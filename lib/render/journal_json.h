/* An entry of a pair's journal as one line of JSON. */
#pragma once

#include "base/buf.h"
#include "decide/journal.h"

/*
 * Appends the line with its line end: at most JOURNAL_LINE_MAX_BYTES. Its last member is the checksum of what stands
 * before it. Times are RFC 3339 in UTC with milliseconds; members that say nothing are left out.
 */
void journal_json_render(const struct journal_entry *entry, struct buf *out);
