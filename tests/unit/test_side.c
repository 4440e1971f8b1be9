/*
 * SEMANTICS.md section 2, the table: every cell from every verdict that a side can start in. The
 * rules below the table are test_side_rules.c's.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "side_world.h"

/* The table's rows, in its order. */
enum row { READY, NEW, AGAIN, ERROR, DELETING, ABSENT, NONE, ROWS };

/* clang-format off */
static const struct {
	enum spot_word word;
	bool was_ready;
	const char *name;
} rows[ROWS] = {
	[READY] = {SPOT_READY, false, "ready"},
	[NEW] = {SPOT_PROVISIONING, false, "provisioning, never ready before"},
	[AGAIN] = {SPOT_PROVISIONING, true, "provisioning, was ready before"},
	[ERROR] = {SPOT_ERROR, true, "error"},
	[DELETING] = {SPOT_DELETING, true, "deleting"},
	[ABSENT] = {SPOT_ABSENT, true, "absent"},
	[NONE] = {SPOT_NONE, false, "none"},
};
/* clang-format on */

/* What a cell says. SOFT: DOWN with footnote 2; POOLS, DEGRADED: UP with footnotes 1 and 3. */
enum says { SAYS_UP, SAYS_DOWN, SAYS_PROV, SAYS_MAINT, HOLD, SOFT, POOLS, DEGRADED };

struct cell {
	int nr; /* row and column of the document's table, counted from 1 */
	enum row row;
	enum kube_word kube;
	enum says says;
	enum side_reason reason; /* of the verdict that the cell gives; no meaning with HOLD */
};

/* clang-format off */
static const struct cell cells[] = {
	{11, READY, KUBE_SERVING, SAYS_UP, REASON_SERVING},
	{12, READY, KUBE_CORDONED, SAYS_MAINT, REASON_CORDONED},
	{13, READY, KUBE_NO_CAPACITY, SAYS_DOWN, REASON_NO_CAPACITY},
	{14, READY, KUBE_DENIED, POOLS, REASON_CREDENTIAL_DENIED},
	{15, READY, KUBE_UNREACHABLE, SOFT, REASON_UNREACHABLE},
	{16, READY, KUBE_NONE, HOLD, SIDE_REASONS},

	{21, NEW, KUBE_SERVING, SAYS_PROV, REASON_PROVISIONING},
	{22, NEW, KUBE_CORDONED, SAYS_PROV, REASON_PROVISIONING},
	{23, NEW, KUBE_NO_CAPACITY, SAYS_PROV, REASON_PROVISIONING},
	{24, NEW, KUBE_DENIED, SAYS_PROV, REASON_PROVISIONING},
	{25, NEW, KUBE_UNREACHABLE, SAYS_PROV, REASON_PROVISIONING},
	{26, NEW, KUBE_NONE, SAYS_PROV, REASON_PROVISIONING},

	{31, AGAIN, KUBE_SERVING, DEGRADED, REASON_NOT_READY},
	{32, AGAIN, KUBE_CORDONED, SAYS_MAINT, REASON_CORDONED},
	{33, AGAIN, KUBE_NO_CAPACITY, SAYS_DOWN, REASON_NO_CAPACITY},
	{34, AGAIN, KUBE_DENIED, HOLD, SIDE_REASONS},
	{35, AGAIN, KUBE_UNREACHABLE, SOFT, REASON_UNREACHABLE},
	{36, AGAIN, KUBE_NONE, HOLD, SIDE_REASONS},

	{41, ERROR, KUBE_SERVING, DEGRADED, REASON_SPOT_ERROR},
	{42, ERROR, KUBE_CORDONED, SAYS_MAINT, REASON_CORDONED},
	{43, ERROR, KUBE_NO_CAPACITY, SAYS_DOWN, REASON_NO_CAPACITY},
	{44, ERROR, KUBE_DENIED, SOFT, REASON_SPOT_ERROR},
	{45, ERROR, KUBE_UNREACHABLE, SAYS_DOWN, REASON_SPOT_ERROR},
	{46, ERROR, KUBE_NONE, SOFT, REASON_SPOT_ERROR},

	{51, DELETING, KUBE_SERVING, SAYS_DOWN, REASON_DELETING},
	{52, DELETING, KUBE_CORDONED, SAYS_DOWN, REASON_DELETING},
	{53, DELETING, KUBE_NO_CAPACITY, SAYS_DOWN, REASON_DELETING},
	{54, DELETING, KUBE_DENIED, SAYS_DOWN, REASON_DELETING},
	{55, DELETING, KUBE_UNREACHABLE, SAYS_DOWN, REASON_DELETING},
	{56, DELETING, KUBE_NONE, SAYS_DOWN, REASON_DELETING},

	{61, ABSENT, KUBE_SERVING, DEGRADED, REASON_ABSENT},
	{62, ABSENT, KUBE_CORDONED, SAYS_MAINT, REASON_CORDONED},
	{63, ABSENT, KUBE_NO_CAPACITY, SAYS_DOWN, REASON_NO_CAPACITY},
	{64, ABSENT, KUBE_DENIED, HOLD, SIDE_REASONS},
	{65, ABSENT, KUBE_UNREACHABLE, SAYS_DOWN, REASON_ABSENT},
	{66, ABSENT, KUBE_NONE, HOLD, SIDE_REASONS},

	{71, NONE, KUBE_SERVING, SAYS_UP, REASON_SERVING},
	{72, NONE, KUBE_CORDONED, SAYS_MAINT, REASON_CORDONED},
	{73, NONE, KUBE_NO_CAPACITY, SAYS_DOWN, REASON_NO_CAPACITY},
	{74, NONE, KUBE_DENIED, HOLD, SIDE_REASONS},
	{75, NONE, KUBE_UNREACHABLE, SOFT, REASON_UNREACHABLE},
	{76, NONE, KUBE_NONE, HOLD, SIDE_REASONS},
};
/* clang-format on */
enum { CELLS = sizeof cells / sizeof *cells };

