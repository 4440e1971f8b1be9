#include "cli/strip.h"

#include <string.h>

enum { HOUR_MS = 3600 * 1000, CELLS_MAX = 240 };

/* From the best to the worst, so that the greatest index is the worst. */
static const struct glyph {
	char glyph;
	enum screen_tone tone;
	const char *states[3]; /* of a side, of the status */
} glyphs[] = {
    {'=', TONE_GOOD, {"UP", "ACTIVE"}},
    {'.', TONE_PLAIN, {NULL}},
    {'-', TONE_WARN, {"DISABLED"}},
    {'m', TONE_WARN, {"MAINTENANCE"}},
    {'p', TONE_WARN, {"PROVISIONING"}},
    {'?', TONE_WARN, {"UNKNOWN"}},
    {'!', TONE_BAD, {"BLOCKED_PRIMARY_UNAVAILABLE", "BLOCKED_SECONDARY_UNAVAILABLE"}},
    {'X', TONE_BAD, {"DOWN", "BLOCKED_BOTH_UNAVAILABLE"}},
};

enum { GLYPHS = sizeof glyphs / sizeof *glyphs, GAP = 1, UNKNOWN = 5 };

static unsigned char rank_of(const char *state)
{
	for (unsigned char i = 0; state && i < GLYPHS; i++)
		for (size_t s = 0; s < 3 && glyphs[i].states[s]; s++)
			if (strcmp(state, glyphs[i].states[s]) == 0)
				return i;
	return UNKNOWN;
}

struct strip {
	wall_ms from, to;
	const struct cJSON *gaps; /* in the order of time */
	size_t cells;
	unsigned char worst[CELLS_MAX];
};

/* Each cell that [from, to) touches, and the one where it begins. */
static void fill_rank(struct strip *s, int64_t from, int64_t to, unsigned char rank)
{
	int64_t cells = (int64_t)s->cells, length = s->to.ms - s->from.ms;
	from = from < s->from.ms ? s->from.ms : from;
	to = to > s->to.ms ? s->to.ms : to;
	if (to < from)
		return;
	int64_t first = (from - s->from.ms) * cells / length, last = (to - s->from.ms) * cells / length;
	for (int64_t i = first; i < cells && (i < last || i == first); i++)
		s->worst[i] = rank > s->worst[i] ? rank : s->worst[i];
}

/* Between two events nothing is known of the gaps. */
static void fill(struct strip *s, int64_t from, int64_t to, const char *state)
{
	const struct cJSON *gap = NULL;
	while ((gap = answer_next(s->gaps, gap))) {
		int64_t begin = answer_time(gap, "from").ms, end = answer_time(gap, "to").ms;
		if (begin >= to || end <= from)
			continue;
		if (begin > from)
			fill_rank(s, from, begin, rank_of(state));
		fill_rank(s, begin > from ? begin : from, end < to ? end : to, GAP);
		from = end;
	}
	if (from <= to)
		fill_rank(s, from, to, rank_of(state));
}

static bool is_about(const struct cJSON *event, const char *side)
{
	const char *kind = answer_text(event, "kind"), *of = answer_text(event, "side");
	return side ? kind && strcmp(kind, "state") == 0 && of && strcmp(of, side) == 0
		    : kind && strcmp(kind, "status") == 0;
}

static void fill_from(struct strip *s, const struct cJSON *events, const char *side, const char *state, wall_ms since)
{
	const struct cJSON *event = NULL;
	int64_t at = s->from.ms;
	bool has_any = false;
	while ((event = answer_next(events, event))) {
		wall_ms time = answer_time(event, "time");
		if (!is_about(event, side) || !wall_is_known(time))
			continue;
		has_any = true;
		if (time.ms > s->from.ms)
			fill(s, at, time.ms, answer_text(event, "from"));
		at = time.ms > at ? time.ms : at;
	}
	if (!has_any && wall_is_known(since) && since.ms > at) {
		fill(s, at, since.ms, NULL);
		at = since.ms;
	}
	fill(s, at, s->to.ms, state);
}

void strip_put(const struct screen *screen, const struct cJSON *events, const struct cJSON *gaps, const char *side,
    const char *state, wall_ms since, wall_ms now, size_t cells, struct buf *out)
{
	struct strip s = {
	    .from = {now.ms - HOUR_MS}, .to = now, .gaps = gaps, .cells = cells < CELLS_MAX ? cells : CELLS_MAX};
	fill_from(&s, events, side, state, since);
	for (size_t i = 0, end; i < s.cells; i = end) {
		char run[CELLS_MAX + 1];
		const struct glyph *glyph = &glyphs[s.worst[i]];
		for (end = i; end < s.cells && s.worst[end] == s.worst[i]; end++)
			run[end - i] = glyph->glyph;
		run[end - i] = '\0';
		screen_put(screen, out, glyph->tone, run, end - i);
	}
}
