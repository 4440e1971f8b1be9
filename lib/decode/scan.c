#define _DEFAULT_SOURCE /* le64toh */
#include "decode/scan.h"

#include <endian.h>
#include <limits.h>
#include <string.h>

/* What a byte outside strings and words can be. White space may come anywhere, so it is part of every rule. */
enum { SPACE = 1, NAME = 2, VALUE = 4, COLON = 8, COMMA = 16, END_OF_OBJECT = 32, END_OF_ARRAY = 64, ANYTHING = 127 };

/* clang-format off */
static const unsigned char meaning[UCHAR_MAX + 1] = {
	[' '] = SPACE, ['\t'] = SPACE, ['\r'] = SPACE, ['\n'] = SPACE,
	['"'] = NAME | VALUE, ['{'] = VALUE, ['['] = VALUE, ['t'] = VALUE, ['f'] = VALUE, ['n'] = VALUE,
	['-'] = VALUE, ['0'] = VALUE, ['1'] = VALUE, ['2'] = VALUE, ['3'] = VALUE, ['4'] = VALUE,
	['5'] = VALUE, ['6'] = VALUE, ['7'] = VALUE, ['8'] = VALUE, ['9'] = VALUE,
	[':'] = COLON, [','] = COMMA, ['}'] = END_OF_OBJECT, [']'] = END_OF_ARRAY,
};

static const struct scan_rules at_top    = { 0, 0, 0, SPACE, 0 },
  in_object = { SPACE | NAME | END_OF_OBJECT, SPACE | COLON, SPACE | VALUE, SPACE | COMMA | END_OF_OBJECT, SPACE | NAME },
  in_array  = { SPACE | VALUE | END_OF_ARRAY, 0, 0, SPACE | COMMA | END_OF_ARRAY, SPACE | VALUE },
  too_deep  = { ANYTHING, ANYTHING, ANYTHING, ANYTHING, ANYTHING };
/* clang-format on */

void scan_init(struct scan *scan)
{
	*scan = (struct scan){.at = {.expects = SPACE | VALUE, .in = at_top}};
}

/* The first quote or backslash from `p`, or `end`; sixteen bytes at a time, because most strings are shorter. */
static inline const char *find_mark(const char *p, const char *end)
{
	typedef unsigned char bytes __attribute__((vector_size(16)));
	typedef uint64_t halves __attribute__((vector_size(16)));
	for (bytes b; end - p >= (ptrdiff_t)sizeof b; p += sizeof b) {
		memcpy(&b, p, sizeof b);
		halves marks = (halves)((b == '"') | (b == '\\')); /* 0xff for a mark, 0 for another byte */
		if (marks[0])
			return p + __builtin_ctzll(le64toh(marks[0])) / 8;
		if (marks[1])
			return p + 8 + __builtin_ctzll(le64toh(marks[1])) / 8;
	}
	while (p < end && *p != '"' && *p != '\\')
		p++;
	return p;
}

/* Reads a string on, behind its opening quote. The scan is written to only where the chunk ends inside the string. */
static inline const char *read_text(struct scan *s, struct scan_place *at, bool is_name, const char *p, const char *end)
{
	while ((p = find_mark(p, end)) < end && *p == '\\' && end - p >= 2) {
		s->has_escape = true;
		p += 2;
	}
	if (p < end && *p == '"') {
		at->expects = is_name ? at->in.behind_name : at->in.behind_value;
		return p + 1;
	}
	s->in_text = true;
	s->in_escape = p < end;
	s->has_escape |= s->in_escape;
	s->in_name = is_name;
	return end;
}

