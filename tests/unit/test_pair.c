/* SEMANTICS.md section 3 as a table, and what section 5 derives from it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "pair_scene.h"

/* The document's table, with its grouped rows and columns written out. */
/* clang-format off */
static const struct {
	int nr;
	enum verdict primary, secondary;
	enum ha_status status;
} cells[] = {
	{11, UP, UP, HA_ACTIVE},
	{12, UP, DOWN, HA_BLOCKED_SECONDARY_UNAVAILABLE},
	{13, UP, PROVISIONING, HA_BLOCKED_SECONDARY_UNAVAILABLE},
	{14, UP, MAINTENANCE, HA_BLOCKED_SECONDARY_UNAVAILABLE},
	{15, UP, UNKNOWN, HA_UNKNOWN},

	{21, DOWN, UP, HA_BLOCKED_PRIMARY_UNAVAILABLE},
	{22, DOWN, DOWN, HA_BLOCKED_BOTH_UNAVAILABLE},
	{23, DOWN, PROVISIONING, HA_BLOCKED_BOTH_UNAVAILABLE},
	{24, DOWN, MAINTENANCE, HA_BLOCKED_BOTH_UNAVAILABLE},
	{25, DOWN, UNKNOWN, HA_BLOCKED_PRIMARY_UNAVAILABLE},

	{31, PROVISIONING, UP, HA_BLOCKED_PRIMARY_UNAVAILABLE},
	{32, PROVISIONING, DOWN, HA_BLOCKED_BOTH_UNAVAILABLE},
	{33, PROVISIONING, PROVISIONING, HA_BLOCKED_BOTH_UNAVAILABLE},
	{34, PROVISIONING, MAINTENANCE, HA_BLOCKED_BOTH_UNAVAILABLE},
	{35, PROVISIONING, UNKNOWN, HA_BLOCKED_PRIMARY_UNAVAILABLE},

	{41, MAINTENANCE, UP, HA_BLOCKED_PRIMARY_UNAVAILABLE},
	{42, MAINTENANCE, DOWN, HA_BLOCKED_BOTH_UNAVAILABLE},
	{43, MAINTENANCE, PROVISIONING, HA_BLOCKED_BOTH_UNAVAILABLE},
	{44, MAINTENANCE, MAINTENANCE, HA_BLOCKED_BOTH_UNAVAILABLE},
	{45, MAINTENANCE, UNKNOWN, HA_BLOCKED_PRIMARY_UNAVAILABLE},

	{51, UNKNOWN, UP, HA_UNKNOWN},
	{52, UNKNOWN, DOWN, HA_BLOCKED_SECONDARY_UNAVAILABLE},
	{53, UNKNOWN, PROVISIONING, HA_BLOCKED_SECONDARY_UNAVAILABLE},
	{54, UNKNOWN, MAINTENANCE, HA_BLOCKED_SECONDARY_UNAVAILABLE},
	{55, UNKNOWN, UNKNOWN, HA_UNKNOWN},
};
/* clang-format on */
enum { CELLS = sizeof cells / sizeof *cells };

static void table(void **state)
{
	int wrong = 0;

	(void)state;
	assert_int_equal(CELLS, VERDICTS * VERDICTS);
	for (int i = 0; i < CELLS; i++) {
		enum ha_status status = pair_status(true, cells[i].primary, cells[i].secondary);

		if (status == cells[i].status)
			continue;
		wrong++;
		print_error("cell %d (%s / %s): %s, expected %s\n", cells[i].nr, verdict_names[cells[i].primary],
		    verdict_names[cells[i].secondary], ha_status_names[status], ha_status_names[cells[i].status]);
	}
	assert_int_equal(wrong, 0);
}

static void disabled_whatever_the_sides_say(void **state)
{
	(void)state;
	for (int i = 0; i < CELLS; i++)
		assert_int_equal(pair_status(false, cells[i].primary, cells[i].secondary), HA_DISABLED);
}

