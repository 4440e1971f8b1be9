/*
 * A side as a key: its finite, canonical form, with the proof that nothing is lost.
 */
#pragma once

#include "facts.h"

/* One side, and the facts beside it. */
struct node {
	struct side side;
	struct facts facts;
};

enum { KEY_SIZE = 32, NEVER = 0xff };

/*
 * A state's key. Two states with the same key behave the same for ever, and give the same verdicts:
 *
 * - side_step() uses times only as differences to `now`, so that ages stand for them.
 * - spot_at is compared with 2 x spot_interval by `>` alone: beyond it all ages are one, the word is
 *   none whatever it was. That it was never answered matters until the first verdict.
 * - kube_at likewise with 2 x interval. After the first verdict only a Kubernetes round is judged,
 *   which brings its own word: the old one is never read again. That a source was never answered
 *   matters until the first verdict, and until a held one is affirmed.
 * - evidence_at is compared with stale_after by `>=` alone, and only while the verdict is UP,
 *   PROVISIONING, MAINTENANCE or a held DOWN. Whatever enters one of these sets it. A restart reads it
 *   of any DOWN, which is_old_news() says enough of.
 * - soft_since is compared with unreachable_for by `>=` alone.
 * - failing_since is compared with witness_at by `>`, where only a witness of at most
 *   own_network_window counts: a run older than that has every such witness after its beginning.
 * - agreeing is compared with rise and fall by `<`; at zero, the candidate is no matter.
 * - spot_missing is compared with 2 by `>=`, and only while Spot never listed the side.
 * - spot.was_ready is read with the word `provisioning` alone, and comes with it.
 * - created is compared with the next one for being known, and the same.
 * - spot.created and spot.served_at are read by side_provisioning() alone, which is read by no step.
 * - since, reason, the marks and `disagrees` are written and never read, nor is the ring of results
 *   that flapping is told by. They are left out here, and poisoned before every step, so that each
 *   must be seen to be written when it has to be.
 *
 * check_clamping() in reachable.c holds all this against the real function.
 */
static uint8_t age(mono_ms then, mono_ms now, int64_t limit)
{
	int64_t ms = mono_since(then, now);
	return !mono_is_set(then) ? NEVER : (uint8_t)(ms < limit ? ms : limit);
}

static uint8_t at_most(int n, int limit)
{
	return (uint8_t)(n < limit ? n : limit);
}

/* A DOWN that is not held ends on positive evidence only. */
static bool can_go_stale(enum verdict v, bool is_held)
{
	return v == UP || v == PROVISIONING || v == MAINTENANCE || (v == DOWN && is_held);
}

/* Before the first verdict, and a held one's end, it matters that a source has answered at all. */
static uint8_t *pack_answers(const struct side_policy *p, uint8_t *k, bool is_decided, bool is_held,
    enum spot_word spot, mono_ms spot_at, enum kube_word kube, mono_ms kube_at, mono_ms now)
{
	int64_t spot_limit = 2 * p->spot_interval_ms, kube_limit = 2 * p->interval_ms;
	bool is_spot_old = spot == SPOT_NONE || mono_since(spot_at, now) > spot_limit;
	bool is_kube_old = is_decided || kube == KUBE_NONE || mono_since(kube_at, now) > kube_limit;
	uint8_t spot_age = age(spot_at, now, spot_limit + 1), kube_age = age(kube_at, now, kube_limit + 1);
	bool is_settled = is_decided && !is_held;
	uint8_t spot_old = is_settled || spot_age == NEVER ? NEVER : (uint8_t)(spot_limit + 1);
	uint8_t kube_old = is_settled || kube_age == NEVER ? NEVER : (uint8_t)(kube_limit + 1);
	*k++ = is_spot_old ? SPOT_NONE : (uint8_t)spot;
	*k++ = is_spot_old ? spot_old : spot_age;
	*k++ = is_kube_old ? KUBE_NONE : (uint8_t)kube;
	*k++ = is_kube_old ? kube_old : kube_age;
	return k;
}

/* One cloudspace after another may come: whether the next is the same matters, not which it is. */
static const wall_ms this_one = {1}, another_one = {2};

static uint8_t flags(bool is_decided, bool was_up, bool was_ready, bool was_seen, wall_ms created, bool is_held)
{
	return (uint8_t)(is_decided | was_up << 1 | was_ready << 2 | was_seen << 3 | wall_is_known(created) << 4 |
	    is_held << 5);
}

/* firstReadyTimestamp is read with `provisioning`, and comes with it. */
static bool is_read(enum spot_word word, mono_ms at, mono_ms now, const struct side_policy *p)
{
	return word == SPOT_PROVISIONING && mono_since(at, now) <= 2 * p->spot_interval_ms;
}

