/*
 * Two sides live through long random faults, and at every step the real pair is compared with an
 * oracle that was written from ha-semantics.md alone (history.h). Slow and obvious against fast and
 * clever: where the two differ, one of them misreads the document.
 *
 * usage: oracle [SEED [EPISODE]]
 */
#include "episode.h"
#include "history.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { EPISODES = 1200 };

/* What was met on the way: a simulation that never sees a soft DOWN proves nothing about it. */
static struct {
	long steps, ripe, degraded, pools, stale;
	long moves[VERDICTS][VERDICTS];
	long statuses[HA_STATUSES][HA_STATUSES];
} met;

static bool is_same_now(struct now a, struct now b)
{
	return a.mono.ms == b.mono.ms && a.wall.ms == b.wall.ms;
}

/* The pair's numbers, summed up from the whole list of (time, status) so far. */
struct ledger {
	int n;
	struct {
		struct now now;
		enum ha_status status;
	} all[HISTORY_MAX];
};

static const char *compare_ledger(const struct ledger *l, const struct pair *pair)
{
	uint64_t transitions[HA_STATUSES][HA_STATUSES] = {0};
	int64_t spent[HA_STATUSES] = {0};
	struct now since = l->all[0].now, blocked_since = l->all[0].now;
	for (int i = 1; i < l->n; i++) {
		enum ha_status from = l->all[i - 1].status, to = l->all[i].status;
		spent[from] += l->all[i].now.mono.ms - l->all[i - 1].now.mono.ms;
		if (from == to)
			continue;
		transitions[from][to]++;
		since = l->all[i].now;
		if (strncmp(ha_status_names[from], "BLOCKED", 7) &&
		    !strncmp(ha_status_names[to], "BLOCKED", 7))
			blocked_since = l->all[i].now;
	}
	return pair->status != l->all[l->n - 1].status                      ? "status"
	       : memcmp(transitions, pair->transitions, sizeof transitions) ? "transitions"
	       : memcmp(spent, pair->spent_ms, sizeof spent)                ? "time spent"
	       : !is_same_now(since, pair->since)                           ? "since"
	       : !is_same_now(blocked_since, pair->blocked_since)           ? "blocked since"
									    : NULL;
}

static const char *compare_side(const struct record *r, const struct side *side, struct now since)
{
	return r->verdict != side->verdict           ? "verdict"
	       : !is_same_now(since, side->since)    ? "since"
	       : r->disagrees != side->disagrees     ? "disagrees"
	       : r->is_degraded != side->is_degraded ? "degraded"
	       : r->from_pools != side->from_pools   ? "from pools"
						     : NULL;
}

struct difference {
	int at; /* the event after which the two differ; -1: never */
	const char *what;
	enum verdict oracle, code;
};

static void note(const struct record *before, const struct record *r)
{
	met.steps++;
	met.ripe += r->is_ripe && r->verdict == DOWN && before->verdict != DOWN;
	met.degraded += r->is_degraded;
	met.pools += r->from_pools;
	met.stale += r->verdict == UNKNOWN && before->verdict != UNKNOWN;
	met.moves[before->verdict][r->verdict]++;
}

static struct difference run(const struct episode *e, bool is_noted)
{
	static struct history histories[SIDES];
	static struct ledger ledger;
	struct pair pair = pair_start(&e->policy, e->start);
	struct now since[SIDES] = {e->start, e->start};
	for (int id = 0; id < SIDES; id++) {
		histories[id].policy = &e->policy.side[id];
		histories[id].n = 1;
		histories[id].all[0] =
		    (struct record){.at = e->start.mono, .verdict = UNKNOWN, .says = '.'};
	}
	ledger.n = 0;
	for (int i = -1; i < e->n; i++) {
		struct now now = e->start;
		const char *what = NULL;
		struct difference d = {.at = i};
		if (i >= 0) {
			const struct event *ev = &e->events[i];
			now = ev->now;
			pair = pair_step(&e->policy, pair, ev->id, &ev->input, now);
			const struct record *r =
			    history_add(&histories[ev->id], &ev->input, now.mono);
			if (r->verdict != r[-1].verdict)
				since[ev->id] = now;
			if (is_noted)
				note(r - 1, r);
			what = compare_side(r, &pair.side[ev->id], since[ev->id]);
			d.oracle = r->verdict;
			d.code = pair.side[ev->id].verdict;
		}
		ledger.all[ledger.n].now = now;
		ledger.all[ledger.n++].status = document_status(e->policy.is_enabled,
		    histories[PRIMARY].all[histories[PRIMARY].n - 1].verdict,
		    histories[SECONDARY].all[histories[SECONDARY].n - 1].verdict);
		if (is_noted && i >= 0)
			met.statuses[ledger.all[i].status][ledger.all[i + 1].status]++;
		d.what = what ? what : compare_ledger(&ledger, &pair);
		if (d.what)
			return d;
	}
	return (struct difference){.at = -1};
}

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

