#include "loop/poller.h"

#include "auth/spot_env.h"
#include "base/mem.h"
#include "loop/change.h"
#include "loop/fill_view.h"
#include "loop/persist.h"
#include "loop/poller_state.h"
#include "os/clock.h"
#include "os/log.h"
#include "os/notify.h"
#include "os/state_file.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/signalfd.h>
#include <unistd.h>

enum {
	LATE_MS = 5000,         /* a turn this late believes nothing held (ha-semantics.md, "Time") */
	SUSPENDED_MS = 1000,    /* and so does one after a sleep of this length */
	TICK_MS = 1000,         /* how often time alone is looked at */
	STAGGER_MS = 100,       /* between the first inventory rounds of two sides, at most */
	PUBLISH_EVERY_MS = 100, /* unless a status or a state changed: that is published at once */
	PUBLISH_REST = 9,       /* times as long as it took: with many pairs a tenth of the time at most */
};

/* Steps: an input goes in, a changed pair comes out. */

static mono_ms witness_for(const struct watched_side *side)
{
	const struct poller *p = side->pair->poller;
	mono_ms at = anchor_poll_answered_at(&p->anchors);
	if (p->conf->has_spot)
		at = mono_max(at, spot_poll_answered_at(&p->spot));
	for (size_t i = 0; i < side->pair->side_count; i++)
		if (&side->pair->side[i] != side)
			at = mono_max(at, kube_poll_answered_at(&side->pair->side[i].kube));
	return at;
}

static void advance(struct watched_side *side, struct side_input input)
{
	struct watched_pair *pair = side->pair;
	input.witness_at = witness_for(side);
	change_pair(
	    pair, pair_step(&pair->policy, pair->pair, side->id, &input, pair->poller->now));
}

static void advance_all(struct poller *p, struct side_input input)
{
	for (size_t i = 0; i < p->side_count; i++)
		advance(&p->sides[i], input);
}

/* Rounds end here. */

/* Uniform in [0, 1). */
static double draw(void)
{
	uint32_t n = 0;
	if (getrandom(&n, sizeof n, GRND_NONBLOCK) != sizeof n)
		n = UINT32_MAX / 2; /* early at boot: the middle will do */
	return (double)n / 4294967296.0;
}

/* A side that stops answering, or disagrees, brings the next probe of the others forward. */
static void bring_others_forward(struct watched_side *side)
{
	struct poller *p = side->pair->poller;
	for (size_t i = 0; i < side->pair->side_count; i++) {
		struct watched_side *peer = &side->pair->side[i];
		if (peer != side)
			peer->due = mono_min(peer->due, mono_max(p->now.mono, peer->pace.not_before));
	}
	mono_ms spot_earliest = mono_max(p->spot_pace.not_before,
	    mono_plus(p->spot.started_at, p->conf->poll.confirm_interval_ms));
	p->spot_due = mono_min(p->spot_due, mono_max(p->now.mono, spot_earliest));
	anchor_poll_bring_forward(&p->anchors);
}

static void on_kube_round(void *ctx, const struct kube_obs *obs)
{
	struct watched_side *side = ctx;
	struct poller *p = side->pair->poller;
	struct side *state = &side->pair->pair.side[side->id];
	bool was_disagreeing = state->disagrees;
	advance(side, (struct side_input){.kind = SIDE_KUBE, .kube = *obs});
	side->has_ended_a_round = true;
	inventory_poll_note_nodes(&side->workload, &obs->nodes);
	/* Intervals count from start to start; a confirmation waits from the answer. */
	mono_ms regular = mono_plus(side->kube.started_at, p->conf->poll.interval_ms);
	mono_ms confirm = mono_plus(p->now.mono, p->conf->poll.confirm_interval_ms);
	side->due = state->disagrees ? mono_min(regular, confirm) : regular;
	side->pace = pace_step(
	    side->pace, &side->kube.round, p->conf->poll.interval_ms, draw(), p->now.mono);
	/* Results that are counting up to a verdict are few, and not put off. */
	if (!state->disagrees || state->agreeing == 0)
		side->due = mono_max(side->due, side->pace.not_before);
	if (state->disagrees && !was_disagreeing)
		bring_others_forward(side);
}