static void names_and_blocked(void **state)
{
	/* clang-format off */
	static const struct {
		const char *name;
		bool is_blocked;
	} rows[HA_STATUSES] = {
		[HA_ACTIVE] = {"ACTIVE", false},
		[HA_BLOCKED_PRIMARY_UNAVAILABLE] = {"BLOCKED_PRIMARY_UNAVAILABLE", true},
		[HA_BLOCKED_SECONDARY_UNAVAILABLE] = {"BLOCKED_SECONDARY_UNAVAILABLE", true},
		[HA_BLOCKED_BOTH_UNAVAILABLE] = {"BLOCKED_BOTH_UNAVAILABLE", true},
		[HA_DISABLED] = {"DISABLED", false},
		[HA_UNKNOWN] = {"UNKNOWN", false},
	};
	/* clang-format on */

	(void)state;
	for (enum ha_status s = 0; s < HA_STATUSES; s++) {
		assert_string_equal(ha_status_names[s], rows[s].name);
		assert_int_equal(pair_status_is_blocked(s), rows[s].is_blocked);
	}
}

static uint64_t transitions(const struct pair *pair)
{
	uint64_t sum = 0;

	for (int from = 0; from < HA_STATUSES; from++)
		for (int to = 0; to < HA_STATUSES; to++)
			sum += pair->transitions[from][to];
	return sum;
}

static void starts_unknown(void **state)
{
	struct scene s = scene_of(true);

	(void)state;
	assert_int_equal(s.pair.status, HA_UNKNOWN);
	assert_int_equal(transitions(&s.pair), 0);
	up(&s, PRIMARY);
	assert_int_equal(s.pair.status, HA_UNKNOWN);
	up(&s, SECONDARY);
	assert_int_equal(s.pair.status, HA_ACTIVE);
	assert_int_equal(s.pair.transitions[HA_UNKNOWN][HA_ACTIVE], 1);
	assert_int_equal(transitions(&s.pair), 1);
}

/* One outage and its recovery: every change is counted once, from where to where. */
static void changes_are_counted(void **state)
{
	/* clang-format off */
	static const struct {
		enum side_id side;
		bool is_up;
		enum ha_status status;
	} story[] = {
		{PRIMARY, true, HA_UNKNOWN},
		{SECONDARY, true, HA_ACTIVE},
		{SECONDARY, false, HA_BLOCKED_SECONDARY_UNAVAILABLE},
		{SECONDARY, false, HA_BLOCKED_SECONDARY_UNAVAILABLE},
		{PRIMARY, false, HA_BLOCKED_BOTH_UNAVAILABLE},
		{SECONDARY, true, HA_BLOCKED_PRIMARY_UNAVAILABLE},
		{PRIMARY, true, HA_ACTIVE},
		{PRIMARY, false, HA_BLOCKED_PRIMARY_UNAVAILABLE},
		{PRIMARY, true, HA_ACTIVE},
	};
	/* clang-format on */
	struct scene s = scene_of(true);
	uint64_t changes = 0;

	(void)state;
	for (size_t i = 0; i < sizeof story / sizeof *story; i++) {
		enum ha_status before = s.pair.status;
		int64_t since = s.pair.since.mono.ms;
		uint64_t counted = s.pair.transitions[before][story[i].status];

		scene_pass(&s, 1 * SECONDS);
		(story[i].is_up ? up : down)(&s, story[i].side);
		assert_int_equal(s.pair.status, story[i].status);
		if (before != story[i].status) {
			changes++;
			assert_int_equal(s.pair.transitions[before][story[i].status], counted + 1);
			since = s.now.mono.ms;
		}
		assert_int_equal(s.pair.since.mono.ms, since);
		assert_int_equal(transitions(&s.pair), changes);
	}
	for (int i = 0; i < HA_STATUSES; i++)
		assert_int_equal(s.pair.transitions[i][i], 0);
	assert_int_equal(s.pair.state_changes[PRIMARY][UP], 3);
	assert_int_equal(s.pair.state_changes[PRIMARY][DOWN], 2);
	assert_int_equal(s.pair.state_changes[SECONDARY][UP], 2);
	assert_int_equal(s.pair.state_changes[SECONDARY][DOWN], 1);
	assert_int_equal(s.pair.state_changes[PRIMARY][UNKNOWN] + s.pair.state_changes[SECONDARY][UNKNOWN], 0);
}

