#include "decide/side.h"

const char *const verdict_names[VERDICTS] = {
    [UNKNOWN] = "UNKNOWN",
    [UP] = "UP",
    [DOWN] = "DOWN",
    [PROVISIONING] = "PROVISIONING",
    [MAINTENANCE] = "MAINTENANCE",
};

const char *const side_reason_names[SIDE_REASONS] = {
    [REASON_STARTING] = "starting",
    [REASON_SERVING] = "serving",
    [REASON_CORDONED] = "cordoned",
    [REASON_NO_CAPACITY] = "no_capacity",
    [REASON_UNREACHABLE] = "unreachable",
    [REASON_CREDENTIAL_DENIED] = "credential_denied",
    [REASON_PROVISIONING] = "provisioning",
    [REASON_NOT_READY] = "not_ready",
    [REASON_SPOT_ERROR] = "spot_error",
    [REASON_ABSENT] = "absent",
    [REASON_DELETING] = "deleting",
    [REASON_NO_EVIDENCE] = "no_evidence",
};

const char *const side_row_names[SIDE_ROWS] = {
    [ROW_READY] = "ready",
    [ROW_NEW] = "provisioning, never ready before",
    [ROW_AGAIN] = "provisioning, was ready before",
    [ROW_ERROR] = "error",
    [ROW_DELETING] = "deleting",
    [ROW_ABSENT] = "absent",
    [ROW_NONE] = "none",
};

struct cell {
	enum side_strength strength;
	enum verdict verdict;
	enum side_reason reason;
	bool is_degraded, from_pools;
};

/* clang-format off */
#define Hold      { .strength = EVIDENCE_HOLD }
#define Up        { EVIDENCE_HARD, UP, REASON_SERVING, false, false }
#define Up_denied { EVIDENCE_HARD, UP, REASON_CREDENTIAL_DENIED, false, true } /* footnote 1 */
#define Up_but(r) { EVIDENCE_HARD, UP, REASON_##r, true, false }               /* footnote 3 */
#define Maint     { EVIDENCE_HARD, MAINTENANCE, REASON_CORDONED, false, false }
#define Prov      { EVIDENCE_HARD, PROVISIONING, REASON_PROVISIONING, false, false }
#define Down(r)   { EVIDENCE_HARD, DOWN, REASON_##r, false, false }
#define Backed(r) { EVIDENCE_BACKED, DOWN, REASON_##r, false, false }
#define Soft(r)   { EVIDENCE_SOFT, DOWN, REASON_##r, false, false }            /* footnote 2 */
/* clang-format on */

/*
 * SEMANTICS.md section 2, cell for cell. When Spot's word and a failed probe together give DOWN, the probe counts only
 * while own network is good. Spot's word may be a minute old, and if our network failed since then, it alone must not
 * turn a degraded side DOWN (section 4, invariant 2).
 */
/* clang-format off */
static const struct cell table[SIDE_ROWS][KUBE_WORDS] = {
	[ROW_READY] = {
		[KUBE_SERVING]     = Up,
		[KUBE_CORDONED]    = Maint,
		[KUBE_NO_CAPACITY] = Down(NO_CAPACITY),
		[KUBE_DENIED]      = Up_denied,
		[KUBE_UNREACHABLE] = Soft(UNREACHABLE),
		[KUBE_NONE]        = Hold,
	},
	[ROW_NEW] = {
		[KUBE_SERVING]     = Prov,
		[KUBE_CORDONED]    = Prov,
		[KUBE_NO_CAPACITY] = Prov,
		[KUBE_DENIED]      = Prov,
		[KUBE_UNREACHABLE] = Prov,
		[KUBE_NONE]        = Prov,
	},
	[ROW_AGAIN] = {
		[KUBE_SERVING]     = Up_but(NOT_READY),
		[KUBE_CORDONED]    = Maint,
		[KUBE_NO_CAPACITY] = Down(NO_CAPACITY),
		[KUBE_DENIED]      = Hold,
		[KUBE_UNREACHABLE] = Soft(UNREACHABLE),
		[KUBE_NONE]        = Hold,
	},
	[ROW_ERROR] = {
		[KUBE_SERVING]     = Up_but(SPOT_ERROR),
		[KUBE_CORDONED]    = Maint,
		[KUBE_NO_CAPACITY] = Down(NO_CAPACITY),
		[KUBE_DENIED]      = Soft(SPOT_ERROR),
		[KUBE_UNREACHABLE] = Backed(SPOT_ERROR),
		[KUBE_NONE]        = Soft(SPOT_ERROR),
	},
	[ROW_DELETING] = {
		[KUBE_SERVING]     = Down(DELETING),
		[KUBE_CORDONED]    = Down(DELETING),
		[KUBE_NO_CAPACITY] = Down(DELETING),
		[KUBE_DENIED]      = Down(DELETING),
		[KUBE_UNREACHABLE] = Down(DELETING),
		[KUBE_NONE]        = Down(DELETING),
	},
	[ROW_ABSENT] = {
		[KUBE_SERVING]     = Up_but(ABSENT),
		[KUBE_CORDONED]    = Maint,
		[KUBE_NO_CAPACITY] = Down(NO_CAPACITY),
		[KUBE_DENIED]      = Hold,
		[KUBE_UNREACHABLE] = Backed(ABSENT),
		[KUBE_NONE]        = Hold,
	},
	[ROW_NONE] = {
		[KUBE_SERVING]     = Up,
		[KUBE_CORDONED]    = Maint,
		[KUBE_NO_CAPACITY] = Down(NO_CAPACITY),
		[KUBE_DENIED]      = Hold,
		[KUBE_UNREACHABLE] = Soft(UNREACHABLE),
		[KUBE_NONE]        = Hold,
	},
};
/* clang-format on */

