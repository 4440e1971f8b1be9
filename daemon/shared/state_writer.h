/*
 * Writes state files on a thread of its own, since a disk that hangs must not keep anybody from deciding or
 * serving. Of each file only the newest contents count; what fails is told once and tried again with the next.
 */
#ifndef HAWATCH_SHARED_STATE_WRITER_H
#define HAWATCH_SHARED_STATE_WRITER_H

#include "base/buf.h"
#include "base/units.h"

struct state_writer;
struct state_slot;

/* The thread begins with the first file. */
struct state_writer *state_writer_new(void);

/*
 * Waits for what is still to be written, but not for long: a hanging disk does not hold up the end. Clears
 * the caller's pointer.
 */
void state_writer_free(struct state_writer **writer);

/* The place of a pair's file in `directory`; the writer's own, and valid as long as it is. */
struct state_slot *state_writer_slot(
    struct state_writer *writer, const char *directory, const char *pair);

/* Has the file replaced by `bytes`, which it takes over and leaves empty. */
void state_writer_put_take(struct state_writer *writer, struct state_slot *slot, struct buf *bytes);

/* When the file was last written; unknown: never by this process. */
wall_ms state_writer_saved_at(struct state_writer *writer, const struct state_slot *slot);

#endif