static void blocked_since_spans_codes(void **state)
{
	struct scene s = scene_of(true);
	struct now began, again;

	(void)state;
	up(&s, PRIMARY);
	up(&s, SECONDARY);
	scene_pass(&s, 7 * SECONDS);
	began = s.now;
	down(&s, SECONDARY);
	assert_int_equal(s.pair.blocked_since.mono.ms, began.mono.ms);
	assert_int_equal(s.pair.blocked_since.wall.ms, began.wall.ms);
	scene_pass(&s, 7 * SECONDS);
	down(&s, PRIMARY);
	scene_pass(&s, 7 * SECONDS);
	up(&s, SECONDARY);
	assert_int_equal(s.pair.status, HA_BLOCKED_PRIMARY_UNAVAILABLE);
	assert_int_equal(s.pair.blocked_since.mono.ms, began.mono.ms);
	assert_int_equal(s.pair.blocked_since.wall.ms, began.wall.ms);

	scene_pass(&s, 7 * SECONDS);
	up(&s, PRIMARY);
	assert_int_equal(s.pair.status, HA_ACTIVE);
	scene_pass(&s, 7 * SECONDS);
	again = s.now;
	down(&s, PRIMARY);
	assert_int_equal(s.pair.blocked_since.mono.ms, again.mono.ms);
}

/* A tick that decides nothing leaves the pair the same; what a side answers does not. */
static void same_but_for_time(void **state)
{
	struct scene s = scene_of(true);

	(void)state;
	up(&s, PRIMARY);
	up(&s, SECONDARY);
	struct pair before = s.pair;
	scene_pass(&s, 1 * SECONDS);
	tick(&s);
	assert_int_not_equal(s.pair.counted_to.mono.ms, before.counted_to.mono.ms);
	assert_true(pair_is_same(&before, &s.pair));
	down(&s, SECONDARY);
	assert_false(pair_is_same(&before, &s.pair));
}

static void time_is_counted_where_it_was_spent(void **state)
{
	struct scene s = scene_of(true);

	(void)state;
	up(&s, PRIMARY);
	up(&s, SECONDARY);
	for (int i = 0; i < 10; i++) {
		scene_pass(&s, 1 * SECONDS);
		tick(&s);
	}
	scene_pass(&s, 1500);
	down(&s, SECONDARY);
	assert_int_equal(s.pair.spent_ms[HA_ACTIVE], 11500);
	scene_pass(&s, 2345);
	down(&s, PRIMARY);
	scene_pass(&s, 4000);
	up(&s, PRIMARY);
	scene_pass(&s, 1);
	up(&s, SECONDARY);
	scene_pass(&s, 500);
	tick(&s);
	assert_int_equal(s.pair.spent_ms[HA_BLOCKED_SECONDARY_UNAVAILABLE], 2346);
	assert_int_equal(s.pair.spent_ms[HA_BLOCKED_BOTH_UNAVAILABLE], 4000);
	assert_int_equal(s.pair.spent_ms[HA_ACTIVE], 12000);
	assert_int_equal(s.pair.spent_ms[HA_BLOCKED_PRIMARY_UNAVAILABLE], 0);
	assert_int_equal(s.pair.spent_ms[HA_DISABLED], 0);
}

static void disabled_watches_on(void **state)
{
	struct scene s = scene_of(false);

	(void)state;
	assert_int_equal(s.pair.status, HA_DISABLED);
	up(&s, PRIMARY);
	down(&s, SECONDARY);
	assert_int_equal(s.pair.status, HA_DISABLED);
	assert_int_equal(s.pair.side[PRIMARY].verdict, UP);
	assert_int_equal(s.pair.side[SECONDARY].verdict, DOWN);
	assert_int_equal(transitions(&s.pair), 0);
	scene_pass(&s, 3 * SECONDS);
	tick(&s);
	assert_int_equal(s.pair.spent_ms[HA_DISABLED], 3000);
}

