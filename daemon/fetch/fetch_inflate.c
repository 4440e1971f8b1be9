#include "fetch/fetch_inflate.h"

#include "base/mem.h"

#include <stdint.h>
#include <stdlib.h>
#include <strings.h>
#include <zlib.h>

enum { OUT_BYTES = 16 << 10, GZIP_ONLY = 16 + MAX_WBITS };

struct fetch_inflate {
	z_stream z;
	bool has_ended;
};

bool fetch_inflate_begin(CURL *easy, struct fetch_inflate **out, struct err *e)
{
	struct curl_header *encoding = NULL;
	*out = NULL;
	if (curl_easy_header(easy, "Content-Encoding", 0, CURLH_HEADER, -1, &encoding) != CURLHE_OK ||
	    strcasecmp(encoding->value, "identity") == 0)
		return true;
	if (encoding->amount > 1 ||
	    (strcasecmp(encoding->value, "gzip") != 0 && strcasecmp(encoding->value, "x-gzip") != 0))
		return err_set(e, "the Content-Encoding of the body is not one that was asked for");
	*out = mem_zeroed(1, sizeof **out);
	if (inflateInit2(&(*out)->z, GZIP_ONLY) != Z_OK)
		mem_end();
	return true;
}

void fetch_inflate_free(struct fetch_inflate **inflate)
{
	if (*inflate)
		inflateEnd(&(*inflate)->z);
	free(*inflate);
	*inflate = NULL;
}

bool fetch_inflate_feed(struct fetch_inflate *f, const char *bytes, size_t len,
    bool (*take)(void *ctx, const char *bytes, size_t len), void *ctx, struct err *e)
{
	char out[OUT_BYTES];
	f->z.next_in = (Bytef *)(uintptr_t)bytes;
	f->z.avail_in = (uInt)len;
	do {
		if (f->has_ended)
			return !f->z.avail_in || err_set(e, "bytes behind the end of the gzip stream");
		f->z.next_out = (Bytef *)out;
		f->z.avail_out = sizeof out;
		int result = inflate(&f->z, Z_SYNC_FLUSH);
		f->has_ended = result == Z_STREAM_END;
		size_t got = sizeof out - f->z.avail_out;
		if (result == Z_MEM_ERROR)
			mem_end();
		if (got && !take(ctx, out, got))
			return false;
		if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR)
			return err_set(e, "the body is not the gzip stream that it should be");
	} while (f->z.avail_in || !f->z.avail_out);
	return true;
}

bool fetch_inflate_has_ended(const struct fetch_inflate *inflate)
{
	return !inflate || inflate->has_ended;
}
