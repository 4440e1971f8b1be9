#define _POSIX_C_SOURCE 200809L /* strnlen */
#include "base/text.h"

#include <stdio.h>
#include <string.h>

enum { WORD_MAX_BYTES = 64 };

/* RFC 3629 section 4, row by row: range of the first byte, range of the second byte, number of further bytes. */
static const struct form {
	unsigned char first, last, second_least, second_most, more;
} forms[] = {
    {0x00, 0x7F, 0x00, 0x00, 0},
    {0xC2, 0xDF, 0x80, 0xBF, 1},
    {0xE0, 0xE0, 0xA0, 0xBF, 2},
    {0xE1, 0xEC, 0x80, 0xBF, 2},
    {0xED, 0xED, 0x80, 0x9F, 2},
    {0xEE, 0xEF, 0x80, 0xBF, 2},
    {0xF0, 0xF0, 0x90, 0xBF, 3},
    {0xF1, 0xF3, 0x80, 0xBF, 3},
    {0xF4, 0xF4, 0x80, 0x8F, 3},
};

static bool is_continuation(char c)
{
	return ((unsigned char)c & 0xC0) == 0x80;
}

size_t text_next(const char *text, int32_t *code)
{
	const unsigned char *p = (const unsigned char *)text;
	const struct form *f = forms, *end = forms + sizeof forms / sizeof *forms;
	*code = TEXT_INVALID;
	while (f != end && *p > f->last)
		f++;
	if (f == end || *p < f->first)
		return 1;
	if (f->more && (p[1] < f->second_least || p[1] > f->second_most))
		return 1;
	int32_t value = f->more ? *p & (0x3F >> f->more) : *p;
	for (size_t i = 1; i <= f->more; i++) {
		if (!is_continuation(text[i]))
			return 1;
		value = value << 6 | (p[i] & 0x3F);
	}
	*code = value;
	return 1u + f->more;
}

/* C0, DEL and C1: the characters that control a terminal. */
static bool is_control(int32_t code)
{
	return (code >= 0 && code < 0x20) || (code >= 0x7F && code <= 0x9F);
}

struct range {
	int32_t first, last;
};

/* Whether one of `count` ranges, in ascending order, has the code. */
static bool is_in(const struct range *ranges, size_t count, int32_t code)
{
	size_t i = 0;
	while (i < count - 1 && code > ranges[i].last)
		i++;
	return code >= ranges[i].first && code <= ranges[i].last;
}

/*
 * Characters without a sign of their own, or that change the direction of writing: joiners, selectors, fillers, tags,
 * private planes, and codes that are no characters.
 */
static bool is_invisible(int32_t code)
{
	static const struct range ranges[] = {{0xAD, 0xAD}, {0x34F, 0x34F}, {0x61C, 0x61C}, {0x115F, 0x1160},
	    {0x17B4, 0x17B5}, {0x180B, 0x180F}, {0x200B, 0x200F}, {0x2028, 0x202E}, {0x2060, 0x206F}, {0x2800, 0x2800},
	    {0x3164, 0x3164}, {0xFDD0, 0xFDEF}, {0xFE00, 0xFE0F}, {0xFEFF, 0xFEFF}, {0xFFA0, 0xFFA0}, {0xFFF0, 0xFFFB},
	    {0x1BCA0, 0x1BCA3}, {0x1D173, 0x1D17A}, {0xE0000, 0x10FFFF}};
	return is_in(ranges, sizeof ranges / sizeof *ranges, code) || (code & 0xFFFE) == 0xFFFE;
}

/* Marks that combine with the character before them: Unicode's blocks of marks, and those of scripts that stack them.
 */
