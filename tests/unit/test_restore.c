/* SEMANTICS.md section 4, invariant 6: a restart neither resolves nor re-fires an alert by
 * itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "pair_scene.h"

enum { HOURS = 60 * MINUTES };

/* A new process on another boot: its monotonic clock has nothing to do with the old one's. */
static const struct now later = {{42}, {1795464000000 + 3600000}};

static struct side_memory memory_of(enum verdict verdict, enum side_reason reason, int64_t evidence_age_ms)
{
	return (struct side_memory){
	    verdict, reason, {later.wall.ms - 30 * MINUTES}, evidence_age_ms, .was_up = verdict == UP};
}

static struct world restored(enum verdict verdict, enum side_reason reason, int64_t evidence_age_ms)
{
	struct world w = world_of(&default_policy);
	struct side_memory memory = memory_of(verdict, reason, evidence_age_ms);

	w.now = later;
	w.side = side_restore(&w.policy, &memory, later);
	return w;
}

static const struct {
	enum verdict verdict;
	enum side_reason reason;
	enum spot_word spot; /* what affirms it */
	enum kube_word kube;
} verdicts[] = {
    {UP, REASON_SERVING, SPOT_READY, KUBE_SERVING},
    {DOWN, REASON_NO_CAPACITY, SPOT_READY, KUBE_NO_CAPACITY},
    {DOWN, REASON_DELETING, SPOT_DELETING, KUBE_NONE},
    {PROVISIONING, REASON_PROVISIONING, SPOT_PROVISIONING, KUBE_NONE},
    {MAINTENANCE, REASON_CORDONED, SPOT_READY, KUBE_CORDONED},
};
enum { ALL = sizeof verdicts / sizeof *verdicts };

static struct world restored_nr(size_t i, int64_t evidence_age_ms)
{
	return restored(verdicts[i].verdict, verdicts[i].reason, evidence_age_ms);
}

static void verdict_and_since_are_held(void **state)
{
	(void)state;
	for (size_t i = 0; i < ALL; i++) {
		struct world w = restored_nr(i, 5 * MINUTES - 1);

		assert_verdict(&w, verdicts[i].verdict);
		assert_reason(&w, verdicts[i].reason);
		assert_true(w.side.is_held);
		assert_int_equal(w.side.since.wall.ms, later.wall.ms - 30 * MINUTES);
		assert_int_equal(w.side.since.mono.ms, later.mono.ms - 30 * MINUTES);
		assert_int_equal(w.side.agreeing, 0);
		assert_false(w.side.flap.has_last);
	}
}

/* UNKNOWN, too old, or from the future: start. */
static void what_is_not_remembered(void **state)
{
	(void)state;
	for (size_t i = 0; i < ALL; i++) {
		static const int64_t ages[] = {5 * MINUTES, 5 * MINUTES + 1, INT64_MAX, -1, INT64_MIN};

		for (size_t a = 0; a < sizeof ages / sizeof *ages; a++) {
			struct world w = restored_nr(i, ages[a]);

			assert_verdict(&w, UNKNOWN);
			assert_reason(&w, REASON_STARTING);
			assert_false(w.side.is_held || w.side.is_decided || w.side.was_up);
			assert_int_equal(w.side.since.wall.ms, later.wall.ms);
		}
	}
	struct world w = restored(UNKNOWN, REASON_NO_EVIDENCE, 0);

	assert_verdict(&w, UNKNOWN);
	assert_reason(&w, REASON_STARTING);
	assert_false(w.side.is_held || w.side.is_decided);
}

/* Of a clock that was set back, or of a time that nobody knew. */
static void since_is_never_ahead(void **state)
{
	static const int64_t wrong[] = {0, -5, INT64_MIN, 1795464000000 + 3600001, INT64_MAX};

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		struct side_memory memory = {.verdict = DOWN, .reason = REASON_NO_CAPACITY, .since = {wrong[i]}};
		struct side side = side_restore(&default_policy, &memory, later);

		assert_int_equal(side.verdict, DOWN);
		assert_int_equal(side.since.wall.ms, later.wall.ms);
		assert_int_equal(side.since.mono.ms, later.mono.ms);
	}
}

