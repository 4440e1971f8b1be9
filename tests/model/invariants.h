/*
 * SEMANTICS.md section 4, as far as it concerns one side, and the rules of sections 1 and 2 that
 * a step can be seen to break: numbered as there, each told of one step.
 */
#pragma once

#include "canon.h"

/* One step of the real function, and what the document makes of the same input. */
struct move {
	const struct side_policy *policy;
	const struct node *from;
	struct node to;
	const struct side_input *input;
	struct meaning meaning;
	int count; /* results that agree, this one included, before the verdict took notice */
	mono_ms now;
	bool is_changed; /* the verdict */
};

static struct move make_move(
    const struct side_policy *p, const struct node *from, const struct side_input *input, struct now now)
{
	struct move m = {.policy = p, .from = from, .to = *from, .input = input, .now = now.mono};
	m.to.side = side_step(p, from->side, input, now);
	enum verdict old = from->side.verdict, new = m.to.side.verdict;
	m.meaning = facts_read(p, &m.to.facts, old, input, now.mono);
	m.count = m.to.facts.count;
	m.is_changed = old != new;
	facts_close(&m.to.facts, &m.meaning, old, new, now.mono);
	return m;
}

/* The process ends and starts again, remembering what it may. */
static struct move make_restart(const struct side_policy *p, const struct node *from, struct now now)
{
	const struct pair_policy policy = {.is_enabled = true, .side = {*p, *p}};
	struct pair_memory memory = pair_remember(&(struct pair){.side = {from->side}}, now);
	struct move m = {.policy = p, .from = from, .meaning = {.says = '.', .cell = '.'}, .now = now.mono};
	m.to.side = pair_restore(&policy, &memory, now).side[PRIMARY];
	m.to.facts = facts_restart(p, &from->facts, from->side.verdict, now.mono);
	m.is_changed = from->side.verdict != m.to.side.verdict;
	return m;
}

static bool enters(const struct move *m, enum verdict v)
{
	return m->is_changed && m->to.side.verdict == v;
}

static bool affirms(const struct move *m)
{
	return m->meaning.says == verdict_letters[m->to.side.verdict];
}

/* 1. No DOWN but by `fall` hard results, by soft evidence that is ripe, or as the first verdict. */
static bool down_needs_evidence(const struct move *m)
{
	bool is_said = m->meaning.cell == 'D' || (m->meaning.cell == 'b' && m->meaning.is_good);
	bool is_hard = is_said && (m->count >= m->policy->fall || !m->from->facts.is_decided);
	return !enters(m, DOWN) || (!m->meaning.is_waiting && (is_hard || m->meaning.is_ripe));
}

/* Section 2: no other verdict without `rise` or `fall` results that agree, but the first. */
static bool change_needs_agreement(const struct move *m)
{
	enum verdict v = m->to.side.verdict;
	if (!m->is_changed || v == UNKNOWN || v == DOWN)
		return true;
	int needed = m->from->facts.is_decided ? v == UP ? m->policy->rise : m->policy->fall : 1;
	return affirms(m) && m->count >= needed;
}

/*
 * 2. What happens only to us never yields DOWN: time, our sleep, a refused credential, DNS, our
 * network. Told without the table: they must have said so themselves, or not have answered while
 * others did.
 */
static bool ours_is_never_down(const struct move *m)
{
	enum spot_word spot = m->meaning.spot;
	enum kube_word kube = m->meaning.kube;
	bool is_said = spot == SPOT_DELETING || kube == KUBE_NO_CAPACITY;
	bool is_seen = m->meaning.is_good && (kube == KUBE_UNREACHABLE || spot == SPOT_ERROR);
	return !enters(m, DOWN) || (m->meaning.is_result && (is_said || is_seen));
}

/* Section 2: `hold` changes nothing and moves no counter. */
static bool hold_changes_nothing(const struct move *m)
{
	const struct side *from = &m->from->side, *to = &m->to.side;
	if (m->meaning.says != '.')
		return true;
	if (m->is_changed)
		return to->verdict == UNKNOWN;
	return !m->meaning.is_result ||
	    (to->agreeing == from->agreeing && (!to->agreeing || to->candidate == from->candidate));
}