static void on_workload_round(void *ctx)
{
	struct watched_side *side = ctx;
	struct poller *p = side->pair->poller;
	const struct inventory_poll *poll = &side->workload;
	bool is_awaited = inventory_poll_is_half_drained(poll); /* somebody waits to begin his work there */
	mono_ms regular = mono_plus(
	    poll->started_at, is_awaited ? p->conf->poll.interval_ms : p->conf->poll.inventory_interval_ms);
	side->workload_pace =
	    pace_step(side->workload_pace, &poll->round, PACE_NO_CEILING, draw(), p->now.mono);
	side->workload_due = mono_max(regular, side->workload_pace.not_before);
	p->is_dirty = true;
}

static void on_spot_round(void *ctx, bool is_answered)
{
	struct poller *p = ctx;
	p->has_ended_spot_round = true;
	p->spot_pace = pace_step(
	    p->spot_pace, &p->spot.round, p->conf->poll.spot_interval_ms, draw(), p->now.mono);
	p->spot_due = mono_max(p->spot_pace.not_before,
	    mono_plus(p->spot.started_at, p->conf->poll.spot_interval_ms));
	for (size_t i = 0; i < p->side_count; i++) {
		struct watched_side *side = &p->sides[i];
		if (is_answered)
			kube_auth_offer(&side->kube.auth,
			    side->spot->is_listed ? side->spot->cloudspace.endpoint : NULL,
			    p->spot.auth.token.id_token);
		advance(side,
		    (struct side_input){.kind = SIDE_SPOT, .spot = spot_poll_obs(&p->spot, side->spot, is_answered)});
	}
}

static bool has_ended_first_round(const struct poller *p)
{
	bool ended = !p->conf->has_spot || p->has_ended_spot_round;
	for (size_t i = 0; i < p->side_count; i++)
		ended = ended && p->sides[i].has_ended_a_round;
	return ended;
}

static void publish_view(struct poller *p)
{
	struct view view;
	fill_view(p, &view);
	struct snapshot *previous = publish_hold(p->shared.publish);
	publish_swap_take(p->shared.publish, snapshot_new(&view, has_ended_first_round(p), previous));
	snapshot_release(previous);
	int64_t took_ms = mono_since(p->now.mono, clock_now().mono);
	p->publish_due = mono_plus(p->now.mono, PUBLISH_EVERY_MS + PUBLISH_REST * took_ms);
	p->is_dirty = p->is_urgent = false;
}

/* Turns of the loop. */

/* Starts one side's inventory round if it is due; it waits for the credential that its health rounds read. */
static mono_ms start_workload(struct watched_side *side)
{
	struct poller *p = side->pair->poller;
	const struct node_counts *nodes = &side->kube.obs.nodes;
	if (side->workload.is_running || !kube_auth_is_ready(&side->kube.auth))
		return p->tick_due;
	if (mono_since(side->workload_due, p->now.mono) < 0)
		return side->workload_due;
	/* Where every node is cordoned somebody may ask whether it is drained. */
	inventory_poll_start(&side->workload, nodes->total > 0 && nodes->cordoned == nodes->total);
	return p->tick_due;
}

/* Starts whoever is due; returns when the loop must turn next. */
static mono_ms start_due(struct poller *p)
{
	mono_ms next = mono_min(mono_min(p->tick_due, p->watchdog_due), anchor_poll_run(&p->anchors));
	if (p->conf->has_spot && !p->spot.is_running) {
		if (mono_since(p->spot_due, p->now.mono) >= 0)
			spot_poll_start(&p->spot);
		else
			next = mono_min(next, p->spot_due);
	}
	if (p->conf->has_spot)
		next = mono_min(next, price_poll_run(&p->spot.prices));
	for (size_t i = 0; i < p->side_count; i++) {
		struct watched_side *side = &p->sides[i];
		next = mono_min(next, start_workload(side));
		if (kube_poll_is_running(&side->kube))
			continue;
		if (mono_since(side->due, p->now.mono) >= 0)
			kube_poll_start(&side->kube);
		else
			next = mono_min(next, side->due);
	}
	return p->is_dirty ? mono_min(next, p->publish_due) : next;
}