/* The first fresh result that says the same is enough, and it is no change. */
static void fresh_evidence_affirms(void **state)
{
	(void)state;
	for (size_t i = 0; i < ALL; i++) {
		struct world w = restored_nr(i, 1 * MINUTES);
		int64_t since = w.side.since.mono.ms;

		world_pass(&w, 1 * SECONDS);
		world_tick(&w);
		world_spot(&w, verdicts[i].spot);
		assert_true(w.side.is_held);
		world_kube(&w, verdicts[i].kube);
		assert_false(w.side.is_held);
		assert_verdict(&w, verdicts[i].verdict);
		assert_int_equal(w.side.since.mono.ms, since);
		assert_int_equal(w.side.evidence_at.ms, w.now.mono.ms);
	}
}

/* Nothing fresh: UNKNOWN once the evidence is stale_after old, a held DOWN too. */
static void held_at_most_stale_after(void **state)
{
	(void)state;
	for (size_t i = 0; i < ALL; i++)
		for (int64_t age = 0; age < 5 * MINUTES; age += 59 * SECONDS) {
			struct world w = restored_nr(i, age);

			world_pass(&w, 5 * MINUTES - age - 1);
			world_spot(&w, SPOT_NONE);
			world_kube(&w, KUBE_NONE);
			assert_verdict(&w, verdicts[i].verdict);
			assert_true(w.side.is_held);
			world_pass(&w, 1);
			world_tick(&w);
			assert_verdict(&w, UNKNOWN);
			assert_reason(&w, REASON_NO_EVIDENCE);
			assert_false(w.side.is_held);
		}
}

/* Affirmed, it is a DOWN like any other, and ends only on positive evidence. */
static void affirmed_down_does_not_age(void **state)
{
	struct world w = restored(DOWN, REASON_NO_CAPACITY, 4 * MINUTES);

	(void)state;
	world_spot(&w, SPOT_READY);
	world_kube(&w, KUBE_NO_CAPACITY);
	world_pass(&w, 24 * HOURS);
	world_tick(&w);
	assert_verdict(&w, DOWN);
}

/* The usual rise and fall; it was decided before. */
static void moved_by_the_usual_counts(void **state)
{
	struct world w = restored(DOWN, REASON_NO_CAPACITY, 0);

	(void)state;
	world_spot(&w, SPOT_READY);
	world_kube(&w, KUBE_SERVING);
	assert_verdict(&w, DOWN);
	assert_true(w.side.is_held && w.side.disagrees);
	world_kube(&w, KUBE_SERVING);
	assert_verdict(&w, UP);
	assert_false(w.side.is_held);
	assert_int_equal(w.side.since.mono.ms, w.now.mono.ms);

	w = restored(UP, REASON_SERVING, 0);
	world_spot(&w, SPOT_READY);
	for (int i = 0; i < 2; i++)
		world_kube(&w, KUBE_NO_CAPACITY);
	assert_verdict(&w, UP);
	world_kube(&w, KUBE_NO_CAPACITY);
	assert_verdict(&w, DOWN);
}

/* A side that Spot is deleting serves on for a while: Kubernetes alone must not resolve it. */
static void moved_only_after_every_source_was_heard(void **state)
{
	struct world w = restored(DOWN, REASON_DELETING, 0);

	(void)state;
	for (int i = 0; i < 10; i++)
		world_kube(&w, KUBE_SERVING);
	assert_verdict(&w, DOWN);
	world_spot(&w, SPOT_DELETING);
	world_kube(&w, KUBE_SERVING);
	assert_verdict(&w, DOWN);
	assert_false(w.side.is_held);

	w = restored(PROVISIONING, REASON_PROVISIONING, 0);
	for (int i = 0; i < 10; i++)
		world_kube(&w, KUBE_SERVING);
	assert_verdict(&w, PROVISIONING);
	world_spot(&w, SPOT_NONE); /* a failure is enough */
	for (int i = 0; i < 2; i++)
		world_kube(&w, KUBE_SERVING);
	assert_verdict(&w, UP);

	/* Without Spot there is nobody else to hear. */
	struct side_policy alone = default_policy;
	struct side_memory memory = memory_of(DOWN, REASON_NO_CAPACITY, 0);

	alone.has_spot = false;
	w = world_of(&alone);
	w.now = later;
	w.side = side_restore(&alone, &memory, later);
	for (int i = 0; i < 2; i++)
		world_kube(&w, KUBE_SERVING);
	assert_verdict(&w, UP);
}

