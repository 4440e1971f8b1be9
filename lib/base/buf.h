/*
 * A growing byte buffer with a maximum size. A write past the maximum sets `overflow` and is dropped, like all later
 * writes. So writers need no check; the reader checks `overflow` once at the end.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct buf {
	char *data; /* `len` bytes and a NUL after them; NULL before the first write */
	size_t len, cap;
	size_t max; /* maximum of `len` in bytes */
	bool overflow;
	bool is_secret; /* in memory for secrets, and overwritten when it grows, is reset or is freed */
};

/* An empty buffer that may grow to `max` bytes. Allocates nothing yet. */
static inline struct buf buf_of(size_t max)
{
	return (struct buf){.max = max};
}

/* The same for content that may be a secret. */
static inline struct buf buf_of_secret(size_t max)
{
	return (struct buf){.max = max, .is_secret = true};
}

/* buf_put() of what does not fit into the present memory. */
void buf_put_growing(struct buf *b, const char *bytes, size_t len);

/* Inline, because an exposition is made of very many small texts. */
static inline void buf_put(struct buf *b, const char *bytes, size_t len)
{
	if (len >= b->cap - b->len || len > b->max - b->len || b->overflow || !len) {
		buf_put_growing(b, bytes, len);
		return;
	}
	memcpy(b->data + b->len, bytes, len);
	b->len += len;
	b->data[b->len] = '\0';
}

static inline void buf_puts(struct buf *b, const char *text)
{
	buf_put(b, text, strlen(text));
}

/* Appends as much as fits: of outside bytes the beginning is better than nothing. Sets `overflow` if it is not all. */
void buf_put_fitting(struct buf *b, const char *bytes, size_t len);
static inline void buf_putc(struct buf *b, char c)
{
	buf_put(b, &c, 1);
}

void buf_put_int(struct buf *b, int64_t value); /* in decimal */
void buf_printf(struct buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The text so far, "" when nothing was written. Borrowed; valid until the next write. */
const char *buf_text(const struct buf *b);

/* Keeps only the first `len` bytes, and clears `overflow`. */
void buf_cut(struct buf *b, size_t len);

/* Empties the buffer and clears `overflow`. Keeps the memory for the next use, unless it is a secret. */
void buf_reset(struct buf *b);

/* Frees the memory. The buffer may be used again afterwards, with the same maximum. */
void buf_fini(struct buf *b);