/* A late turn or a suspend makes every held answer stale. */
static void check_clock(struct poller *p)
{
	int64_t late_ms = mono_since(p->woken_by, p->now.mono);
	int64_t suspended_ms = clock_suspended_ms();
	if (late_ms > LATE_MS || suspended_ms - p->suspended_ms > SUSPENDED_MS) {
		log_warn("the loop turned late or the machine slept; nothing held is believed until every "
			 "source has answered twice");
		advance_all(p, (struct side_input){.kind = SIDE_GRACE});
	}
	p->suspended_ms = suspended_ms;
}

static void turn(struct poller *p)
{
	if (mono_since(p->tick_due, p->now.mono) >= 0) {
		advance_all(p, (struct side_input){.kind = SIDE_TICK});
		for (size_t i = 0; i < p->side_count; i++)
			p->is_dirty |= inventory_poll_expire(&p->sides[i].workload);
		p->tick_due = mono_plus(p->now.mono, TICK_MS);
	}
	if (p->watchdog_ms && mono_since(p->watchdog_due, p->now.mono) >= 0) {
		notify_send("WATCHDOG=1");
		p->watchdog_due = mono_plus(p->now.mono, p->watchdog_ms);
	}
	p->woken_by = mono_max(mono_min(start_due(p), persist_run(p)), p->now.mono);
	if (p->is_urgent || (p->is_dirty && mono_since(p->publish_due, p->now.mono) >= 0))
		publish_view(p);
	publish_beat(p->shared.publish, p->now.mono);
}

/* Sides that waited for a plugin's first credential do not wait for their next round as well. */
static void perform_plugins(struct poller *p)
{
	if (!exec_plugins_perform(p->credentials.plugins, p->now))
		return;
	for (size_t i = 0; i < p->side_count; i++) {
		struct watched_side *side = &p->sides[i];
		if (!kube_auth_is_ready(&side->kube.auth))
			side->due = p->now.mono;
	}
}

static struct watched_pair *find_pair(struct poller *p, const char *name)
{
	for (size_t i = 0; i < p->pair_count; i++)
		if (strcmp(p->pairs[i].conf->name, name) == 0)
			return &p->pairs[i];
	return NULL;
}

static void perform_order(struct poller *p, struct order *order)
{
	struct watched_pair *pair = find_pair(p, order->pair);
	if (!pair || order->side >= pair->side_count) {
		order->kind = pair ? API_NO_SUCH_SIDE : API_NO_SUCH_PAIR; /* a reload may have removed the pair meanwhile */
		err_set(&order->error, "no such side: pair `%s` has no %s", order->pair, side_id_names[order->side]);
		return;
	}
	struct pair after = pair->pair;
	bool is_done = order->is_begin
	    ? pair_begin_maintenance(&after, order->side, order->for_ms, order->reason, order->is_forced,
		  p->now, &order->error)
	    : pair_end_maintenance(&after, order->side, &order->error);
	order->kind = is_done ? API_NO_ERROR : API_REFUSED;
	if (is_done)
		change_pair(pair, after);
}

/* Whoever ordered sees the outcome in what is published by then. */
static void perform_orders(struct poller *p)
{
	for (struct order *order; (order = orders_next_order(p->shared.orders));) {
		perform_order(p, order);
		order_log(order);
		if (p->is_urgent)
			publish_view(p);
		orders_answer(p->shared.orders, order);
	}
}

static int read_signal(int signal_fd)
{
	struct signalfd_siginfo info;
	int first = 0;
	/* All that wait, so that a storm of SIGHUP is one reload and does not hold up the end. */
	while (read(signal_fd, &info, sizeof info) == sizeof info)
		if (!first || info.ssi_signo != SIGHUP)
			first = (int)info.ssi_signo;
	return first;
}

void poller_publish(struct poller *p)
{
	p->now = clock_now();
	publish_view(p);
	publish_beat(p->shared.publish, p->now.mono);
}