/* Soft evidence needs its time again. */
static void soft_evidence_starts_over(void **state)
{
	struct world w = restored(UP, REASON_SERVING, 0);

	(void)state;
	world_spot(&w, SPOT_READY);
	for (int i = 0; i <= 90; i++) {
		assert_verdict(&w, UP);
		world_kube(&w, KUBE_UNREACHABLE);
		world_pass(&w, 1 * SECONDS);
		world_witness(&w);
	}
	world_kube(&w, KUBE_UNREACHABLE);
	assert_verdict(&w, DOWN);
}

/* The alert on a degraded side stays as well; counts come from the pools as before. */
static void marks_are_those_of_the_reason(void **state)
{
	/* clang-format off */
	static const struct {
		enum verdict verdict;
		enum side_reason reason;
		bool is_degraded, from_pools;
	} rows[] = {
		{UP, REASON_SERVING, false, false},
		{UP, REASON_CREDENTIAL_DENIED, false, true},
		{UP, REASON_NOT_READY, true, false},
		{UP, REASON_SPOT_ERROR, true, false},
		{UP, REASON_ABSENT, true, false},
		{DOWN, REASON_SPOT_ERROR, false, false},
		{DOWN, REASON_ABSENT, false, false},
		{MAINTENANCE, REASON_CORDONED, false, false},
	};
	/* clang-format on */

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct world w = restored(rows[i].verdict, rows[i].reason, 0);

		assert_int_equal(w.side.is_degraded, rows[i].is_degraded);
		assert_int_equal(w.side.from_pools, rows[i].from_pools);
	}
}

/* "Was ready before" outlives a restart, whatever the verdict is by now, but not the cloudspace that it is about. */
static void was_up(void **state)
{
	static const struct {
		enum verdict held;
		bool was_up;
		int64_t created, told;
		enum verdict is;
	} rows[] = {
	    {UP, true, 0, 1, DOWN},
	    {UP, true, 1, 2, PROVISIONING},
	    {DOWN, true, 1, 1, DOWN},
	    {DOWN, true, 1, 0, DOWN},
	    {DOWN, true, 1, 2, PROVISIONING},
	    {DOWN, false, 1, 1, PROVISIONING},
	    {MAINTENANCE, true, 1, 1, DOWN},
	    {MAINTENANCE, false, 0, 0, PROVISIONING},
	};
	(void)state;
	for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
		struct side_memory memory = memory_of(rows[r].held, REASON_SERVING, 0);
		struct world w = restored(rows[r].held, REASON_SERVING, 0);

		memory.was_up = rows[r].was_up;
		memory.created.ms = rows[r].created;
		w.side = side_restore(&w.policy, &memory, later);
		for (int i = 0; i < 3; i++) {
			world_step(&w,
			    (struct side_input){
				.kind = SIDE_SPOT, .spot = {.word = SPOT_PROVISIONING, .created = {rows[r].told}}});
			world_kube(&w, KUBE_NO_CAPACITY);
		}
		assert_verdict(&w, rows[r].is);
	}
}

/* A grace while it is held: DOWN waits for two of each as ever. */
static void grace_while_held(void **state)
{
	struct world w = restored(UP, REASON_SERVING, 0);

	(void)state;
	world_spot(&w, SPOT_READY);
	world_kube(&w, KUBE_NO_CAPACITY);
	world_grace(&w);
	for (int i = 0; i < 5; i++)
		world_kube(&w, KUBE_CORDONED);
	assert_verdict(&w, UP); /* Spot has not been heard again */
	world_spot(&w, SPOT_READY);
	for (int i = 0; i < 3; i++)
		world_kube(&w, KUBE_CORDONED);
	assert_verdict(&w, MAINTENANCE);
}

