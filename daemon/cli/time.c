#define _GNU_SOURCE /* clock_gettime, CLOCK_BOOTTIME */
#include "cli/time.h"

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

static int64_t read_clock(clockid_t clock)
{
	struct timespec now;
	clock_gettime(clock, &now);
	return (int64_t)now.tv_sec * SECOND_MS + now.tv_nsec / 1000000;
}

wall_ms time_now(void)
{
	return (wall_ms){read_clock(CLOCK_REALTIME)};
}

mono_ms time_running(void)
{
	return (mono_ms){read_clock(CLOCK_BOOTTIME)}; /* a laptop's sleep is waiting time, too */
}

void time_put_clock(struct buf *out, wall_ms then, wall_ms now)
{
	char text[RFC3339_SIZE];
	rfc3339_render(then, text);
	bool is_recent = now.ms - then.ms < DAY_MS && then.ms - now.ms < DAY_MS;
	if (!is_recent)
		buf_printf(out, "%.10s ", text);
	buf_printf(out, "%.5s UTC", text + (*text ? sizeof "2026-11-23" : 0));
}

void time_put_since(struct buf *out, const char *since, wall_ms now)
{
	wall_ms then;
	if (!since || !rfc3339_parse(since, &then)) {
		buf_puts(out, since ? since : "-");
		return;
	}
	time_put_clock(out, then, now);
	buf_puts(out, " (");
	time_put_duration(out, now.ms - then.ms);
	buf_putc(out, ')');
}