static struct episode without_event(const struct episode *e, int i)
{
	struct episode less = *e;
	less.n--;
	memmove(&less.events[i], &less.events[i + 1], (size_t)(less.n - i) * sizeof *less.events);
	return less;
}

/* Everything from event `i` on happens `ms` earlier, witnesses as long before as they were. */
static struct episode without_time(const struct episode *e, int i, int64_t ms)
{
	struct episode less = *e;
	for (; i < less.n; i++) {
		struct event *ev = &less.events[i];
		ev->now = (struct now){mono_plus(ev->now.mono, -ms), {ev->now.wall.ms - ms}};
		if (mono_is_set(ev->input.witness_at))
			ev->input.witness_at.ms -= ms;
	}
	return less;
}

/* Drops every event, and all the time, that the difference does not need. */
static void shrink(struct episode *e)
{
	bool is_smaller = true;
	e->n = run(e, false).at + 1;
	while (is_smaller) {
		is_smaller = false;
		for (int i = e->n - 1; i >= 0; i--) {
			struct episode less = without_event(e, i);
			is_smaller |= does_differ(e, &less) && i < e->n;
		}
		for (int i = e->n - 1; i >= 0; i--) {
			struct now then = i ? e->events[i - 1].now : e->start;
			for (int64_t ms = mono_since(then.mono, e->events[i].now.mono); ms > 0;
			     ms /= 2) {
				struct episode less = without_time(e, i, ms);
				if (mono_since(then.mono, less.events[i].now.mono) >= 0 &&
				    does_differ(e, &less))
					is_smaller = true;
				if (i >= e->n)
					break;
			}
		}
	}
}

static void print_event(const struct event *ev, struct now start)
{
	printf("    +%-4" PRId64 " %-9s ", mono_since(start.mono, ev->now.mono),
	    side_id_names[ev->id]);
	switch (ev->input.kind) {
	case SIDE_TICK: printf("tick\n"); return;
	case SIDE_GRACE: printf("grace\n"); return;
	case SIDE_SPOT:
		printf("Spot %s%s", spot_word_names[ev->input.spot.word],
		    ev->input.spot.was_ready ? ", was ready" : "");
		break;
	case SIDE_KUBE: printf("Kubernetes %s", kube_word_names[ev->input.kube.word]); break;
	}
	if (mono_is_set(ev->input.witness_at))
		printf(" (witness +%" PRId64 ")", mono_since(start.mono, ev->input.witness_at));
	printf("\n");
}

static void print_difference(struct episode *e)
{
	shrink(e);
	struct difference d = run(e, false);
	for (int id = 0; id < SIDES; id++) {
		const struct side_policy *p = &e->policy.side[id];
		printf("  %s: %s Spot, rise %d fall %d interval %" PRId64 " spot_interval %" PRId64
		       " unreachable_for %" PRId64 "\n    own_network_window %" PRId64
		       " stale_after %" PRId64 "\n",
		    side_id_names[id], p->has_spot ? "with" : "without", p->rise, p->fall,
		    p->interval_ms, p->spot_interval_ms, p->unreachable_for_ms,
		    p->own_network_window_ms, p->stale_after_ms);
	}
	for (int i = 0; i < e->n; i++)
		print_event(&e->events[i], e->start);
	printf("  then they differ in: %s (verdict by oracle %s, by code %s)\n", d.what,
	    verdict_names[d.oracle], verdict_names[d.code]);
}

/* Every change that the document allows was met, none that it bars, and each rule was at work. */
static bool was_all_met(void)
{
	bool is_all = met.ripe && met.stale && met.degraded && met.pools;
	for (int from = 0; from < VERDICTS; from++)
		for (int to = 0; to < VERDICTS; to++)
			if (document_bars((enum verdict)from, (enum verdict)to) ==
			    (met.moves[from][to] > 0)) {
				printf("  %s to %s: %ld times\n", verdict_names[from],
				    verdict_names[to], met.moves[from][to]);
				is_all = false;
			}
	for (int from = 0; from < HA_STATUSES; from++)
		for (int to = 0; to < HA_STATUSES; to++)
			if (document_allows((enum ha_status)from, (enum ha_status)to) !=
			    (met.statuses[from][to] > 0)) {
				printf("  %s to %s: %ld times\n", ha_status_names[from],
				    ha_status_names[to], met.statuses[from][to]);
				is_all = false;
			}
	printf("  %ld steps; %ld soft DOWN, %ld gone stale, %ld steps degraded, %ld on pools\n",
	    met.steps, met.ripe, met.stale, met.degraded, met.pools);
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
			printf("  seed %" PRIu64 " episode %d step %d differs: %s; reduced:\n",
			    seed, number, d.at, d.what);
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