/* Pairs. */

static struct pair restart(struct scene *s, int64_t down_ms)
{
	struct pair_memory memory = pair_remember(&s->pair, s->now);

	for (int id = 0; id < SIDES; id++)
		memory.side[id].evidence_age_ms += down_ms;
	s->now = (struct now){{99}, {s->now.wall.ms + down_ms}};
	return pair_restore(&s->policy, &memory, s->now);
}

static struct scene blocked(void)
{
	struct scene s = scene_of(true);

	up(&s, PRIMARY);
	up(&s, SECONDARY);
	scene_pass(&s, 1 * MINUTES);
	down(&s, PRIMARY);
	scene_pass(&s, 2 * MINUTES);
	down(&s, SECONDARY);
	up(&s, SECONDARY);
	down(&s, PRIMARY);
	assert_int_equal(s.pair.status, HA_BLOCKED_PRIMARY_UNAVAILABLE);
	return s;
}

static void status_and_times_are_kept(void **state)
{
	struct scene s = blocked();
	wall_ms since = s.pair.since.wall, blocked_since = s.pair.blocked_since.wall;
	struct pair_memory memory = pair_remember(&s.pair, s.now);

	(void)state;
	assert_int_equal(memory.status, HA_BLOCKED_PRIMARY_UNAVAILABLE);
	assert_true(memory.has_side[PRIMARY] && memory.has_side[SECONDARY] && !memory.has_side[EXTRA_1]);
	assert_int_equal(memory.side[PRIMARY].reason, REASON_NO_CAPACITY);
	assert_int_equal(memory.side[PRIMARY].evidence_age_ms, 0);
	assert_int_not_equal(since.ms, blocked_since.ms);
	scene_pass(&s, 30 * SECONDS);
	struct pair after = restart(&s, 60 * SECONDS);

	assert_int_equal(after.status, HA_BLOCKED_PRIMARY_UNAVAILABLE);
	assert_int_equal(after.since.wall.ms, since.ms);
	assert_int_equal(after.since.mono.ms, 99 - 90 * SECONDS);
	assert_int_equal(after.blocked_since.wall.ms, blocked_since.ms);
	assert_int_equal(after.blocked_since.mono.ms, 99 - 210 * SECONDS);
	assert_int_equal(after.counted_to.mono.ms, 99);
	assert_int_equal(after.side[PRIMARY].verdict, DOWN);
	assert_int_equal(after.side[PRIMARY].evidence_at.ms, 99 - 90 * SECONDS);
	assert_true(after.side[PRIMARY].is_held && after.side[SECONDARY].is_held);
	for (int i = 0; i < HA_STATUSES * HA_STATUSES; i++)
		assert_int_equal(after.transitions[i / HA_STATUSES][i % HA_STATUSES], 0);
}

/* The sides no longer make the status: it is new, with its times. */
static void another_status_is_new(void **state)
{
	struct scene s = blocked();
	struct pair after = restart(&s, 5 * MINUTES);

	(void)state;
	assert_int_equal(after.status, HA_UNKNOWN);
	assert_int_equal(after.since.wall.ms, s.now.wall.ms);
	assert_int_equal(after.blocked_since.wall.ms, s.now.wall.ms);

	/* Blocked still, but otherwise: one side's evidence was older. */
	s = blocked();
	down(&s, SECONDARY);
	scene_pass(&s, 4 * MINUTES);
	down(&s, PRIMARY);
	assert_int_equal(s.pair.status, HA_BLOCKED_BOTH_UNAVAILABLE);
	after = restart(&s, 2 * MINUTES);
	assert_int_equal(after.status, HA_BLOCKED_PRIMARY_UNAVAILABLE);
	assert_int_equal(after.since.wall.ms, s.now.wall.ms);
	assert_int_equal(after.blocked_since.wall.ms, s.now.wall.ms);
}

