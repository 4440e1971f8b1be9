/*
 * SEMANTICS.md section 4, invariants 1 to 5, on long seeded runs of one side. Books are kept
 * apart from the side, and each of its verdicts must be accounted for in them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mutate.h"
#include "side_world.h"

enum { STEPS = 500000 };

/*
 * Section 2 once more, by its own words: U M P D, s for soft, B for DOWN on a failed probe that is
 * believed while own network is good, - for hold.
 */
static char cell_of(enum spot_word spot, bool was_ready, enum kube_word kube)
{
	/* clang-format off */
	static const char *const rows[SPOT_WORDS] = {
		[SPOT_NONE] = "-UMD-s",
		[SPOT_READY] = "-UMDUs",
		[SPOT_PROVISIONING] = "-UMD-s",
		[SPOT_ERROR] = "sUMDsB",
		[SPOT_DELETING] = "DDDDDD",
		[SPOT_ABSENT] = "-UMD-B",
	};
	/* clang-format on */
	static const int columns[KUBE_WORDS] = {[KUBE_NONE] = 0,
	    [KUBE_SERVING] = 1,
	    [KUBE_CORDONED] = 2,
	    [KUBE_NO_CAPACITY] = 3,
	    [KUBE_DENIED] = 4,
	    [KUBE_UNREACHABLE] = 5};

	return spot == SPOT_PROVISIONING && !was_ready ? 'P' : rows[spot][columns[kube]];
}

/* What has been seen of the side, kept apart from the side itself. */
struct books {
	bool was_up, is_decided;
	int answered[SIDE_SOURCES]; /* since start or grace */
	bool is_grace;
	int hard_run;         /* results that say DOWN, none between them that says otherwise */
	bool is_soft;         /* the run of soft evidence: since when, and since when well witnessed */
	mono_ms failing_from; /* the run of failed probes, soft or backed; MONO_NEVER: none */
	mono_ms good_from;
	mono_ms up_said; /* last result that says UP */
};

static void note_result(struct books *b, const struct world *w)
{
	bool was_ready = w->was_ready || b->was_up;
	char c = cell_of(side_spot_word(&w->policy, &w->side, w->now.mono), was_ready,
	    side_kube_word(&w->policy, &w->side, w->now.mono));

	if (!strchr("sB", c))
		b->failing_from = MONO_NEVER;
	else if (!mono_is_set(b->failing_from))
		b->failing_from = w->now.mono;
	bool is_good = mono_since(b->failing_from, w->witness_at) > 0 &&
	    mono_since(w->witness_at, w->now.mono) <= w->policy.own_network_window_ms;
	if (c == 'B')
		c = is_good ? 'D' : '-';
	if (c == 'D')
		b->hard_run++;
	else if (strchr("UMP", c))
		b->hard_run = 0;
	if (c == 'U')
		b->up_said = w->now.mono;
	if (c != 's') {
		b->is_soft = false;
		return;
	}
	if (!b->is_soft)
		b->good_from = w->now.mono;
	b->is_soft = true;
	if (!is_good)
		b->good_from = mono_plus(w->now.mono, 1); /* doubtful: from the next result at best */
}

static void account_for_down(const struct books *b, const struct world *w, int step)
{
	bool is_hard = b->hard_run >= (b->is_decided ? w->policy.fall : 1);
	bool is_soft = b->is_soft && mono_since(b->good_from, w->now.mono) >= w->policy.unreachable_for_ms;
	bool is_graced = b->is_grace && (b->answered[SOURCE_SPOT] < 2 || b->answered[SOURCE_KUBE] < 2);

	if ((!is_hard && !is_soft) || is_graced)
		fail_msg("step %d: DOWN without right: %d hard results, soft for %lld ms%s", step, b->hard_run,
		    (long long)(b->is_soft ? mono_since(b->good_from, w->now.mono) : -1),
		    is_graced ? ", in grace" : "");
}

/* Invariant 4, on a copy: how many results to UP, and to DOWN. */
static void try_ways_out(const struct world *now, int step)
{
	struct world w = *now;

	for (int i = 0; i < 2; i++) /* with a grace before the first verdict, Spot owes two */
		world_spot(&w, SPOT_READY);
	for (int i = 0; i < w.policy.rise; i++)
		world_kube(&w, KUBE_SERVING);
	if (w.side.verdict != UP)
		fail_msg("step %d: good evidence, and still %s", step, verdict_names[w.side.verdict]);
	w = *now;
	for (int i = 0; i < 2; i++) {
		world_spot(&w, SPOT_READY);
		world_kube(&w, KUBE_NO_CAPACITY);
	}
	for (int i = 0; i < w.policy.fall; i++)
		world_kube(&w, KUBE_NO_CAPACITY);
	if (w.side.verdict != DOWN)
		fail_msg("step %d: hard evidence, and still %s", step, verdict_names[w.side.verdict]);
}

