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
	INTERVAL = 240, /* 15 units of jitter */
	CONFIRM = 30,
	TIMEOUT = 80,
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
		must(due == started.ms + INTERVAL - (int64_t)(jitter * (INTERVAL / SCHEDULE_JITTER)), &t,
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

/* A reload, with a stagger that would put this side off. */
static struct tale reload(struct tale t, int64_t stagger_ms)
{
	const struct schedule before = t.schedule;
	struct schedule fresh = schedule_begin(0, 1, INTERVAL, (mono_ms){t.now});
	fresh.due.ms += stagger_ms;
	t.schedule = schedule_adopt(fresh, &before, (mono_ms){t.now});
	append(&t, 'r', stagger_ms);
	steps++;
	int64_t due = before.due.ms > t.now ? before.due.ms : t.now;
	must(t.schedule.is_confirming == before.is_confirming && t.schedule.started_at.ms == before.started_at.ms, &t,
	    "a reload forgets nothing");
	if (before.is_confirming)
		must(t.schedule.due.ms == due, &t, "a reload does not shorten what confirms");
	else
		must(t.schedule.due.ms >= before.pace.not_before.ms &&
			(t.schedule.due.ms == before.pace.not_before.ms ||
			    t.schedule.due.ms == (due < t.now + stagger_ms ? due : t.now + stagger_ms)),
		    &t,
		    "a reload asks at this side's turn, not before the endpoint may be asked, and puts nothing off");
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
		next = reload(later, i ? 0 : CONFIRM);
		go_on(&next, events - 1);
	}
}

/* What a single call promises. */
static void check_calls(void)
{
	const struct pace_round well = {.was_asked = true, .was_answered = true};
	const mono_ms now = {1000};
	struct schedule first = schedule_begin(0, 2, 15000, now), second = schedule_begin(1, 2, 15000, now);
	struct schedule last = schedule_begin(999, 1000, 5000, now);
	struct schedule hasty = schedule_end(first,
	    &(struct schedule_round){.answers = &well, .interval_ms = 15000, .ceiling_ms = 15000, .confirm_ms = 1},
	    now);
	report(first.due.ms == 1000 && second.due.ms == 1000 + SCHEDULE_STAGGER_MS, "two sides begin so far apart, ms",
	    SCHEDULE_STAGGER_MS);
	report(schedule_begin(1, 2, 198, now).due.ms == 1099, "two sides of a short interval, ms", 99);
	report(last.due.ms == 1000 + 999 * 5, "a thousand sides share one interval, ms", 5000);
	report(!schedule_is_due(&second, now) && schedule_is_due(&first, now) &&
		schedule_is_due(&second, mono_plus(now, SCHEDULE_STAGGER_MS)) &&
		!schedule_is_due(&second, mono_plus(now, SCHEDULE_STAGGER_MS - 1)),
	    "due from its time on", 1);
	struct schedule soft = hasty;
	soft.due = (mono_ms){1010};
	report(schedule_ask_again(soft, (mono_ms){1002}).due.ms == 1002, "asked again before a confirmation", 1);
	report(schedule_ask_again(soft, (mono_ms){2000}).due.ms == 1010, "nothing is put off by asking again", 1);
	soft.pace.not_before = (mono_ms){1005};
	report(schedule_ask_again(soft, (mono_ms){1002}).due.ms == 1005, "not before what the endpoint asked for", 1);
	struct schedule slow = schedule_end(
	    first, &(struct schedule_round){.answers = &well, .interval_ms = 200, .ceiling_ms = 200}, (mono_ms){5000});
	report(slow.due.ms == 5000, "due at the end of a round that took longer than its interval, ms", 5000);
	report(hasty.is_confirming && hasty.due.ms == 1001, "the shortest confirmation, ms", 1);
}

/* Very many sides that all start at once, as after a pause of the machine: how many still do so later? */
static void check_spread(void)
{
	enum { MANY = 1000, LONG = 16000, ROUNDS = 200, SLOT = 10, MOST = 20 };
	static struct schedule side[MANY];
	static unsigned starts[LONG / SLOT];
	uint32_t seed = 20261128;
	unsigned most = 0;
	for (size_t i = 0; i < MANY; i++)
		side[i] = schedule_begin(0, 1, LONG, (mono_ms){0});
	for (size_t i = 0; i < MANY; i++)
		for (int n = 0; n < ROUNDS; n++) {
			const struct pace_round answers = {.was_asked = true, .was_answered = true};
			mono_ms now = side[i].due;
			seed = seed * 1664525 + 1013904223;
			side[i] = schedule_end(schedule_start(side[i], now),
			    &(struct schedule_round){.answers = &answers,
				.interval_ms = LONG,
				.ceiling_ms = LONG,
				.jitter = (double)seed / 4294967296.0},
			    mono_plus(now, 20));
		}
	for (size_t i = 0; i < MANY; i++)
		starts[side[i].due.ms % LONG / SLOT]++;
	for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
		most = starts[i] > most ? starts[i] : most;
	report(most <= MOST,
	    "1,000 sides that started at once, seed 20261128: the most in the same 10 ms, 200 rounds later", most);
}

int main(void)
{
	struct tale t = {.schedule = schedule_begin(0, 1, INTERVAL, (mono_ms){0}), .confirming_since = -1};
	go_on(&t, EVENTS);
	report(!is_broken, "every story of six events, steps", steps);
	check_calls();
	check_spread();
	printf("%d passed, %d failed\n", passed, failed);
	return failed != 0;
}
