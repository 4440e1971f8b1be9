/*
 * Declared windows: every pair of verdicts beside every pair of windows, and all that can be done
 * to them, against the rules by their own words. Nothing of it changes a verdict or a status, and a
 * window ends by itself, 8 h after it was declared at most.
 */
#pragma once

#include "pairs.h"

enum { HOUR = 3600 * 1000, LONGEST = 8 * HOUR };

/* What is left of a window, or asked for. */
static const int64_t lengths[] = {0, 1, 2, HOUR, LONGEST};
static const int64_t asked[] = {INT64_MIN, -1, 0, 1, 2, LONGEST, LONGEST + 1, INT64_MAX};
enum { LENGTHS = sizeof lengths / sizeof *lengths, ASKED = sizeof asked / sizeof *asked };

static struct pair_policy window_policy(void)
{
	struct pair_policy policy = {.is_enabled = true, .extra_count = 1};
	for (int id = 0; id <= SIDES; id++) {
		policy.side[id] = small_policy;
		policy.side[id].stale_after_ms = 100 * HOUR;
	}
	return policy;
}

/* One extra side stands for all. Numbered: verdicts of the two, windows of the two and of the extra
 * one. */
static struct pair window_pair(const struct pair_policy *policy, int number)
{
	struct pair pair = pair_start(policy, present);
	for (int id = 0; id <= SIDES; id++) {
		struct side *s = &pair.side[id];
		int left = number % LENGTHS;
		number /= LENGTHS;
		s->verdict = id < SIDES ? (enum verdict)(number % VERDICTS) : UP;
		number /= id < SIDES ? VERDICTS : 1;
		s->is_decided = true;
		s->evidence_at = present.mono;
		if (lengths[left])
			pair.maintenance[id] = (struct maintenance){true, present,
			    {mono_plus(present.mono, lengths[left]), {present.wall.ms + lengths[left]}}, "why"};
	}
	pair.status = document_status(true, pair.side[PRIMARY].verdict, pair.side[SECONDARY].verdict);
	return pair;
}

static bool carries(const struct pair *pair, enum side_id id)
{
	return pair->side[id].verdict == UP && !pair->maintenance[id].is_declared;
}

static bool is_let(const struct pair *pair, enum side_id id, int64_t for_ms, bool is_forced)
{
	bool has_other = id == PRIMARY ? carries(pair, SECONDARY)
	    : id == SECONDARY          ? carries(pair, PRIMARY)
				       : carries(pair, PRIMARY) || carries(pair, SECONDARY);
	return for_ms > 0 && for_ms <= LONGEST && (has_other || is_forced);
}

static bool begins_right(const struct pair *before, enum side_id id, int64_t for_ms, bool is_forced)
{
	struct pair pair = *before, expected = *before;
	struct err e = {""};
	bool is_begun = pair_begin_maintenance(&pair, id, for_ms, "because", is_forced, present, &e);
	if (is_begun)
		expected.maintenance[id] = pair.maintenance[id];
	const struct maintenance *m = &pair.maintenance[id];
	bool is_window = m->is_declared && m->ends.mono.ms - present.mono.ms == for_ms &&
	    m->ends.wall.ms - present.wall.ms == for_ms && is_same_now(m->began, present) &&
	    !strcmp(m->reason, "because");
	return is_begun == is_let(before, id, for_ms, is_forced) && !memcmp(&pair, &expected, sizeof pair) &&
	    (is_begun ? is_window : e.text[0] != 0);
}

static bool ends_right(const struct pair *before, enum side_id id)
{
	struct pair pair = *before, expected = *before;
	struct err e = {""};
	bool is_ended = pair_end_maintenance(&pair, id, &e);
	expected.maintenance[id] = (struct maintenance){0};
	return is_ended == before->maintenance[id].is_declared && !pair.maintenance[id].is_declared &&
	    !memcmp(&pair, &expected, sizeof pair) && (is_ended || e.text[0]);
}

static bool is_left(const struct pair *pair, const struct pair *before, int id, int64_t passed_ms)
{
	const struct maintenance *m = &pair->maintenance[id], *was = &before->maintenance[id];
	int64_t left_ms = was->is_declared ? was->ends.mono.ms - present.mono.ms - passed_ms : 0;
	return m->is_declared == (left_ms > 0) && pair->side[id].verdict == before->side[id].verdict &&
	    pair->status == before->status;
}

