#include "config/yaml_scalar.h"

#include "base/mem.h"
#include "base/text.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define DIGITS "0123456789"

static const struct {
	enum yaml_kind kind;
	bool is_true;
	const char *words;
} families[] = {
    {YAML_NULL, false, "~ null Null NULL "},
    {YAML_BOOLEAN, true, "y Y yes Yes YES true True TRUE on On ON "},
    {YAML_BOOLEAN, false, "n N no No NO false False FALSE off Off OFF "},
    {YAML_NUMBER, false, ".nan .NaN .NAN .inf .Inf .INF +.inf +.Inf +.INF -.inf -.Inf -.INF "},
};
enum { FAMILIES = sizeof families / sizeof *families };

static size_t family_of(const char *word)
{
	size_t i = 0;
	while (i < FAMILIES && !text_is_among(families[i].words, word, strlen(word)))
		i++;
	return i;
}

/* 0x1F, 0b101, 0o17: a number only if it fits into 64 bits. */
static bool is_based(const char *p, uint64_t *value)
{
	static const struct {
		char letter;
		const char *digits;
		int base;
	} bases[] = {{'x', DIGITS "abcdefABCDEF", 16}, {'X', DIGITS "abcdefABCDEF", 16}, {'b', "01", 2}, {'B', "01", 2},
	    {'o', "01234567", 8}, {'O', "01234567", 8}};
	for (size_t i = 0; *p == '0' && i < sizeof bases / sizeof *bases; i++) {
		const char *digits = p + 2;
		if (p[1] != bases[i].letter || !*digits || digits[strspn(digits, bases[i].digits)])
			continue;
		errno = 0;
		*value = strtoull(digits, NULL, bases[i].base);
		return errno == 0;
	}
	return false;
}

/* 12, and 017 which is 15, if they fit into 64 bits. */
static bool is_whole(const char *p, uint64_t *value)
{
	bool is_octal = *p == '0' && p[1];
	errno = 0;
	*value = strtoull(p, NULL, is_octal ? 8 : 10);
	return !p[strspn(p, is_octal ? "01234567" : DIGITS)] && errno == 0;
}

/* 12, 017, 1.5, .5, 1., 12e3: a number only if a double can hold it. */
static bool is_decimal(const char *word)
{
	const char *p = word;
	size_t whole = strspn(p, DIGITS), fraction = 0;
	p += whole;
	if (*p == '.')
		fraction = strspn(++p, DIGITS);
	p += fraction;
	if (whole + fraction == 0)
		return false;
	if (*p == 'e' || *p == 'E') {
		p++;
		p += *p == '+' || *p == '-';
		size_t exponent = strspn(p, DIGITS);
		if (!exponent)
			return false;
		p += exponent;
	}
	return !*p && !isinf(strtod(word, NULL));
}

/* Without underscores, which have no meaning in numbers. The caller frees it. */
static char *bare_of(const char *word)
{
	char *bare = mem_copy_text(word, strlen(word)), *end = bare;
	for (const char *p = word; *p; p++)
		if (*p != '_')
			*end++ = *p;
	*end = '\0';
	return bare;
}

static bool is_number(const char *word)
{
	uint64_t value;
	if (!strchr(DIGITS "+-.", *word) || word[strspn(word, DIGITS "abcdefABCDEFoOxX_+-.")])
		return false;
	if (*word == '.' && strchr(word, '_')) /* as kubectl */
		return false;
	char *bare = bare_of(word);
	const char *digits = bare + (*bare == '+' || *bare == '-');
	bool is = is_based(digits, &value) || is_decimal(digits);
	free(bare);
	return is;
}

enum yaml_kind yaml_scalar_kind(const char *word)
{
	size_t i = family_of(word);
	return !*word ? YAML_NULL : i < FAMILIES ? families[i].kind : is_number(word) ? YAML_NUMBER : YAML_TEXT;
}

bool yaml_scalar_is_true(const char *word)
{
	size_t i = family_of(word);
	return i < FAMILIES && families[i].is_true;
}

bool yaml_scalar_put_number(const char *word, struct buf *out)
{
	uint64_t value;
	if (family_of(word) < FAMILIES) /* .inf, .nan */
		return false;
	char *bare = bare_of(word);
	const char *digits = bare + (*bare == '+' || *bare == '-');
	buf_puts(out, *bare == '-' ? "-" : "");
	if (is_based(digits, &value) || is_whole(digits, &value))
		buf_printf(out, "%" PRIu64, value);
	else
		buf_printf(out, "%.17g", strtod(digits, NULL));
	free(bare);
	return true;
}

const char *yaml_scalar_quotes(enum yaml_kind kind)
{
	return kind == YAML_BOOLEAN || kind == YAML_NUMBER ? ", in quotes" : "";
}

const char *yaml_scalar_kind_text(enum yaml_kind kind)
{
	static const char *const texts[] = {
	    [YAML_NULL] = "nothing",
	    [YAML_TEXT] = "a text",
	    [YAML_BOOLEAN] = "a boolean",
	    [YAML_NUMBER] = "a number",
	    [YAML_BYTES] = "bytes that are no text",
	    [YAML_LIST] = "a list",
	    [YAML_MAP] = "a mapping",
	    [YAML_REFUSED] = "something refused",
	};
	return texts[kind];
}