/* Section 5: effective nodes, utilization, constrained and constraining side. */
static void balance_table(void **state)
{
	enum { N = -1 }; /* not known */
	/* clang-format off */
	static const struct {
		int nr;
		bool is_enabled;
		enum verdict verdict[SIDES];
		int available[SIDES], max[SIDES];
		int each, total;
		bool is_constrained;
		const char *constraining;
		int imbalance, max_possible;
		double utilization; /* N: none */
	} rows[] = {
		/* ACTIVE: twice the smaller */
		{1, true, {UP, UP}, {10, 10}, {12, 12}, 10, 20, false, "none", 0, 24, 20.0 / 24},
		{2, true, {UP, UP}, {7, 10}, {12, 12}, 7, 14, true, "primary", 3, 24, 14.0 / 24},
		{3, true, {UP, UP}, {10, 4}, {12, 8}, 4, 8, true, "secondary", 6, 20, 8.0 / 20},
		{4, true, {UP, UP}, {0, 0}, {12, 12}, 0, 0, false, "none", 0, 24, 0},
		/* one side UP: its nodes, whichever side it is */
		{5, true, {UP, DOWN}, {9, 3}, {12, 12}, 0, 9, false, "n/a", 6, 24, 9.0 / 24},
		{6, true, {DOWN, UP}, {3, 8}, {12, 12}, 0, 8, false, "n/a", 5, 24, 8.0 / 24},
		{7, true, {MAINTENANCE, UP}, {0, 8}, {12, 12}, 0, 8, false, "n/a", 8, 24, 8.0 / 24},
		{8, true, {UP, PROVISIONING}, {9, N}, {12, 12}, 0, 9, false, "n/a", N, 24, 9.0 / 24},
		/* neither */
		{9, true, {DOWN, DOWN}, {3, 3}, {12, 12}, 0, 0, false, "n/a", 0, 24, 0},
		{10, true, {UNKNOWN, UNKNOWN}, {N, N}, {12, 12}, 0, 0, false, "n/a", N, 24, 0},
		{11, true, {DOWN, UNKNOWN}, {3, 5}, {12, 12}, 0, 0, false, "n/a", 2, 24, 0},
		/* UP and UNKNOWN is UNKNOWN, and UNKNOWN is "else" */
		{12, true, {UP, UNKNOWN}, {9, 9}, {12, 12}, 0, 0, false, "n/a", 0, 24, 0},
		/* DISABLED: the primary's if UP */
		{13, false, {UP, UP}, {9, 8}, {12, 12}, 0, 9, false, "n/a", 1, 24, 9.0 / 24},
		{14, false, {DOWN, UP}, {9, 8}, {12, 12}, 0, 0, false, "n/a", 1, 24, 0},
		/* the nodes of a side that is UP are not known: nor is their sum */
		{18, true, {UP, UP}, {N, 10}, {12, 12}, 0, 0, false, "n/a", N, 24, N},
		{19, true, {UP, UP}, {10, N}, {12, 12}, 0, 0, false, "n/a", N, 24, N},
		{20, true, {UP, DOWN}, {N, 10}, {12, 12}, 0, 0, false, "n/a", N, 24, N},
		/* maxima not known, or nought: no ratio */
		{15, true, {UP, UP}, {10, 10}, {N, 12}, 10, 20, false, "none", 0, N, N},
		{16, true, {UP, UP}, {10, 10}, {12, N}, 10, 20, false, "none", 0, N, N},
		{17, true, {UP, UP}, {10, 10}, {0, 0}, 10, 20, false, "none", 0, 0, N},
	};
	/* clang-format on */

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct pair pair = {
		    .status = pair_status(rows[i].is_enabled, rows[i].verdict[PRIMARY], rows[i].verdict[SECONDARY])};
		struct side_capacity capacity[SIDES_MAX];
		struct balance b;
		bool is_right;

		for (int side = 0; side < SIDES; side++) {
			pair.side[side].verdict = rows[i].verdict[side];
			capacity[side] = (struct side_capacity){rows[i].available[side] != N,
			    rows[i].available[side] == N ? 0 : rows[i].available[side], rows[i].max[side] != N,
			    rows[i].max[side] == N ? 0 : rows[i].max[side]};
		}
		b = pair_balance(&pair, capacity);
		is_right = b.effective_each == rows[i].each && b.effective_total == rows[i].total &&
		    b.is_constrained == rows[i].is_constrained &&
		    strcmp(constraining_side_names[b.constraining], rows[i].constraining) == 0 &&
		    (b.has_imbalance ? b.imbalance : N) == rows[i].imbalance &&
		    (b.has_max ? b.max_possible : N) == rows[i].max_possible &&
		    (b.has_utilization ? b.utilization_ratio : N) == rows[i].utilization;
		if (!is_right)
			fail_msg("row %d: each %d, total %d, constrained %d (%s), imbalance %d, max %d, "
				 "utilization %f",
			    rows[i].nr, b.effective_each, b.effective_total, b.is_constrained,
			    constraining_side_names[b.constraining], b.has_imbalance ? b.imbalance : N,
			    b.has_max ? b.max_possible : N, b.has_utilization ? b.utilization_ratio : N);
	}
}

