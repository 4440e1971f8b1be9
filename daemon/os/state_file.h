/*
 * State files: one per pair, NAME.state in the state directory, at most STATE_FILE_MAX_BYTES. Line 1 is the
 * JSON of render/state_json.h, line 2 its SHA-256. A temporary file is written, synced and renamed, so a
 * reader always sees a complete file, the old or the new one.
 */
#pragma once

#include "base/buf.h"
#include "config/conf.h"
#include "decide/state.h"

enum { STATE_FILE_MAX_BYTES = 8192 }; /* six sides with the longest names and windows need 5,000 */

/* If `conf` has no state directory, uses the first one that systemd lists in $STATE_DIRECTORY, if any. */
void state_file_directory_apply(struct conf *conf);

/* Checks that the directory exists and looks writable. On false, `e` says how to fix it. */
bool state_file_directory_check(const char *directory, struct err *e) __attribute__((warn_unused_result));

/* Renders the complete file of `state`. */
void state_file_render(const struct state *state, struct buf *out);

enum state_found { STATE_NONE, STATE_READ, STATE_UNUSABLE };

/* Reads the state file of pair `name`. STATE_UNUSABLE with the cause in `e`. */
enum state_found state_file_load(const char *directory, const char *name, struct state *out, struct err *e);

/*
 * The names of all pairs that have a state file. The caller frees each, and the array, which ends with NULL. `e` says
 * why not all could be looked for, or is "".
 */
char **state_file_names(const char *directory, struct err *e) __attribute__((warn_unused_result));

/* Replaces the state file by `len` bytes, mode 0600. False with the cause in `e`; the old file is then
 * unchanged. */
bool state_file_write(const char *directory, const char *name, const char *bytes, size_t len, struct err *e)
    __attribute__((warn_unused_result));
