#include "auth/spot_env.h"
#include "base/mem.h"
#include "config/conf_match.h"
#include "loop/pair_journal.h"
#include "loop/peers.h"
#include "loop/poller.h"
#include "loop/recorder.h"
#include "loop/rounds.h"
#include "os/clock.h"
#include "os/notify.h"
#include "os/state_file.h"

#include <stdlib.h>
#include <string.h>

static struct side_policy policy_of(const struct conf *conf)
{
	const struct conf_poll *poll = &conf->poll;
	return (struct side_policy){
	    .has_spot = conf->has_spot,
	    .rise = (int)poll->rise,
	    .fall = (int)poll->fall,
	    .interval_ms = poll->interval_ms,
	    .spot_interval_ms = poll->spot_interval_ms,
	    .unreachable_for_ms = poll->unreachable_for_ms,
	    .own_network_window_ms = poll->own_network_window_ms,
	    .stale_after_ms = poll->stale_after_ms,
	    .provisioning_late_ms = poll->provisioning_late_ms,
	    .provisioning_stuck_ms = poll->provisioning_stuck_ms,
	};
}

static struct poll_env env_of(struct poller *p)
{
	return (struct poll_env){.fetch = p->fetch, .now = &p->now, .timeout_ms = p->conf->poll.timeout_ms};
}

static bool start_side(struct poller *p, struct watched_pair *pair, enum side_id id, struct errs *errs)
{
	struct watched_side *side = &pair->side[id];
	const struct conf_side *conf = conf_pair_side(pair->conf, id);
	const struct conf_poll *poll = &p->conf->poll;
	size_t index = (size_t)(side - p->sides);
	side->pair = pair;
	side->id = id;
	side->counted_from = p->now.wall;
	side->account.budget = &p->inventories;
	side->health = schedule_begin(index, p->side_count, poll->interval_ms, p->now.mono);
	side->workload_schedule = schedule_begin(index, p->side_count, poll->inventory_interval_ms, p->now.mono);
	bool is_good =
	    kube_auth_init(&side->kube.auth, conf, pair->conf->name, side_id_names[id], p->credentials, p->now, errs);
	p->credentials.last_peer = side->kube.auth.peer;
	kube_poll_init(&side->kube, env_of(p), pair->conf, id, &side->account, rounds_on_kube, side);
	inventory_poll_init(&side->workload, env_of(p), pair->conf, id, &side->kube.auth, &side->account, poll,
	    rounds_on_workload, side);
	side->workload.on_list = rounds_go_on;
	if (p->conf->has_spot) {
		side->spot = &p->spot.watches[index];
		side->spot->name = conf->cloudspace;
	}
	return is_good;
}

/* Initialises the pair. `first` is the first of its sides in p->sides. */
static bool start_pair(struct poller *p, size_t i, struct watched_side *first, struct errs *errs)
{
	struct watched_pair *pair = &p->pairs[i];
	pair->poller = p;
	pair->counted_from = p->now.wall;
	pair->is_dirty = true;
	pair->conf = &p->conf->pairs[i];
	pair->side = first;
	pair->side_count = conf_pair_sides(pair->conf);
	pair->policy.is_enabled = pair->conf->enabled;
	pair->policy.extra_count = (int)pair->conf->extra_count;
	for (size_t id = 0; id < pair->side_count; id++)
		pair->policy.side[id] = policy_of(p->conf);
	pair->pair = pair_start(&pair->policy, p->now);
	if (p->conf->state_directory && p->shared.writer)
		pair->slot = state_writer_slot(p->shared.writer, p->conf->state_directory, pair->conf->name,
		    (struct journal_limits){p->conf->journal.max_bytes, p->conf->journal.max_age_ms});
	bool is_good = true;
	for (size_t id = 0; id < pair->side_count; id++)
		is_good = start_side(p, pair, (enum side_id)id, errs) && is_good;
	return is_good;
}

/*
 * Timeouts are several intervals long (conf_check.c), and are checked five times in each. A maintenance window ends at
 * any time, so not more seldom than every 10 s.
 */