static void random_step(struct world *w, struct books *b, struct mutator *random)
{
	static enum kube_word kube;
	static enum spot_word spot;

	/* Words last a while, as they do in life. */
	if (mutate_below(random, 30) == 0)
		kube = (enum kube_word)mutate_below(random, KUBE_WORDS);
	if (mutate_below(random, 60) == 0)
		spot = (enum spot_word)mutate_below(random, SPOT_WORDS);
	if (mutate_below(random, 4) == 0)
		world_witness(w);
	world_pass(w, (int64_t)mutate_below(random, mutate_below(random, 200) ? 6000 : 400000));
	switch (mutate_below(random, mutate_below(random, 20) ? 8 : 9)) {
	case 0:
		world_spot(w, mutate_below(random, 10) ? spot : SPOT_NONE);
		b->answered[SOURCE_SPOT]++;
		if (!b->is_decided)
			note_result(b, w);
		break;
	case 1: world_tick(w); break;
	case 8:
		world_grace(w);
		b->is_grace = true;
		b->answered[SOURCE_SPOT] = b->answered[SOURCE_KUBE] = 0;
		b->hard_run = 0;
		b->is_soft = false;
		b->failing_from = MONO_NEVER;
		break;
	default:
		world_kube(w, mutate_below(random, 12) ? kube : (enum kube_word)mutate_below(random, KUBE_WORDS));
		b->answered[SOURCE_KUBE]++;
		note_result(b, w);
	}
}

static void every_verdict_is_accounted_for(void **state)
{
	struct mutator random = {.state = mutate_seed("every_verdict_is_accounted_for")};
	int changes[VERDICTS] = {0};
	struct world w;
	struct books b = {0};

	(void)state;
	for (int step = 0; step < STEPS; step++) {
		if (step % 500 == 0) {
			w = world_of(&default_policy);
			w.was_ready = mutate_below(&random, 2);
			b = (struct books){.up_said = MONO_NEVER, .failing_from = MONO_NEVER};
		}
		struct side before = w.side;

		random_step(&w, &b, &random);
		if (w.side.verdict != before.verdict) {
			changes[w.side.verdict]++;
			assert_int_equal(w.side.since.mono.ms, w.now.mono.ms);
			assert_int_equal(w.side.since.wall.ms, w.now.wall.ms);
			if (w.side.verdict == DOWN)
				account_for_down(&b, &w, step);
			b.is_decided |= w.side.verdict != UNKNOWN;
		} else {
			assert_int_equal(w.side.since.mono.ms, before.since.mono.ms);
		}
		b.was_up |= w.side.verdict == UP;
		assert_true(w.side.verdict < VERDICTS && w.side.reason < SIDE_REASONS);
		if (w.side.is_degraded || w.side.from_pools)
			assert_verdict(&w, UP);
		/* Invariant 3 */
		if (w.side.verdict == UP)
			assert_true(mono_since(b.up_said, w.now.mono) <= w.policy.stale_after_ms);
		if (before.verdict == DOWN && w.side.verdict == UNKNOWN)
			fail_msg("step %d: DOWN ended without evidence", step);
		if (step % 16 == 0)
			try_ways_out(&w, step);
	}
	for (int i = 0; i < VERDICTS; i++) /* the run went everywhere */
		assert_true(changes[i] > 20);
}

/* Invariant 2: credentials, names, our network as a whole, our clock, in any order. */
static void our_own_troubles_are_never_down(void **state)
{
	struct mutator random = {.state = mutate_seed("our_own_troubles_are_never_down")};
	struct world w = {0};

	(void)state;
	for (int step = 0; step < STEPS; step++) {
		if (step % 1000 == 0) {
			w = world_at(UP);
			world_witness(&w);
		}
		world_pass(&w, (int64_t)mutate_below(&random, 6000));
		switch (mutate_below(&random, 6)) {
		case 0: world_kube(&w, KUBE_NONE); break;
		case 1: world_kube(&w, KUBE_DENIED); break;
		case 2: world_spot(&w, SPOT_NONE); break;
		case 3: mutate_below(&random, 50) ? world_tick(&w) : world_grace(&w); break;
		default: world_kube(&w, KUBE_UNREACHABLE); /* and so is everybody else: no witness */
		}
		assert_int_not_equal(w.side.verdict, DOWN);
		if (step % 1000 == 999)
			assert_verdict(&w, UNKNOWN);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_verdict_is_accounted_for),
	    cmocka_unit_test(our_own_troubles_are_never_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
