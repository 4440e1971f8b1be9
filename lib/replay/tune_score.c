#include "replay/tune_score.h"

#include "base/mem.h"

#include <stdlib.h>

/* When the span is BLOCKED for what the reference is about; unknown: not at all. */
static wall_ms blocked_for(const struct tune_span *span, const struct tune_reference *reference)
{
	return reference->side == TUNE_ANY_SIDE ? span->from : span->side_from[reference->side];
}

static bool is_seen_by(const struct tune_reference *reference, const struct tune_span *span)
{
	wall_ms from = blocked_for(span, reference);
	return wall_is_known(from) && from.ms <= reference->to.ms && span->to.ms >= reference->from.ms;
}

static int compare_times(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return (x > y) - (x < y);
}

/* The first span that sees the reference; NULL: it is missed. */
static const struct tune_span *first_of(const struct tune_run *run, const struct tune_reference *reference)
{
	for (size_t i = 0; i < run->span_count; i++)
		if (is_seen_by(reference, &run->spans[i]))
			return &run->spans[i];
	return NULL;
}

/* Adds the times of a run. */
static size_t time_run(struct tune_score *score, const struct tune_references *references, int64_t *times, size_t count,
    const struct tune_run *run)
{
	size_t missed = 0;
	for (size_t i = 0; i < references->count; i++) {
		const struct tune_reference *reference = &references->v[i];
		const struct tune_span *span = first_of(run, reference);
		missed += !span;
		if (!span || span->is_carried || reference->is_carried)
			continue;
		int64_t after_ms = blocked_for(span, reference).ms - reference->from.ms;
		times[count++] = after_ms > 0 ? after_ms : 0;
	}
	score->missed = missed > score->missed ? missed : score->missed;
	return count;
}

/* Of an even number of times the median is the later one of the two in the middle: it was measured. */
static void settle_times(struct tune_score *score, int64_t *times, size_t count)
{
	qsort(times, count, sizeof *times, compare_times);
	score->is_timed = count > 0;
	score->median_ms = count ? times[count / 2] : 0;
	score->worst_ms = count ? times[count - 1] : 0;
}

static size_t count_false(const struct tune_run *run, const struct tune_references *references)
{
	size_t count = 0;
	for (size_t i = 0; i < run->span_count; i++) {
		bool is_true = false;
		for (size_t k = 0; k < references->count; k++)
			is_true = is_true || is_seen_by(&references->v[k], &run->spans[i]);
		count += !is_true;
	}
	return count;
}

static struct tune_score score_of(
    const struct tune *t, const struct tune_run *run, const struct tune_references *references, int64_t *times)
{
	struct tune_score score = {.run = run, .is_present = tune_is_present(t, run)};
	for (int key = 0; key < TUNE_KEYS; key++)
		score.changes += run->value[key] != tune_grid_of(&t->present, (enum tune_key)key);
	size_t count = 0, is_false;
	for (int phase = 0; phase < run->phases; phase++) {
		count = time_run(&score, references, times, count, &run[phase]);
		is_false = count_false(&run[phase], references);
		score.false_blocked = is_false > score.false_blocked ? is_false : score.false_blocked;
	}
	settle_times(&score, times, count);
	score.requests = tune_requests(t, run);
	return score;
}

/* An outage that is missed is worst, then a false alarm, then a late one. What is equal stays as it is configured. */
static int compare(const void *a, const void *b)
{
	const struct tune_score *x = a, *y = b;
	const int64_t order[][2] = {
	    {(int64_t)x->missed, (int64_t)y->missed},
	    {(int64_t)x->false_blocked, (int64_t)y->false_blocked},
	    {x->median_ms, y->median_ms},
	    {x->worst_ms, y->worst_ms},
	    {x->requests, y->requests},
	    {(int64_t)x->changes, (int64_t)y->changes},
	    {x->run - y->run, 0},
	};
	for (size_t i = 0; i < sizeof order / sizeof *order; i++)
		if (order[i][0] != order[i][1])
			return order[i][0] > order[i][1] ? 1 : -1;
	return 0;
}

struct tune_score *tune_scores(const struct tune *t, const struct tune_references *references)
{
	struct tune_score *scores = mem_zeroed(t->combinations, sizeof *scores);
	int64_t *times = mem_zeroed(references->count * TUNE_PHASES_MAX + 1, sizeof *times);
	const struct tune_run *run = t->runs;
	for (size_t i = 0; i < t->combinations; i++, run += run->phases)
		scores[i] = score_of(t, run, references, times);
	free(times);
	qsort(scores, t->combinations, sizeof *scores, compare);
	return scores;
}
