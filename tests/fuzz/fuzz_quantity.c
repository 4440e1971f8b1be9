/* Quantities, against a regular expression for the grammar and long double for the amount. */
#include "decode/quantity.h"
#include "fuzz.h"

#include <math.h>
#include <regex.h>

static bool is_quantity(const char *text)
{
	static const char grammar[] = "^[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)"
				      "([KMGTPE]i|[numkMGTPE]?|[eE][+-]?[0-9]+)$";
	static regex_t regex;
	static bool is_compiled;
	if (!is_compiled)
		is_compiled = regcomp(&regex, grammar, REG_EXTENDED | REG_NOSUB) == 0;
	PROMISE(is_compiled);
	return regexec(&regex, text, 0, NULL, 0) == 0;
}

/* What a quantity is worth, about. */
static long double amount(const char *text)
{
	static const char powers[] = "KMGTPE";
	size_t digits = strspn(text, "+-.0123456789");
	const char *suffix = text + digits;
	if (*suffix && suffix[1] == 'i') {
		char mantissa[256];
		if (digits >= sizeof mantissa)
			return NAN; /* never mind */
		memcpy(mantissa, text, digits);
		mantissa[digits] = '\0';
		return strtold(mantissa, NULL) * powl(1024, (long double)(strchr(powers, *suffix) - powers + 1));
	}
	long double n = strtold(text, NULL); /* reads an exponent, and stops before a suffix */
	if (suffix[0] && suffix[1])
		return n;
	switch (*suffix) {
	case 'n': return n / 1e9L;
	case 'u': return n / 1e6L;
	case 'm': return n / 1e3L;
	case 'k': return n * 1e3L;
	default: return *suffix ? n * powl(1000, (long double)(strchr(powers, *suffix) - powers + 1)) : n;
	}
}

static void check_value(const char *text, int decimals, int64_t value)
{
	long double expected = amount(text) * powl(10, decimals);
	if (isnan(expected))
		return;
	PROMISE(value == 0 || (value < 0) == (*text == '-'));
	long double size = fabsl(expected), slack = 1e-17L * size;
	if (size > 0x1p63L) /* and `slack` of a few tens */
		PROMISE(llabs(value) >= INT64_MAX - 100);
	else /* away from zero, by less than one; what is 0 may be a crumb that long double dropped
	      */
		PROMISE(size - slack <= (long double)llabs(value) &&
		    ((long double)(llabs(value) - 1) < size + slack || size == 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	char *text = fuzz_text(bytes, len), *negated = fuzz_text(bytes, len);
	bool expected = is_quantity(text);
	for (int decimals = 0; decimals <= 9; decimals++) {
		int64_t value, opposite;
		struct err e = ERR_UNSET;
		memset(&value, UNTOUCHED, sizeof value);
		PROMISE(quantity_parse(text, decimals, &value, &e) == expected);
		if (!expected) {
			PROMISE_ERR(e);
			PROMISE_UNTOUCHED(value);
			continue;
		}
		check_value(text, decimals, value);
		if (*text == '+' || *text == '-') {
			negated[0] = *text == '+' ? '-' : '+';
			PROMISE(quantity_parse(negated, decimals, &opposite, NULL) && opposite == -value);
		}
	}
	free(text);
	free(negated);
	return 0;
}