static bool times_out_right(const struct pair_policy *policy, const struct pair *before, int64_t ms)
{
	struct side_input tick = {.kind = SIDE_TICK, .witness_at = MONO_NEVER};
	struct now now = {mono_plus(present.mono, ms), {present.wall.ms + ms}};
	bool is_right = true;
	for (int stepped = 0; stepped <= SIDES; stepped++) {
		struct pair pair = pair_step(policy, *before, (enum side_id)stepped, &tick, now);
		for (int id = 0; id <= SIDES; id++)
			is_right &= is_left(&pair, before, id, ms);
	}
	return is_right;
}

/* The machine starts anew, its monotonic clock with it, and the wall clock `ms` later, or before.
 */
static bool restarts_right(const struct pair_policy *policy, const struct pair *before, int64_t ms)
{
	struct now now = {{77}, {present.wall.ms + ms}};
	struct pair_memory memory = pair_remember(before, present);
	struct pair pair = pair_restore(policy, &memory, now);
	bool is_right = true;
	for (int id = 0; id <= SIDES; id++) {
		const struct maintenance *m = &pair.maintenance[id];
		int64_t left_ms = m->ends.mono.ms - now.mono.ms;
		is_right &= is_left(&pair, before, id, ms);
		is_right &= !m->is_declared ||
		    (left_ms <= LONGEST && left_ms == m->ends.wall.ms - now.wall.ms &&
			m->began.wall.ms <= now.wall.ms && m->began.mono.ms <= now.mono.ms &&
			(ms < 0 || m->ends.wall.ms == before->maintenance[id].ends.wall.ms));
	}
	return is_right;
}

static void print_window_pair(const char *what, const struct pair *pair)
{
	printf("  windows: %s:", what);
	for (int id = 0; id <= SIDES; id++) {
		const struct maintenance *m = &pair->maintenance[id];
		printf(" %s %s", side_id_names[id], verdict_names[pair->side[id].verdict]);
		if (m->is_declared)
			printf(" (%lld ms left)", (long long)mono_since(present.mono, m->ends.mono));
	}
	printf("\n");
}

/* Remembers that something went wrong, and shows the first of its kind. */
static bool is_seen_right(bool is_right, bool was_right, const char *what, const struct pair *pair)
{
	if (was_right && !is_right)
		print_window_pair(what, pair);
	return was_right && is_right;
}

static void check_windows(void)
{
	enum { ALL = LENGTHS * VERDICTS * LENGTHS * VERDICTS * LENGTHS };
	static const int64_t passed_ms[] = {0, 1, 2, 3, HOUR - 1, HOUR, LONGEST - 1, LONGEST, -9 * HOUR};
	struct pair_policy policy = window_policy();
	bool begins = true, ends = true, times_out = true, restarts = true;
	for (int number = 0; number < ALL; number++) {
		struct pair pair = window_pair(&policy, number);
		for (int i = 0; i < (SIDES + 1) * ASKED * 2; i++) {
			enum side_id id = (enum side_id)(i / ASKED / 2);
			bool is_right = begins_right(&pair, id, asked[i / 2 % ASKED], i % 2);
			begins = is_seen_right(is_right, begins, "begin", &pair);
		}
		for (int id = 0; id <= SIDES; id++)
			ends = is_seen_right(ends_right(&pair, (enum side_id)id), ends, "end", &pair);
		for (size_t i = 0; i < sizeof passed_ms / sizeof *passed_ms; i++) {
			int64_t ms = passed_ms[i];
			if (ms >= 0)
				times_out =
				    is_seen_right(times_out_right(&policy, &pair, ms), times_out, "time passes", &pair);
			restarts = is_seen_right(restarts_right(&policy, &pair, ms), restarts, "restart", &pair);
		}
	}
	printf("windows: %d states\n", ALL);
	report(begins, "windows", "begin where another side carries, 8 h at most, or leave all as it was");
	report(ends, "windows", "end where there is one");
	report(times_out, "windows", "end by themselves, and change no verdict and no status");
	report(restarts, "windows", "outlive a restart by what is left of them");
}
