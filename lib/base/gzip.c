#include "base/gzip.h"

#include "base/mem.h"

#define ZLIB_CONST /* its input is not written to */
#include <zlib.h>

enum { GZIP_FORMAT = 16, CHUNK_BYTES = 64 << 10 };

void gzip_put(struct buf *out, const char *bytes, size_t len)
{
	char chunk[CHUNK_BYTES];
	z_stream z = {.next_in = (const Bytef *)bytes, .avail_in = (uInt)len};
	if (deflateInit2(&z, Z_BEST_SPEED, Z_DEFLATED, MAX_WBITS + GZIP_FORMAT, MAX_MEM_LEVEL, Z_DEFAULT_STRATEGY) !=
	    Z_OK)
		mem_end();
	int ended;
	do {
		z.next_out = (Bytef *)chunk;
		z.avail_out = sizeof chunk;
		ended = deflate(&z, Z_FINISH);
		buf_put(out, chunk, sizeof chunk - z.avail_out);
	} while (ended != Z_STREAM_END);
	deflateEnd(&z);
}
