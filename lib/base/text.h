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

/*
 * The same for the characters of a text, in their order. Marks that combine with a letter are shown only behind one,
 * and at most TEXT_MARKS_MAX of them: more would cover the lines above and below. `marks` counts those behind the
 * present letter; start with TEXT_MARKS_MAX.
 */
enum { TEXT_MARKS_MAX = 3 };
bool text_shows(int32_t code, int *marks);

/* Valid UTF-8: no overlong forms, no surrogates, nothing above U+10FFFF. */
bool text_is_utf8(const char *text);

/* The same text, or NULL both. */
bool text_is_same(const char *a, const char *b);

/* Valid UTF-8 without control characters, so without a line end. An empty text is a line. */
bool text_is_line(const char *text);

/* One or more printable ASCII characters without spaces: usable in an Authorization header (RFC 6750, 2.1). */
bool text_is_token(const char *text);

/* True when the first `len` bytes of `word` are one of `words`. Each of these ends with a space. */
bool text_is_among(const char *words, const char *word, size_t len);

/* How many bytes of the UTF-8 `text` fit into `size` bytes with a NUL after them, cut between characters. */
size_t text_fit(const char *text, size_t size);

/* The end of a text that was cut, so that nobody takes a part for the whole. */
#define TEXT_CUT "..."

/*
 * Copies `text`. One that does not fit is cut between characters, and ends with TEXT_CUT if there is room for this.
 * `size` is not 0. The only way to cut a text.
 */
void text_copy(char *out, size_t size, const char *text);

/* Marks the text in `out`, of `size` bytes, if snprintf() had to cut it: `wanted` is what snprintf() returned. */
void text_mark_cut(char *out, size_t size, int wanted);

/* The first character of `text` that text_is_shown() does not allow; 0 when all are shown. */
int32_t text_first_unshown(const char *text);

/*
 * The replacement for a character that is not shown: a space for a tab or line end; the code, such as `\u202e` or
 * `\U000e0041`, for one that is invisible or changes the writing direction, so that a person sees that it is there; '?'
 * for a control character, a mark too many and TEXT_INVALID.
 */
struct text_code {
	char text[sizeof "\\U0010ffff"];
};
struct text_code text_stand_in(int32_t code);

/*
 * Appends what replaces a character in some format; `is_shown` is the answer of text_shows(). False when the character
 * needs no replacement there.
 */
typedef bool text_escape(struct buf *out, int32_t code, bool is_shown);

/*
 * Appends `text`: what `escape` (NULL: nothing) does not replace, as it is when it is shown, else its stand-in, to
 * which `escape` is applied, too. The only way of outside text into JSON, HTML and label values.
 */
void text_put(struct buf *out, const char *text, text_escape *escape);

/* Whether a shell takes `text` as one word, whatever stands around it. */
bool text_is_shell_word(const char *text);

/* Appends `text` as one word of a shell's line: as it is, or in single quotes. */
void text_put_shell_word(struct buf *out, const char *text);

/* Copies `text` as text_put() shows it without `escape`, and cuts it as text_copy() does. */
void text_copy_shown(char *out, size_t size, const char *text);

/*
 * Replaces by TEXT_CUT, in place, what may be a token: TEXT_TOKEN_RUN_BYTES or more of letters, digits, `_`, `-`, `+`
 * and
 * `=`, at least one digit among them. Words of a message have none, and the pieces of a path are shorter.
 */
enum { TEXT_TOKEN_RUN_BYTES = 20 };
void text_cut_tokens(char *text);

enum { TEXT_UNLIKE = 1000 };

/*
 * The distance of two words: the number of letters to add, remove or change; upper and lower case are equal.
 * TEXT_UNLIKE when they are too different. A word that is like a beginning of `b` costs one letter more. `b` has
 * `b_len` bytes.
 */
size_t text_distance(const char *a, const char *b, size_t b_len);
