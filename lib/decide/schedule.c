#include "decide/schedule.h"

struct schedule schedule_begin(size_t index, size_t count, int64_t interval_ms, mono_ms now)
{
	int64_t apart_ms = interval_ms / (int64_t)count;
	apart_ms = apart_ms < SCHEDULE_STAGGER_MS ? apart_ms : SCHEDULE_STAGGER_MS;
	return (struct schedule){
	    .started_at = MONO_NEVER,
	    .due = mono_plus(now, apart_ms * (int64_t)index),
	    .pace.not_before = MONO_NEVER,
	};
}

bool schedule_is_due(const struct schedule *s, mono_ms now)
{
	return mono_since(s->due, now) >= 0;
}

struct schedule schedule_start(struct schedule s, mono_ms now)
{
	s.started_at = now;
	return s;
}

struct schedule schedule_end(struct schedule s, const struct schedule_round *round, mono_ms now)
{
	/* Intervals count from start to start, but confirmations from the answer, so that answers are not too close. */
	int64_t early_ms = (int64_t)(round->jitter * (double)(round->interval_ms / SCHEDULE_JITTER));
	s.is_confirming = round->confirm_ms > 0;
	s.due = s.is_confirming ? mono_plus(now, round->confirm_ms)
				: mono_plus(s.started_at, round->interval_ms - early_ms);
	s.pace = pace_step(s.pace, round->answers, round->ceiling_ms, round->draw, now);
	if (!round->counts)
		s.due = mono_max(s.due, s.pace.not_before);
	return s;
}

struct schedule schedule_bring_forward(struct schedule s, int64_t least_ms, mono_ms now)
{
	mono_ms earliest = mono_max(now, s.pace.not_before);
	if (mono_is_set(s.started_at))
		earliest = mono_max(earliest, mono_plus(s.started_at, least_ms));
	if (!s.is_confirming)
		s.due = mono_min(s.due, earliest);
	return s;
}

struct schedule schedule_ask_again(struct schedule s, mono_ms now)
{
	s.due = mono_min(s.due, mono_max(now, s.pace.not_before));
	return s;
}

struct schedule schedule_break_off(
    struct schedule s, const struct pace_round *answers, int64_t ceiling_ms, double draw, mono_ms now)
{
	s.pace = pace_step(s.pace, answers, ceiling_ms, draw, now);
	return s;
}

struct schedule schedule_adopt(struct schedule fresh, const struct schedule *old, mono_ms now)
{
	mono_ms due = mono_max(now, old->due);
	fresh.started_at = old->started_at;
	fresh.is_confirming = old->is_confirming;
	fresh.pace = old->pace;
	fresh.due = fresh.is_confirming ? due : mono_max(mono_min(fresh.due, due), fresh.pace.not_before);
	return fresh;
}