int poller_run(struct poller *p, int signal_fd)
{
	struct pollfd fds[] = {
	    {.fd = signal_fd, .events = POLLIN},
	    {.fd = exec_plugins_fd(p->credentials.plugins), .events = POLLIN},
	    {.fd = orders_orders_fd(p->shared.orders), .events = POLLIN},
	};
	p->now = clock_now();
	check_clock(p); /* a reload in between may have taken long */
	int signal = 0;
	while (!signal) {
		turn(p);
		fetch_wait(p->fetch, fds, sizeof fds / sizeof *fds, mono_since(p->now.mono, p->woken_by));
		p->now = clock_now();
		check_clock(p);
		fetch_perform(p->fetch, p->now.mono);
		perform_plugins(p);
		if (fds[2].revents)
			perform_orders(p);
		if (fds[0].revents)
			signal = read_signal(signal_fd);
	}
	persist_all(p);
	return signal;
}

void poller_restore(struct poller *p)
{
	p->now = clock_now();
	persist_restore(p);
}

bool poller_can_keep_state(const struct poller *p, struct err *e)
{
	return !p->conf->state_directory || state_file_directory_check(p->conf->state_directory, e);
}

/* Start and stop. */

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

/* Many sides begin one after another, and so never ask all at once. */
static void start_looking(struct watched_side *side)
{
	struct poller *p = side->pair->poller;
	const struct conf_poll *conf = &p->conf->poll;
	int64_t apart_ms = conf->inventory_interval_ms / (int64_t)p->side_count;
	apart_ms = apart_ms < STAGGER_MS ? apart_ms : STAGGER_MS;
	inventory_poll_init(
	    &side->workload, p->fetch, side->pair->conf, side->id, &side->kube.auth, &p->now);
	side->workload.timeout_ms = conf->timeout_ms;
	side->workload.interval_ms = conf->inventory_interval_ms;
	side->workload.on_round = on_workload_round;
	side->workload.ctx = side;
	side->workload_due = mono_plus(p->now.mono, apart_ms * (side - p->sides));
	side->workload_pace.not_before = MONO_NEVER;
}

static bool start_side(struct poller *p, struct watched_pair *pair, enum side_id id, struct errs *errs)
{
	struct watched_side *side = &pair->side[id];
	const struct conf_side *conf = conf_pair_side(pair->conf, id);
	side->pair = pair;
	side->id = id;
	side->due = p->now.mono;
	side->pace.not_before = MONO_NEVER;
	bool is_good = kube_auth_init(&side->kube.auth, conf, p->credentials, p->now, errs);
	kube_poll_init(&side->kube, p->fetch, pair->conf->name, id);
	side->kube.filter = (struct taint_filter){
	    (const char *const *)pair->conf->ignore_taints.v, pair->conf->ignore_taints.count};
	side->kube.timeout_ms = p->conf->poll.timeout_ms;
	side->kube.now = &p->now;
	side->kube.on_round = on_kube_round;
	side->kube.ctx = side;
	start_looking(side);
	if (p->conf->has_spot) {
		side->spot = &p->spot.watches[side - p->sides];
		side->spot->name = conf->cloudspace;
	}
	return is_good;
}

/* Takes the pair's run of `sides`, of which `first` is its first. */
static bool start_pair(struct poller *p, size_t i, struct watched_side *first, struct errs *errs)
{
	struct watched_pair *pair = &p->pairs[i];
	pair->poller = p;
	pair->conf = &p->conf->pairs[i];
	pair->side = first;
	pair->side_count = conf_pair_sides(pair->conf);
	pair->policy.is_enabled = pair->conf->enabled;
	pair->policy.extra_count = (int)pair->conf->extra_count;
	for (size_t id = 0; id < pair->side_count; id++)
		pair->policy.side[id] = policy_of(p->conf);
	pair->pair = pair_start(&pair->policy, p->now);
	if (p->conf->state_directory)
		pair->slot = state_writer_slot(p->shared.writer, p->conf->state_directory, pair->conf->name);
	bool is_good = true;
	for (size_t id = 0; id < pair->side_count; id++)
		is_good = start_side(p, pair, (enum side_id)id, errs) && is_good;
	return is_good;
}

