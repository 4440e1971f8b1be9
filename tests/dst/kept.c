#include "kept.h"

#include "machine.h"
#include "world.h"

#include "base/mem.h"
#include "base/text.h"
#include "loop/poller_state.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

struct field {
	const char *name;
	size_t at, size;
};

#define FIELD(type, field)                                                                                             \
	{                                                                                                              \
#field, offsetof(struct type, field), sizeof((struct type *)0)->field                                  \
	}
#define OF_SIDE(field) FIELD(watched_side, field)
static const struct field parts_of_side[] = {
    OF_SIDE(has_ended_a_round),
    OF_SIDE(health.started_at),
    OF_SIDE(health.is_confirming),
    OF_SIDE(kube.obs),
    OF_SIDE(kube.read_at),
    OF_SIDE(kube.readyz.stats),
    OF_SIDE(kube.readyz.answered_at),
    OF_SIDE(kube.nodes.stats),
    OF_SIDE(kube.nodes.answered_at),
    OF_SIDE(kube.auth.was_refused),
    OF_SIDE(kube.auth.has_warned),
    OF_SIDE(workload_schedule.started_at),
    OF_SIDE(workload.stats),
    OF_SIDE(workload.inventory),
    OF_SIDE(workload.drain),
    OF_SIDE(workload.length_ms),
    OF_SIDE(workload.pods_asked_at),
};
#define OF_WATCH(field) FIELD(spot_watch, field)
static const struct field parts_of_watch[] = {
    OF_WATCH(cloudspace),
    OF_WATCH(cloudspace_at),
    OF_WATCH(pools),
    OF_WATCH(bids.count),
    OF_WATCH(bids.omitted),
    OF_WATCH(pools_at),
    OF_WATCH(is_unreadable),
};
#define OF_POLLER(field) FIELD(poller, field)
static const struct field parts_of_poller[] = {
    OF_POLLER(has_ended_spot_round),
    OF_POLLER(suspended_ms),
    OF_POLLER(woken_by),
    OF_POLLER(spot_schedule.started_at),
    OF_POLLER(spot_schedule.is_confirming),
    OF_POLLER(spot.cloudspaces.stats),
    OF_POLLER(spot.cloudspaces.answered_at),
    OF_POLLER(spot.nodepools.stats),
    OF_POLLER(spot.nodepools.answered_at),
    OF_POLLER(spot.auth.source.stats),
    OF_POLLER(spot.auth.taken_at),
    OF_POLLER(spot.auth.renew_at),
    OF_POLLER(spot.auth.token.expires),
    OF_POLLER(spot.auth.is_unreadable),
    OF_POLLER(spot.org.namespace),
    OF_POLLER(spot.org.found_by),
    OF_POLLER(spot.org.source.stats),
    OF_POLLER(spot.prices.read_at),
    OF_POLLER(spot.prices.source.stats),
    OF_POLLER(spot.new_words),
    OF_POLLER(spot.new_word_count),
    OF_POLLER(anchors.stats),
};
/* Texts: the same one, in another place. */
static const struct field texts_of_side[] = {
    OF_SIDE(kube.auth.server),
    OF_SIDE(kube.auth.spot_endpoint),
    OF_SIDE(kube.auth.spot_token),
    OF_SIDE(kube.auth.refused_endpoint),
    OF_SIDE(kube.auth.failing),
};
static const struct field texts_of_poller[] = {
    OF_POLLER(spot.auth.token.id_token),
};
/* A person's new token in the file takes their place. */
static const struct field refresh_tokens[] = {
    OF_POLLER(spot.auth.from_file),
    OF_POLLER(spot.auth.rotated),
};
#define COUNT(table) (sizeof(table) / sizeof *(table))

enum { INCIDENTS_LEAST = 1 }; /* one may have gone with the older half of the journal */

