#include "decode/quantity.h"

#include <string.h>

/* What a suffix multiplies by: 10^ten * 2^two. */
struct factor {
	int ten, two;
};

static const struct {
	const char *suffix;
	struct factor factor;
} suffixes[] = {
    {"", {0, 0}},
    {"n", {-9, 0}},
    {"u", {-6, 0}},
    {"m", {-3, 0}},
    {"k", {3, 0}},
    {"M", {6, 0}},
    {"G", {9, 0}},
    {"T", {12, 0}},
    {"P", {15, 0}},
    {"E", {18, 0}},
    {"Ki", {0, 10}},
    {"Mi", {0, 20}},
    {"Gi", {0, 30}},
    {"Ti", {0, 40}},
    {"Pi", {0, 50}},
    {"Ei", {0, 60}},
};

/* Larger exponents make no difference: the result is already 0, 1, or the maximum. */
enum { EXPONENT_MAX = 1000000000 };

#define CEILING ((uint64_t)INT64_MAX)

/* The digits of a number without its point. The point is before digit `point`, which may be outside the digits. */
struct decimal {
	const char *text; /* `span` bytes, at most one of them the point itself */
	size_t span;
	int64_t point;
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* `e` or `E`, an optional sign, digits and nothing more. */
static bool read_exponent(const char *text, int *ten)
{
	if (*text != 'e' && *text != 'E')
		return false;
	bool is_negative = *++text == '-';
	text += *text == '-' || *text == '+';
	if (!is_digit(*text))
		return false;
	int n = 0;
	for (; is_digit(*text); text++)
		n = n < EXPONENT_MAX / 10 ? n * 10 + (*text - '0') : EXPONENT_MAX;
	*ten = is_negative ? -n : n;
	return *text == '\0';
}

static bool read_suffix(const char *text, struct factor *factor)
{
	for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++)
		if (strcmp(text, suffixes[i].suffix) == 0) {
			*factor = suffixes[i].factor;
			return true;
		}
	return read_exponent(text, &factor->ten);
}

/* The whole part, times 2^two; at most the maximum. */
static uint64_t whole_part(const struct decimal *d, int two)
{
	uint64_t n = 0, max = CEILING >> two;
	int64_t at = 0;
	for (size_t i = 0; at < d->point && (i < d->span || n); i++) {
		if (i < d->span && d->text[i] == '.')
			continue;
		uint64_t digit = i < d->span ? (uint64_t)(d->text[i] - '0') : 0;
		if (n > max / 10 || (n = n * 10 + digit) > max)
			return CEILING;
		at++;
	}
	return n << two;
}

/*
 * The fraction, times 2^two, rounded up. It goes from the last digit to the first: if x is the value of the digits
 * after a digit, the value with this digit is floor((digit * 2^two + x) / 10), always below 2^two. Of the remainders
 * only matters whether one was not 0.
 */
static uint64_t fraction(const struct decimal *d, int two)
{
	uint64_t x = 0;
	bool is_inexact = false;
	int64_t at = (int64_t)d->span - (memchr(d->text, '.', d->span) != NULL);
	for (size_t i = d->span; i-- > 0 && at > d->point;) {
		if (d->text[i] == '.')
			continue;
		x += (uint64_t)(d->text[i] - '0') << two;
		is_inexact |= x % 10 != 0;
		x /= 10;
		at--;
	}
	for (; x && at > d->point; at--) {
		is_inexact |= x % 10 != 0;
		x /= 10;
	}
	return x + is_inexact;
}

bool quantity_parse(const char *text, int decimals, int64_t *out, struct err *e)
{
	struct factor factor = {0, 0};
	struct decimal d = {.text = text + (*text == '+' || *text == '-')};
	bool has_point = false;
	for (char c; c = d.text[d.span], is_digit(c) || (c == '.' && !has_point); d.span++) {
		has_point |= c == '.';
		d.point += !has_point;
	}
	if (d.span == has_point || !read_suffix(d.text + d.span, &factor))
		return err_set(e, "not a quantity; expected one such as 1500m, 3Gi or 129e6");
	d.point += factor.ten + decimals;
	uint64_t n = whole_part(&d, factor.two);
	uint64_t more = fraction(&d, factor.two);
	n = n > CEILING - more ? CEILING : n + more;
	*out = *text == '-' ? -(int64_t)n : (int64_t)n;
	return true;
}