static void pack(const struct side_policy *p, const struct node *n, mono_ms now, uint8_t key[KEY_SIZE])
{
	const struct side *s = &n->side;
	const struct facts *f = &n->facts;
	int most = p->rise > p->fall ? p->rise : p->fall;
	uint8_t *k = key;
	memset(key, 0, KEY_SIZE);

	*k++ = (uint8_t)s->verdict;
	*k++ = s->agreeing ? (uint8_t)s->candidate : UNKNOWN;
	*k++ = at_most(s->agreeing, most);
	*k++ = flags(s->is_decided, s->was_up, s->spot.was_ready && is_read(s->spot.word, s->spot_at, now, p),
	    s->spot_seen, s->created, s->is_held);
	*k++ = s->spot_seen ? 0 : at_most(s->spot_missing, 2);
	*k++ = (uint8_t)s->owed[SOURCE_SPOT];
	*k++ = (uint8_t)s->owed[SOURCE_KUBE];
	*k++ = can_go_stale(s->verdict, s->is_held) ? age(s->evidence_at, now, p->stale_after_ms) : NEVER;
	*k++ = age(s->failing_since, now, p->own_network_window_ms + 1);
	*k++ = age(s->soft_since, now, p->unreachable_for_ms);
	k = pack_answers(p, k, s->is_decided, s->is_held, s->spot.word, s->spot_at, s->kube.word, s->kube_at, now);

	*k++ = f->count ? (uint8_t)f->agreed : '.';
	*k++ = at_most(f->count, most);
	*k++ = flags(f->is_decided, f->was_up, f->was_ready && is_read(f->spot, f->spot_at, now, p), f->was_seen,
	    f->created, f->is_held);
	*k++ = f->was_seen ? 0 : at_most(f->missing, 2);
	*k++ = (uint8_t)f->owed[SOURCE_SPOT];
	*k++ = (uint8_t)f->owed[SOURCE_KUBE];
	*k++ = can_go_stale(s->verdict, s->is_held) ? age(f->evidence, now, p->stale_after_ms) : NEVER;
	*k++ = age(f->failing, now, p->own_network_window_ms + 1);
	*k++ = age(f->soft, now, p->unreachable_for_ms);
	pack_answers(p, k, f->is_decided, f->is_held, f->spot, f->spot_at, f->kube, f->kube_at, now);
}

/*
 * A DOWN that is not held has no age, and here a restart takes its evidence for new. With older evidence
 * it comes to no other state: to the one where as much time has passed since such a restart, or to start.
 */
static bool is_old_news(const struct side *s)
{
	return s->verdict == DOWN && !s->is_held;
}

static mono_ms before(mono_ms now, uint8_t ms)
{
	return ms == NEVER ? MONO_NEVER : mono_plus(now, -(int64_t)ms);
}

/* A node with this key, with poison in all that a step must not leave as it was. */
static struct node unpack(const uint8_t key[KEY_SIZE], mono_ms now)
{
	static const struct now poison = {{-4711}, {1795463995289}};
	struct node n = {0};
	struct side *s = &n.side;
	struct facts *f = &n.facts;
	const uint8_t *k = key;

	s->verdict = (enum verdict) * k++;
	s->candidate = (enum verdict) * k++;
	s->agreeing = *k++;
	s->is_decided = *k & 1;
	s->was_up = *k & 2;
	s->spot.was_ready = *k & 4;
	s->spot_seen = *k & 8;
	s->is_held = *k & 32;
	s->created = *k++ & 16 ? this_one : WALL_UNKNOWN;
	s->spot_missing = *k++;
	s->owed[SOURCE_SPOT] = *k++;
	s->owed[SOURCE_KUBE] = *k++;
	s->evidence_at = before(now, *k++);
	s->failing_since = before(now, *k++);
	s->soft_since = before(now, *k++);
	s->spot.word = (enum spot_word) * k++;
	s->spot_at = before(now, *k++);
	s->kube.word = (enum kube_word) * k++;
	s->kube_at = before(now, *k++);

	f->agreed = (char)*k++;
	f->count = *k++;
	f->is_decided = *k & 1;
	f->was_up = *k & 2;
	f->was_ready = *k & 4;
	f->was_seen = *k & 8;
	f->is_held = *k & 32;
	f->created = *k++ & 16 ? this_one : WALL_UNKNOWN;
	f->missing = *k++;
	f->owed[SOURCE_SPOT] = *k++;
	f->owed[SOURCE_KUBE] = *k++;
	f->evidence = before(now, *k++);
	f->failing = before(now, *k++);
	f->soft = before(now, *k++);
	f->spot = (enum spot_word) * k++;
	f->spot_at = before(now, *k++);
	f->kube = (enum kube_word) * k++;
	f->kube_at = before(now, *k++);

	if (is_old_news(s))
		s->evidence_at = f->evidence = now;
	s->since = poison;
	s->reason = REASON_STARTING; /* which fits no verdict */
	s->disagrees = true;
	s->flap = (struct flap){0x5a5a5, true, true, DOWN};
	s->spot.created = this_one;
	s->spot.served_at = (wall_ms){this_one.ms + 1000};
	s->is_degraded = s->from_pools = s->verdict == UP;
	return n;
}

static struct node node_start(struct now now)
{
	return (struct node){side_start(now), facts_start()};
}
