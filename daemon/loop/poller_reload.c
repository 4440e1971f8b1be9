#include "base/mem.h"
#include "base/rendezvous.h"
#include "base/rfc3339.h"
#include "config/conf_match.h"
#include "config/conf_shard.h"
#include "loop/pair_journal.h"
#include "loop/peers.h"
#include "loop/poller.h"
#include "loop/recorder.h"
#include "loop/rounds.h"
#include "os/clock.h"
#include "os/log.h"
#include "os/random.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *cloudspace_of(const struct watched_side *side)
{
	return conf_pair_side(side->pair->conf, side->id)->cloudspace;
}

/* What a side cannot keep, because it comes from a setting that is another one now. */
static void tell_not_kept(const struct watched_side *side, const char *what, const char *because)
{
	log_warn("not kept over the reload", "pair", side->pair->conf->name, "side", side_id_names[side->id],
	    "cloudspace", cloudspace_of(side), "what", what, "because", because);
}

/* A side that is no longer watched is gone with all that was known of it; a declared window would be missed. */
static void tell_gone(const struct watched_side *side)
{
	const struct pair *pair = &side->pair->pair;
	const struct maintenance *window = &pair->maintenance[side->id];
	char ends[RFC3339_SIZE];
	rfc3339_render(window->ends.wall, ends);
	log_at(window->is_declared ? LOG_WARN : LOG_INFO, "cloudspace no longer watched since the reload", "pair",
	    side->pair->conf->name, "side", side_id_names[side->id], "cloudspace", cloudspace_of(side), "state",
	    verdict_names[pair->side[side->id].verdict], "maintenance_window_until", window->is_declared ? ends : NULL,
	    (char *)NULL);
}

static void tell_moved(const struct watched_side *side, const struct watched_side *old)
{
	if (side->id == old->id && strcmp(side->pair->conf->name, old->pair->conf->name) == 0)
		return;
	log_info("cloudspace has another place since the reload", "cloudspace", cloudspace_of(side), "pair",
	    side->pair->conf->name, "side", side_id_names[side->id], "was_pair", old->pair->conf->name, "was_side",
	    side_id_names[old->id]);
}

static struct schedule break_off(
    const struct schedule *s, bool is_running, const struct pace_round *answers, int64_t ceiling_ms, mono_ms now)
{
	return is_running ? schedule_break_off(*s, answers, ceiling_ms, random_draw(), now) : *s;
}

static void adopt_schedules(struct watched_side *side, const struct watched_side *old, mono_ms now)
{
	struct schedule health = break_off(&old->health, kube_poll_is_running(&old->kube), &old->kube.round,
	    old->pair->poller->conf->poll.interval_ms, now);
	struct schedule workload =
	    break_off(&old->workload_schedule, old->workload.is_running, &old->workload.round, PACE_NO_CEILING, now);
	side->health = schedule_adopt(side->health, &health, now);
	side->workload_schedule = schedule_adopt(side->workload_schedule, &workload, now);
}

static void adopt_spot_schedule(struct poller *p, const struct poller *old)
{
	struct schedule spot = break_off(
	    &old->spot_schedule, old->spot.is_running, &old->spot.round, old->conf->poll.spot_interval_ms, p->now.mono);
	p->spot_schedule = schedule_adopt(p->spot_schedule, &spot, p->now.mono);
}

static void adopt_side(struct watched_side *side, struct watched_side *old, struct spot_kept spot)
{
	adopt_schedules(side, old, side->pair->poller->now.mono);
	source_adopt(&side->kube.readyz, &old->kube.readyz);
	source_adopt(&side->kube.nodes, &old->kube.nodes);
	side->kube.obs = old->kube.obs;
	side->kube.read_at = old->kube.read_at;
	side->has_ended_a_round = old->has_ended_a_round;
	side->counted_from = old->counted_from;
	tell_moved(side, old);
	if (!inventory_poll_adopt(&side->workload, &old->workload))
		tell_not_kept(side, "inventory", "it is of other namespaces");
	if (!kube_auth_adopt(&side->kube.auth, &old->kube.auth, spot.observations))
		tell_not_kept(side, "credential of the plugin", "another plugin is configured");
	if (old->kube.auth.spot_endpoint && !spot.observations)
		tell_not_kept(side, "endpoint", "it came from another spot.api_url or spot.organization");
	if (old->kube.auth.spot_token && !spot.credential)
		tell_not_kept(side, "id_token", "it came from another refresh token, client_id or auth_url");
}

