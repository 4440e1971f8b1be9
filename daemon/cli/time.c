#define _GNU_SOURCE /* clock_gettime, CLOCK_BOOTTIME */
#include "cli/time.h"

#include "base/duration.h"
#include "base/rfc3339.h"

#include <string.h>
#include <time.h>

enum { DAY_MS = 24 * 3600 * 1000 };

static int64_t read_clock(clockid_t clock)
{
	struct timespec now;
	clock_gettime(clock, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

wall_ms time_now(void)
{
	return (wall_ms){read_clock(CLOCK_REALTIME)};
}

mono_ms time_running(void)
{
	return (mono_ms){read_clock(CLOCK_BOOTTIME)}; /* a suspend counts as waiting time */
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
	duration_put(out, now.ms - then.ms);
	buf_putc(out, ')');
}

void time_put_sentence(struct buf *out, const char *text, wall_ms now)
{
	enum { TIME_LEN = RFC3339_SIZE - 1 };
	for (; *text; text++) {
		char word[RFC3339_SIZE] = "";
		wall_ms then;
		if (*text >= '0' && *text <= '9')
			memcpy(word, text, strnlen(text, TIME_LEN));
		if (word[0] && word[TIME_LEN - 1] == 'Z' && rfc3339_parse(word, &then)) {
			time_put_clock(out, then, now);
			text += TIME_LEN - 1;
		} else
			buf_putc(out, *text);
	}
}
