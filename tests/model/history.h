/*
 * The oracle: what SEMANTICS.md sections 1 and 2 make of everything that ever happened to a
 * side. It is naive on purpose: it keeps the whole history and no clocks or counters; each rule
 * looks back.
 *
 * Where the document leaves a choice, this is the reading:
 *
 * - A result is a Kubernetes health round, judged with Spot's word at that moment; until the first
 *   verdict a Spot round is one too.
 * - A run of failures is a run of results with a cell that is DOWN by a failed probe; any other result
 *   ends it, hold included. Where own network is doubtful, such a cell is a hold.
 * - Soft evidence that is not ripe moves nothing, but ends the agreement on anything else than DOWN;
 *   so does a DOWN that comes while a grace lasts.
 * - Results that agree on something new stay counted when the old verdict goes stale under them, for
 *   section 4.4 is from every state. A grace starts the count anew.
 * - The first verdict waits for an answer of every source since start, and since a grace.
 * - Evidence that comes late is still evidence: age is looked at after the result.
 * - firstReadyTimestamp is set or not in the last answer that had the cloudspace. UP since start is
 *   UP entered since it was created, where another creationTimestamp makes it another one.
 * - A soft cell disagrees with any verdict but DOWN, even where own network is doubtful.
 * - A restart begins a new history, in which nothing was ever heard. Its first record holds the verdict
 *   of the old one, as old as its last evidence, with what is known of the cloudspace's past; and like a
 *   first verdict it waits for every source.
 * - A result tells flapping what its cell says, but where a doubtful network makes it a hold.
 */
#pragma once

#include "document.h"

#include "decide/flap.h"

enum { HISTORY_MAX = 301 };

/* One thing that happened, and what the document makes of it. */
struct record {
	struct side_input input;
	mono_ms at;
	bool is_result;
	enum row row; /* of a result: where the table was read, and what stood there */
	char cell;
	char says; /* U M D P; s: DOWN, but it does not count yet; . nothing */
	bool is_ripe;
	enum verdict verdict; /* afterwards */
	bool disagrees, is_degraded, from_pools;
	bool is_held;     /* of the first record: its verdict is from before a restart */
	bool was_up;      /* of the first record: so was the side, */
	wall_ms created;  /* which was made then */
	char tells;       /* flapping: a verdict's letter, or nothing */
	bool is_flapping; /* afterwards */
};

/* all[0] is the start, when nothing had happened yet; says and at are its evidence where it is held. */
struct history {
	const struct side_policy *policy;
	int n;
	struct record all[HISTORY_MAX];
};

/* The last record of `kind` in (after, n]; `after` if there is none. */
static int last_of(const struct history *h, int kind, int after, int n)
{
	while (n > after && (int)h->all[n].input.kind != kind)
		n--;
	return n;
}

/* How often the source has answered or failed in (after, n]. */
static int rounds_of(const struct history *h, int kind, int after, int n)
{
	int rounds = 0;
	for (int i = after + 1; i <= n; i++)
		rounds += (int)h->all[i].input.kind == kind;
	return rounds;
}

/* The last creationTimestamp that Spot told up to `n`. */
static wall_ms created_at(const struct history *h, int n)
{
	while (n > 0 && (h->all[n].input.kind != SIDE_SPOT || !wall_is_known(h->all[n].input.spot.created)))
		n--;
	return n ? h->all[n].input.spot.created : h->all[0].created;
}

/* Where this cloudspace was made in place of another one; 0: not since start. */
static int made_anew_at(const struct history *h, int n)
{
	for (; n > 0; n--) {
		wall_ms before = created_at(h, n - 1);
		if (wall_is_known(before) && before.ms != created_at(h, n).ms)
			return n;
	}
	return 0;
}

static bool was_up(const struct history *h, int n)
{
	for (int i = n - 1, first = made_anew_at(h, n); i > 0 && i >= first; i--)
		if (h->all[i].verdict == UP && h->all[i - 1].verdict != UP)
			return true;
	return !made_anew_at(h, n) && h->all[0].was_up;
}

/* Has nothing affirmed or moved the first record's verdict, up to and with `n`? */
static bool is_held(const struct history *h, int n)
{
	enum verdict held = h->all[0].verdict;
	for (int i = 1; i <= n; i++)
		if (h->all[i].says == verdict_letters[held] || h->all[i].verdict != held)
			return false;
	return h->all[0].is_held;
}

static bool is_decided(const struct history *h, int n)
{
	for (int i = 0; i < n; i++)
		if (h->all[i].verdict != UNKNOWN)
			return true;
	return false;
}

/* Section 1, "absent": at once if it was seen before, else when missing twice in a row. */
static bool is_absent(const struct history *h, int n)
{
	int missing = 0;
	for (int i = n; i > 0; i--) {
		if (h->all[i].input.kind != SIDE_SPOT || h->all[i].input.spot.word == SPOT_NONE)
			continue; /* not a list */
		if (h->all[i].input.spot.word != SPOT_ABSENT)
			return true; /* seen before */
		missing++;
	}
	return missing >= 2;
}

