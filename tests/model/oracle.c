/*
 * Two sides live through long random faults, and at every step the real pair is compared with an
 * oracle that was written from SEMANTICS.md alone (history.h). Slow and obvious against fast and
 * clever: where the two differ, one of them misreads the document.
 *
 * usage: oracle [SEED [EPISODE]]
 */
#include "lives.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { EPISODES = 1200 };

/* Takes `less` if the two still differ there, and no later. */
static bool does_differ(struct episode *e, const struct episode *less)
{
	struct difference d = run(less, false);
	if (d.at < 0)
		return false;
	*e = *less;
	e->n = d.at + 1;
	return true;
}

static struct now time_before(const struct episode *e, int i)
{
	return i ? e->all[i - 1].now : e->start;
}

static void move_clock(struct happening *h, int64_t mono, int64_t wall)
{
	h->now = (struct now){mono_plus(h->now.mono, mono), {h->now.wall.ms + wall}};
	if (mono_is_set(h->input.witness_at))
		h->input.witness_at.ms += mono;
}

/* Without a restart, the monotonic clock goes on as it did. */
static struct episode without_one(const struct episode *e, int i)
{
	struct episode less = *e;
	struct now before = time_before(e, i), now = e->all[i].now;
	int64_t jump = (now.wall.ms - before.wall.ms) - mono_since(before.mono, now.mono);
	less.n--;
	memmove(&less.all[i], &less.all[i + 1], (size_t)(less.n - i) * sizeof *less.all);
	for (; i < less.n && less.all[i].what != RESTART; i++)
		move_clock(&less.all[i], jump, 0);
	return less;
}

/* Everything from `i` on happens `ms` earlier, witnesses as long before as they were. */
static struct episode without_time(const struct episode *e, int i, int64_t ms)
{
	struct episode less = *e;
	for (; i < less.n; i++)
		move_clock(&less.all[i], -ms, -ms);
	return less;
}

/* Drops everything, and all the time, that the difference does not need. */
static void shrink(struct episode *e)
{
	bool is_smaller = true;
	e->n = run(e, false).at + 1;
	while (is_smaller) {
		is_smaller = false;
		for (int i = e->n - 1; i >= 0; i--) {
			struct episode less = without_one(e, i);
			is_smaller |= does_differ(e, &less) && i < e->n;
		}
		for (int i = e->n - 1; i >= 0; i--) {
			int64_t then = time_before(e, i).wall.ms;
			for (int64_t ms = e->all[i].now.wall.ms - then; ms > 0; ms /= 2) {
				struct episode less = without_time(e, i, ms);
				if (less.all[i].now.wall.ms >= then && does_differ(e, &less))
					is_smaller = true;
				if (i >= e->n)
					break;
			}
		}
	}
}

static void print_input(const struct side_input *input, struct now now)
{
	switch (input->kind) {
	case SIDE_TICK: printf("tick"); break;
	case SIDE_GRACE: printf("grace"); break;
	case SIDE_SPOT:
		printf("Spot %s%s", spot_word_names[input->spot.word], input->spot.was_ready ? ", was ready" : "");
		break;
	case SIDE_KUBE: printf("Kubernetes %s", kube_word_names[input->kube.word]); break;
	}
	if (mono_is_set(input->witness_at))
		printf(" (witness %" PRId64 " ago)", mono_since(input->witness_at, now.mono));
	printf("\n");
}

static void print_happening(const struct happening *h, struct now start)
{
	printf("    +%-4" PRId64 " ", h->now.wall.ms - start.wall.ms);
	if (h->what == RESTART)
		printf("restart\n");
	else
		printf("%-9s ", side_id_names[h->id]);
	if (h->what == STEP)
		print_input(&h->input, h->now);
	else if (h->what == BEGIN)
		printf("maintenance for %" PRId64 "%s\n", h->for_ms, h->is_forced ? ", forced" : "");
	else if (h->what == END)
		printf("maintenance ends\n");
}

static void print_difference(struct episode *e)
{
	shrink(e);
	struct difference d = run(e, false);
	for (int id = 0; id < SIDES; id++) {
		const struct side_policy *p = &e->policy.side[id];
		printf("  %s: %s Spot, rise %d fall %d interval %" PRId64 " spot_interval %" PRId64
		       " unreachable_for %" PRId64 "\n    own_network_window %" PRId64 " stale_after %" PRId64 "\n",
		    side_id_names[id], p->has_spot ? "with" : "without", p->rise, p->fall, p->interval_ms,
		    p->spot_interval_ms, p->unreachable_for_ms, p->own_network_window_ms, p->stale_after_ms);
	}
	for (int i = 0; i < e->n; i++)
		print_happening(&e->all[i], e->start);
	printf("  then they differ in: %s (verdict by oracle %s, by code %s)\n", d.what, verdict_names[d.oracle],
	    verdict_names[d.code]);
}

/* Every change that the document allows was met, none that it bars, and each rule was at work. */
static bool was_all_met(void)
{
	bool is_all = met.ripe && met.stale && met.degraded && met.pools && met.flapping && met.timed &&
	    met.forgotten && met.held && met.windows && met.refused && met.events;
	for (int from = 0; from < VERDICTS; from++)
		for (int to = 0; to < VERDICTS; to++)
			for (int held = 0; held < 2; held++) {
				long times = (held ? met.held_moves : met.moves)[from][to];
				bool is_barred = document_bars(held, (enum verdict)from, (enum verdict)to);
				bool is_rare = held && !times; /* left to the search */
				if (is_barred != (times > 0) || is_rare)
					continue;
				printf("  %s to %s%s: %ld times\n", verdict_names[from], verdict_names[to],
				    held ? ", held" : "", times);
				is_all = false;
			}
	for (int from = 0; from < HA_STATUSES; from++)
		for (int to = 0; to < HA_STATUSES; to++)
			if (document_allows((enum ha_status)from, (enum ha_status)to) != (met.statuses[from][to] > 0)) {
				printf("  %s to %s: %ld times\n", ha_status_names[from], ha_status_names[to],
				    met.statuses[from][to]);
				is_all = false;
			}
	printf("  %ld steps; %ld soft DOWN, %ld gone stale, %ld steps degraded, %ld on pools\n", met.steps, met.ripe,
	    met.stale, met.degraded, met.pools);
	printf("  %ld restarts, %ld too late; %ld steps held; %ld windows, %ld refused; %ld times flapping, "
	       "%ld steps late; %ld events\n",
	    met.restarts, met.forgotten, met.held, met.windows, met.refused, met.flapping, met.timed, met.events);
	return is_all;
}

int main(int argc, char **argv)
{
	uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 0) : (uint64_t)time(NULL);
	int first = argc > 2 ? atoi(argv[2]) : 0, last = argc > 2 ? first : EPISODES - 1;
	int passed = 0, failed = 0;
	static struct episode e;

	printf("oracle: seed %" PRIu64 "\n", seed);
	for (int number = first; number <= last; number++) {
		random_episode(&e, seed, number);
		struct difference d = run(&e, true);
		if (d.at < 0 && !d.what) {
			passed++;
			continue;
		}
		if (failed++ < 3) {
			printf("  seed %" PRIu64 " episode %d step %d differs: %s; reduced:\n", seed, number, d.at,
			    d.what);
			print_difference(&e);
		}
	}
	if (argc <= 2) {
		bool is_all = was_all_met();
		passed += is_all;
		failed += !is_all;
	}
	printf("%d passed, %d failed\n", passed, failed);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}