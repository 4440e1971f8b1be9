#include "base/gzip.h"

#include "base/mem.h"

#define ZLIB_CONST /* its input is not written to */
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

/* With a memory level of 8 what is looked up stays in the processor's cache. */
enum { MEMORY_LEVEL = 8, CHUNK_BYTES = 64 << 10, PART_MAX_BYTES = 256 << 20, CRC_BYTES = 4 };

struct gzip {
	struct gzip_parts *parts;
	struct buf *out;
	z_stream z;
	size_t number, len;
	unsigned long crc;
};

void gzip_parts_fini(struct gzip_parts *parts)
{
	for (size_t i = 0; i < parts->count; i++)
		buf_fini(&parts->v[i].deflated);
	free(parts->v);
	*parts = (struct gzip_parts){0};
}

struct gzip *gzip_new(struct gzip_parts *parts, struct buf *out)
{
	/* Of no known time, compressed fast, on Unix: RFC 1952 section 2.3.1. */
	static const char header[] = {0x1f, (char)0x8b, Z_DEFLATED, 0, 0, 0, 0, 0, 4, 3};
	struct gzip *g = mem_zeroed(1, sizeof *g);
	g->parts = parts;
	g->out = out;
	g->crc = crc32(0, NULL, 0);
	if (deflateInit2(&g->z, Z_BEST_SPEED, Z_DEFLATED, -MAX_WBITS, MEMORY_LEVEL, Z_DEFAULT_STRATEGY) != Z_OK)
		mem_end();
	buf_put(out, header, sizeof header);
	return g;
}

/* Ends at the border of a byte, and looks back at nothing before it: so it can stand after any other part. */
static void deflate_part(z_stream *z, const char *bytes, size_t len, struct buf *out)
{
	char chunk[CHUNK_BYTES];
	deflateReset(z);
	z->next_in = (const Bytef *)bytes;
	z->avail_in = (uInt)len;
	do {
		z->next_out = (Bytef *)chunk;
		z->avail_out = sizeof chunk;
		deflate(z, Z_SYNC_FLUSH);
		buf_put(out, chunk, sizeof chunk - z->avail_out);
	} while (!z->avail_out);
}

static struct gzip_part *next_part(struct gzip_parts *parts, size_t number)
{
	if (number >= parts->count) {
		parts->v = mem_resized(parts->v, (number + 1) * sizeof *parts->v);
		parts->v[number] = (struct gzip_part){.deflated = buf_of(PART_MAX_BYTES)};
		parts->count = number + 1;
	}
	return &parts->v[number];
}

static void fill_part(struct gzip *g, struct gzip_part *part, const char *bytes, size_t len)
{
	unsigned char tag[GZIP_TAG_BYTES];
	bool is_tagged = g->parts->tag && g->parts->tag(g->parts->ctx, bytes, len, tag);
	if (is_tagged && part->is_tagged && part->len == len && memcmp(part->tag, tag, sizeof tag) == 0)
		return;
	buf_fini(&part->deflated);
	deflate_part(&g->z, bytes, len, &part->deflated);
	part->crc = crc32_z(0, (const Bytef *)bytes, len);
	part->len = len;
	part->is_tagged = is_tagged;
	if (is_tagged)
		memcpy(part->tag, tag, sizeof tag);
}

void gzip_put(struct gzip *g, const char *bytes, size_t len)
{
	unsigned long crc;
	if (g->parts) {
		struct gzip_part *part = next_part(g->parts, g->number++);
		fill_part(g, part, bytes, len);
		buf_put(g->out, part->deflated.data, part->deflated.len);
		g->out->overflow |= part->deflated.overflow;
		crc = part->crc;
	} else {
		deflate_part(&g->z, bytes, len, g->out);
		crc = crc32_z(0, (const Bytef *)bytes, len);
	}
	g->crc = crc32_combine(g->crc, crc, (z_off_t)len);
	g->len += len;
}

static void put_number(struct buf *out, unsigned long n)
{
	for (int i = 0; i < CRC_BYTES; i++)
		buf_putc(out, (char)(n >> 8 * i & 0xff));
}

void gzip_end(struct gzip **gzip)
{
	struct gzip *g = *gzip;
	buf_put(g->out, "\x03\0", 2); /* the last block, an empty one */
	put_number(g->out, g->crc);
	put_number(g->out, g->len);
	deflateEnd(&g->z);
	free(g);
	*gzip = NULL;
}
