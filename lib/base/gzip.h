/*
 * gzip (RFC 1952), by zlib. It is quick rather than small: it is done for each rendering, and level 6 takes several
 * times as long for a fifth less.
 *
 * A stream can be made of parts. Each is compressed by itself, so that one which has the same bytes as in the stream
 * before is copied: of an exposition nine tenths stay the same from one scrape to the next. Out of memory ends the
 * process.
 */
#pragma once

#include "base/buf.h"

#include <stdint.h>

enum { GZIP_TAG_BYTES = 16 };

/*
 * Fills `tag`, which is the same for the same bytes, and which nobody who writes the bytes can make the same for
 * others. False: it cannot tell.
 */
typedef bool gzip_tag(void *ctx, const char *bytes, size_t len, unsigned char tag[GZIP_TAG_BYTES]);

/* A part as it was compressed last. */
struct gzip_part {
	unsigned char tag[GZIP_TAG_BYTES];
	bool is_tagged;
	size_t len; /* of its bytes, and their checksum */
	unsigned long crc;
	struct buf deflated;
};

/* What is kept of a stream for the next one. Set `tag` and `ctx`; release with gzip_parts_fini(). */
struct gzip_parts {
	gzip_tag *tag;
	void *ctx;
	struct gzip_part *v;
	size_t count;
};

void gzip_parts_fini(struct gzip_parts *parts);

/* A stream being written. */
struct gzip;

/* Begins one, appended to `out`. `parts` (NULL: none are kept) lends what stays the same, and keeps what does not. */
struct gzip *gzip_new(struct gzip_parts *parts, struct buf *out);

/* The next part: the first is compared with the first of the stream before, and so on. */
void gzip_put(struct gzip *gzip, const char *bytes, size_t len);

/* Ends the stream, frees, and clears the caller's pointer. */
void gzip_end(struct gzip **gzip);