static void nothing_known_stays_unknown(void **state)
{
	struct scene s = scene_of(true);
	struct pair_memory memory = pair_remember(&s.pair, s.now);
	int64_t since = s.now.wall.ms;

	(void)state;
	assert_false(memory.has_side[PRIMARY] || memory.has_side[SECONDARY]);
	assert_false(wall_is_known(memory.blocked_since));
	scene_pass(&s, 1 * MINUTES);
	struct pair after = restart(&s, 1 * MINUTES);

	assert_int_equal(after.status, HA_UNKNOWN);
	assert_int_equal(after.since.wall.ms, since); /* blind since then */
	assert_false(after.side[PRIMARY].is_held);

	s = scene_of(false);
	up(&s, PRIMARY);
	after = restart(&s, 0);
	assert_int_equal(after.status, HA_DISABLED);
	assert_int_equal(after.side[PRIMARY].verdict, UP);
}

/* What is left of a window by the wall clock, and never more than 8 h. */
static void windows_come_back(void **state)
{
	/* clang-format off */
	static const struct {
		int64_t for_ms, down_ms, left_ms; /* 0: gone */
	} rows[] = {
		{2 * HOURS, 0, 2 * HOURS},
		{2 * HOURS, 30 * MINUTES, 90 * MINUTES},
		{2 * HOURS, 2 * HOURS - 1, 1},
		{2 * HOURS, 2 * HOURS, 0},
		{2 * HOURS, 24 * HOURS, 0},
		{8 * HOURS, 0, 8 * HOURS},
		{8 * HOURS, -1, 8 * HOURS}, /* the clock was set back */
		{2 * HOURS, -24 * HOURS, 8 * HOURS},
	};
	/* clang-format on */

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct scene s = blocked();
		struct err e;

		assert_true(pair_begin_maintenance(&s.pair, PRIMARY, rows[i].for_ms, "new kernel", false, s.now, &e));
		struct pair after = restart(&s, rows[i].down_ms);
		const struct maintenance *m = &after.maintenance[PRIMARY];

		assert_int_equal(m->is_declared, rows[i].left_ms > 0);
		assert_false(after.maintenance[SECONDARY].is_declared);
		if (!m->is_declared)
			continue;
		assert_int_equal(m->ends.mono.ms, 99 + rows[i].left_ms);
		assert_int_equal(m->ends.wall.ms, s.now.wall.ms + rows[i].left_ms);
		assert_string_equal(m->reason, "new kernel");
		assert_int_equal(m->began.wall.ms, s.now.wall.ms - (rows[i].down_ms > 0 ? rows[i].down_ms : 0));
	}
}

/* An extra side as well as the two. */
static void extra_sides(void **state)
{
	struct scene s = scene_of(true);
	struct err e;

	(void)state;
	s.policy.extra_count = 1;
	s.policy.side[EXTRA_1] = s.policy.side[PRIMARY];
	s.pair = pair_start(&s.policy, s.now);
	up(&s, PRIMARY);
	down(&s, EXTRA_1);
	assert_true(pair_begin_maintenance(&s.pair, EXTRA_1, 1 * HOURS, "", false, s.now, &e));
	struct pair after = restart(&s, 0);

	assert_int_equal(after.extra_count, 1);
	assert_int_equal(after.side[EXTRA_1].verdict, DOWN);
	assert_true(after.side[EXTRA_1].is_held && after.maintenance[EXTRA_1].is_declared);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(verdict_and_since_are_held),
	    cmocka_unit_test(what_is_not_remembered),
	    cmocka_unit_test(since_is_never_ahead),
	    cmocka_unit_test(fresh_evidence_affirms),
	    cmocka_unit_test(held_at_most_stale_after),
	    cmocka_unit_test(affirmed_down_does_not_age),
	    cmocka_unit_test(moved_by_the_usual_counts),
	    cmocka_unit_test(moved_only_after_every_source_was_heard),
	    cmocka_unit_test(soft_evidence_starts_over),
	    cmocka_unit_test(marks_are_those_of_the_reason),
	    cmocka_unit_test(was_up),
	    cmocka_unit_test(grace_while_held),
	    cmocka_unit_test(status_and_times_are_kept),
	    cmocka_unit_test(another_status_is_new),
	    cmocka_unit_test(nothing_known_stays_unknown),
	    cmocka_unit_test(windows_come_back),
	    cmocka_unit_test(extra_sides),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
