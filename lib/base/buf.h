/*
 * A growing byte buffer with a ceiling. Writing past the ceiling latches `overflow` and drops the
 * rest: writers write, and the reader checks once at the end.
 */
#ifndef HAWATCH_BASE_BUF_H
#define HAWATCH_BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf {
	char *data; /* `len` bytes and always a NUL behind them; NULL before the first write */
	size_t len, cap;
	size_t max; /* ceiling for `len` in bytes */
	bool overflow;
	bool is_secret; /* leaves no copy behind: neither where it grows, nor when it is reset or freed */
};

/* An empty buffer that may grow to `max` bytes. Allocates nothing yet. */
static inline struct buf buf_of(size_t max)
{
	return (struct buf){.max = max};
}

/* The same for what may hold a secret. */
static inline struct buf buf_of_secret(size_t max)
{
	return (struct buf){.max = max, .is_secret = true};
}

void buf_put(struct buf *b, const char *bytes, size_t len);
void buf_puts(struct buf *b, const char *text);
void buf_putc(struct buf *b, char c);
void buf_put_int(struct buf *b, int64_t value); /* in decimal */
void buf_printf(struct buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The text so far, "" when nothing was written. Borrowed; valid until the next write. */
const char *buf_text(const struct buf *b);

/* Empties the buffer and clears `overflow`; keeps the memory for the next use. */
void buf_reset(struct buf *b);

/* Frees the memory. The buffer may be used again afterwards, with the same ceiling. */
void buf_fini(struct buf *b);

#endif
