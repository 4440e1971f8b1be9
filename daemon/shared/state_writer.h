/*
 * Writes state files in a separate thread, so that a hanging disk does not block polling or serving. Only the
 * newest contents of each file are written. A failure is logged once; the next contents are a new try.
 */
#pragma once

#include "base/buf.h"
#include "base/units.h"

struct state_writer;
struct state_slot;

/* The thread starts with the first file. */
struct state_writer *state_writer_new(void);

/*
 * Waits for pending writes, but only for a short time: a hanging disk must not delay the exit. Clears the
 * caller's pointer.
 */
void state_writer_free(struct state_writer **writer);

/* The slot of a pair's file in `directory`; owned by the writer and valid as long as it is. */
struct state_slot *state_writer_slot(struct state_writer *writer, const char *directory, const char *pair);

/* Replaces the file's contents by `bytes`. Takes the bytes and leaves the buffer empty. */
void state_writer_put_take(struct state_writer *writer, struct state_slot *slot, struct buf *bytes);

/* When the file was last written; before the first time, since when there is a slot. */
wall_ms state_writer_saved_at(struct state_writer *writer, const struct state_slot *slot);
