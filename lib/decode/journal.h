/* An entry of a pair's journal from its line. */
#pragma once

#include "base/err.h"
#include "decide/journal.h"

/*
 * Reads exactly `len` bytes, without the line end. Strict: false with the mistake in `e`, and `out` unchanged, for a
 * line whose checksum is wrong, or in which a member is not what journal_json_render() writes. Members that are not
 * known are passed over. `out` borrows nothing.
 */
bool journal_read(const char *line, size_t len, struct journal_entry *out, struct err *e)
    __attribute__((warn_unused_result));