static bool is_mark(int32_t code)
{
	static const struct range ranges[] = {{0x300, 0x36F}, {0x483, 0x489}, {0x591, 0x5C7}, {0x610, 0x61A},
	    {0x64B, 0x65F}, {0x6D6, 0x6ED}, {0x711, 0x74A}, {0x8CA, 0x8FF}, {0xE31, 0xE3A}, {0xE47, 0xE4E},
	    {0xEB1, 0xEBC}, {0xEC8, 0xECE}, {0xF71, 0xF84}, {0x1AB0, 0x1AFF}, {0x1DC0, 0x1DFF}, {0x20D0, 0x20FF},
	    {0x302A, 0x302F}, {0x3099, 0x309A}, {0xA66F, 0xA67D}, {0xFE20, 0xFE2F}};
	return is_in(ranges, sizeof ranges / sizeof *ranges, code);
}

bool text_is_shown(int32_t code)
{
	return code != TEXT_INVALID && !is_control(code) && !is_invisible(code);
}

bool text_shows(int32_t code, int *marks)
{
	bool is_shown = text_is_shown(code);
	if (is_shown && is_mark(code))
		return *marks < TEXT_MARKS_MAX && ++*marks;
	*marks = is_shown && code != ' ' ? 0 : TEXT_MARKS_MAX;
	return is_shown;
}

bool text_is_utf8(const char *text)
{
	int32_t code = 0;
	while (*text && code != TEXT_INVALID)
		text += (unsigned char)*text < 0x80 ? 1 : text_next(text, &code);
	return code != TEXT_INVALID;
}

