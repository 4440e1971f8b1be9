/* SEMANTICS.md section 3: what is told to people names the cloudspace, the reason and since
 * when. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "pair_scene.h"
#include "render/message.h"

static const char *const names[SIDES_MAX] = {"matchpoint-runners", "matchpoint-runners-2", "matchpoint-runners-3"};

static void assert_message(const struct scene *s, const char *const wanted[], const char *unwanted)
{
	struct buf out = buf_of(1 << 12);

	message_of_pair(&s->policy, &s->pair, names, s->now, &out);
	assert_false(out.overflow);
	for (; *wanted; wanted++)
		if (!strstr(buf_text(&out), *wanted))
			fail_msg("\"%s\" does not say \"%s\"", buf_text(&out), *wanted);
	if (unwanted && strstr(buf_text(&out), unwanted))
		fail_msg("\"%s\" says \"%s\"", buf_text(&out), unwanted);
	assert_null(strchr(buf_text(&out), '\n'));
	buf_fini(&out);
}

/* Which cloudspace, the reason and since when. */
static void message_names_side_reason_and_time(void **state)
{
	struct scene s = scene_of(true);
	/* clang-format off */
	static const struct {
		enum spot_word spot;
		enum kube_word kube;
		const char *state;
	} rows[] = {
		{SPOT_READY, KUBE_NO_CAPACITY, "DOWN"},
		{SPOT_DELETING, KUBE_NONE, "DOWN"},
		{SPOT_READY, KUBE_CORDONED, "MAINTENANCE"},
	};
	/* clang-format on */

	(void)state;
	up(&s, PRIMARY);
	up(&s, SECONDARY);
	assert_message(&s, (const char *[]){"both", NULL}, "DOWN");
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		scene_pass(&s, 1 * SECONDS);
		up(&s, SECONDARY);
		s.now.wall.ms = 1795468445000 + (int64_t)i * 1000; /* 2026-11-23T21:14:05Z on */
		say(&s, SECONDARY, rows[i].spot, rows[i].kube);
		char since[] = "2026-11-23T21:14:05Z";

		since[18] = (char)('5' + i);
		assert_message(
		    &s, (const char *[]){"matchpoint-runners-2", "secondary", rows[i].state, since, NULL}, "primary");
	}
	scene_pass(&s, 1 * SECONDS);
	down(&s, PRIMARY);
	assert_message(
	    &s, (const char *[]){"matchpoint-runners ", "matchpoint-runners-2", "primary", "secondary", NULL}, NULL);
}

static void message_of_provisioning_says_what_is_usual(void **state)
{
	struct scene s = scene_of(true);
	struct side_input spot = {.kind = SIDE_SPOT, .spot = {.word = SPOT_PROVISIONING}, .witness_at = MONO_NEVER};
	struct side_input kube = {.kind = SIDE_KUBE, .kube = {.word = KUBE_NONE}, .witness_at = MONO_NEVER};

	(void)state;
	up(&s, PRIMARY);
	s.pair = pair_step(&s.policy, s.pair, SECONDARY, &spot, s.now);
	s.pair = pair_step(&s.policy, s.pair, SECONDARY, &kube, s.now);
	assert_message(&s, (const char *[]){"matchpoint-runners-2", "PROVISIONING", "50", "60", "usual", NULL}, NULL);
}

/* "Appends": what stands before it stays, and is no part of it. */
static void message_is_appended(void **state)
{
	struct scene s = scene_of(true);
	struct buf alone = buf_of(1 << 12), behind = buf_of(1 << 12);

	(void)state;
	up(&s, PRIMARY);
	down(&s, SECONDARY);
	message_of_pair(&s.policy, &s.pair, names, s.now, &alone);
	buf_puts(&behind, "prod: ");
	message_of_pair(&s.policy, &s.pair, names, s.now, &behind);
	bool is_same = strcmp(buf_text(&behind) + strlen("prod: "), buf_text(&alone)) == 0;

	buf_fini(&alone);
	buf_fini(&behind);
	assert_true(is_same);
}

/* The whole line, where every word of it matters. */
static void assert_line(const struct scene *s, const char *expected)
{
	struct buf out = buf_of(1 << 12);

	message_of_pair(&s->policy, &s->pair, names, s->now, &out);
	assert_string_equal(buf_text(&out), expected);
	buf_fini(&out);
}

/* ACTIVE at 2026-11-23T21:14:05Z. */
static struct scene active(void)
{
	struct scene s = scene_of(true);

	s.now.wall.ms = 1795468445000;
	up(&s, PRIMARY);
	up(&s, SECONDARY);
	return s;
}

static void spot(struct scene *s, enum side_id id, struct spot_obs obs)
{
	struct side_input input = {.kind = SIDE_SPOT, .spot = obs, .witness_at = MONO_NEVER};

	s->pair = pair_step(&s->policy, s->pair, id, &input, s->now);
}

