#include "replay/record_block.h"

#include "base/mem.h"

#include <zlib.h>

/* "hwrec", the version, and then three numbers of four bytes, the lowest first: two lengths and a checksum. */
static const char magic[] = "hwrec";
enum { MAGIC_BYTES = sizeof magic - 1, HEAD_BYTES = MAGIC_BYTES + 1 + 3 * 4, LEVEL = 6 };

/*
 * A block is short, so zlib's usual window of 32 KiB and its tables of 256 KiB, which malloc() takes from the kernel
 * and gives back for each block, would win nothing.
 */
enum { WINDOW_BITS = 13, MEMORY_LEVEL = 6 };

static void put_number(char *out, uint32_t number)
{
	for (int i = 0; i < 4; i++)
		out[i] = (char)(number >> 8 * i);
}

static uint32_t number_at(const char *in)
{
	uint32_t number = 0;
	for (int i = 0; i < 4; i++)
		number |= (uint32_t)(unsigned char)in[i] << 8 * i;
	return number;
}

/* Of the version, both lengths and what is compressed. */
static uint32_t checksum(const char *head, const char *packed, size_t len)
{
	uLong crc = crc32(0, (const Bytef *)head, HEAD_BYTES - 4);
	return (uint32_t)crc32(crc, (const Bytef *)packed, (uInt)len);
}

/* Writing. */

void record_block_put(struct record_block *b, const struct record_entry *entry)
{
	struct record_entry copy = *entry;
	if (!b->entries.max)
		b->entries = buf_of(RECORD_BLOCK_MAX_BYTES);
	if (!record_block_is_open(b)) {
		b->opened = entry->at;
		b->at = (struct now){0};
	}
	record_walk(&(struct wire){.out = &b->entries}, &b->at, &copy);
}

bool record_block_is_full(const struct record_block *b)
{
	return b->entries.len > RECORD_BLOCK_MAX_BYTES - RECORD_BLOCK_ROOM;
}

void record_block_seal(struct record_block *b, struct buf *out)
{
	char packed[RECORD_SEALED_MAX_BYTES], head[HEAD_BYTES];
	z_stream z = {.next_in = (Bytef *)b->entries.data, .avail_in = (uInt)b->entries.len};
	if (deflateInit2(&z, LEVEL, Z_DEFLATED, WINDOW_BITS, MEMORY_LEVEL, Z_DEFAULT_STRATEGY) != Z_OK)
		mem_end();
	z.next_out = (Bytef *)packed;
	z.avail_out = sizeof packed;
	deflate(&z, Z_FINISH);
	deflateEnd(&z);
	memcpy(head, magic, MAGIC_BYTES);
	head[MAGIC_BYTES] = RECORD_VERSION;
	put_number(head + MAGIC_BYTES + 1, (uint32_t)z.total_out);
	put_number(head + MAGIC_BYTES + 5, (uint32_t)b->entries.len);
	put_number(head + MAGIC_BYTES + 9, checksum(head, packed, z.total_out));
	buf_put(out, head, sizeof head);
	buf_put(out, packed, z.total_out);
	buf_reset(&b->entries);
}

void record_block_fini(struct record_block *b)
{
	buf_fini(&b->entries);
}

/* Reading. */

static bool inflate_block(const char *packed, size_t len, char *out, size_t out_len)
{
	z_stream z = {.next_in = (Bytef *)(uintptr_t)packed,
	    .avail_in = (uInt)len,
	    .next_out = (Bytef *)out,
	    .avail_out = (uInt)out_len};
	if (inflateInit(&z) != Z_OK)
		mem_end();
	bool is_whole = inflate(&z, Z_FINISH) == Z_STREAM_END && z.total_out == out_len;
	inflateEnd(&z);
	return is_whole;
}

/* The length of the block that begins at `at`; 0 with the mistake in `e`. */
static size_t open_block(struct record_reader *r, size_t at, struct err *e)
{
	const char *head = r->bytes + at;
	size_t left = r->len - at;
	if (memcmp(head, magic, left < MAGIC_BYTES ? left : MAGIC_BYTES) != 0)
		return err_set(e, "no block of a recording begins here");
	if (left < HEAD_BYTES)
		return err_set(e, "the last block is cut");
	int version = (unsigned char)head[MAGIC_BYTES];
	size_t packed = number_at(head + MAGIC_BYTES + 1), len = number_at(head + MAGIC_BYTES + 5);
	if (version != RECORD_VERSION)
		return err_set(e, "a block of version %d; this program reads version %d", version, RECORD_VERSION);
	if (!len || len > RECORD_BLOCK_MAX_BYTES || packed > RECORD_SEALED_MAX_BYTES)
		return err_set(e, "a block with impossible lengths");
	if (packed > left - HEAD_BYTES)
		return err_set(e, "the last block is cut");
	if (number_at(head + MAGIC_BYTES + 9) != checksum(head, head + HEAD_BYTES, packed))
		return err_set(e, "a damaged block: wrong checksum");
	char entries[RECORD_BLOCK_MAX_BYTES];
	if (!inflate_block(head + HEAD_BYTES, packed, entries, len))
		return err_set(e, "a damaged block: it cannot be decompressed");
	buf_reset(&r->entries);
	buf_put(&r->entries, entries, len);
	return HEAD_BYTES + packed;
}

static void note_damage(struct record_reader *r, size_t at, const struct err *e)
{
	if (!r->damages++)
		err_set(&r->damage, "byte %zu: %.400s", at, e->text);
}

/* False at the end. Bytes that are no block count as one damage, however many they are. */
static bool next_block(struct record_reader *r)
{
	struct err e;
	size_t len = 0, from = r->at;
	if (!r->entries.max)
		r->entries = buf_of(RECORD_BLOCK_MAX_BYTES);
	for (; r->at < r->len && !(len = open_block(r, r->at, &e)); r->at++) {
		if (r->at == from)
			note_damage(r, from, &e);
		const char *next = memchr(r->bytes + r->at + 1, *magic, r->len - r->at - 1);
		r->at = next ? (size_t)(next - r->bytes) - 1 : r->len - 1;
	}
	if (!len)
		return false;
	r->block_at = r->at;
	r->at += len;
	r->blocks++;
	r->time = (struct now){0};
	r->wire = (struct wire){.in = r->entries.data, .len = r->entries.len};
	return true;
}

bool record_reader_next(struct record_reader *r, struct record_entry *entry)
{
	for (;;) {
		if (r->wire.at == r->wire.len && !next_block(r))
			return false;
		bool is_first = r->wire.at == 0;
		record_walk(&r->wire, &r->time, entry);
		if (!r->wire.is_bad && (!is_first || record_is_frame(entry->kind)))
			return true;
		note_damage(
		    r, r->block_at, &(struct err){"a block with a whole checksum and an entry that makes no sense"});
		r->wire = (struct wire){0};
	}
}

void record_reader_fini(struct record_reader *r)
{
	buf_fini(&r->entries);
}
