/*
 * Text for the simulator: building it, quoting it, coding it. Memory that is not there ends the
 * program, as does every other failure to start: a simulator half up would be worse than none.
 */
#pragma once

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>

/* Prints "hawatch-sim: ..." on stderr and exits 1. The text names the place and the remedy. */
_Noreturn void fatal(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* A stream that ends as a string. */
struct text {
	FILE *out;
	char *bytes;
	size_t len;
};

void text_open(struct text *t);

/* Closes the stream and hands over its NUL-terminated bytes; `len` may be NULL. */
char *text_take(struct text *t, size_t *len);

/*
 * fprintf for JSON that is typed in C: every ' of the outcome becomes a ". Text from outside goes
 * through text_json() instead.
 */
void text_put(FILE *out, const char *format, ...) __attribute__((format(printf, 2, 3)));
void text_vput(FILE *out, const char *format, va_list ap) __attribute__((format(printf, 2, 0)));

/* printf into a new string; the caller frees it. */
char *text_format(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* `count` zeroed elements, always there. */
void *text_zeroed(size_t count, size_t size);

/* A copy that the caller frees. */
char *text_copy(const char *s);

bool text_starts(const char *s, const char *prefix);

/* Reads a whole decimal number within [lo, hi]; false otherwise, `out` untouched. */
bool text_number(const char *s, long lo, long hi, long *out);

/* `s` as a JSON string with its quotes, escaped the way Go's encoder does. */
void text_json(FILE *out, const char *s);

/* Base64 with padding (RFC 4648 section 4), or the URL alphabet without it (section 5). */
char *text_base64(const void *bytes, size_t len);
char *text_base64url(const void *bytes, size_t len);

/* Decodes unpadded base64url into a NUL-terminated string; NULL if a character does not belong. */
char *text_unbase64url(const char *s, size_t *len);

/* `len` bytes of the kernel's randomness as lower-case hex; `out` holds 2 * len + 1. */
void text_random_hex(char *out, size_t len);

/* A number, and a UUID of version 4's shape, that depend on `seed` and `n` alone. */
uint64_t text_hash(const char *seed, unsigned n);
void text_uuid(char out[37], const char *seed, unsigned n);

/* RFC 3339 in UTC with seconds, as Kubernetes writes it. */
void text_utc(char out[21], time_t t);
