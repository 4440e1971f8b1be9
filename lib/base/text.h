/*
 * Text that others wrote: whether it is UTF-8 (RFC 3629), how much of it fits, and what of it may be shown. Everything
 * that leaves the program for a person passes text_put() or an escaper that asks text_is_shown(), so that no answer can
 * move a cursor, hide a word or turn a line around.
 */
#ifndef HAWATCH_BASE_TEXT_H
#define HAWATCH_BASE_TEXT_H

#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TEXT_INVALID = -1 };

/*
 * The character that `text` begins with: its length in bytes, at least 1 and never past a NUL behind the first, and its
 * code point in `code`. What is no UTF-8 is one byte of TEXT_INVALID.
 */
size_t text_next(const char *text, int32_t *code);

/* C0, DEL and C1: what terminals obey. */
bool text_is_control(int32_t code);

/* False for a control, for what is invisible or changes the direction of writing, and for what is no UTF-8. */
bool text_is_shown(int32_t code);

/* Valid UTF-8: no overlong forms, no surrogates, nothing above U+10FFFF. */
bool text_is_utf8(const char *text);

/* Valid UTF-8 without control characters, and so without a line end. Empty text is a line. */
bool text_is_line(const char *text);

/* One or more printable ASCII characters without blanks: what can stand in an Authorization header (RFC 6750, 2.1). */
bool text_is_token(const char *text);

/* Bytes of UTF-8 `text` that fit into `size` bytes with a NUL behind them, cut between characters. */
size_t text_fit(const char *text, size_t size);

/* Copies what fits. `size` is not 0. */
void text_copy(char *out, size_t size, const char *text);

/* What stands for a character that is not shown: a blank for a tab or line end, else '?'. */
char text_stand_in(int32_t code);

/* Appends `text`, with stand-ins for what is not shown. */
void text_put(struct buf *out, const char *text);

/* The same in place. */
void text_clean(char *text);

enum { TEXT_UNLIKE = 1000 };

/*
 * How unlike two words are: letters to add, drop or change, upper and lower case being one. TEXT_UNLIKE beyond
 * resemblance. A beginning of `b` counts as one letter less like it than itself. `b` is `b_len` bytes.
 */
size_t text_distance(const char *a, const char *b, size_t b_len);

#endif
