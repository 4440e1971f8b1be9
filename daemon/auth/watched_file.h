/*
 * Small files that are read again when they change. The inode is checked before each use. Once a minute the
 * whole file is read, because the inode does not show every change.
 */
#pragma once

#include "base/err.h"
#include "base/units.h"
#include "os/certificate.h"
#include "os/file_stamp.h"

/* After this time the file is read again even if its stamp is unchanged. */
enum { FILE_TRUSTED_MS = 60000 };

enum file_kind { FILE_TOKEN, FILE_AUTHORITIES, FILE_CLIENT_CERTIFICATE, FILE_PRIVATE_KEY };

/* One file. Zero-initialise; release with watched_file_fini(). */
struct watched_file {
	char *path;
	char *text; /* the last good content, PEM as certificate_read() returns it; may be a secret. NULL: none */
	struct certificate_facts *facts; /* of `text`; NULL: it holds no certificates */
	bool is_told;                    /* the log was told of these facts */
	struct file_stamp stamp;
	mono_ms read_at;
	char *failing; /* why the last read failed, and of which file; NULL: it did not */
};

/*
 * Reads `path` if it is another path than before, has changed, could not be read last time, was read over a minute
 * ago, or `must_read`. On failure returns false with the cause in `failing`; `text` stays the last good content.
 */
bool watched_file_refresh(struct watched_file *file, const char *path, enum file_kind kind, bool must_read,
    struct now now) __attribute__((warn_unused_result));

/* The same for `text` that stands in another file, as -data in a kubeconfig. `name` says where, for messages. */
bool watched_file_hold(struct watched_file *file, const char *name, const char *text, enum file_kind kind,
    struct now now) __attribute__((warn_unused_result));

/*
 * Logs file, subject and expiry of the certificates in it, once for each content: as a warning if one has expired or
 * will within 30 days, else for those who debug.
 */
void watched_file_tell(struct watched_file *file, enum file_kind kind, const char *pair, const char *side);

/* Overwrites and frees. */
void watched_file_fini(struct watched_file *file);