static struct {
	struct poller poller;
	struct watched_side side[SIDES_MAX];
	struct spot_watch watch[SIDES_MAX];
	struct spot_bid bids[SIDES_MAX][SPOT_BIDS_MAX];
	char *of_poller[COUNT(texts_of_poller)], *refresh[COUNT(refresh_tokens)],
	    *of_side[SIDES_MAX][COUNT(texts_of_side)];
	mono_ms anchor_answered_at;
	char namespace[NAMESPACE_MAX];
	struct pair stopped;
	struct incidents incidents;
} kept;

static void note_texts(const void *of, const struct field *parts, size_t count, char **texts)
{
	for (size_t i = 0; i < count; i++) {
		char *text;
		memcpy(&text, (const char *)of + parts[i].at, sizeof text);
		free(texts[i]);
		texts[i] = text ? mem_copy_text(text, strlen(text)) : NULL;
	}
}

static void check_texts(const void *of, const struct field *parts, size_t count, char *const *texts)
{
	for (size_t i = 0; i < count; i++) {
		char *text;
		memcpy(&text, (const char *)of + parts[i].at, sizeof text);
		if (!text_is_same(text, texts[i]))
			machine_fail("a reload loses %s", parts[i].name);
	}
}

static void check_parts(const void *was, const void *is, const struct field *parts, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (memcmp((const char *)was + parts[i].at, (const char *)is + parts[i].at, parts[i].size) != 0)
			machine_fail("a reload loses %s", parts[i].name);
}

/*
 * A source is asked no later than without the reload, and no earlier than its endpoint may be asked. Of a round that
 * the reload broke off, the answers so far count for its pace.
 */
static void check_schedule(
    const char *name, const struct schedule *was, const struct schedule *is, bool is_broken_off, mono_ms now)
{
	mono_ms latest = mono_max(mono_max(now, was->due), is->pace.not_before);
	if (!is_broken_off && memcmp(&was->pace, &is->pace, sizeof was->pace) != 0)
		machine_fail("a reload changes the pace of %s", name);
	if (is_broken_off && was->pace.not_before.ms > is->pace.not_before.ms)
		machine_fail("a reload shortens the delay of %s", name);
	if (is->due.ms > latest.ms)
		machine_fail("a reload delays %s", name);
	if (!is->is_confirming && is->due.ms < is->pace.not_before.ms)
		machine_fail("after a reload, %s is asked too early", name);
	if (is->is_confirming && is->due.ms < was->due.ms)
		machine_fail("a reload shortens the confirmation of %s", name);
}

void kept_note(const struct poller *p)
{
	memcpy(&kept.poller, p, sizeof *p);
	kept.anchor_answered_at = anchor_poll_answered_at(&p->anchors);
	memcpy(kept.namespace, p->pairs->namespace, sizeof kept.namespace);
	note_texts(p, texts_of_poller, COUNT(texts_of_poller), kept.of_poller);
	note_texts(p, refresh_tokens, COUNT(refresh_tokens), kept.refresh);
	for (size_t i = 0; i < p->side_count; i++) {
		const struct watched_side *side = &p->sides[i];
		memcpy(&kept.side[i], side, sizeof *side);
		if (side->spot) {
			memcpy(&kept.watch[i], side->spot, sizeof *side->spot);
			for (size_t bid = 0; bid < side->spot->bids.count; bid++)
				memcpy(&kept.bids[i][bid], &side->spot->bids.v[bid], sizeof kept.bids[i][bid]);
		}
		note_texts(side, texts_of_side, COUNT(texts_of_side), kept.of_side[i]);
	}
}

static void check_bids(const struct spot_bid *was, const struct spot_bids *is)
{
	for (size_t i = 0; i < is->count; i++)
		if (memcmp(&was[i], &is->v[i], sizeof was[i]) != 0)
			machine_fail("a reload loses a bid");
}

static void check_side(const struct watched_side *was, const struct watched_side *is, mono_ms now)
{
	check_parts(was, is, parts_of_side, COUNT(parts_of_side));
	check_schedule("the nodes", &was->health, &is->health, was->kube.is_running, now);
	check_schedule("the inventory", &was->workload_schedule, &is->workload_schedule, was->workload.is_running, now);
}