static void kube(struct scene *s, enum side_id id, struct kube_obs obs)
{
	struct side_input input = {.kind = SIDE_KUBE, .kube = obs, .witness_at = MONO_NEVER};

	s->pair = pair_step(&s->policy, s->pair, id, &input, s->now);
}

static void nothing_to_tell(void **state)
{
	struct scene s = active();

	(void)state;
	assert_line(&s, "both cloudspaces are UP");
}

/* By Spot's own clock, and whether that is long. */
static void provisioning_is_aged_by_spot(void **state)
{
	/* clang-format off */
	static const struct {
		int64_t minutes;
		const char *text;
	} rows[] = {
		{0, "provisioning for 0 min; 50-60 is usual"},
		{34, "provisioning for 34 min; 50-60 is usual"},
		{74, "provisioning for 74 min; 50-60 is usual"},
		{75, "provisioning for 75 min; late: 50-60 is usual"},
		{119, "provisioning for 119 min; late: 50-60 is usual"},
		{120, "provisioning for 120 min; stuck: 50-60 is usual"},
	};
	/* clang-format on */

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct scene s = scene_of(true);
		char line[200];

		s.now.wall.ms = 1795468445000;
		up(&s, PRIMARY);
		spot(&s, SECONDARY,
		    (struct spot_obs){.word = SPOT_PROVISIONING,
			.created = {5000},
			.served_at = {5000 + rows[i].minutes * MINUTES + 59999}});
		kube(&s, SECONDARY, (struct kube_obs){.word = KUBE_NONE});
		snprintf(line, sizeof line,
		    "matchpoint-runners-2 (secondary) is PROVISIONING since 2026-11-23T21:14:05Z: "
		    "%s",
		    rows[i].text);
		assert_line(&s, line);
	}
}

/* What was counted, while the count is fresh; no more than that. */
static void capacity_as_it_is_known(void **state)
{
	struct scene s = active();

	(void)state;
	kube(&s, PRIMARY, (struct kube_obs){KUBE_NO_CAPACITY, {.total = 0}});
	assert_message(&s, (const char *[]){"no nodes", NULL}, "0 of");
	kube(&s, PRIMARY, (struct kube_obs){KUBE_NO_CAPACITY, {.total = 0, .control_plane = 3}});
	assert_message(&s, (const char *[]){"only control-plane nodes (3)", NULL}, "no nodes");
	kube(&s, PRIMARY, (struct kube_obs){KUBE_NO_CAPACITY, {.total = 3, .available = 0}});
	assert_message(&s, (const char *[]){"0 of 3 nodes are available", NULL}, "no nodes");
	kube(&s, PRIMARY, (struct kube_obs){KUBE_NO_CAPACITY, {.total = 12, .available = 2}});
	assert_message(&s, (const char *[]){"2 of 12 nodes are available", NULL}, NULL);
	kube(&s, PRIMARY, (struct kube_obs){.word = KUBE_NONE});
	assert_message(&s, (const char *[]){"DOWN", "too few nodes", NULL}, "of 12");
	kube(&s, PRIMARY, (struct kube_obs){KUBE_NO_CAPACITY, {.total = 12, .available = 2}});
	scene_pass(&s, 11 * SECONDS);
	assert_message(&s, (const char *[]){"DOWN", "too few nodes", NULL}, "of 12");
}

static void degraded_is_explained(void **state)
{
	/* clang-format off */
	static const struct {
		enum spot_word spot;
		const char *text;
	} rows[] = {
		{SPOT_ERROR, "Spot reports an error"},
		{SPOT_PROVISIONING, "Spot reports provisioning again"},
		{SPOT_ABSENT, "Spot no longer lists it"},
	};
	/* clang-format on */

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct scene s = active();
		char line[200];

		say(&s, PRIMARY, rows[i].spot, KUBE_SERVING);
		snprintf(line, sizeof line,
		    "both cloudspaces are UP; matchpoint-runners (primary) is UP since "
		    "2026-11-23T21:14:05Z: "
		    "degraded: nodes take work, but %s",
		    rows[i].text);
		assert_line(&s, line);
	}
	struct scene s = active();

	say(&s, PRIMARY, SPOT_READY, KUBE_DENIED);
	assert_message(&s, (const char *[]){"both", "is UP", "refuses our credential", NULL}, "degraded");
}

/* Since when nothing was heard, which is long before it became UNKNOWN. */
static void unknown_since_when(void **state)
{
	struct scene s = active();

	(void)state;
	scene_pass(&s, 5 * MINUTES);
	up(&s, PRIMARY);
	tick(&s);
	assert_line(&s,
	    "matchpoint-runners-2 (secondary) is UNKNOWN since 2026-11-23T21:19:05Z: "
	    "no source has confirmed a verdict since 2026-11-23T21:14:05Z");
	s = scene_of(true);
	assert_message(&s, (const char *[]){"UNKNOWN", "not every source has answered yet", NULL}, "confirmed");
}