bool text_is_same(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

bool text_is_line(const char *text)
{
	int32_t code;
	while (*text) {
		text += text_next(text, &code);
		if (code == TEXT_INVALID || is_control(code) || code == 0x2028 || code == 0x2029)
			return false;
	}
	return true;
}

bool text_is_token(const char *text)
{
	const char *p = text;
	while (*p > ' ' && *p <= '~')
		p++;
	return p > text && !*p;
}

bool text_is_shell_word(const char *text)
{
	static const char harmless[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-@:/+";
	return *text && text[strspn(text, harmless)] == '\0';
}

void text_put_shell_word(struct buf *out, const char *text)
{
	bool is_word = text_is_shell_word(text);
	buf_puts(out, is_word ? "" : "'");
	for (; *text; text++)
		if (*text == '\'')
			buf_puts(out, "'\\''");
		else
			buf_putc(out, *text);
	buf_puts(out, is_word ? "" : "'");
}

bool text_is_among(const char *words, const char *word, size_t len)
{
	for (size_t n; *words; words += n + 1) {
		n = strcspn(words, " ");
		if (n == len && memcmp(words, word, len) == 0)
			return true;
	}
	return false;
}

size_t text_fit(const char *text, size_t size)
{
	enum { BEHIND_THE_FIRST = 3 }; /* bytes of a character, at most */
	size_t len = strnlen(text, size);
	if (len < size || size == 0)
		return len;
	size_t fits = len = size - 1;
	while (fits > 0 && len - fits < BEHIND_THE_FIRST && is_continuation(text[fits]))
		fits--;
	return is_continuation(text[fits]) ? len : fits; /* not UTF-8: no place is better than another */
}

/* Ends the text in `out` behind at most `len` bytes, with the mark if there is room for it. */
static void end_cut(char *out, size_t size, size_t len)
{
	size_t mark = size > sizeof TEXT_CUT ? sizeof TEXT_CUT - 1 : 0;
	if (len + mark > size - 1)
		len = text_fit(out, size - mark);
	memcpy(out + len, TEXT_CUT, mark);
	out[len + mark] = '\0';
}

void text_copy(char *out, size_t size, const char *text)
{
	size_t len = text_fit(text, size);
	memcpy(out, text, len);
	out[len] = '\0';
	if (text[len])
		end_cut(out, size, len);
}

void text_mark_cut(char *out, size_t size, int wanted)
{
	if (wanted >= 0 && (size_t)wanted >= size)
		end_cut(out, size, size - 1);
}

int32_t text_first_unshown(const char *text)
{
	int32_t code;
	while (*text) {
		text += text_next(text, &code);
		if (!text_is_shown(code))
			return code;
	}
	return 0;
}

struct text_code text_stand_in(int32_t code)
{
	struct text_code s = {"?"};
	if (code == '\t' || code == '\n' || code == '\r')
		s.text[0] = ' ';
	else if (code != TEXT_INVALID && is_invisible(code))
		snprintf(s.text, sizeof s.text, code > 0xFFFF ? "\\U%08x" : "\\u%04x", (unsigned)code);
	return s;
}

static void put_stand_in(struct buf *out, int32_t code, text_escape *escape)
{
	struct text_code s = text_stand_in(code);
	for (const char *c = s.text; *c; c++)
		if (!escape || !escape(out, *c, true))
			buf_putc(out, *c);
}

/* Printable ASCII that stands for itself in JSON, HTML and label values. */
static bool is_plain(char c)
{
	switch (c) {
	case '"':
	case '\\':
	case '<':
	case '>':
	case '&':
	case '\'': return false;
	default: return c >= ' ' && c <= '~';
	}
}

void text_put(struct buf *out, const char *text, text_escape *escape)
{
	int marks = TEXT_MARKS_MAX;
	while (*text) {
		size_t plain = 0;
		int32_t code;
		while (is_plain(text[plain]))
			plain++;
		buf_put(out, text, plain);
		text += plain;
		if (plain)
			text_shows(text[-1], &marks);
		if (!*text)
			return;
		size_t bytes = text_next(text, &code);
		bool is_shown = text_shows(code, &marks);
		if (escape && escape(out, code, is_shown))
			;
		else if (is_shown)
			buf_put(out, text, bytes);
		else
			put_stand_in(out, code, escape);
		text += bytes;
	}
}

void text_copy_shown(char *out, size_t size, const char *text)
{
	struct buf shown = buf_of(strlen(text) * sizeof(struct text_code));
	text_put(&shown, text, NULL);
	text_copy(out, size, buf_text(&shown));
	buf_fini(&shown);
}

void text_cut_tokens(char *text)
{
	static const char digits[] = "0123456789";
	static const char others[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-+=";
	char *out = text;
	while (*text) {
		size_t run = strspn(text, others), len = run ? run : 1;
		bool is_token = run >= TEXT_TOKEN_RUN_BYTES && strcspn(text, digits) < run;
		memmove(out, is_token ? TEXT_CUT : text, is_token ? strlen(TEXT_CUT) : len);
		out += is_token ? strlen(TEXT_CUT) : len;
		text += len;
	}
	*out = '\0';
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* Levenshtein's distance, row by row of the usual table. */
static size_t edits(const char *a, size_t a_len, const char *b, size_t b_len)
{
	size_t row[WORD_MAX_BYTES + 1];
	for (size_t j = 0; j <= b_len; j++)
		row[j] = j;
	for (size_t i = 1; i <= a_len; i++) {
		size_t diagonal = row[0];
		row[0] = i;
		for (size_t j = 1; j <= b_len; j++) {
			size_t above = row[j];
			size_t change = lower(a[i - 1]) != lower(b[j - 1]);
			row[j] = least(least(above, row[j - 1]) + 1, diagonal + change);
			diagonal = above;
		}
	}
	return row[b_len];
}

size_t text_distance(const char *a, const char *b, size_t b_len)
{
	size_t a_len = strlen(a);
	if (!a_len || a_len > WORD_MAX_BYTES || b_len > WORD_MAX_BYTES)
		return TEXT_UNLIKE;
	size_t distance = edits(a, a_len, b, b_len);
	/* People type only the beginning of a word when they do not remember the rest. */
	for (size_t len = a_len - 1; len <= a_len + 1 && len < b_len; len++)
		distance = least(distance, edits(a, a_len, b, len) + 1);
	return 3 * distance <= 2 * a_len ? distance : TEXT_UNLIKE;
}
