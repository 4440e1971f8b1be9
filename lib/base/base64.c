#include "base/base64.h"

#include "base/mem.h"

#include <stdint.h>
#include <string.h>

#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
static const char standard[] = LETTERS "+/", url_safe[] = LETTERS "-_";

static int digit_of(const char *alphabet, char c)
{
	const char *p = c ? strchr(alphabet, c) : NULL;
	return p ? (int)(p - alphabet) : -1;
}

char *base64_decode(const char *text, size_t *len)
{
	char *out = mem_zeroed(strlen(text) / 4 * 3 + 4, 1);
	uint32_t bits = 0;
	size_t digits = 0, pads = 0, n = 0;
	for (; *text; text++) {
		if (*text == '\n' || *text == '\r')
			continue;
		int digit = digit_of(standard, *text);
		if (*text == '=' ? ++pads > 2 : digit < 0 || pads)
			goto bad;
		bits = bits << 6 | (uint32_t)(digit < 0 ? 0 : digit);
		if (++digits % 4 == 0)
			for (int shift = 16; shift >= 0; shift -= 8)
				out[n++] = (char)(bits >> shift & 0xff);
	}
	uint32_t padded = pads == 2 ? 0xffff : pads == 1 ? 0xff : 0;
	if (digits % 4 || (bits & padded))
		goto bad;
	*len = n - pads;
	return out;
bad:
	mem_free_secret_bytes(out, n);
	return NULL;
}

char *base64_decode_url(const char *text, size_t text_len, size_t *len)
{
	char *out = mem_zeroed(text_len + 1, 1);
	uint32_t bits = 0;
	int held = 0;
	size_t n = 0;
	bool is_good = text_len % 4 != 1;
	for (size_t i = 0; i < text_len && is_good; i++) {
		int digit = digit_of(url_safe, text[i]);
		is_good = digit >= 0;
		bits = bits << 6 | (uint32_t)digit;
		held += 6;
		if (held >= 8) {
			held -= 8;
			out[n++] = (char)(bits >> held & 0xff);
		}
	}
	out[n] = '\0';
	*len = n;
	if (!is_good) {
		mem_free_secret_bytes(out, n);
		out = NULL;
	}
	return out;
}

void base64_encode(struct buf *out, const char *bytes, size_t len)
{
	for (size_t i = 0; i < len; i += 3) {
		uint32_t bits = 0;
		for (size_t k = 0; k < 3; k++)
			bits = bits << 8 | (i + k < len ? (unsigned char)bytes[i + k] : 0);
		for (size_t k = 0; k < 4; k++)
			buf_putc(out, i + k <= len ? standard[bits >> (18 - 6 * k) & 63] : '=');
	}
}
