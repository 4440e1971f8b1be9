/*
 * A block of a recording: entries, compressed, behind a head that tells its version, its length and its checksum. So a
 * reader finds every whole block, whatever stands between two of them.
 */
#pragma once

#include "replay/record.h"

enum {
	RECORD_VERSION = 1,
	RECORD_BLOCK_MAX_BYTES = 64 << 10, /* of the entries in it */
	RECORD_BLOCK_ROOM = 8 << 10,       /* the longest entry, and more */
	RECORD_SEALED_MAX_BYTES = RECORD_BLOCK_MAX_BYTES + 4096,
};

/* A block that is being written. Zero: none is open. */
struct record_block {
	struct buf entries;
	struct now at; /* of the last entry */
	struct now opened;
};

/* Adds an entry. The first of a block is a frame. */
void record_block_put(struct record_block *block, const struct record_entry *entry);

/* Whether another block must be begun before the next entry: this one is full. */
bool record_block_is_full(const struct record_block *block);
static inline bool record_block_is_open(const struct record_block *block)
{
	return block->entries.len > 0;
}

/* Appends the block as it stands in a file, and closes it. */
void record_block_seal(struct record_block *block, struct buf *out);
void record_block_fini(struct record_block *block);

/* Reads the bytes of a file, or of several, one after the other. Zero-initialise, set `bytes` and `len`. */
struct record_reader {
	const char *bytes; /* borrowed */
	size_t len, at;    /* `at`: the next block is here, or behind it */
	size_t block_at;   /* the block of the last entry */
	size_t blocks;     /* whole ones so far */
	size_t damages;    /* how often something else than a whole block was there */
	struct err damage; /* the first of them: where, and what */
	struct buf entries;
	struct wire wire;
	struct now time;
};

/* The next entry. False at the end. What cannot be read is passed over up to the next whole block, and counted. */
bool record_reader_next(struct record_reader *reader, struct record_entry *entry) __attribute__((warn_unused_result));
void record_reader_fini(struct record_reader *reader);