/* The row that the table is read in at record `n`: older than twice its interval, or than a grace,
 * is none. */
static enum row row_at(const struct history *h, int n)
{
	int grace = last_of(h, SIDE_GRACE, 0, n), i = last_of(h, SIDE_SPOT, grace, n);
	if (!h->policy->has_spot || i == grace || h->all[n].at.ms - h->all[i].at.ms > 2 * h->policy->spot_interval_ms)
		return SAYS_NONE;
	enum spot_word word = h->all[i].input.spot.word;
	return word == SPOT_ABSENT && !is_absent(h, i)
	    ? SAYS_NONE
	    : document_row(word, h->all[i].input.spot.was_ready || was_up(h, n));
}

static enum kube_word kube_at(const struct history *h, int n)
{
	int grace = last_of(h, SIDE_GRACE, 0, n), i = last_of(h, SIDE_KUBE, grace, n);
	if (i == grace || h->all[n].at.ms - h->all[i].at.ms > 2 * h->policy->interval_ms)
		return KUBE_NONE;
	return h->all[i].input.kube.word;
}

static bool is_failure(char cell)
{
	return cell == 's' || cell == 'b';
}

/* Where this run of failures began: the first of the unbroken run of such results up to `n`. */
static int failures_began(const struct history *h, int n)
{
	int began = n;
	for (int i = n; i > 0 && h->all[i].input.kind != SIDE_GRACE; i--) {
		if (h->all[i].is_result && !is_failure(h->all[i].cell))
			break;
		if (h->all[i].is_result)
			began = i;
	}
	return began;
}

/* Section 1, "Own network", at the failed probe `n`. */
static bool is_network_good(const struct history *h, int n)
{
	mono_ms began = h->all[failures_began(h, n)].at, witness = h->all[n].input.witness_at;
	return witness.ms > began.ms && h->all[n].at.ms - witness.ms <= h->policy->own_network_window_ms;
}

/* Footnote 2: has soft evidence lasted up to the soft result `n`, own network good all the while?
 */
static bool has_lasted(const struct history *h, int n)
{
	int first = n;
	for (int i = n; i >= failures_began(h, n); i--) {
		if (!h->all[i].is_result)
			continue;
		if (h->all[i].cell != 's' || !is_network_good(h, i))
			break;
		first = i;
	}
	return h->all[n].at.ms - h->all[first].at.ms >= h->policy->unreachable_for_ms;
}

/* How many results up to `n`, which says D, U, M or P, say so in a row. */
static int agreeing(const struct history *h, int n)
{
	char word = h->all[n].says;
	int count = 1;
	for (int i = n - 1; i > 0 && h->all[i].input.kind != SIDE_GRACE; i--) {
		const struct record *r = &h->all[i];
		if (!r->is_result || r->says == '.' || (r->says == 's' && word == 'D'))
			continue;
		if (r->says != word || verdict_letters[r->verdict] == word)
			break; /* a result that made or affirmed a verdict has been spent */
		count++;
	}
	return count;
}

/* Start: every source once. Grace: every source again, and twice before DOWN. */
static bool must_wait(const struct history *h, int n, char word)
{
	int grace = last_of(h, SIDE_GRACE, 0, n);
	int due = grace && word == 'D' ? 2 : is_decided(h, n) && !is_held(h, n - 1) ? 0 : 1;
	return rounds_of(h, SIDE_KUBE, grace, n) < due ||
	    (h->policy->has_spot && rounds_of(h, SIDE_SPOT, grace, n) < due);
}

/* Writes what the result `n` says, given the verdict held until now. */
static void read_result(struct history *h, int n, enum verdict held)
{
	struct record *r = &h->all[n];
	r->row = row_at(h, n);
	r->cell = r->says = r->tells = document_cell(r->row, kube_at(h, n));
	if (is_failure(r->cell)) {
		bool is_good = is_network_good(h, n);
		r->tells = is_good ? 'D' : '.';
		r->is_ripe = r->cell == 's' && is_good && has_lasted(h, n);
		r->says = !is_good ? '.' : r->is_ripe || r->cell == 'b' ? 'D' : 's';
	}
	if (strchr("UMDP", r->says) && r->says != verdict_letters[held] && must_wait(h, n, r->says))
		r->says = r->says == 'D' ? 's' : '.';
}

static bool is_enough(const struct history *h, int n)
{
	const struct record *r = &h->all[n];
	return !is_decided(h, n) || r->is_ripe ||
	    agreeing(h, n) >= (r->says == 'U' ? h->policy->rise : h->policy->fall);
}