void kept_check(const struct poller *p)
{
	check_parts(&kept.poller, p, parts_of_poller, COUNT(parts_of_poller));
	check_texts(p, texts_of_poller, COUNT(texts_of_poller), kept.of_poller);
	if (text_is_same(p->spot.auth.from_file, kept.refresh[0]))
		check_texts(p, refresh_tokens, COUNT(refresh_tokens), kept.refresh);
	if (p->conf->has_spot)
		check_schedule(
		    "Spot", &kept.poller.spot_schedule, &p->spot_schedule, kept.poller.spot.is_running, p->now.mono);
	if (anchor_poll_answered_at(&p->anchors).ms != kept.anchor_answered_at.ms)
		machine_fail("a reload forgets the anchors' answer");
	if (strcmp(p->pairs->namespace, kept.namespace) != 0)
		machine_fail("a reload forgets the organization's namespace");
	for (size_t i = 0; i < p->side_count; i++) {
		const struct watched_side *side = &p->sides[i];
		check_side(&kept.side[i], side, p->now.mono);
		if (side->spot) {
			check_parts(&kept.watch[i], side->spot, parts_of_watch, COUNT(parts_of_watch));
			check_bids(kept.bids[i], &side->spot->bids);
		}
		check_texts(side, texts_of_side, COUNT(texts_of_side), kept.of_side[i]);
	}
}

void kept_note_stop(const struct poller *p)
{
	kept.stopped = p->pairs->pair;
	incidents_fini(&kept.incidents);
	kept.incidents = incidents_copy(&p->pairs->incidents);
}

/* DOWN lasts for longer than that while the daemon runs, but is not believed by the next one (SEMANTICS.md section 4).
 */
static bool is_too_old(const struct poller *p, const struct side *was)
{
	return mono_since(was->evidence_at, p->now.mono) >= p->pairs->policy.side[PRIMARY].stale_after_ms;
}

/*
 * The journal tells the newest incident as it was: when it began, whose it is, and whether it lasts. One that lasts is
 * the same one as long as the status is. Older ones may be gone with their lines.
 */
static void check_incidents(const struct poller *p, bool is_same_status)
{
	const struct incidents *was = &kept.incidents, *is = &p->pairs->incidents;
	if (!was->count)
		return;
	const struct incident *a = &was->v[was->count - 1], *b = is->count ? &is->v[is->count - 1] : NULL;
	if (b && is_same_status &&
	    (a->from.ms != b->from.ms || a->to.ms != b->to.ms || a->status != b->status ||
		strcmp(a->cause, b->cause) != 0))
		machine_fail("a restart changes incident %llu, which began at %lld and is said to begin at %lld",
		    (unsigned long long)a->number, (long long)a->from.ms, (long long)b->from.ms);
	if (!b && was->count > INCIDENTS_LEAST)
		machine_fail("a restart loses the incidents");
}

void kept_check_restart(const struct poller *p)
{
	const struct pair *was = &kept.stopped, *is = &p->pairs->pair;
	enum ha_status status = was->status;
	for (size_t i = 0; i < p->side_count; i++) {
		enum verdict before = was->side[i].verdict, after = is->side[i].verdict;
		const struct maintenance *window = &was->maintenance[i];
		const char *name = world_name(CLOUDSPACE_AT + i);
		bool has_ended = window->is_declared && window->ends.wall.ms <= p->now.wall.ms;
		bool is_forgotten = after == UNKNOWN && is_too_old(p, &was->side[i]);
		if (before != after && !is_forgotten)
			machine_fail(
			    "a restart makes %s %s, which was %s", name, verdict_names[after], verdict_names[before]);
		if (window->is_declared != is->maintenance[i].is_declared && !has_ended)
			machine_fail("a restart loses the window of %s", name);
		if (is_forgotten)
			status = pair_status(
			    p->pairs->policy.is_enabled, is->side[PRIMARY].verdict, is->side[SECONDARY].verdict);
	}
	if (is->status != status)
		machine_fail("a restart makes the status %s", ha_status_names[is->status]);
	check_incidents(p, is->status == was->status);
}
