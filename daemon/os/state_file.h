/*
 * State files: one a pair, NAME.state in the state directory, at most STATE_FILE_MAX_BYTES: the line of
 * JSON of render/state_json.h, and a line with its SHA-256. Written beside it, made durable and renamed into
 * place, so that whoever reads meets the old one or the new one.
 */
#ifndef HAWATCH_OS_STATE_FILE_H
#define HAWATCH_OS_STATE_FILE_H

#include "base/buf.h"
#include "config/conf.h"
#include "decide/state.h"

enum { STATE_FILE_MAX_BYTES = 4096 };

/* Where `conf` says nothing: the first folder that systemd names in $STATE_DIRECTORY, if it names any. */
void state_file_directory_apply(struct conf *conf);

/* Whether files can be kept there, as far as asking tells; false with the remedy in `e`. */
bool state_file_directory_check(const char *directory, struct err *e) __attribute__((warn_unused_result));

/* Which pair a state is of: its name and cloudspaces, hashed. */
void state_file_fingerprint(const struct conf_pair *pair, char out[STATE_FINGERPRINT_SIZE]);

/* The whole file of `state`. */
void state_file_render(const struct state *state, struct buf *out);

enum state_found { STATE_NONE, STATE_READ, STATE_UNUSABLE };

/* Reads the file of the pair called `name`; STATE_UNUSABLE with why in `e`. */
enum state_found state_file_load(
    const char *directory, const char *name, struct state *out, struct err *e);

/* Puts `len` bytes in its place, mode 0600; false with the cause in `e`, the old file being there still. */
bool state_file_write(const char *directory, const char *name, const char *bytes, size_t len,
    struct err *e) __attribute__((warn_unused_result));

#endif
