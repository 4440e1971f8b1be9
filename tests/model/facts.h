/*
 * What a side's sources said, kept apart from the code that judges it: the least that the rules of
 * SEMANTICS.md sections 1 and 2 need to tell whether a step was right. The search carries it
 * along beside the real struct side.
 */
#pragma once

#include "document.h"

struct facts {
	bool is_decided, was_seen;
	bool is_held;   /* remembered over a restart, and neither affirmed nor moved since */
	bool was_ready; /* in the last answer that had it */
	bool was_up;    /* entered since it was created */
	wall_ms created;
	int missing;            /* complete lists in a row without it, while it was never seen */
	int owed[SIDE_SOURCES]; /* before DOWN, since a grace */
	enum spot_word spot;
	enum kube_word kube;
	mono_ms spot_at, kube_at;
	char agreed;      /* what the last results say in a row, where the verdict is something else, */
	int count;        /* and how many */
	mono_ms failing;  /* first of the run of failed probes */
	mono_ms soft;     /* first of the run of soft ones with own network good */
	mono_ms evidence; /* last result that said what the verdict is */
};

/* One input as the document reads it. */
struct meaning {
	bool is_result;
	enum spot_word spot; /* the words at this moment */
	enum kube_word kube;
	char cell;    /* of a result */
	bool is_good; /* own network, at a failed probe */
	bool is_ripe;
	bool is_waiting; /* rounds are owed before DOWN */
	bool is_early;   /* not every source has answered, since start or since a grace */
	char says;       /* U M D P; s: DOWN, but it does not count yet; . nothing */
};

static inline struct facts facts_start(void)
{
	return (struct facts){.spot_at = MONO_NEVER,
	    .kube_at = MONO_NEVER,
	    .agreed = '.',
	    .failing = MONO_NEVER,
	    .soft = MONO_NEVER,
	    .evidence = MONO_NEVER};
}

/* Section 4.6: what outlives a restart is the verdict with its evidence, and only while that is fresh. */
static inline struct facts facts_restart(
    const struct side_policy *p, const struct facts *f, enum verdict verdict, mono_ms now)
{
	struct facts r = facts_start();
	if (verdict == UNKNOWN || now.ms - f->evidence.ms >= p->stale_after_ms)
		return r;
	r.is_decided = r.is_held = true;
	r.was_up = f->was_up;
	r.created = f->created;
	r.evidence = f->evidence;
	return r;
}

/* Another creationTimestamp makes it another cloudspace. */
static inline void facts_created(struct facts *f, wall_ms created)
{
	if (wall_is_known(created) && wall_is_known(f->created) && created.ms != f->created.ms)
		f->was_up = false;
	if (wall_is_known(created))
		f->created = created;
}

static inline void facts_take(const struct side_policy *p, struct facts *f, const struct side_input *in, mono_ms now)
{
	if (in->kind == SIDE_GRACE) {
		f->spot_at = f->kube_at = f->failing = f->soft = MONO_NEVER;
		f->count = 0;
		f->owed[SOURCE_SPOT] = p->has_spot ? 2 : 0;
		f->owed[SOURCE_KUBE] = 2;
	} else if (in->kind == SIDE_SPOT) {
		bool is_listed = in->spot.word != SPOT_ABSENT && in->spot.word != SPOT_NONE;
		facts_created(f, in->spot.created);
		f->spot = in->spot.word;
		f->spot_at = now;
		f->was_ready = in->spot.was_ready;
		f->owed[SOURCE_SPOT] -= f->owed[SOURCE_SPOT] > 0;
		f->missing += in->spot.word == SPOT_ABSENT && !f->was_seen;
		f->was_seen |= is_listed;
		if (in->spot.word == SPOT_ABSENT && !f->was_seen && f->missing < 2)
			f->spot = SPOT_NONE;
	} else if (in->kind == SIDE_KUBE) {
		f->kube = in->kube.word;
		f->kube_at = now;
		f->owed[SOURCE_KUBE] -= f->owed[SOURCE_KUBE] > 0;
	}
}

/* Takes one input and says what it means for a side whose verdict is `held`. */
static inline struct meaning facts_read(
    const struct side_policy *p, struct facts *f, enum verdict held, const struct side_input *in, mono_ms now)
{
	facts_take(p, f, in, now);
	struct meaning m = {.says = '.', .cell = '.'};
	m.is_result = in->kind == SIDE_KUBE || (in->kind == SIDE_SPOT && !f->is_decided);
	m.is_waiting = f->owed[SOURCE_SPOT] > 0 || f->owed[SOURCE_KUBE] > 0;
	m.is_early = !mono_is_set(f->kube_at) || (p->has_spot && !mono_is_set(f->spot_at));
	bool is_old = !p->has_spot || mono_since(f->spot_at, now) > 2 * p->spot_interval_ms;
	m.spot = is_old ? SPOT_NONE : f->spot;
	m.kube = mono_since(f->kube_at, now) > 2 * p->interval_ms ? KUBE_NONE : f->kube;
	if (!m.is_result)
		return m;
	m.says = m.cell = document_cell(document_row(m.spot, f->was_ready || f->was_up), m.kube);
	if (m.cell != 's' && m.cell != 'b') {
		f->failing = f->soft = MONO_NEVER;
	} else {
		if (!mono_is_set(f->failing))
			f->failing = now;
		m.is_good = in->witness_at.ms > f->failing.ms && now.ms - in->witness_at.ms <= p->own_network_window_ms;
		if (!m.is_good || m.cell == 'b')
			f->soft = MONO_NEVER;
		else if (!mono_is_set(f->soft))
			f->soft = now;
		m.is_ripe = m.is_good && m.cell == 's' && now.ms - f->soft.ms >= p->unreachable_for_ms;
		m.says = !m.is_good ? '.' : m.is_ripe || m.cell == 'b' ? 'D' : 's';
	}
	bool is_first = (!f->is_decided || f->is_held) && m.is_early;
	if (strchr("UMDP", m.says) && m.says != verdict_letters[held] && (is_first || (m.says == 'D' && m.is_waiting)))
		m.says = m.says == 'D' ? 's' : '.';
	if (m.says == 's' && f->agreed != 'D')
		f->count = 0;
	if (strchr("UMDP", m.says)) {
		f->count = m.says == f->agreed ? f->count + 1 : 1;
		f->agreed = m.says;
	}
	return m;
}

/* Notes what became of the verdict. */
static inline void facts_close(
    struct facts *f, const struct meaning *m, enum verdict before, enum verdict after, mono_ms now)
{
	if (m->says == verdict_letters[after]) {
		f->evidence = now;
		f->count = 0;
	}
	f->is_held = f->is_held && before == after && m->says != verdict_letters[after];
	f->is_decided |= after != UNKNOWN;
	f->was_up |= after == UP && before != UP;
}
