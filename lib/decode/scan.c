#include "decode/scan.h"

#include <limits.h>
#if defined __SSE2__
#include <emmintrin.h>
#endif

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
	*scan = (struct scan){.at = {.expects = SPACE | VALUE, .in = &at_top}};
}

/* Where a quote or backslash is in sixteen bytes, the first in the lowest bit. */
#if defined __SSE2__ /* every amd64 */
static inline unsigned marks_of(const char *p)
{
	__m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)p);
	__m128i quotes = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')),
		escapes = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'));
	return (unsigned)_mm_movemask_epi8(_mm_or_si128(quotes, escapes));
}
#else
static inline unsigned marks_of(const char *p)
{
	unsigned marks = 0;
	for (int i = 0; i < 16; i++)
		marks |= (unsigned)(p[i] == '"' || p[i] == '\\') << i;
	return marks;
}
#endif

/* The first quote or backslash from `p`, or `end`; sixteen bytes at a time, because most strings are shorter. */
static inline const char *find_mark(const char *p, const char *end)
{
	for (; end - p >= 16; p += 16) {
		unsigned marks = marks_of(p);
		if (marks)
			return p + __builtin_ctz(marks);
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
		at->expects = is_name ? at->in->behind_name : at->in->behind_value;
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

/* The rest of the word that begins with `first`, that byte included; NULL: it is a number. */
static inline const char *word_of(char first)
{
	return first == 't' ? "true" : first == 'f' ? "false" : first == 'n' ? "null" : NULL;
}

/* Passes over what of the `*rest` of a word is there, or over a number's bytes where it is NULL. */
static inline const char *pass_word(const char **rest, const char *p, const char *end)
{
	for (; p < end && *rest && **rest && *p == **rest; p++)
		++*rest;
	for (; p < end && !*rest && is_digit(*p); p++)
		;
	return p;
}

/* Reads on the `rest` of true, false or null; of a number where it is NULL. NULL, with the place in `bad`: wrong. */
static inline const char *read_word(
    struct scan *s, struct scan_place *at, const char *rest, const char *p, const char *end, const char **bad)
{
	p = pass_word(&rest, p, end);
	at->expects = at->in->behind_value;
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
	at->in = d >= SCAN_LEVELS ? &too_deep : is_object ? &in_object : &in_array;
	at->expects = at->in->first;
}

static inline void close_container(const struct scan *s, struct scan_place *at)
{
	size_t d = --at->depth;
	if (d < SCAN_LEVELS)
		at->in = d == 0 ? &at_top : s->is_object[d / 64] >> d % 64 & 1 ? &in_object : &in_array;
	at->expects = at->in->behind_value;
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
		at->expects = *p == ':' ? at->in->behind_colon : at->in->behind_comma;
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
	return read_word(s, at, word_of(*p), p, end, bad);
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

/* The byte behind the string whose opening quote is before `p`; NULL: it does not end before `end`. */
static inline const char *pass_text(const char *p, const char *end)
{
	while ((p = find_mark(p, end)) < end && *p == '\\' && end - p >= 2)
		p += 2;
	return p < end && *p == '"' ? p + 1 : NULL;
}

/* The same for a string, an empty object or array, or a word that begins at `p`; NULL for what is none. */
static inline __attribute__((always_inline)) const char *pass_flat(const char *p, const char *end)
{
	if (*p == '"')
		return pass_text(p + 1, end);
	if (*p == '{' || *p == '[')
		return p[1] == *p + 2 ? p + 2 : NULL; /* its closing bracket */
	const char *rest = word_of(*p);
	bool may_begin = meaning[(unsigned char)*p] & VALUE;
	p = pass_word(&rest, p, end);
	return may_begin && p < end && !(rest && *rest) ? p : NULL;
}

/*
 * Passes over members, or the values of an array, from the beginning of one on, as long as they are written without
 * white space, as API servers do. It follows the rules without asking for them at every token, which makes most of the
 * speed. Whatever is unusual is left to step(): what is wrong, and what is near the end of the chunk.
 */
static inline __attribute__((always_inline)) const char *pass_members(
    struct scan *s, struct scan_place *at, size_t depth, const char *p, const char *end)
{
	const char *last = end - 4; /* behind what ends here there are a colon, an empty object and one byte more */
	while (p < last) {
		const char *value = p, *behind;
		if (at->expects & NAME) {
			value = *p == '"' ? pass_text(p + 1, last) : NULL;
			if (!value || *value++ != ':')
				return p;
		}
		behind = pass_flat(value, last);
		if (!behind && (*value == '{' || *value == '[')) {
			open_container(s, at, *value == '{');
			p = value + 1;
			continue;
		}
		if (!behind)
			return p;
		p = behind;
		at->expects = at->in->behind_value;
		while (*p != ',') {
			if (!(meaning[(unsigned char)*p] & at->expects & (END_OF_OBJECT | END_OF_ARRAY)))
				return p;
			close_container(s, at);
			if (++p == end || at->depth == depth)
				return p;
		}
		p++;
		at->expects = at->in->behind_comma;
	}
	return p;
}

const char *scan_pass(struct scan *s, size_t depth, const char *p, const char *end, const char **bad)
{
	p = read_on(s, &s->at, p, end, bad);
	struct scan_place at = s->at; /* a copy, so that it stays in registers */
	while (p && p < end && (at.depth > depth || at.expects != at.in->behind_value)) {
		const char *from = p;
		if (at.depth > depth && (at.expects == at.in->first || at.expects == at.in->behind_comma))
			p = pass_members(s, &at, depth, p, end);
		if (p == from)
			p = step(s, &at, p, end, bad);
	}
	s->at = at;
	return p;
}

const char *scan_pass_unread(struct scan *s, const struct member *read, const char *p, const char *end)
{
	const char *last = end - 4; /* as above */
	size_t depth = s->at.depth;
	if (s->in_text || s->in_word || s->at.expects == s->at.in->behind_name)
		return p;
	struct scan_place at = s->at;
	while (p < last) {
		bool is_comma = *p == ',' && at.expects == at.in->behind_value;
		const char *name = p + is_comma + 1, *quote, *value, *behind;
		if (!((is_comma ? at.in->behind_comma : at.expects) & NAME) || name[-1] != '"')
			break;
		quote = find_mark(name, last); /* a name with an escape is not simple */
		if (quote >= last || quote[0] != '"' || quote[1] != ':' ||
		    member_find(read, name, (size_t)(quote - name)))
			break;
		value = quote + 2;
		behind = pass_flat(value, last);
		if (!behind && *value != '{' && *value != '[')
			break;
		if (!behind) {
			open_container(s, &at, *value == '{');
			p = pass_members(s, &at, depth, value + 1, end);
			if (at.depth > depth)
				break;
		} else {
			at.expects = at.in->behind_value;
			p = behind;
		}
	}
	s->at = at;
	return p;
}

/* White space, colons and commas, where they may come. */
static inline const char *pass_separators(struct scan_place *at, const char *p, const char *end)
{
	for (; p < end && meaning[(unsigned char)*p] & at->expects & (SPACE | COLON | COMMA); p++)
		if (*p == ':')
			at->expects = at->in->behind_colon;
		else if (*p == ',')
			at->expects = at->in->behind_comma;
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
