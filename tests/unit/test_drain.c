/*
 * SEMANTICS.md section 4, invariant 7: drained is true only when every node is cordoned and no
 * job runs (busy, finishing and unknown runners all zero), twice in a row, both times read exactly.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "decide/drain.h"

/* Two nodes, both cordoned, and nothing that runs. */
static struct inventory empty(void)
{
	struct inventory i = {.has_nodes = true, .has_pods = true, .has_runners = true};

	i.nodes_total = i.nodes_cordoned = 2;
	return i;
}

static void twice_in_a_row(void **state)
{
	struct inventory i = empty();
	struct drain d = {0};

	(void)state;
	assert_false(d.is_known || d.is_drained);
	d = drain_step(d, &i, true);
	assert_true(d.is_known);
	assert_false(d.is_drained);
	for (int more = 0; more < 3; more++) {
		d = drain_step(d, &i, true);
		assert_true(d.is_known && d.is_drained);
	}
}

/* Each alone is enough to say no, whenever it comes; then it takes two looks again. */
static void what_is_not_drained(void **state)
{
	/* clang-format off */
	static const struct {
		const char *what;
		int nodes, cordoned;
		enum activity runner;
		int runners;
		bool is_cached, lacks_nodes, lacks_pods, lacks_runners;
		bool is_drained;
	} rows[] = {
		{"no node is left", 0, 0, RUNNER_BUSY, 0, false, false, false, false, false},
		{"one node takes work", 2, 1, RUNNER_BUSY, 0, false, false, false, false, false},
		{"no node is cordoned", 2, 0, RUNNER_BUSY, 0, false, false, false, false, false},
		{"a job runs", 2, 2, RUNNER_BUSY, 1, false, false, false, false, false},
		{"a job is being cleaned up", 2, 2, RUNNER_FINISHING, 1, false, false, false, false, false},
		{"nobody can tell", 2, 2, RUNNER_UNKNOWN, 1, false, false, false, false, false},
		{"read from the cache", 2, 2, RUNNER_BUSY, 0, true, false, false, false, false},
		{"nodes not read", 2, 2, RUNNER_BUSY, 0, false, true, false, false, false},
		{"pods not read", 2, 2, RUNNER_BUSY, 0, false, false, true, false, false},
		{"runners not read", 2, 2, RUNNER_BUSY, 0, false, false, false, true, false},
		/* these have no job */
		{"idle", 2, 2, RUNNER_IDLE, 3, false, false, false, false, true},
		{"starting", 2, 2, RUNNER_STARTING, 3, false, false, false, false, true},
		{"given up", 2, 2, RUNNER_FAILED, 3, false, false, false, false, true},
		{"one node", 1, 1, RUNNER_IDLE, 0, false, false, false, false, true},
	};
	/* clang-format on */

	(void)state;
	for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
		struct inventory clear = empty(), look = empty();
		struct drain d = {0};
		bool lacks = rows[r].lacks_nodes || rows[r].lacks_pods || rows[r].lacks_runners;

		look.nodes_total = rows[r].nodes;
		look.nodes_cordoned = rows[r].cordoned;
		look.runners[rows[r].runner] = rows[r].runners;
		look.has_nodes = !rows[r].lacks_nodes;
		look.has_pods = !rows[r].lacks_pods;
		look.has_runners = !rows[r].lacks_runners;
		d = drain_step(drain_step(d, &clear, true), &clear, true);
		assert_true(d.is_drained);
		d = drain_step(d, &look, !rows[r].is_cached);
		if (d.is_drained != rows[r].is_drained || d.is_known == lacks)
			fail_msg("%s: %sknown, %sdrained", rows[r].what, d.is_known ? "" : "not ",
			    d.is_drained ? "" : "not ");
		d = drain_step(d, &clear, true);
		if (d.is_drained != rows[r].is_drained)
			fail_msg("%s, then one clear look", rows[r].what);
		d = drain_step(d, &clear, true);
		assert_true(d.is_drained);
	}
}

/* A look that saw only a part says nothing new, unless what it saw rules drained out. */
static void seen_in_part(void **state)
{
	struct inventory i = empty();
	struct drain d = {0};

	(void)state;
	assert_true(drain_is_possible(&i));
	i.nodes_cordoned = 1;
	assert_false(drain_is_possible(&i));
	i = empty();
	i.has_runners = false;
	assert_false(drain_is_possible(&i));

	/* The health rounds see a node take work: two looks again. */
	i = empty();
	d = drain_step(drain_step(d, &i, true), &i, true);
	assert_true(d.is_drained);
	d = drain_interrupt(d);
	assert_true(d.is_known);
	assert_false(d.is_drained);
	d = drain_step(d, &i, true);
	assert_false(d.is_drained);
	assert_true(drain_step(d, &i, true).is_drained);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(twice_in_a_row),
	    cmocka_unit_test(what_is_not_drained),
	    cmocka_unit_test(seen_in_part),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