/* When a result last said what the verdict is. */
static mono_ms affirmed_at(const struct history *h, int n, enum verdict verdict)
{
	while (h->all[n].says != verdict_letters[verdict])
		n--;
	return h->all[n].at;
}

/* Nothing has affirmed `held` for stale_after; DOWN ends only on positive evidence, but after a restart. */
static bool is_stale(const struct history *h, int n, enum verdict held)
{
	if (held == UNKNOWN || (held == DOWN && !is_held(h, n)))
		return false;
	return h->all[n].at.ms - affirmed_at(h, n, held).ms >= h->policy->stale_after_ms;
}

/*
 * Flapping, as it is told of Icinga: of the last 20 results each that differs from the one before counts, the
 * newest 1.18, the oldest 0.80, of 19.8 in all; above 30 % it begins, below 25 % it ends.
 */
static bool is_flapping(const struct history *h, int n)
{
	if (h->all[n].tells == '.')
		return h->all[n - 1].is_flapping;
	int hundredths = 0, weight = 118;
	char later = h->all[n].tells;
	for (int i = n - 1; i > 0 && weight >= 80; i--) {
		if (h->all[i].tells == '.')
			continue;
		hundredths += h->all[i].tells != later ? weight : 0;
		later = h->all[i].tells;
		weight -= 2;
	}
	return 100 * hundredths >= 30 * 1980 + 1 || (h->all[n - 1].is_flapping && 100 * hundredths >= 25 * 1980);
}

/* Section 2, PROVISIONING age; -1 where it is not known. */
static int64_t provisioning_age(const struct history *h, mono_ms now)
{
	int n = h->n - 1, grace = last_of(h, SIDE_GRACE, 0, n), i = last_of(h, SIDE_SPOT, grace, n);
	const struct spot_obs *spot = &h->all[i].input.spot;
	int64_t age_ms = spot->served_at.ms - spot->created.ms;
	if (h->all[n].verdict != PROVISIONING || !h->policy->has_spot || i == grace ||
	    now.ms - h->all[i].at.ms > 2 * h->policy->spot_interval_ms || spot->word != SPOT_PROVISIONING)
		return -1;
	if (!wall_is_known(spot->served_at) || !wall_is_known(spot->created) || age_ms < 0)
		return -1;
	return age_ms + now.ms - h->all[i].at.ms;
}

/* Section 4.6. The old process stopped at `stopped`, `down_ms` before `now`, which is of another clock. */
static void history_restart(struct history *h, mono_ms stopped, int64_t down_ms, mono_ms now)
{
	struct record last = h->all[h->n - 1];
	struct record first = {.at = now, .verdict = UNKNOWN, .says = '.', .tells = '.'};
	int n = h->n - 1;
	bool was_entered = n > 0 && last.verdict == UP && h->all[n - 1].verdict != UP;
	if (last.verdict != UNKNOWN) {
		int64_t age_ms = stopped.ms - affirmed_at(h, h->n - 1, last.verdict).ms + down_ms;
		if (age_ms < h->policy->stale_after_ms)
			first = (struct record){.at = {now.ms - age_ms},
			    .verdict = last.verdict,
			    .says = verdict_letters[last.verdict],
			    .tells = '.',
			    .is_degraded = last.is_degraded,
			    .from_pools = last.from_pools,
			    .is_held = true,
			    .was_up = was_entered || was_up(h, n),
			    .created = created_at(h, n)};
	}
	h->all[0] = first;
	h->n = 1;
}

/* Adds what happened at `now`, with its judgement. */
static const struct record *history_add(struct history *h, const struct side_input *input, mono_ms now)
{
	int n = h->n++;
	struct record *r = &h->all[n];
	const struct record *before = &h->all[n - 1];
	*r = (struct record){.input = *input, .at = now, .verdict = before->verdict, .tells = '.'};
	r->is_result = input->kind == SIDE_KUBE || (input->kind == SIDE_SPOT && !is_decided(h, n));
	r->disagrees = before->disagrees;
	if (r->is_result) {
		read_result(h, n, r->verdict);
		if (strchr("UDPM", r->says) && r->says != verdict_letters[r->verdict] && is_enough(h, n))
			r->verdict = verdict_of(r->says);
		r->disagrees = r->cell != '.' && (is_failure(r->cell) ? 'D' : r->cell) != verdict_letters[r->verdict];
	}
	if (is_stale(h, n, r->verdict))
		r->verdict = UNKNOWN;
	if (r->verdict != before->verdict)
		r->disagrees = false;
	if (r->verdict == UP) {
		bool affirms = r->says == 'U', is_odd = r->row != SAYS_READY && r->row != SAYS_NONE;
		r->is_degraded = affirms ? is_odd : before->is_degraded;
		r->from_pools = affirms ? kube_at(h, n) == KUBE_DENIED : before->from_pools;
	}
	r->is_flapping = is_flapping(h, n);
	return r;
}