static int64_t tick_ms_of(const struct conf *conf)
{
	enum { LEAST_MS = 1000, MOST_MS = 10000 };
	int64_t ms = conf->poll.interval_ms / 5;
	return ms < LEAST_MS ? LEAST_MS : ms < MOST_MS ? ms : MOST_MS;
}

struct poller *poller_new_take(struct conf *conf, struct shared shared, struct errs *errs)
{
	struct poller *p = mem_zeroed(1, sizeof *p);
	p->conf = conf;
	state_file_directory_apply(conf);
	p->shared = shared;
	p->fetch = fetch_new((int)conf->poll.max_in_flight);
	struct err e;
	p->credentials =
	    (struct kube_auth_shared){.kubeconfigs = kubeconfig_files_new(), .plugins = exec_plugins_new(&e)};
	bool is_good = p->credentials.plugins || errs_add(errs, (struct place){.file = "hawatchd"}, "%s", e.text);
	p->now = clock_now();
	p->tick_ms = tick_ms_of(conf);
	p->tick_due = p->publish_due = p->now.mono;
	p->spot_schedule = schedule_begin(0, 1, conf->poll.spot_interval_ms, p->now.mono);
	p->woken_by = p->now.mono;
	p->adopted_at = MONO_NEVER;
	p->progress_at = p->now.mono;
	p->suspended_ms = clock_suspended_ms();
	p->wall_lead_ms = p->now.wall.ms - p->now.mono.ms - p->suspended_ms;
	p->watchdog_ms = notify_watchdog_ms();
	p->watchdog_due = p->watchdog_ms ? p->now.mono : MONO_FAR;
	p->counted_from = p->spot_counted_from = p->now.wall;
	p->is_reload_good = true;
	p->reloaded = p->now.wall;
	p->pair_count = conf->pair_count;
	p->pairs = mem_zeroed(p->pair_count, sizeof *p->pairs);
	p->view_pairs = mem_zeroed(p->pair_count, sizeof *p->view_pairs);
	p->views = mem_zeroed(p->pair_count, sizeof *p->views);
	p->side_count = conf_match_count(conf);
	p->inventories = inventory_budget_of(p->side_count);
	p->sides = mem_zeroed(p->side_count, sizeof *p->sides);

	anchor_poll_init(&p->anchors, env_of(p), &conf->poll);
	if (conf->has_spot) {
		is_good = spot_env_apply(&conf->spot, errs) && is_good;
		is_good = spot_poll_init(&p->spot, env_of(p), conf, p->side_count, errs) && is_good;
		p->spot.on_round = rounds_on_spot;
		p->spot.on_token = rounds_hand_on;
		p->spot.ctx = p;
	}
	struct watched_side *first = p->sides;
	for (size_t i = 0; i < p->pair_count; i++) {
		is_good = start_pair(p, i, first, errs) && is_good;
		first += p->pairs[i].side_count;
	}
	is_good = peers_init(p, errs) && is_good;
	if (!is_good)
		poller_free(&p);
	return p;
}

void poller_free(struct poller **poller)
{
	struct poller *p = *poller;
	if (!p)
		return;
	for (size_t i = 0; i < p->side_count; i++) {
		inventory_poll_fini(&p->sides[i].workload);
		kube_poll_fini(&p->sides[i].kube);
	}
	for (size_t i = 0; i < p->pair_count; i++) {
		pair_journal_fini(&p->pairs[i]);
		recorder_fini(&p->pairs[i]);
	}
	if (p->conf->has_spot)
		spot_poll_fini(&p->spot);
	anchor_poll_fini(&p->anchors);
	peers_fini(p);
	kubeconfig_files_free(&p->credentials.kubeconfigs);
	exec_plugins_free(&p->credentials.plugins);
	fetch_free(&p->fetch);
	free(p->pairs);
	free(p->sides);
	free(p->view_pairs);
	free(p->views);
	conf_free(&p->conf);
	free(p->unsafe_files);
	free(p->unsafe_summary);
	free(p);
	*poller = NULL;
}
