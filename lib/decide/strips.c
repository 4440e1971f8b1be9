#include "decide/strips.h"

#include <string.h>

const struct strip_size strip_sizes[STRIP_SCALES] = {
    [STRIP_DAY] = {"24 hours", 288, INT64_C(5) * 60 * 1000},
    [STRIP_MONTH] = {"30 days", 360, INT64_C(2) * 3600 * 1000},
};

void strips_set(struct strips *s, enum side_id id, enum verdict verdict)
{
	s->state[id] = (unsigned char)(verdict + 1);
}

void strips_forget(struct strips *s)
{
	memset(s->state, 0, sizeof s->state);
}

static int64_t cell_of(int scale, wall_ms at)
{
	return at.ms > 0 ? at.ms / strip_sizes[scale].cell_ms : 0;
}

static void clear(struct strips *s, int scale, int64_t cell)
{
	for (int id = 0; id < SIDES_MAX; id++)
		s->cell[scale][id][cell % strip_sizes[scale].cells] = 0;
}

static void move_to(struct strips *s, int scale, int64_t cell)
{
	int64_t first = cell - strip_sizes[scale].cells + 1;
	for (int64_t i = s->last[scale] + 1 > first ? s->last[scale] + 1 : first; i <= cell; i++)
		clear(s, scale, i > 0 ? i : 0);
	s->last[scale] = cell > s->last[scale] ? cell : s->last[scale];
}

static void pass(struct strips *s, int scale, wall_ms from, wall_ms to)
{
	int64_t last = cell_of(scale, (wall_ms){to.ms - 1}), first = cell_of(scale, from);
	int cells = strip_sizes[scale].cells;
	move_to(s, scale, last);
	for (int64_t i = first > last - cells ? first : last - cells + 1; i <= last; i++)
		for (int id = 0; id < SIDES_MAX; id++)
			if (s->state[id])
				s->cell[scale][id][i % cells] |= (unsigned char)(1u << (s->state[id] - 1));
}

void strips_pass(struct strips *s, wall_ms from, wall_ms to, bool is_watched)
{
	for (int scale = 0; is_watched && from.ms < to.ms && scale < STRIP_SCALES; scale++)
		pass(s, scale, from, to);
}

void strips_cut(struct strips *s, wall_ms at)
{
	for (int scale = 0; scale < STRIP_SCALES; scale++) {
		int64_t cell = cell_of(scale, at), oldest = s->last[scale] - strip_sizes[scale].cells;
		for (int64_t i = s->last[scale]; i > cell && i > oldest && i >= 0; i--)
			clear(s, scale, i);
		s->last[scale] = cell < s->last[scale] ? cell : s->last[scale];
	}
}

int strips_worst(
    const struct strips *s, enum strip_scale scale, enum side_id id, wall_ms begin, const int rank[VERDICTS])
{
	int64_t cell = cell_of(scale, begin);
	int cells = strip_sizes[scale].cells, worst = STRIPS_NOT_KNOWN;
	if (cell > s->last[scale] || cell <= s->last[scale] - cells)
		return STRIPS_NOT_KNOWN;
	for (int v = 0; v < VERDICTS; v++)
		if (s->cell[scale][id][cell % cells] & 1u << v)
			worst = worst == STRIPS_NOT_KNOWN || rank[v] < rank[worst] ? v : worst;
	return worst;
}