/* 3. Nothing stale is shown past stale_after. */
static bool stale_is_not_shown(const struct move *m)
{
	return !can_go_stale(m->to.side.verdict, m->to.side.is_held) ||
	    mono_since(m->to.facts.evidence, m->now) < m->policy->stale_after_ms;
}

/* Section 2: only age makes UNKNOWN, and never of DOWN, but where it is held. */
static bool unknown_is_by_age(const struct move *m)
{
	return !enters(m, UNKNOWN) ||
	    ((m->from->side.verdict != DOWN || m->from->facts.is_held) &&
		mono_since(m->to.facts.evidence, m->now) >= m->policy->stale_after_ms);
}

static bool does_reason_fit(enum verdict v, enum side_reason reason)
{
	static const unsigned fits[VERDICTS] = {
	    [UNKNOWN] = 1u << REASON_NO_EVIDENCE,
	    [UP] = 1u << REASON_SERVING | 1u << REASON_CREDENTIAL_DENIED | 1u << REASON_NOT_READY |
		1u << REASON_SPOT_ERROR | 1u << REASON_ABSENT,
	    [DOWN] = 1u << REASON_NO_CAPACITY | 1u << REASON_UNREACHABLE | 1u << REASON_SPOT_ERROR |
		1u << REASON_DELETING | 1u << REASON_ABSENT,
	    [PROVISIONING] = 1u << REASON_PROVISIONING,
	    [MAINTENANCE] = 1u << REASON_CORDONED,
	};
	return fits[v] >> reason & 1;
}

/* 5. One state holds; its `since`, reason and marks are written with it, or left alone. */
static bool state_is_one(const struct move *m)
{
	const struct side *from = &m->from->side, *to = &m->to.side;
	enum row row = document_row(m->meaning.spot, true);
	bool is_odd = row != SAYS_READY && row != SAYS_NONE, is_denied = m->meaning.kube == KUBE_DENIED;
	bool is_new = m->is_changed || affirms(m);
	if ((unsigned)to->verdict >= VERDICTS || to->is_decided != m->to.facts.is_decided)
		return false;
	if ((to->since.mono.ms == m->now.ms) != m->is_changed)
		return false;
	if (is_new ? !does_reason_fit(to->verdict, to->reason) : to->reason != from->reason)
		return false;
	if (to->verdict != UP)
		return !to->is_degraded && !to->from_pools;
	return to->is_degraded == (is_new ? is_odd : from->is_degraded) &&
	    to->from_pools == (is_new ? is_denied : from->from_pools);
}

/* Section 2: a result that disagrees with the verdict brings the next probe forward, no other does.
 */
static bool probe_comes_forward(const struct move *m)
{
	char cell = strchr("sb", m->meaning.cell) ? 'D' : m->meaning.cell;
	bool is_other = cell != '.' && cell != verdict_letters[m->to.side.verdict];
	return m->to.side.disagrees ==
	    (m->is_changed                 ? false
		    : m->meaning.is_result ? is_other
					   : m->from->side.disagrees);
}

/* Section 1: witnesses are wanted while probes fail, and what was read is what counts. */
static bool words_are_read(const struct move *m)
{
	const struct side *s = &m->to.side;
	enum kube_word kube = m->meaning.is_result ? m->meaning.kube : side_kube_word(m->policy, s, m->now);
	enum spot_word spot = m->policy->has_spot ? m->meaning.spot : side_spot_word(m->policy, s, m->now);
	return mono_is_set(s->failing_since) == mono_is_set(m->to.facts.failing) &&
	    side_spot_word(m->policy, s, m->now) == spot && side_kube_word(m->policy, s, m->now) == kube;
}

/* 6. Held until a result affirms it, or it ends; moved by nothing before every source was heard. */
static bool held_is_held(const struct move *m)
{
	bool is_early = m->is_changed && m->from->facts.is_held && m->meaning.is_early;
	return m->to.side.is_held == m->to.facts.is_held && (!is_early || enters(m, UNKNOWN));
}

