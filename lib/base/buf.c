#include "base/buf.h"

#include "base/mem.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_CAP = 256 };

/* For a secret not realloc(): it would leave the old bytes in freed memory. */
static void grow(struct buf *b, size_t cap)
{
	if (!b->is_secret) {
		b->data = mem_resized(b->data, cap);
	} else {
		char *data = mem_secret(cap);
		if (b->data)
			memcpy(data, b->data, b->len);
		mem_free_secret_bytes(b->data, b->cap);
		b->data = data;
	}
	b->cap = cap;
}

/* Makes room for `more` bytes and the NUL; false when that would exceed the maximum. */
static bool reserve(struct buf *b, size_t more)
{
	if (b->overflow || more > b->max - b->len) {
		b->overflow = true;
		return false;
	}
	size_t need = b->len + more + 1;
	if (need > b->cap) {
		size_t cap = b->cap ? b->cap : FIRST_CAP;
		while (cap < need)
			cap *= 2;
		grow(b, cap);
	}
	return true;
}

void buf_put_growing(struct buf *b, const char *bytes, size_t len)
{
	if (!reserve(b, len))
		return;
	if (len)
		memcpy(b->data + b->len, bytes, len);
	b->len += len;
	b->data[b->len] = '\0';
}

void buf_put_fitting(struct buf *b, const char *bytes, size_t len)
{
	size_t room = b->max - b->len;
	buf_put(b, bytes, len < room ? len : room);
	b->overflow |= len > room;
}

void buf_put_int(struct buf *b, int64_t value)
{
	char digits[sizeof "-9223372036854775808"], *at = digits + sizeof digits;
	uint64_t rest = value < 0 ? -(uint64_t)value : (uint64_t)value;
	do
		*--at = (char)('0' + rest % 10);
	while (rest /= 10);
	if (value < 0)
		*--at = '-';
	buf_put(b, at, (size_t)(digits + sizeof digits - at));
}

/* Usually the text fits into the present memory and is formatted only once. */
void buf_printf(struct buf *b, const char *format, ...)
{
	size_t room = b->cap - b->len;
	va_list ap;
	va_start(ap, format);
	int n = vsnprintf(room ? b->data + b->len : NULL, room, format, ap);
	va_end(ap);
	if (n < 0 || !reserve(b, (size_t)n)) {
		if (room)
			b->data[b->len] = '\0';
		return;
	}
	if ((size_t)n >= room) {
		va_start(ap, format);
		vsnprintf(b->data + b->len, (size_t)n + 1, format, ap);
		va_end(ap);
	}
	b->len += (size_t)n;
}

const char *buf_text(const struct buf *b)
{
	return b->data ? b->data : "";
}

void buf_cut(struct buf *b, size_t len)
{
	b->overflow = false;
	if (len >= b->len)
		return;
	b->len = len;
	b->data[len] = '\0';
}

void buf_reset(struct buf *b)
{
	if (b->is_secret)
		buf_fini(b);
	b->len = 0;
	b->overflow = false;
	if (b->data)
		b->data[0] = '\0';
}

void buf_fini(struct buf *b)
{
	if (b->is_secret)
		mem_free_secret_bytes(b->data, b->cap);
	else
		free(b->data);
	*b = (struct buf){.max = b->max, .is_secret = b->is_secret};
}
