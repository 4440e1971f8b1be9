/*
 * Small files that are read again when they change: a look at the inode before each use, and the whole
 * of it once a minute, for what the inode does not tell.
 */
#ifndef HAWATCH_AUTH_WATCHED_FILE_H
#define HAWATCH_AUTH_WATCHED_FILE_H

#include "base/err.h"
#include "base/units.h"

#include <stdint.h>

/* What a change of a file's content changes: it is another inode, or was written, or made readable. */
struct watched_file_stamp {
	uint64_t device, inode;
	int64_t size, modified_ns, changed_ns;
};

/* All zero where there is no such file, or where it cannot be looked at. */
struct watched_file_stamp watched_file_stamp_of(const char *path);
bool watched_file_stamp_is_same(const struct watched_file_stamp *a, const struct watched_file_stamp *b);

/* Since when a reading is too old to be trusted unread. */
enum { FILE_TRUSTED_MS = 60000 };

enum file_kind { FILE_TOKEN, FILE_CERTIFICATE, FILE_PRIVATE_KEY };

/* One file. Zero-initialise; release with watched_file_fini(). */
struct watched_file {
	char *path;
	char *text; /* the last good reading; may be a secret. NULL before the first */
	struct watched_file_stamp stamp;
	mono_ms read_at;
	struct err err; /* why the last reading failed; "" when it did not */
};

/*
 * Reads `path` where it is another file than before, has changed, was read long ago or `must_read`. On
 * failure returns false with the cause in `err`, and `text` is the last good one.
 */
bool watched_file_refresh(struct watched_file *file, const char *path, enum file_kind kind,
    bool must_read, mono_ms now) __attribute__((warn_unused_result));

/* Overwrites and frees. */
void watched_file_fini(struct watched_file *file);

#endif
