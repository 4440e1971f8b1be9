/*
 * Every way in which one side's health rounds can go on for six events, and what its schedule makes of it: rounds
 * that take no time, some, or their whole time-out; answers that agree, contradict, count, or do not come; peers that
 * bring it forward in between. A branch is one step of the real schedule_*(); each is checked, and the first that
 * breaks a promise prints the events that lead there.
 */
#include "decide/schedule.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	INTERVAL = 16, /* so that the whole of the jitter is one unit */
	CONFIRM = 3,
	TIMEOUT = 8,
	FALL = 3,
	EVENTS = 6,
};

enum outcome { AGREES, CONTRADICTS, COUNTS, COUNTS_BUT_LATER, MUTE, RETRY_LATER, OUTCOMES };
static const char outcome_letters[OUTCOMES + 1] = "acCLm!";

static unsigned long steps;
static bool is_broken; /* and the story has been told */
static int passed, failed;

static void report(bool is_good, const char *what, unsigned long number)
{
	printf("%s %s: %lu\n", is_good ? "ok  " : "FAIL", what, number);
	passed += is_good;
	failed += !is_good;
}

/* A story so far. */
struct tale {
	struct schedule schedule;
	int64_t now;
	int64_t confirming_since; /* when the first answer of those that contradict in a row came; -1: none */
	int contradictions;
	char events[8 * EVENTS];
};

static void fail(const struct tale *t, const char *what)
{
	if (!is_broken)
		printf("     broken: %s, after %s\n", what, t->events);
	is_broken = true;
}

static void must(bool is_so, const struct tale *t, const char *what)
{
	if (!is_so)
		fail(t, what);
}

static void append(struct tale *t, char what, int64_t number)
{
	size_t len = strlen(t->events);
	snprintf(t->events + len, sizeof t->events - len, "%c%d ", what, (int)number);
}

/* One round from its start to its end, `takes` later. */
static struct tale end_round(struct tale t, int64_t takes, enum outcome outcome, double jitter)
{
	const mono_ms started = {t.now};
	struct pace_round answers = {.was_asked = true, .was_answered = outcome != MUTE};
	answers.retry_after_ms = outcome == RETRY_LATER || outcome == COUNTS_BUT_LATER ? 1000 : 0;
	bool counts = outcome == COUNTS || outcome == COUNTS_BUT_LATER;
	bool contradicts = counts || outcome == CONTRADICTS || outcome == MUTE;
	t.schedule = schedule_start(t.schedule, started);
	t.now += takes;
	t.schedule = schedule_end(t.schedule,
	    &(struct schedule_round){
		.answers = &answers,
		.interval_ms = INTERVAL,
		.ceiling_ms = INTERVAL,
		.confirm_ms = contradicts ? CONFIRM : 0,
		.counts = counts,
		.jitter = jitter,
		.draw = 0.999,
	    },
	    (mono_ms){t.now});
	t.contradictions = contradicts ? t.contradictions + 1 : 0;
	if (t.contradictions == 1)
		t.confirming_since = t.now;
	append(&t, outcome_letters[outcome], takes);
	steps++;

	int64_t due = t.schedule.due.ms;
	/* An answer is no observation any more when it is older than two intervals (SEMANTICS.md section 1). */
	must(due <= t.now + INTERVAL, &t, "the next round comes within an interval of the answer");
	must(due > started.ms, &t, "no two rounds start at once");
	if (counts)
		must(due == t.now + CONFIRM, &t,
		    "what counts up to a verdict is confirmed in its time, and not put off");
	if (outcome == AGREES)
		must(due >= started.ms + INTERVAL - INTERVAL / SCHEDULE_JITTER && due <= started.ms + INTERVAL, &t,
		    "a well side is asked at its interval, but for the jitter");
	if (outcome == RETRY_LATER)
		must(due >= t.now + INTERVAL, &t, "a server that asks for time has what the ceiling allows");
	if (t.contradictions == FALL)
		must(t.now - t.confirming_since >= (FALL - 1) * CONFIRM, &t, "`fall` answers span their time");
	return t;
}

