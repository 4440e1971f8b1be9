/*
 * Text from outside: whether it is UTF-8 (RFC 3629), how much of it fits, and which characters may be shown, so that no
 * answer can move the cursor, hide a word or reverse a line.
 */
#pragma once

#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TEXT_INVALID = -1 };

/*
 * The first character of `text`. Returns its length in bytes, at least 1 and never past a NUL after the first byte; its
 * code point goes to `code`. A byte that is not UTF-8 has length 1 and the code TEXT_INVALID.
 */
size_t text_next(const char *text, int32_t *code);

/* False for control characters, invisible characters, changes of the writing direction, and TEXT_INVALID. */
bool text_is_shown(int32_t code);

/* Valid UTF-8: no overlong forms, no surrogates, nothing above U+10FFFF. */
bool text_is_utf8(const char *text);

/* Valid UTF-8 without control characters, so without a line end. An empty text is a line. */
bool text_is_line(const char *text);

/* One or more printable ASCII characters without spaces: usable in an Authorization header (RFC 6750, 2.1). */
bool text_is_token(const char *text);

/* How many bytes of the UTF-8 `text` fit into `size` bytes with a NUL after them, cut between characters. */
size_t text_fit(const char *text, size_t size);

/* Copies what fits. `size` is not 0. */
void text_copy(char *out, size_t size, const char *text);

/* The replacement for a character that is not shown: a space for a tab or line end, else '?'. */
char text_stand_in(int32_t code);

/* Appends what replaces a character in some format. False when the character needs no replacement there. */
typedef bool text_escape(struct buf *out, int32_t code);

/*
 * Appends `text`: what `escape` (NULL: nothing) does not replace, as it is when it is shown, else its stand-in. The
 * only way of outside text into JSON, HTML and label values.
 */
void text_put(struct buf *out, const char *text, text_escape *escape);

/* The same in place. */
void text_clean(char *text);

enum { TEXT_UNLIKE = 1000 };

/*
 * The distance of two words: the number of letters to add, remove or change; upper and lower case are equal.
 * TEXT_UNLIKE when they are too different. A word that is like a beginning of `b` costs one letter more. `b` has
 * `b_len` bytes.
 */
size_t text_distance(const char *a, const char *b, size_t b_len);
