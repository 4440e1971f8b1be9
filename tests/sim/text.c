#define _GNU_SOURCE /* vasprintf, open_memstream */
#include "text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

static const char STANDARD[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char URL_SAFE[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

void fatal(const char *format, ...)
{
	va_list ap;
	va_start(ap, format);
	fputs("hawatch-sim: ", stderr);
	vfprintf(stderr, format, ap);
	fputc('\n', stderr);
	va_end(ap);
	exit(1);
}

void text_open(struct text *t)
{
	*t = (struct text){0};
	t->out = open_memstream(&t->bytes, &t->len);
	if (!t->out)
		abort();
}

char *text_take(struct text *t, size_t *len)
{
	if (fclose(t->out))
		abort();
	if (len)
		*len = t->len;
	return t->bytes;
}

void text_vput(FILE *out, const char *format, va_list ap)
{
	char *s;
	if (vasprintf(&s, format, ap) < 0)
		abort();
	for (char *c = strchr(s, '\''); c; c = strchr(c, '\''))
		*c = '"';
	fputs(s, out);
	free(s);
}

void text_put(FILE *out, const char *format, ...)
{
	va_list ap;
	va_start(ap, format);
	text_vput(out, format, ap);
	va_end(ap);
}

char *text_format(const char *format, ...)
{
	char *s;
	va_list ap;
	va_start(ap, format);
	if (vasprintf(&s, format, ap) < 0)
		abort();
	va_end(ap);
	return s;
}

void *text_zeroed(size_t count, size_t size)
{
	void *p = calloc(count ? count : 1, size);
	if (!p)
		abort();
	return p;
}

char *text_copy(const char *s)
{
	char *copy = strdup(s);
	if (!copy)
		abort();
	return copy;
}

bool text_starts(const char *s, const char *prefix)
{
	return strncmp(s, prefix, strlen(prefix)) == 0;
}

bool text_number(const char *s, long lo, long hi, long *out)
{
	char *end;
	errno = 0;
	long n = strtol(s, &end, 10);
	if (end == s || *end || errno || n < lo || n > hi)
		return false;
	*out = n;
	return true;
}

void text_json(FILE *out, const char *s)
{
	fputc('"', out);
	for (; *s; s++) {
		unsigned char c = (unsigned char)*s;
		if (c == '"' || c == '\\')
			fprintf(out, "\\%c", c);
		else if (c < 0x20 || c == '<' || c == '>' || c == '&')
			fprintf(out, "\\u%04x", c);
		else
			fputc(c, out);
	}
	fputc('"', out);
}

static char *base64(const unsigned char *in, size_t len, const char *alphabet, bool pad)
{
	char *out = text_zeroed(len / 3 * 4 + 5, 1), *w = out;
	for (size_t i = 0; i < len; i += 3) {
		size_t have = len - i < 3 ? len - i : 3;
		uint32_t v = (uint32_t)in[i] << 16;
		v |= have > 1 ? (uint32_t)in[i + 1] << 8 : 0;
		v |= have > 2 ? (uint32_t)in[i + 2] : 0;
		for (size_t k = 0; k < 4; k++) {
			if (k <= have)
				*w++ = alphabet[v >> (18 - 6 * k) & 63];
			else if (pad)
				*w++ = '=';
		}
	}
	return out;
}

char *text_base64(const void *bytes, size_t len)
{
	return base64(bytes, len, STANDARD, true);
}

char *text_base64url(const void *bytes, size_t len)
{
	return base64(bytes, len, URL_SAFE, false);
}

char *text_unbase64url(const char *s, size_t *len)
{
	char *out = text_zeroed(strlen(s) + 1, 1);
	uint32_t held = 0;
	unsigned bits = 0;
	*len = 0;
	for (; *s; s++) {
		const char *at = strchr(URL_SAFE, *s);
		if (!at) {
			free(out);
			return NULL;
		}
		held = held << 6 | (uint32_t)(at - URL_SAFE);
		bits += 6;
		if (bits >= 8) {
			bits -= 8;
			out[(*len)++] = (char)(held >> bits & 0xff);
		}
	}
	return out;
}

void text_random_hex(char *out, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		unsigned char byte;
		if (getrandom(&byte, 1, 0) != 1)
			abort();
		sprintf(out + 2 * i, "%02x", byte);
	}
}

/* FNV-1a over the seed, then the finaliser of splitmix64, so that neighbours differ everywhere. */
uint64_t text_hash(const char *seed, unsigned n)
{
	uint64_t h = 0xcbf29ce484222325;
	for (; *seed; seed++)
		h = (h ^ (unsigned char)*seed) * 0x100000001b3;
	h += (n + 1) * 0x9e3779b97f4a7c15;
	h = (h ^ h >> 30) * 0xbf58476d1ce4e5b9;
	h = (h ^ h >> 27) * 0x94d049bb133111eb;
	return h ^ h >> 31;
}

void text_uuid(char out[37], const char *seed, unsigned n)
{
	uint64_t a = text_hash(seed, 2 * n), b = text_hash(seed, 2 * n + 1);
	snprintf(out, 37, "%08" PRIx64 "-%04" PRIx64 "-4%03" PRIx64 "-%04" PRIx64 "-%012" PRIx64, a >> 32,
	    a >> 16 & 0xffff, a & 0xfff, (b >> 48 & 0x3fff) | 0x8000, b & 0xffffffffffff);
}

void text_utc(char out[21], time_t t)
{
	struct tm tm;
	gmtime_r(&t, &tm);
	strftime(out, 21, "%Y-%m-%dT%H:%M:%SZ", &tm);
}
