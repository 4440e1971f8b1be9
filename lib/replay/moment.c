#include "replay/moment.h"

#include "base/rfc3339.h"

#include <string.h>

enum { DAY_MS = 24 * 3600 * 1000, SECOND_MS = 1000 };

bool moment_parse(const char *text, struct moment *m)
{
	struct buf dated = buf_of(64);
	bool has_fraction = strchr(text, '.') != NULL;
	*m = (struct moment){.span_ms = has_fraction ? 0 : SECOND_MS - 1};
	bool is_good = rfc3339_parse(text, &m->time);
	if (!is_good && strspn(text, "0123456789:.") == strlen(text)) {
		buf_printf(&dated, "2026-01-01T%.20sZ", text);
		is_good = m->is_of_day = rfc3339_parse(buf_text(&dated), &m->time);
		m->time.ms %= DAY_MS;
	}
	buf_fini(&dated);
	return is_good;
}

/* The end of the time that was asked for: without a date, the first one that is not before `from`. */
static int64_t end_of(const struct moment *m, wall_ms from)
{
	int64_t end = m->time.ms + m->span_ms;
	if (!m->is_of_day)
		return end;
	int64_t of_day = from.ms - from.ms % DAY_MS + end;
	return of_day < from.ms ? of_day + DAY_MS : of_day;
}

static void take(struct moment *m, const struct replay *r, int64_t end)
{
	if (m->matches++)
		return;
	m->is.ms = end;
	m->then = *r;
}

void moment_step(struct moment *m, const struct replay *r, const struct record_entry *e)
{
	if (!r->has_begun || e->kind == RECORD_DECIDED)
		return;
	int64_t end = end_of(m, r->at.wall);
	if (end >= e->at.wall.ms || end < r->at.wall.ms)
		return;
	bool is_first = !m->matches;
	take(m, r, end);
	bool is_gap = record_is_frame(e->kind) && !replay_goes_on(r, e);
	if (is_first && is_gap && r->at.wall.ms < end - m->span_ms) {
		m->is_in_gap = true;
		m->gap_to = e->at.wall;
	}
}

bool moment_end(struct moment *m, const struct replay *r, struct err *e)
{
	char from[RFC3339_SIZE], to[RFC3339_SIZE];
	int64_t end = end_of(m, r->at.wall);
	if (r->at.wall.ms <= end && r->at.wall.ms >= end - m->span_ms)
		take(m, r, end);
	rfc3339_render(m->is_in_gap ? m->then.at.wall : r->began.wall, from);
	rfc3339_render(m->is_in_gap ? m->gap_to : r->at.wall, to);
	if (m->matches > 1)
		return err_set(e, "is %zu times in the recording, from %s to %s; expected %s", m->matches, from, to,
		    m->is_of_day ? "a date, too" : "a time at which the clock was not set back");
	if (m->is_in_gap)
		return err_set(e, "is in a gap of the recording: nothing was recorded from %s to %s", from, to);
	if (!m->matches)
		return err_set(e, "is %s the recording, which goes from %s to %s",
		    m->is_of_day                        ? "on no day of"
			: m->time.ms < r->began.wall.ms ? "before"
							: "after",
		    from, to);
	return true;
}