/* What may stand in a number; the rest of its grammar is left to its reader. */
static inline bool is_digit(char c)
{
	return (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E';
}

/* Reads on the `rest` of true, false or null; of a number where it is NULL. NULL, with the place in `bad`: wrong. */
static inline const char *read_word(
    struct scan *s, struct scan_place *at, const char *rest, const char *p, const char *end, const char **bad)
{
	for (; p < end && rest && *rest && *p == *rest; p++)
		rest++;
	for (; p < end && !rest && is_digit(*p); p++)
		;
	at->expects = at->in.behind_value;
	if (p == end) {
		s->in_word = true;
		s->word = rest;
	} else if (rest && *rest) {
		*bad = p;
		return NULL;
	}
	return p;
}

static inline void open_container(struct scan *s, struct scan_place *at, bool is_object)
{
	size_t d = ++at->depth;
	uint64_t bit = UINT64_C(1) << d % 64, *bits = &s->is_object[d / 64 % (SCAN_LEVELS / 64)];
	if (d < SCAN_LEVELS)
		*bits = is_object ? *bits | bit : *bits & ~bit;
	at->in = d >= SCAN_LEVELS ? too_deep : is_object ? in_object : in_array;
	at->expects = at->in.first;
}

static inline void close_container(const struct scan *s, struct scan_place *at)
{
	size_t d = --at->depth;
	if (d < SCAN_LEVELS)
		at->in = d == 0 ? at_top : s->is_object[d / 64] >> d % 64 & 1 ? in_object : in_array;
	at->expects = at->in.behind_value;
}

/* Reads one token, or what the chunk has of it. NULL, with the place in `bad`, for what must not come here. */
static inline __attribute__((always_inline)) const char *step(
    struct scan *s, struct scan_place *at, const char *p, const char *end, const char **bad)
{
	if (!(meaning[(unsigned char)*p] & at->expects)) {
		*bad = p;
		return NULL;
	}
	/* The most frequent first; comparisons, because a jump through a table is hard to foresee. */
	if (*p == '"')
		return read_text(s, at, at->expects & NAME, p + 1, end);
	if (*p == ':' || *p == ',') {
		at->expects = *p == ':' ? at->in.behind_colon : at->in.behind_comma;
		return p + 1;
	}
	if (*p == '{' || *p == '[') {
		open_container(s, at, *p == '{');
		return p + 1;
	}
	if (*p == '}' || *p == ']') {
		close_container(s, at);
		return p + 1;
	}
	if (meaning[(unsigned char)*p] == SPACE)
		return p + 1;
	return read_word(s, at, *p == 't' ? "true" : *p == 'f' ? "false" : *p == 'n' ? "null" : NULL, p, end, bad);
}

/* Reads the rest of a string or word that began in an earlier chunk. */
static const char *read_on(struct scan *s, struct scan_place *at, const char *p, const char *end, const char **bad)
{
	bool in_text = s->in_text, in_word = s->in_word;
	s->in_text = s->in_word = false;
	if (in_text)
		return read_text(s, at, s->in_name, p + s->in_escape, end);
	return in_word ? read_word(s, at, s->word, p, end, bad) : p;
}

const char *scan_pass(struct scan *s, size_t depth, const char *p, const char *end, const char **bad)
{
	struct scan_place at = s->at; /* a copy, so that it stays in registers */
	p = read_on(s, &at, p, end, bad);
	while (p && p < end && (at.depth > depth || at.expects != at.in.behind_value))
		p = step(s, &at, p, end, bad);
	s->at = at;
	return p;
}

/* White space, colons and commas, where they may come. */
static inline const char *pass_separators(struct scan_place *at, const char *p, const char *end)
{
	for (; p < end && meaning[(unsigned char)*p] & at->expects & (SPACE | COLON | COMMA); p++)
		if (*p == ':')
			at->expects = at->in.behind_colon;
		else if (*p == ',')
			at->expects = at->in.behind_comma;
	return p;
}

const char *scan_next(struct scan *s, const char *p, const char *end, struct scan_piece *piece, const char **bad)
{
	bool begins = !s->in_text && !s->in_word;
	if (begins)
		p = pass_separators(&s->at, p, end);
	piece->begins = begins;
	piece->bytes = p;
	piece->token = SCAN_NONE;
	if (p == end)
		return end;
	bool is_name = begins ? s->at.expects & NAME : s->in_name;
	bool is_text = begins ? *p == '"' : s->in_text;
	piece->token = is_text         ? is_name ? SCAN_NAME : SCAN_TEXT
	    : !begins                  ? SCAN_WORD
	    : *p == '{'                ? SCAN_OBJECT
	    : *p == '['                ? SCAN_ARRAY
	    : (*p == '}' || *p == ']') ? SCAN_CLOSE
				       : SCAN_WORD;
	s->has_escape &= !begins;
	p = begins ? step(s, &s->at, p, end, bad) : read_on(s, &s->at, p, end, bad);
	piece->ends = !s->in_text;
	piece->len = p ? (size_t)(p - piece->bytes) : 0;
	return p;
}