struct side side_start(struct now now)
{
	return (struct side){
	    .verdict = UNKNOWN,
	    .reason = REASON_STARTING,
	    .since = now,
	    .evidence_at = MONO_NEVER,
	    .failing_since = MONO_NEVER,
	    .soft_since = MONO_NEVER,
	    .spot_at = MONO_NEVER,
	    .kube_at = MONO_NEVER,
	};
}

struct side side_restore(const struct side_policy *policy, const struct side_memory *memory, struct now now)
{
	struct side s = side_start(now);
	bool is_usable = memory->evidence_age_ms >= 0 && memory->evidence_age_ms < policy->stale_after_ms;
	if (memory->verdict == UNKNOWN || !is_usable)
		return s;
	s.is_held = s.is_decided = true;
	s.verdict = memory->verdict;
	s.reason = memory->reason;
	s.since = now_was(now, memory->since);
	s.evidence_at = mono_plus(now.mono, -memory->evidence_age_ms);
	s.was_up = memory->was_up;
	s.created = memory->created;
	s.from_pools = s.reason == REASON_CREDENTIAL_DENIED;
	s.is_degraded = s.verdict == UP && s.reason != REASON_SERVING && !s.from_pools;
	return s;
}

enum spot_word side_spot_word(const struct side_policy *policy, const struct side *side, mono_ms now)
{
	return mono_since(side->spot_at, now) > 2 * policy->spot_interval_ms ? SPOT_NONE : side->spot.word;
}

enum kube_word side_kube_word(const struct side_policy *policy, const struct side *side, mono_ms now)
{
	return mono_since(side->kube_at, now) > 2 * policy->interval_ms ? KUBE_NONE : side->kube.word;
}

/* Missing from a complete list: absent at once if Spot had listed it before, else after two lists in a row. */
static enum spot_word note_spot_word(struct side *s, enum spot_word word)
{
	switch (word) {
	case SPOT_NONE: return SPOT_NONE; /* says nothing about presence */
	case SPOT_ABSENT: s->spot_missing++; return s->spot_seen || s->spot_missing >= 2 ? word : SPOT_NONE;
	default:
		s->spot_seen = true;
		s->spot_missing = 0;
		return word;
	}
}

/*
 * A cloudspace that was destroyed and recreated with the same name is a new one. The history of the old one does not
 * count, and its hour of provisioning is PROVISIONING, not DOWN.
 */
static void note_created(struct side *s, wall_ms created)
{
	if (!wall_is_known(created))
		return;
	if (wall_is_known(s->created) && s->created.ms != created.ms)
		s->was_up = false;
	s->created = created;
}

static void pay(struct side *s, enum side_source source)
{
	if (s->owed[source] > 0)
		s->owed[source]--;
}

static void take_input(struct side *s, const struct side_input *in, mono_ms now)
{
	if (in->kind == SIDE_SPOT) {
		note_created(s, in->spot.created);
		s->spot = in->spot;
		s->spot.word = note_spot_word(s, in->spot.word);
		s->spot_at = now;
		pay(s, SOURCE_SPOT);
	} else if (in->kind == SIDE_KUBE) {
		s->kube = in->kube;
		s->kube_at = now;
		pay(s, SOURCE_KUBE);
	} else if (in->kind == SIDE_GRACE) {
		s->spot_at = s->kube_at = s->failing_since = s->soft_since = MONO_NEVER;
		s->agreeing = 0;
		s->owed[SOURCE_SPOT] = s->owed[SOURCE_KUBE] = 2;
	}
}