/* What is held says so, UP as well. */
static void held_over_a_restart(void **state)
{
	struct scene s = active();

	(void)state;
	down(&s, SECONDARY);
	struct pair_memory memory = pair_remember(&s.pair, s.now);

	s.pair = pair_restore(&s.policy, &memory, s.now);
	assert_message(&s,
	    (const char *[]){"(primary) is UP", "work (no fresh data since the restart; showing the state from before)",
		"(secondary) is DOWN", "available (no fresh data since the restart; showing the state from before)",
		NULL},
	    NULL);
	up(&s, PRIMARY);
	down(&s, SECONDARY);
	assert_message(&s, (const char *[]){"(secondary) is DOWN", NULL}, "restart");
}

/* Until when and why, whatever the side's state. */
static void maintenance_until_when_and_why(void **state)
{
	struct scene s = active();
	struct err e;

	(void)state;
	assert_true(pair_begin_maintenance(&s.pair, SECONDARY, 90 * MINUTES, "new kernel", false, s.now, &e));
	assert_line(&s,
	    "both cloudspaces are UP; matchpoint-runners-2 (secondary) is UP since "
	    "2026-11-23T21:14:05Z: nodes "
	    "are ready and take work; maintenance is declared until "
	    "2026-11-23T22:44:05Z: new kernel");
	say(&s, SECONDARY, SPOT_READY, KUBE_CORDONED);
	assert_line(&s,
	    "matchpoint-runners-2 (secondary) is MAINTENANCE since "
	    "2026-11-23T21:14:05Z: every ready node is "
	    "cordoned; maintenance is declared until 2026-11-23T22:44:05Z: new kernel");
	assert_true(pair_begin_maintenance(&s.pair, SECONDARY, 90 * MINUTES, "", false, s.now, &e));
	assert_line(&s,
	    "matchpoint-runners-2 (secondary) is MAINTENANCE since "
	    "2026-11-23T21:14:05Z: every ready node is "
	    "cordoned; maintenance is declared until 2026-11-23T22:44:05Z");
}

static void extra_sides_are_told_of(void **state)
{
	struct scene s = scene_of(true);

	(void)state;
	s.now.wall.ms = 1795468445000;
	s.policy.extra_count = 1;
	s.policy.side[EXTRA_1] = s.policy.side[PRIMARY];
	s.pair = pair_start(&s.policy, s.now);
	up(&s, PRIMARY);
	up(&s, SECONDARY);
	say(&s, EXTRA_1, SPOT_DELETING, KUBE_NONE);
	assert_line(&s,
	    "both cloudspaces are UP; matchpoint-runners-3 (extra-1) is DOWN since "
	    "2026-11-23T21:14:05Z: Spot is "
	    "deleting it");
	up(&s, EXTRA_1);
	assert_line(&s, "both cloudspaces are UP");
}

/* Blind is neither well nor blocked; DISABLED is watched all the same. */
static void message_of_unknown_and_disabled(void **state)
{
	struct scene s = scene_of(true);

	(void)state;
	up(&s, PRIMARY);
	assert_message(&s, (const char *[]){"matchpoint-runners-2", "UNKNOWN", NULL}, "BLOCKED");
	s = scene_of(false);
	up(&s, PRIMARY);
	down(&s, SECONDARY);
	assert_message(&s, (const char *[]){"HA is disabled", "matchpoint-runners-2", "DOWN", NULL}, "(primary)");
	up(&s, SECONDARY);
	assert_line(&s, "HA is disabled in the configuration");
}

/* Every reason has its text, and nobody's begins or ends as a sentence of its own. */
static void every_reason_has_a_text(void **state)
{
	struct side side = side_start((struct now){{1}, {1795468445000}});

	(void)state;
	for (int reason = 0; reason < SIDE_REASONS; reason++) {
		struct buf out = buf_of(1 << 12);

		side.reason = (enum side_reason)reason;
		message_of_side(&default_policy, &side, (struct now){{1}, {1795468445000}}, &out);
		assert_true(out.len > 10);
		assert_null(strpbrk(buf_text(&out), "\n(%"));
		buf_fini(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(message_names_side_reason_and_time),
	    cmocka_unit_test(message_of_provisioning_says_what_is_usual),
	    cmocka_unit_test(message_is_appended),
	    cmocka_unit_test(nothing_to_tell),
	    cmocka_unit_test(provisioning_is_aged_by_spot),
	    cmocka_unit_test(capacity_as_it_is_known),
	    cmocka_unit_test(degraded_is_explained),
	    cmocka_unit_test(unknown_since_when),
	    cmocka_unit_test(held_over_a_restart),
	    cmocka_unit_test(maintenance_until_when_and_why),
	    cmocka_unit_test(extra_sides_are_told_of),
	    cmocka_unit_test(message_of_unknown_and_disabled),
	    cmocka_unit_test(every_reason_has_a_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
