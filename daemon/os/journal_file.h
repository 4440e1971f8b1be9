/*
 * Journal files: two for each pair, NAME.journal and the one before it, NAME.journal.1, in the state directory. Each
 * line is an entry (render/journal_json.h). Lines are appended with one write() and synced; a file that is full or old
 * takes the place of the one before it. So a crash at any byte loses at most lines that were not yet synced, and
 * damages none before them.
 */
#pragma once

#include "base/buf.h"
#include "base/err.h"
#include "base/units.h"
#include "decide/journal.h"

#include <stddef.h>

struct journal_limits {
	int64_t max_bytes;  /* of both files together */
	int64_t max_age_ms; /* of the oldest line of a file; then another file is begun */
};

/* What is in the files: lines, or the blocks of a recording (replay/record_block.h), in NAME.rec and NAME.rec.1. */
enum journal_content { JOURNAL_LINES, JOURNAL_BLOCKS };

/* The file that is written to, between two calls. Zero-initialise, set `content`. */
struct journal_file {
	enum journal_content content;
	bool is_open;
	int fd; /* only for reading, so that its file system can be made read-only; it has the lock */
	int64_t bytes, older_bytes; /* of both files; 0 before the first call */
	wall_ms first;              /* of its oldest line; unknown: it is new */
	struct buf before;          /* what must be written in front of the next line */
};

enum journal_written {
	JOURNAL_WRITTEN,
	JOURNAL_FAILED, /* nothing of it was written, try again later */
	JOURNAL_TAKEN,  /* another process writes to this file */
};

/*
 * Appends `len` bytes of whole lines or blocks, and syncs them. Opens the file if need be: creates it, repairs a cut
 * last line, begins another one where `limits` say so, with what it needs of the old one: a block needs nothing, and
 * none is repaired, as a reader finds the next. `e` has the cause and the remedy where it is not JOURNAL_WRITTEN.
 */
enum journal_written journal_file_append(struct journal_file *file, const char *directory, const char *pair,
    const char *lines, size_t len, struct journal_limits limits, wall_ms now, struct err *e);

/* Lets another process write to it. */
void journal_file_close(struct journal_file *file);

/* What a reader has found so far: what `take` is called for is behind all of this. */
struct journal_found {
	size_t entries, damaged; /* lines */
	struct err first_damage; /* which one, and what is wrong with it; "": none is */
};

/* Gets an entry; false: no more is wanted. */
typedef bool journal_take(void *ctx, const struct journal_entry *entry);

/*
 * Reads both files, the older one first, then `waiting` (NULL: none), lines that are not yet in them, and calls `take`
 * for each entry. No file is a journal without entries. False with the cause in `e` if a file cannot be read to its
 * end; `take` has got what could be read.
 */
bool journal_file_read(const char *directory, const char *pair, const struct buf *waiting, journal_take *take,
    void *ctx, struct journal_found *found, struct err *e);
