/*
 * Writes state files, journals and recordings in a separate thread, so that a hanging disk does not block polling or
 * serving. Of a state file only the newest contents are written, of a journal every line, in order. A failure is logged
 * once; the next contents or lines are a new try of both. The same thread reads journals for the server, when there is
 * nothing to write: so no file is renamed while it is read.
 */
#pragma once

#include "base/buf.h"
#include "base/units.h"
#include "os/journal_file.h"
#include "shared/journal_read.h"

struct state_writer;
struct state_slot;

/* The thread starts with the first file. */
struct state_writer *state_writer_new(void);

/*
 * Waits for pending writes, but only for a short time: a hanging disk must not delay the exit. Clears the
 * caller's pointer.
 */
void state_writer_free(struct state_writer **writer);

/*
 * The slot of a pair's files in `directory`; owned by the writer and valid as long as it is. The journal has these
 * limits from now on.
 */
struct state_slot *state_writer_slot(
    struct state_writer *writer, const char *directory, const char *pair, struct journal_limits limits);

/* Replaces the file's contents by `bytes`. Takes the bytes and leaves the buffer empty. */
void state_writer_put_take(struct state_writer *writer, struct state_slot *slot, struct buf *bytes);

/* When the file was last written; before the first time, since when there is a slot. */
wall_ms state_writer_saved_at(struct state_writer *writer, const struct state_slot *slot);

/*
 * Appends whole lines to the pair's journal; copies them. Lines wait while they cannot be written, as many as there is
 * room for; older ones than that are kept, newer ones are lost and counted. While another process writes to the
 * journal, all are lost.
 */
void state_writer_append(struct state_writer *writer, struct state_slot *slot, const char *lines, size_t len);

/*
 * Appends a block to the pair's recording; copies it. What cannot be written is lost, because the next block can be
 * replayed without it; the first failure is logged. At most `max_bytes` are kept of all blocks.
 */
void state_writer_record(
    struct state_writer *writer, struct state_slot *slot, const char *block, size_t len, int64_t max_bytes);

/* What became of the pair's journal so far. */
struct state_journal {
	uint64_t errors, lost; /* writes that failed; lines that are not in the file and never will be */
	int64_t bytes;         /* of its files; 0 before the first write */
};
struct state_journal state_writer_journal(struct state_writer *writer, const struct state_slot *slot);

/*
 * For the server. Queues the reading of a pair's journal, and borrows `read` until state_writer_next_read() returns it,
 * or a copy that takes its place. False once state_writer_end_reads() was called.
 */
bool state_writer_read(struct state_writer *writer, struct journal_read *read) __attribute__((warn_unused_result));
int state_writer_reads_fd(const struct state_writer *writer); /* becomes readable when one may have ended */

/*
 * One that has ended, or that has lasted too long at `now`: a disk that hangs keeps nobody waiting. NULL: no more for
 * now. The caller owns it.
 */
struct journal_read *state_writer_next_read(struct state_writer *writer, mono_ms now);

/* All that are queued or under way have ended, and no more are taken. */
void state_writer_end_reads(struct state_writer *writer);