/* Section 2: PROVISIONING is aged by a fresh answer that says so, and by nothing else. */
static bool lateness_is_by_fresh_answers(const struct move *m)
{
	const struct side *s = &m->to.side;
	struct provisioning p = side_provisioning(m->policy, s, m->now);
	int64_t age_ms = s->spot.served_at.ms - s->spot.created.ms + mono_since(s->spot_at, m->now);
	bool is_fresh = m->policy->has_spot && s->verdict == PROVISIONING && m->to.facts.spot == SPOT_PROVISIONING &&
	    mono_since(m->to.facts.spot_at, m->now) <= 2 * m->policy->spot_interval_ms;
	enum lateness late = age_ms >= m->policy->provisioning_stuck_ms ? STUCK
	    : age_ms >= m->policy->provisioning_late_ms                 ? LATE
									: ON_TIME;
	return p.is_known == is_fresh && (!is_fresh || (p.age_ms == age_ms && p.lateness == late));
}

/* Section 2: flapping marks. Results that say something enter the ring... */
static bool flapping_is_of_results(const struct move *m)
{
	char cell = m->meaning.cell;
	struct flap is = m->to.side.flap, flap = m->from->side.flap;
	if (cell != '.' && (!strchr("sb", cell) || m->meaning.is_good))
		flap = flap_step(flap, (uint8_t)(strchr("sb", cell) ? DOWN : verdict_of(cell)));
	return is.changes == flap.changes && is.last == flap.last && is.is_flapping == flap.is_flapping;
}

/* ... and nobody reads it: from another ring, the same step. */
static bool flapping_decides_nothing(const struct move *m)
{
	const struct side *b = &m->to.side;
	struct side a = m->from->side;
	a.flap = (struct flap){0};
	a = side_step(m->policy, a, m->input, (struct now){m->now, b->since.wall});
	return a.verdict == b->verdict && a.reason == b->reason && a.agreeing == b->agreeing &&
	    a.candidate == b->candidate && a.disagrees == b->disagrees && a.is_held == b->is_held &&
	    a.is_degraded == b->is_degraded && a.from_pools == b->from_pools && a.evidence_at.ms == b->evidence_at.ms &&
	    a.soft_since.ms == b->soft_since.ms && a.failing_since.ms == b->failing_since.ms &&
	    a.since.mono.ms == b->since.mono.ms;
}

/* 6. A restart by itself changes nothing while the evidence is fresh, and makes UNKNOWN once it is not. */
static bool restart_changes_nothing(const struct move *m)
{
	const struct side *from = &m->from->side, *to = &m->to.side;
	if (!m->to.facts.is_held)
		return to->verdict == UNKNOWN && to->reason == REASON_STARTING && !to->is_held;
	return !m->is_changed && to->is_held && to->is_decided && to->reason == from->reason &&
	    to->since.wall.ms == from->since.wall.ms && to->since.mono.ms == from->since.mono.ms &&
	    to->evidence_at.ms == from->evidence_at.ms && !to->agreeing && !to->flap.is_flapping &&
	    !mono_is_set(to->kube_at) && !mono_is_set(to->spot_at);
}

static const struct invariant {
	const char *name;
	bool (*holds)(const struct move *);
	bool is_of_restart; /* of this alone; the others of steps */
} invariants[] = {
    {"1 no DOWN without evidence", down_needs_evidence, false},
    {"1 no change without agreement", change_needs_agreement, false},
    {"2 nothing of ours yields DOWN", ours_is_never_down, false},
    {"2 hold changes nothing", hold_changes_nothing, false},
    {"3 nothing stale is shown", stale_is_not_shown, false},
    {"3 UNKNOWN is by age alone", unknown_is_by_age, false},
    {"5 one state, with since, reason, marks", state_is_one, false},
    {"5 the next probe comes forward", probe_comes_forward, false},
    {"5 words are read as they are", words_are_read, false},
    {"6 held until affirmed", held_is_held, false},
    {"6 a restart changes nothing", restart_changes_nothing, true},
    {"late by fresh answers alone", lateness_is_by_fresh_answers, false},
    {"flapping is told by results", flapping_is_of_results, false},
    {"flapping decides nothing", flapping_decides_nothing, false},
};
enum { INVARIANTS = sizeof invariants / sizeof *invariants };