static enum verdict verdict_said(enum says says, enum verdict before)
{
	/* clang-format off */
	static const enum verdict said[] = {
		[SAYS_UP] = UP,
		[SAYS_DOWN] = DOWN,
		[SAYS_PROV] = PROVISIONING,
		[SAYS_MAINT] = MAINTENANCE,
		[SOFT] = DOWN,
		[POOLS] = UP,
		[DEGRADED] = UP,
	};
	/* clang-format on */

	return says == HOLD ? before : said[says];
}

/* Says why a cell is not as the document has it; false then. */
static bool is_right(const struct world *w, const struct cell *c, enum verdict expected)
{
	bool is_held = c->says == HOLD;
	bool is_right = w->side.verdict == expected && (is_held || w->side.reason == c->reason) &&
	    (is_held || w->side.is_degraded == (c->says == DEGRADED)) &&
	    (is_held || w->side.from_pools == (c->says == POOLS));

	if (!is_right)
		print_error("cell %d (%s / %s): %s, %s%s%s, expected %s, %s\n", c->nr, rows[c->row].name,
		    kube_word_names[c->kube], verdict_names[w->side.verdict], side_reason_names[w->side.reason],
		    w->side.is_degraded ? ", degraded" : "", w->side.from_pools ? ", from pools" : "",
		    verdict_names[expected], is_held ? "any reason" : side_reason_names[c->reason]);
	return is_right;
}

/* Why is this cell, and names the verdict; false, and it says so, if not. */
static bool is_why_right(const struct world *w, const struct cell *c)
{
	static const enum side_row named[ROWS] = {[READY] = ROW_READY,
	    [NEW] = ROW_NEW,
	    [AGAIN] = ROW_AGAIN,
	    [ERROR] = ROW_ERROR,
	    [DELETING] = ROW_DELETING,
	    [ABSENT] = ROW_ABSENT,
	    [NONE] = ROW_NONE};
	const struct side_why *why = &w->why;
	enum side_row row = w->policy.has_spot ? named[c->row] : ROW_NONE;
	bool is_decisive = why->effect == EFFECT_CHANGES || why->effect == EFFECT_CONFIRMS;
	bool is_right = why->is_judged && why->row == row && why->kube == c->kube &&
	    strcmp(side_row_names[row], rows[w->policy.has_spot ? c->row : NONE].name) == 0 &&
	    (why->strength == EVIDENCE_HOLD) == (c->says == HOLD) &&
	    (why->effect == EFFECT_NONE) == (c->says == HOLD) && (c->says != HOLD || !is_decisive) &&
	    (!is_decisive || (why->verdict == w->side.verdict && why->reason == w->side.reason));
	if (!is_right)
		print_error("cell %d: why is %s / %s, verdict %s, effect %d; the verdict is %s\n", c->nr,
		    side_row_names[why->row], kube_word_names[why->kube], verdict_names[why->verdict], (int)why->effect,
		    verdict_names[w->side.verdict]);
	return is_right;
}

/* Lets the cell speak from one time to another, somebody else answering all the while. */
static void speak(struct world *w, const struct cell *c, int64_t from_ms, int64_t until_ms)
{
	for (int64_t t = from_ms; t <= until_ms; t += w->policy.interval_ms) {
		world_pass(w, w->policy.interval_ms);
		world_witness(w);
		if (w->policy.has_spot)
			world_spot(w, rows[c->row].word);
		world_kube(w, c->kube);
	}
}

