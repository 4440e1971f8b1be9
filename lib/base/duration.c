#include "base/duration.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { DIGITS_MAX = 9 }; /* so many digits of days still fit into the sum */

/* From large to small. `is_alone`: in prose, no smaller unit follows. */
static const struct unit {
	int64_t ms;
	const char *name, *word;
	bool is_alone;
} units[] = {
    {86400000, "d", "d", false},
    {3600000, "h", "h", false},
    {60000, "m", "min", true},
    {1000, "s", "s", true},
    {1, "ms", "ms", true},
};
enum { UNITS = sizeof units / sizeof *units, SECOND = 3 };

enum duration_mistake duration_parse(const char *text, int64_t *ms)
{
	size_t next = 0; /* units before this one have been used or passed */
	int64_t sum = 0;
	for (const char *p = text; *p || p == text;) {
		size_t digits = strspn(p, "0123456789");
		size_t letters = strspn(p + digits, "abcdefghijklmnopqrstuvwxyz");
		if (digits && !p[digits])
			return DURATION_WITHOUT_UNIT;
		size_t u = next;
		while (
		    u < UNITS && (strlen(units[u].name) != letters || memcmp(units[u].name, p + digits, letters) != 0))
			u++;
		if (!digits || u == UNITS)
			return DURATION_NONE;
		if (digits > DIGITS_MAX)
			return DURATION_TOO_LONG;
		sum += strtoll(p, NULL, 10) * units[u].ms;
		p += digits + letters;
		next = u + 1;
	}
	*ms = sum;
	return DURATION_GOOD;
}

void duration_put_exact(struct buf *out, int64_t ms)
{
	size_t before = out->len;
	for (size_t i = 0; i < UNITS; i++) {
		if (ms >= units[i].ms)
			buf_printf(out, "%" PRId64 "%s", ms / units[i].ms, units[i].name);
		ms %= units[i].ms;
	}
	if (out->len == before)
		buf_puts(out, "0s");
}

/* The largest unit that is not above `ms`, seconds at least. */
static size_t largest(int64_t ms)
{
	size_t i = 0;
	while (i < SECOND && ms < units[i].ms)
		i++;
	return i;
}

void duration_put(struct buf *out, int64_t ms)
{
	ms = ms < 0 ? 0 : ms;
	size_t i = largest(ms);
	int64_t rest = ms % units[i].ms;
	buf_printf(out, "%" PRId64 "%s", ms / units[i].ms, units[i].name);
	if (i < SECOND && rest >= units[i + 1].ms)
		buf_printf(out, "%" PRId64 "%s", rest / units[i + 1].ms, units[i + 1].name);
}

void duration_put_words(struct buf *out, int64_t ms)
{
	ms = ms < 0 ? 0 : ms;
	size_t i = largest(ms);
	int64_t rest = ms % units[i].ms;
	buf_printf(out, "%" PRId64 " %s", ms / units[i].ms, units[i].word);
	if (!units[i].is_alone && rest >= units[i + 1].ms)
		buf_printf(out, " %" PRId64 " %s", rest / units[i + 1].ms, units[i + 1].word);
}