struct poller *poller_new_take(struct conf *conf, struct shared shared, struct errs *errs)
{
	struct poller *p = mem_zeroed(1, sizeof *p);
	p->conf = conf;
	state_file_directory_apply(conf);
	p->shared = shared;
	p->fetch = fetch_new((int)conf->poll.max_in_flight);
	p->credentials = (struct kube_auth_shared){kubeconfig_files_new(), exec_plugins_new()};
	p->now = clock_now();
	p->spot_due = p->tick_due = p->publish_due = p->now.mono;
	p->spot_pace.not_before = MONO_NEVER;
	p->woken_by = p->now.mono;
	p->suspended_ms = clock_suspended_ms();
	p->watchdog_ms = notify_watchdog_ms();
	p->watchdog_due = p->watchdog_ms ? p->now.mono : (mono_ms){INT64_MAX / 4};
	p->is_reload_good = true;
	p->reloaded = p->now.wall;
	p->pair_count = conf->pair_count;
	p->pairs = mem_zeroed(p->pair_count, sizeof *p->pairs);
	p->view_pairs = mem_zeroed(p->pair_count, sizeof *p->view_pairs);
	for (size_t i = 0; i < p->pair_count; i++)
		p->side_count += conf_pair_sides(&conf->pairs[i]);
	p->sides = mem_zeroed(p->side_count, sizeof *p->sides);

	bool is_good = true;
	anchor_poll_init(&p->anchors, p->fetch, &conf->poll, &p->now);
	if (conf->has_spot) {
		is_good = spot_env_apply(&conf->spot, errs);
		is_good = spot_poll_init(&p->spot, p->fetch, conf, &p->now, p->side_count, errs) &&
		    is_good;
		p->spot.on_round = on_spot_round;
		p->spot.ctx = p;
	}
	struct watched_side *first = p->sides;
	for (size_t i = 0; i < p->pair_count; i++) {
		is_good = start_pair(p, i, first, errs) && is_good;
		first += p->pairs[i].side_count;
	}
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
	for (size_t i = 0; i < p->pair_count; i++)
		events_fini(&p->pairs[i].events);
	if (p->conf->has_spot)
		spot_poll_fini(&p->spot);
	anchor_poll_fini(&p->anchors);
	kubeconfig_files_free(&p->credentials.kubeconfigs);
	exec_plugins_free(&p->credentials.plugins);
	fetch_free(&p->fetch);
	free(p->pairs);
	free(p->sides);
	free(p->view_pairs);
	conf_free(&p->conf);
	free(p);
	*poller = NULL;
}

static void adopt_side(struct watched_side *side, struct watched_side *old)
{
	inventory_poll_adopt(&side->workload, &old->workload);
	source_adopt(&side->kube.readyz, &old->kube.readyz);
	source_adopt(&side->kube.nodes, &old->kube.nodes);
	side->kube.obs = old->kube.obs;
	side->kube.read_at = old->kube.read_at;
	side->has_ended_a_round = old->has_ended_a_round;
}

static bool is_same_pair(const struct conf_pair *a, const struct conf_pair *b)
{
	bool is_same = strcmp(a->name, b->name) == 0 && conf_pair_sides(a) == conf_pair_sides(b);
	for (size_t i = 0; is_same && i < conf_pair_sides(a); i++)
		is_same = strcmp(conf_pair_side(a, i)->cloudspace, conf_pair_side(b, i)->cloudspace) == 0;
	return is_same;
}

void poller_adopt(struct poller *p, struct poller *old)
{
	if (p->conf->has_spot && old->conf->has_spot) {
		spot_poll_adopt(&p->spot, &old->spot);
		p->has_ended_spot_round = old->has_ended_spot_round;
	}
	p->woken_by = old->woken_by;
	p->suspended_ms = old->suspended_ms;
	anchor_poll_adopt(&p->anchors, &old->anchors);
	for (size_t i = 0; i < p->pair_count; i++)
		for (size_t k = 0; k < old->pair_count; k++) {
			if (!is_same_pair(p->pairs[i].conf, old->pairs[k].conf))
				continue;
			p->pairs[i].pair = old->pairs[k].pair;
			p->pairs[i].events = old->pairs[k].events;
			old->pairs[k].events = (struct events){0};
			for (size_t id = 0; id < p->pairs[i].side_count; id++)
				adopt_side(&p->pairs[i].side[id], &old->pairs[k].side[id]);
		}
}

void poller_note_reload(struct poller *p, bool is_good)
{
	p->is_reload_good = is_good;
	p->is_dirty = true;
}