static struct tale bring_forward(struct tale t, int64_t least_ms)
{
	const struct schedule before = t.schedule;
	t.schedule = schedule_bring_forward(t.schedule, least_ms, (mono_ms){t.now});
	append(&t, 'f', least_ms);
	steps++;
	must(t.schedule.due.ms <= before.due.ms, &t, "bringing forward puts nothing off");
	if (before.is_confirming)
		must(t.schedule.due.ms == before.due.ms, &t, "a side that confirms is not brought forward");
	else
		must(t.schedule.due.ms == before.due.ms ||
			(t.schedule.due.ms >= t.now && t.schedule.due.ms >= before.pace.not_before.ms &&
			    t.schedule.due.ms >= before.started_at.ms + least_ms),
		    &t, "not before now, what the endpoint asked for, and the least distance");
	bool may_be_asked =
	    !before.is_confirming && before.pace.not_before.ms <= t.now && before.started_at.ms + least_ms <= t.now;
	must(!may_be_asked || t.schedule.due.ms <= t.now, &t, "one that may be asked is asked at once");
	return t;
}

static void go_on(const struct tale *t, int events)
{
	static const int64_t takes[] = {0, TIMEOUT};
	if (events == 0 || is_broken)
		return;
	struct tale at_due = *t;
	if (at_due.now < at_due.schedule.due.ms)
		at_due.now = at_due.schedule.due.ms;
	for (size_t i = 0; i < sizeof takes / sizeof *takes; i++)
		for (int outcome = 0; outcome < OUTCOMES; outcome++) {
			/* The jitter at both its ends, where there is a regular interval to shorten. */
			struct tale next =
			    end_round(at_due, takes[i], (enum outcome)outcome, outcome == AGREES && i ? 0.999 : 0);
			if (next.schedule.pace.failures <= PACE_FAILURES + 1)
				go_on(&next, events - 1);
		}
	int64_t left = t->schedule.due.ms - t->now;
	for (int i = 0; i < 2 && left > 0; i++) {
		struct tale later = *t;
		later.now += i * left / 2;
		struct tale next = bring_forward(later, i ? 0 : events % 2 ? CONFIRM : 2 * INTERVAL);
		go_on(&next, events - 1);
	}
}

/* Very many sides, for very many rounds, each of them well: how many start within one hundredth of the interval? */
static void check_spread(void)
{
	enum { MANY = 1000, LONG = 10000, ROUNDS = 200, SLOTS = 100, MOST = 50 };
	static struct schedule side[MANY];
	static unsigned starts[SLOTS * (ROUNDS + 1)];
	uint32_t seed = 20261128;
	unsigned most = 0;
	for (size_t i = 0; i < MANY; i++)
		side[i] = schedule_begin(i, MANY, LONG, (mono_ms){0});
	for (size_t i = 0; i < MANY; i++)
		for (int n = 0; side[i].due.ms < (int64_t)LONG * ROUNDS; n++) {
			const struct pace_round answers = {.was_asked = true, .was_answered = true};
			mono_ms now = side[i].due;
			starts[now.ms * SLOTS / LONG]++;
			seed = seed * 1664525 + 1013904223;
			side[i] = schedule_end(schedule_start(side[i], now),
			    &(struct schedule_round){.answers = &answers,
				.interval_ms = LONG,
				.ceiling_ms = LONG,
				.jitter = (double)seed / 4294967296.0},
			    mono_plus(now, 20));
		}
	for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
		most = starts[i] > most ? starts[i] : most;
	report(
	    most <= MOST, "1,000 sides, seed 20261128: the most that start in the same hundredth of an interval", most);
}

int main(void)
{
	struct tale t = {.schedule = schedule_begin(0, 1, INTERVAL, (mono_ms){0}), .confirming_since = -1};
	go_on(&t, EVENTS);
	report(!is_broken, "every story of six events, steps", steps);
	check_spread();
	printf("%d passed, %d failed\n", passed, failed);
	return failed != 0;
}