/* Extra sides add what they have, in every status; they constrain nobody, and no equal share is of them. */
static void balance_with_extras(void **state)
{
	enum { N = -1 }; /* not known */
	/* clang-format off */
	static const struct {
		int nr;
		bool is_enabled;
		enum verdict verdict[SIDES + 2];
		int available[SIDES + 2], max[SIDES + 2];
		int each, total, max_possible;
	} rows[] = {
		{1, true, {UP, UP, UP, DOWN}, {7, 10, 3, 5}, {12, 12, 6, 6}, 7, 17, 36},
		{2, true, {UP, UP, UP, UP}, {7, 10, 3, 5}, {12, 12, 6, 6}, 7, 22, 36},
		{3, true, {UP, DOWN, UP, MAINTENANCE}, {7, 10, 3, 5}, {12, 12, 6, 6}, 0, 10, 36},
		{4, true, {DOWN, UP, DOWN, UP}, {7, 10, 3, 5}, {12, 12, 6, 6}, 0, 15, 36},
		{5, true, {DOWN, DOWN, UP, UP}, {7, 10, 3, 5}, {12, 12, 6, 6}, 0, 8, 36},
		{6, true, {UNKNOWN, UP, UP, UNKNOWN}, {7, 10, 3, 5}, {12, 12, 6, 6}, 0, 3, 36},
		{7, false, {UP, UP, UP, UP}, {7, 10, 3, 5}, {12, 12, 6, 6}, 0, 15, 36},
		{8, false, {DOWN, UP, UP, UP}, {7, 10, 3, 5}, {12, 12, 6, 6}, 0, 8, 36},
		/* what is not known of one that counts makes the sum unknown; of one that does not, nothing */
		{9, true, {UP, UP, UP, UP}, {7, 10, N, 5}, {12, 12, 6, 6}, N, N, 36},
		{10, true, {UP, UP, DOWN, UP}, {7, 10, N, 5}, {12, 12, 6, 6}, 7, 19, 36},
		{11, true, {UP, UP, DOWN, UP}, {7, 10, N, 5}, {12, 12, N, 6}, 7, 19, N},
	};
	/* clang-format on */

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct pair pair = {.extra_count = 2,
		    .status = pair_status(rows[i].is_enabled, rows[i].verdict[PRIMARY], rows[i].verdict[SECONDARY])};
		struct side_capacity capacity[SIDES_MAX] = {0};

		for (int id = 0; id < SIDES + 2; id++) {
			pair.side[id].verdict = rows[i].verdict[id];
			capacity[id] = (struct side_capacity){rows[i].available[id] != N,
			    rows[i].available[id] == N ? 1000 : rows[i].available[id], rows[i].max[id] != N,
			    rows[i].max[id] == N ? 1000 : rows[i].max[id]};
		}
		struct balance b = pair_balance(&pair, capacity);
		bool is_known = rows[i].total != N, is_active = pair.status == HA_ACTIVE;

		if (b.has_effective != is_known || b.effective_total != (is_known ? rows[i].total : 0) ||
		    b.effective_each != (is_known ? rows[i].each : 0) ||
		    (b.has_max ? b.max_possible : N) != rows[i].max_possible || b.is_constrained != is_active ||
		    b.imbalance != 3 || b.constraining != (is_active ? CONSTRAINING_PRIMARY : CONSTRAINING_NA))
			fail_msg("row %d: each %d, total %d, max %d", rows[i].nr, b.effective_each, b.effective_total,
			    b.has_max ? b.max_possible : N);
	}
}

/* The runbook: "one cloudspace has fewer nodes than the other". Not known is not fewer. */
static void unknown_is_not_fewer(void **state)
{
	struct pair pair = {.status = HA_ACTIVE};
	struct side_capacity capacity[SIDES_MAX] = {{true, 10, true, 12}, {false, 0, true, 12}};
	struct balance b;

	(void)state;
	pair.side[PRIMARY].verdict = pair.side[SECONDARY].verdict = UP;
	b = pair_balance(&pair, capacity);
	assert_false(b.has_imbalance);
	assert_false(b.is_constrained);
	assert_string_not_equal(constraining_side_names[b.constraining], "secondary");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(table),
	    cmocka_unit_test(disabled_whatever_the_sides_say),
	    cmocka_unit_test(names_and_blocked),
	    cmocka_unit_test(starts_unknown),
	    cmocka_unit_test(changes_are_counted),
	    cmocka_unit_test(blocked_since_spans_codes),
	    cmocka_unit_test(same_but_for_time),
	    cmocka_unit_test(time_is_counted_where_it_was_spent),
	    cmocka_unit_test(disabled_watches_on),
	    cmocka_unit_test(balance_table),
	    cmocka_unit_test(balance_with_extras),
	    cmocka_unit_test(unknown_is_not_fewer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
