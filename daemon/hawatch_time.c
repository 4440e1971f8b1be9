#define _POSIX_C_SOURCE 200809L /* localtime_r, clock_gettime */
#include "hawatch_time.h"

#include "base/rfc3339.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
	SECOND_MS = 1000,
	MINUTE_MS = 60 * SECOND_MS,
	HOUR_MS = 60 * MINUTE_MS,
	DAY_MS = 24 * HOUR_MS
};

static const struct unit {
	const char *name;
	int64_t ms;
} units[] = {
    {"d", DAY_MS},
    {"h", HOUR_MS},
    {"m", MINUTE_MS},
    {"s", SECOND_MS},
    {"ms", 1},
};

enum { UNITS = sizeof units / sizeof units[0], SECONDS = 3 };

bool time_parse_duration(const char *text, int64_t *out_ms)
{
	if (*text < '0' || *text > '9')
		return false;
	char *unit;
	long long count = strtoll(text, &unit, 10);
	for (size_t i = 0; i < UNITS; i++) {
		if (strcmp(unit, units[i].name) != 0)
			continue;
		if (count < 1 || count > DAY_MS / units[i].ms)
			return false;
		*out_ms = count * units[i].ms;
		return true;
	}
	return false;
}

void time_put_duration(struct buf *out, int64_t ms)
{
	size_t first = 0;
	while (first < SECONDS && ms < units[first].ms)
		first++;
	if (ms < 0)
		ms = 0;
	buf_printf(out, "%lld%s", (long long)(ms / units[first].ms), units[first].name);
	int64_t rest = ms % units[first].ms;
	if (first < SECONDS && rest >= units[first + 1].ms)
		buf_printf(
		    out, "%lld%s", (long long)(rest / units[first + 1].ms), units[first + 1].name);
}

wall_ms time_now(void)
{
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	return (wall_ms){(int64_t)now.tv_sec * SECOND_MS + now.tv_nsec / 1000000};
}

void time_put_since(struct buf *out, const char *since, wall_ms now)
{
	wall_ms then;
	struct tm local;
	char text[64];
	if (!since || !rfc3339_parse(since, &then)) {
		buf_puts(out, since ? since : "-");
		return;
	}
	time_t seconds = (time_t)(then.ms / SECOND_MS);
	bool is_today = now.ms - then.ms < DAY_MS;
	if (!localtime_r(&seconds, &local) ||
	    !(is_today ? strftime(text, sizeof text, "%H:%M %Z", &local)
		       : strftime(text, sizeof text, "%Y-%m-%d %H:%M %Z", &local))) {
		buf_puts(out, since);
		return;
	}
	buf_printf(out, "%s (", text);
	time_put_duration(out, now.ms - then.ms);
	buf_putc(out, ')');
}