static enum side_row row_of(const struct side_policy *policy, const struct side *s, mono_ms now)
{
	static const enum side_row rows[SPOT_WORDS] = {
	    [SPOT_NONE] = ROW_NONE,
	    [SPOT_READY] = ROW_READY,
	    [SPOT_PROVISIONING] = ROW_NEW,
	    [SPOT_ERROR] = ROW_ERROR,
	    [SPOT_DELETING] = ROW_DELETING,
	    [SPOT_ABSENT] = ROW_ABSENT,
	};
	enum side_row row = policy->has_spot ? rows[side_spot_word(policy, s, now)] : ROW_NONE;
	return row == ROW_NEW && (s->spot.was_ready || s->was_up) ? ROW_AGAIN : row;
}

/*
 * Own network, judged at a failed probe: good when another endpoint answered after this run of failures began, and
 * within the window. The time of the side's last answer is not used: when everything fails at once, the endpoint that
 * answered last would be a witness forever.
 */
static bool is_network_good(const struct side_policy *policy, const struct side *s, mono_ms witness_at, mono_ms now)
{
	return mono_since(s->failing_since, witness_at) > 0 &&
	    mono_since(witness_at, now) <= policy->own_network_window_ms;
}

/* Tracks runs of failed probes, and how long soft evidence has lasted; a doubt about our network restarts that time. */
static bool follow_failures(
    const struct side_policy *policy, struct side *s, const struct cell *cell, mono_ms witness_at, mono_ms now)
{
	if (cell->strength != EVIDENCE_SOFT && cell->strength != EVIDENCE_BACKED) {
		s->failing_since = s->soft_since = MONO_NEVER;
		return false;
	}
	if (!mono_is_set(s->failing_since))
		s->failing_since = now;
	bool is_good = is_network_good(policy, s, witness_at, now);
	if (!is_good || cell->strength != EVIDENCE_SOFT)
		s->soft_since = MONO_NEVER;
	else if (!mono_is_set(s->soft_since))
		s->soft_since = now;
	if (is_good && s->candidate != DOWN)
		s->agreeing = 0; /* earlier results for another verdict are no longer consecutive */
	return is_good;
}

/* Whether a cell counts as a result now. */
static bool counts(
    const struct side_policy *policy, const struct side *s, const struct cell *cell, bool is_good, mono_ms now)
{
	bool is_ripe = mono_since(s->soft_since, now) >= policy->unreachable_for_ms;
	return cell->strength == EVIDENCE_HARD || (is_good && (cell->strength == EVIDENCE_BACKED || is_ripe));
}

/* A first or held verdict needs one answer of every source before it changes; after grace, DOWN needs two. */
static enum side_effect wait_of(const struct side_policy *policy, const struct side *s, enum verdict verdict)
{
	bool has_all = mono_is_set(s->kube_at) && (mono_is_set(s->spot_at) || !policy->has_spot);
	bool is_owed = (policy->has_spot && s->owed[SOURCE_SPOT] > 0) || s->owed[SOURCE_KUBE] > 0;
	if ((!s->is_decided || s->is_held) && !has_all)
		return EFFECT_EARLY;
	return verdict == DOWN && is_owed ? EFFECT_GRACE : EFFECT_NONE;
}

/* The only place where a verdict changes. */
static void enter(struct side *s, enum verdict verdict, enum side_reason reason, struct now now)
{
	s->verdict = verdict;
	s->reason = reason;
	s->since = now;
	s->disagrees = s->is_degraded = s->from_pools = s->is_held = false;
	s->is_decided |= verdict != UNKNOWN;
	s->was_up |= verdict == UP;
}

int side_needed(
    const struct side_policy *policy, const struct side *s, enum side_strength strength, enum verdict verdict)
{
	bool is_one_enough = !s->is_decided || strength == EVIDENCE_SOFT;
	return is_one_enough ? 1 : verdict == UP ? policy->rise : policy->fall;
}

struct side_says side_table(enum side_row row, enum kube_word kube)
{
	const struct cell *cell = &table[row][kube];
	return (struct side_says){cell->strength, cell->verdict};
}