/* `from` says of each side of the poller which side of `old` it was: conf_match_sides(). */
static void adopt_pair(struct watched_pair *pair, struct poller *old, const size_t *from, struct spot_kept spot)
{
	struct poller *p = pair->poller;
	struct watched_pair *same = poller_find_pair(old, pair->conf->name);
	struct pair_origin origin[SIDES_MAX] = {0};
	for (size_t id = 0; id < pair->side_count; id++) {
		size_t was = from[&pair->side[id] - p->sides];
		if (was == CONF_MATCH_NEW)
			continue;
		memcpy(pair->namespace, old->sides[was].pair->namespace, sizeof pair->namespace);
		origin[id] = (struct pair_origin){&old->sides[was].pair->pair, old->sides[was].id};
		adopt_side(&pair->side[id], &old->sides[was], spot);
	}
	pair->pair = pair_reload(&pair->policy, same ? &same->pair : NULL, origin, p->now);
	recorder_adopt(pair, same, origin);
	if (!same)
		return;
	pair->counted_from = same->counted_from;
	pair->events = same->events;
	same->events = (struct events){0};
	pair->incidents = same->incidents;
	same->incidents = (struct incidents){0};
	pair->alerts = same->alerts;
	pair->sampled = same->sampled;
	pair->journal_number = same->journal_number;
	pair->journal_damaged = same->journal_damaged;
}

static void tell_pair_gone(const struct conf *conf, const char *pair)
{
	char shard[24];
	snprintf(shard, sizeof shard, "%zu", rendezvous_of(pair, (size_t)conf->shard.count));
	if (conf_shard_has(conf->elsewhere, pair))
		log_warn("pair is watched by another shard since the reload; its events and counters are gone", "pair",
		    pair, "shard", shard);
	else
		log_warn("pair no longer configured since the reload; its events and counters are gone", "pair", pair);
}

static void tell_lost(struct poller *p, struct poller *old, const size_t *from)
{
	bool *stays = mem_zeroed(old->side_count, sizeof *stays);
	for (size_t i = 0; i < p->side_count; i++)
		if (from[i] != CONF_MATCH_NEW)
			stays[from[i]] = true;
	for (size_t i = 0; i < old->side_count; i++)
		if (!stays[i])
			tell_gone(&old->sides[i]);
	for (size_t i = 0; i < old->pair_count; i++)
		if (!poller_find_pair(p, old->pairs[i].conf->name))
			tell_pair_gone(p->conf, old->pairs[i].conf->name);
	free(stays);
}

void poller_adopt(struct poller *p, struct poller *old)
{
	size_t *from = mem_zeroed(p->side_count, sizeof *from);
	struct spot_kept spot = {0};
	p->now = clock_now();
	p->adopted_at = p->now.mono;
	p->woken_by = old->woken_by;
	p->suspended_ms = old->suspended_ms;
	p->wall_lead_ms = old->wall_lead_ms;
	p->lateness = old->lateness;
	p->counted_from = old->counted_from;
	conf_match_sides(old->conf, p->conf, from);
	anchor_poll_adopt(&p->anchors, &old->anchors);
	if (p->conf->has_spot && old->conf->has_spot) {
		spot = spot_poll_adopt(&p->spot, &old->spot);
		p->spot_counted_from = old->spot_counted_from;
		p->has_ended_spot_round = old->has_ended_spot_round;
		if (spot.observations)
			adopt_spot_schedule(p, old);
	}
	for (size_t i = 0; i < p->pair_count; i++)
		adopt_pair(&p->pairs[i], old, from, spot);
	peers_adopt(p, old);
	tell_lost(p, old, from);
	free(from);
	rounds_hand_on(p);
	rounds_advance_all(p, (struct side_input){.kind = SIDE_TICK}); /* statuses of pairs with other sides */
}