static bool cell_holds(struct world w, const struct cell *c)
{
	enum verdict before = w.side.verdict;
	enum verdict said = verdict_said(c->says, before);

	w.was_ready = rows[c->row].was_ready;
	if (c->says == HOLD) {
		speak(&w, c, 0, 120 * SECONDS);
		return is_right(&w, c, before) && is_why_right(&w, c);
	}
	if (c->says == SOFT) {
		/* The clock starts with the first or, at the latest, the second probe. */
		speak(&w, c, 0, 85 * SECONDS);
		if (!is_why_right(&w, c))
			return false;
		if (w.side.verdict != before) {
			print_error("cell %d: %s too early\n", c->nr, verdict_names[w.side.verdict]);
			return false;
		}
		speak(&w, c, 90 * SECONDS, 95 * SECONDS);
		return is_right(&w, c, said) && is_why_right(&w, c);
	}
	speak(&w, c, 0, 20 * SECONDS);
	return is_right(&w, c, said) && is_why_right(&w, c);
}

static void run_table(struct world from)
{
	int wrong = 0, tried = 0;

	for (const struct cell *c = cells; c < cells + CELLS; c++) {
		/* A side that was UP was ready before: the second row is not for it. */
		if (c->row == NEW && from.side.was_up)
			continue;
		tried++;
		wrong += !cell_holds(from, c);
	}
	assert_int_equal(tried, from.side.was_up ? CELLS - 6 : CELLS);
	assert_int_equal(wrong, 0);
}

static void table_is_whole(void **state)
{
	(void)state;
	assert_int_equal(CELLS, ROWS * KUBE_WORDS);
	for (int i = 0; i < CELLS; i++) {
		static const enum kube_word columns[] = {
		    KUBE_SERVING, KUBE_CORDONED, KUBE_NO_CAPACITY, KUBE_DENIED, KUBE_UNREACHABLE, KUBE_NONE};

		assert_int_equal(cells[i].nr, (i / 6 + 1) * 10 + i % 6 + 1);
		assert_int_equal(cells[i].row, i / 6);
		assert_int_equal(cells[i].kube, columns[i % 6]);
	}
}

static void from_start(void **state)
{
	(void)state;
	run_table(world_of(&default_policy));
}

/* Every source has answered or failed, and none of them said anything. */
static void from_nothing_said(void **state)
{
	(void)state;
	run_table(world_at(UNKNOWN));
}

static void from_up(void **state)
{
	(void)state;
	run_table(world_at(UP));
}

static void from_down(void **state)
{
	(void)state;
	run_table(world_at(DOWN));
}

static void from_provisioning(void **state)
{
	(void)state;
	run_table(world_at(PROVISIONING));
}

static void from_maintenance(void **state)
{
	(void)state;
	run_table(world_at(MAINTENANCE));
}

/* UNKNOWN again, after a verdict that nothing affirmed any more. */
static void from_stale(void **state)
{
	static const enum verdict before[] = {UP, PROVISIONING, MAINTENANCE};

	(void)state;
	for (size_t i = 0; i < sizeof before / sizeof *before; i++) {
		struct world w = world_at(before[i]);

		world_rounds(&w, SPOT_NONE, KUBE_NONE, 1);
		world_pass(&w, 6 * MINUTES);
		world_tick(&w);
		assert_verdict(&w, UNKNOWN);
		run_table(w);
	}
}

/* Without `spot:` the last row is the whole table. */
/* Each member alone decides it. */
static void refusal_backed(void **state)
{
	const struct side backed = {
	    .kube.word = KUBE_UNREACHABLE, .spot.word = SPOT_ERROR, .disagrees = true, .agreeing = 0};

	(void)state;
	for (int spot = 0; spot < SPOT_WORDS; spot++)
		for (int kube = 0; kube < KUBE_WORDS; kube++) {
			struct side s = backed;
			s.spot.word = (enum spot_word)spot;
			s.kube.word = (enum kube_word)kube;
			assert_int_equal(side_is_refusal_backed(&s),
			    kube == KUBE_UNREACHABLE && (spot == SPOT_ERROR || spot == SPOT_ABSENT));
		}
	struct side agrees = backed, counts = backed;
	agrees.disagrees = false;
	counts.agreeing = 1;
	assert_false(side_is_refusal_backed(&agrees));
	assert_false(side_is_refusal_backed(&counts));
}

static void without_spot(void **state)
{
	struct side_policy policy = default_policy;
	int wrong = 0;

	(void)state;
	policy.has_spot = false;
	for (const struct cell *c = cells; c < cells + CELLS; c++)
		if (c->row == NONE)
			wrong += !cell_holds(world_of(&policy), c);
	assert_int_equal(wrong, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(table_is_whole),
	    cmocka_unit_test(from_start),
	    cmocka_unit_test(from_nothing_said),
	    cmocka_unit_test(from_up),
	    cmocka_unit_test(from_down),
	    cmocka_unit_test(from_provisioning),
	    cmocka_unit_test(from_maintenance),
	    cmocka_unit_test(from_stale),
	    cmocka_unit_test(refusal_backed),
	    cmocka_unit_test(without_spot),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