/* Counts one result that is evidence for `cell->verdict`. */
static enum side_effect weigh(const struct side_policy *policy, struct side *s, const struct cell *cell, struct now now)
{
	enum side_effect effect = EFFECT_CONFIRMS;
	if (cell->verdict != s->verdict) {
		if (s->candidate != cell->verdict)
			s->agreeing = 0;
		effect = wait_of(policy, s, cell->verdict);
		if (effect != EFFECT_NONE)
			return effect;
		s->agreeing++;
		s->candidate = cell->verdict;
		if (s->agreeing < side_needed(policy, s, cell->strength, cell->verdict))
			return EFFECT_COUNTS;
		enter(s, cell->verdict, cell->reason, now);
		effect = EFFECT_CHANGES;
	}
	s->agreeing = 0;
	s->is_held = false;
	s->reason = cell->reason;
	s->is_degraded = cell->is_degraded;
	s->from_pools = cell->from_pools;
	s->evidence_at = now.mono;
	return effect;
}

/*
 * One result: the cell that the last words select. A Kubernetes health round gives one result, together with Spot's
 * word at that moment. A Spot round only replaces the word; otherwise the same node list would count twice. Until the
 * first verdict, a round of either source gives a result.
 */
static struct side_why judge(const struct side_policy *policy, struct side *s, mono_ms witness_at, struct now now)
{
	enum kube_word kube = side_kube_word(policy, s, now.mono);
	enum side_row row = row_of(policy, s, now.mono);
	const struct cell *cell = &table[row][kube];
	bool is_good = follow_failures(policy, s, cell, witness_at, now.mono);
	struct side_why why = {.is_judged = true,
	    .at = now,
	    .row = row,
	    .kube = kube,
	    .strength = cell->strength,
	    .verdict = cell->verdict,
	    .reason = cell->reason,
	    .is_network_good = is_good,
	    .needed = side_needed(policy, s, cell->strength, cell->verdict)};
	s->disagrees = cell->strength != EVIDENCE_HOLD && cell->verdict != s->verdict;
	if (cell->strength == EVIDENCE_HARD || is_good)
		s->flap = flap_step(s->flap, (uint8_t)cell->verdict);
	if (counts(policy, s, cell, is_good, now.mono))
		why.effect = weigh(policy, s, cell, now);
	else if (cell->strength != EVIDENCE_HOLD)
		why.effect = is_good ? EFFECT_UNRIPE : EFFECT_DOUBTED;
	return why;
}

struct side side_step_why(
    const struct side_policy *policy, struct side s, const struct side_input *in, struct now now, struct side_why *why)
{
	take_input(&s, in, now.mono);
	if (in->kind == SIDE_KUBE || (in->kind == SIDE_SPOT && !s.is_decided))
		*why = judge(policy, &s, in->witness_at, now);
	bool ends_by_age = s.verdict != UNKNOWN && (s.verdict != DOWN || s.is_held);
	if (ends_by_age && mono_since(s.evidence_at, now.mono) >= policy->stale_after_ms)
		enter(&s, UNKNOWN, REASON_NO_EVIDENCE, now);
	return s;
}

struct side side_step(const struct side_policy *policy, struct side s, const struct side_input *in, struct now now)
{
	struct side_why why;
	return side_step_why(policy, s, in, now, &why);
}

struct provisioning side_provisioning(const struct side_policy *policy, const struct side *side, mono_ms now)
{
	const struct spot_obs *spot = &side->spot;
	int64_t served_age_ms = spot->served_at.ms - spot->created.ms;
	bool is_fresh = side->verdict == PROVISIONING && side_spot_word(policy, side, now) == SPOT_PROVISIONING;
	/* An unknown Date is 0, which is before any creation. */
	bool is_timed = wall_is_known(spot->created) && served_age_ms >= 0;
	if (!is_fresh || !is_timed)
		return (struct provisioning){0};
	struct provisioning p = {.is_known = true, .age_ms = served_age_ms + mono_since(side->spot_at, now)};
	p.lateness = p.age_ms >= policy->provisioning_stuck_ms ? STUCK
	    : p.age_ms >= policy->provisioning_late_ms         ? LATE
							       : ON_TIME;
	return p;
}

bool side_is_refusal_backed(const struct side *s)
{
	bool does_spot_back = s->spot.word == SPOT_ERROR || s->spot.word == SPOT_ABSENT;
	return s->kube.word == KUBE_UNREACHABLE && does_spot_back && s->disagrees && s->agreeing == 0;
}
