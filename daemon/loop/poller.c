#include "loop/poller.h"

#include "loop/change.h"
#include "loop/fill_view.h"
#include "loop/pair_journal.h"
#include "loop/peers.h"
#include "loop/persist.h"
#include "loop/poller_state.h"
#include "loop/rounds.h"
#include "loop/window_order.h"
#include "os/clock.h"
#include "os/log.h"
#include "os/notify.h"
#include "os/state_file.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

enum {
	LATE_MS = 5000,              /* a turn this late discards cached results (SEMANTICS.md, "Time") */
	ROUNDS_DEADLINE_MS = 15000,  /* beside four timeouts: a health round that is under way has ended */
	SERVING_DEADLINE_MS = 15000, /* the server has not turned for so long: it is stuck */
	SUSPENDED_MS = 1000,         /* a suspend of this length does too */
	SET_AHEAD_MS = 60000,        /* a wall clock that is set ahead by so much makes a gap in the journal */
	PUBLISH_EVERY_MS = 100,      /* a change of status or state is published at once */
	PUBLISH_REST = 9, /* pause after publishing, as a multiple of its duration: at most 10 % of the time */
};

static bool has_ended_first_round(const struct poller *p)
{
	bool ended = (!p->conf->has_spot || p->has_ended_spot_round) && peers_are_asked(p);
	for (size_t i = 0; i < p->side_count; i++)
		ended = ended && p->sides[i].has_ended_a_round;
	return ended;
}

/* Publishes what is shown, if it has changed. The snapshot before a reload is another poller's. */
static void publish_view(struct poller *p)
{
	struct now turn;
	struct snapshot *previous = p->has_published ? publish_hold(p->shared.publish, &turn) : NULL;
	bool is_ready = has_ended_first_round(p);
	if (fill_view(p) || !previous || previous->is_ready != is_ready)
		publish_swap_take(p->shared.publish, snapshot_new(&p->view, is_ready, previous), p->now);
	snapshot_release(previous);
	int64_t took_ms = mono_since(p->now.mono, clock_now().mono);
	p->publish_due = mono_plus(p->now.mono, PUBLISH_EVERY_MS + PUBLISH_REST * took_ms);
	p->is_dirty = p->is_urgent = false;
	p->has_published = true;
}

/* Turns of the loop. */

/* Each starts its round if it is due, and returns when it must be called next. */

/* A round starts now. Counts how late, for a loop that is too slow for its schedule. */
static void start_round(struct poller *p, struct schedule *schedule)
{
	poll_stats_count_late(&p->lateness, mono_since(schedule->due, p->now.mono));
	*schedule = schedule_start(*schedule, p->now.mono);
}

static mono_ms start_spot(struct poller *p)
{
	if (!p->conf->has_spot)
		return p->tick_due;
	if (!p->spot.is_running && schedule_is_due(&p->spot_schedule, p->now.mono)) {
		start_round(p, &p->spot_schedule);
		spot_poll_start(&p->spot);
	}
	mono_ms prices = price_poll_run(&p->spot.prices);
	return p->spot.is_running ? prices : mono_min(prices, p->spot_schedule.due);
}

static mono_ms start_health(struct watched_side *side)
{
	struct poller *p = side->pair->poller;
	if (kube_poll_is_running(&side->kube))
		return p->tick_due;
	if (!schedule_is_due(&side->health, p->now.mono))
		return side->health.due;
	start_round(p, &side->health);
	kube_poll_start(&side->kube, rounds_wants_nodes(side, p->now.mono));
	return kube_poll_is_running(&side->kube) ? p->tick_due : side->health.due;
}

/* Most turns are for a part of an answer, and no side has anything to start then. */
static mono_ms start_sides(struct poller *p)
{
	if (mono_since(p->sides_due, p->now.mono) < 0)
		return p->sides_due;
	mono_ms next = p->sides_due = p->tick_due;
	for (size_t i = 0; i < p->side_count; i++)
		next = mono_min(next, start_health(&p->sides[i]));
	p->sides_due = mono_min(mono_min(p->sides_due, next), persist_run(p));
	return p->sides_due;
}

static mono_ms start_due(struct poller *p)
{
	mono_ms next = mono_min(mono_min(p->tick_due, p->watchdog_due), anchor_poll_run(&p->anchors));
	next = mono_min(mono_min(next, start_spot(p)), start_sides(p));
	next = mono_min(next, mono_min(config_watch_due(p->watch), peers_run(p)));
	return p->is_dirty ? mono_min(next, p->publish_due) : next;
}

/* How long nothing was watched; a late turn may have slept through some of it. */
static int64_t missed_ms(int64_t late_ms, int64_t suspended_ms)
{
	return (late_ms > 0 ? late_ms : 0) + (suspended_ms > 0 ? suspended_ms : 0);
}

/*
 * How far the wall clock was set ahead since the last look: the machine was stopped by its host, or its clock was
 * wrong. Either way nothing was watched in that time.
 */
static int64_t set_ahead_ms(struct poller *p, int64_t suspended_ms)
{
	int64_t was_ms = p->wall_lead_ms;
	p->wall_lead_ms = p->now.wall.ms - p->now.mono.ms - suspended_ms;
	return p->wall_lead_ms - was_ms > SET_AHEAD_MS ? p->wall_lead_ms - was_ms : 0;
}

/* After a late turn or a suspend all cached answers are stale. */
static void check_clock(struct poller *p)
{
	int64_t late_ms = mono_since(p->woken_by, p->now.mono);
	int64_t suspended_ms = clock_suspended_ms(), ahead_ms = set_ahead_ms(p, suspended_ms);
	bool is_late = late_ms > LATE_MS || suspended_ms - p->suspended_ms > SUSPENDED_MS;
	if (ahead_ms)
		log_warn("wall clock set ahead; the time between counts as not watched");
	if (is_late || ahead_ms)
		pair_journal_pause(p, ahead_ms + (is_late ? missed_ms(late_ms, suspended_ms - p->suspended_ms) : 0));
	if (is_late) {
		log_warn("poll loop delayed or machine suspended; cached results discarded");
		rounds_advance_all(p, (struct side_input){.kind = SIDE_GRACE});
		p->progress_at = p->now.mono;
		if (p->conf->has_spot)
			spot_auth_note_pause(&p->spot.auth, suspended_ms - p->suspended_ms);
	}
	p->suspended_ms = suspended_ms;
}

static bool is_waiting_for_rounds(const struct poller *p)
{
	for (size_t i = 0; i < p->side_count; i++)
		if (kube_poll_is_running(&p->sides[i].kube) || schedule_is_due(&p->sides[i].health, p->now.mono))
			return true;
	return false;
}

/* A loop that turns, but in which no round ends, watches nothing. A request that only waits ends by its timeout. */
static bool are_rounds_stuck(const struct poller *p)
{
	return mono_since(p->progress_at, p->now.mono) > ROUNDS_DEADLINE_MS + 4 * p->conf->poll.timeout_ms;
}

/*
 * The watchdog is of the whole process: a server that stands still answers no scrape and no probe, and a loop whose
 * rounds do not end sees nothing.
 */
static void feed_watchdog(struct poller *p)
{
	mono_ms served_at = publish_last_serving(p->shared.publish);
	bool is_stuck = are_rounds_stuck(p) ||
	    (mono_is_set(served_at) && mono_since(served_at, p->now.mono) >= SERVING_DEADLINE_MS);
	p->watchdog_due = mono_plus(p->now.mono, is_stuck ? p->tick_ms : p->watchdog_ms);
	if (is_stuck)
		return;
	notify_send_again(); /* READY=1 before WATCHDOG=1, which would take its place */
	notify_send("WATCHDOG=1");
}

static void turn(struct poller *p)
{
	if (mono_since(p->tick_due, p->now.mono) >= 0) {
		rounds_advance_all(p, (struct side_input){.kind = SIDE_TICK});
		for (size_t i = 0; i < p->side_count; i++)
			p->sides[i].pair->has_changed |= inventory_poll_expire(&p->sides[i].workload);
		if (p->conf->has_spot) /* as old as what fill_view() shows of the same lists */
			spot_poll_expire(&p->spot, 2 * p->conf->poll.spot_interval_ms, p->conf->poll.stale_after_ms);
		for (size_t i = 0; i < p->pair_count; i++) {
			p->pairs[i].is_dirty = true; /* what is too old is no longer shown */
			pair_journal_tick(&p->pairs[i]);
		}
		p->is_dirty = true;
		if (!is_waiting_for_rounds(p))
			p->progress_at = p->now.mono;
		notify_send_again();
		p->tick_due = mono_plus(p->now.mono, p->tick_ms);
		p->sides_due = p->now.mono;
	}
	if (p->watchdog_ms && mono_since(p->watchdog_due, p->now.mono) >= 0)
		feed_watchdog(p);
	p->woken_by = mono_max(start_due(p), p->now.mono);
	if (p->is_urgent || (p->is_dirty && mono_since(p->publish_due, p->now.mono) >= 0))
		publish_view(p);
	publish_turn(p->shared.publish, p->now, are_rounds_stuck(p));
}

/* Sides without a credential poll as soon as the plugin's first run ends, not only at their next round. */
static void perform_plugins(struct poller *p)
{
	if (!exec_plugins_perform(p->credentials.plugins, p->now))
		return;
	for (size_t i = 0; i < p->side_count; i++) {
		struct watched_side *side = &p->sides[i];
		if (!kube_auth_is_ready(&side->kube.auth))
			side->health = schedule_bring_forward(side->health, 0, p->now.mono);
	}
	p->sides_due = p->now.mono;
}

struct watched_pair *poller_find_pair(struct poller *p, const char *name)
{
	for (size_t i = 0; i < p->pair_count; i++)
		if (strcmp(p->pairs[i].conf->name, name) == 0)
			return &p->pairs[i];
	return NULL;
}

/* The result is published before the client gets its answer. */
static void answer(struct poller *p, struct order *order)
{
	if (!order->is_of_peer)
		order_log(order);
	if (p->is_urgent || (peers_exist(p) && !order->is_of_peer))
		publish_view(p);
	orders_answer(p->shared.orders, order);
}

static void perform_orders(struct poller *p)
{
	for (struct order *order; (order = orders_next_order(p->shared.orders));) {
		if (order->is_reload) {
			orders_hold(p->shared.orders, order);
			continue;
		}
		if (order->is_of_peer)
			peers_reply(p, order);
		else if (!peers_exist(p))
			window_order_perform(p, order);
		else if (peers_take(p, order))
			continue;
		answer(p, order);
	}
}

static void answer_told(struct poller *p)
{
	struct order *order = peers_take_ended(p);
	if (order)
		answer(p, order);
}

/* Returns the signal to act on: `pending`, or a new one that goes before it. */
static int read_signal(struct poller *p, int signal_fd, int pending)
{
	struct signalfd_siginfo info;
	int first = pending;
	/* Read all pending signals: many SIGHUPs cause one reload and do not delay a SIGTERM. */
	while (read(signal_fd, &info, sizeof info) == sizeof info) {
		if (!first || info.ssi_signo != SIGHUP)
			first = (int)info.ssi_signo;
		snprintf(p->signaller.uid, sizeof p->signaller.uid, "%u", (unsigned)info.ssi_uid);
		snprintf(p->signaller.pid, sizeof p->signaller.pid, "%u", (unsigned)info.ssi_pid);
	}
	return first;
}

const struct conf *poller_conf(const struct poller *p)
{
	return p->conf;
}

void poller_publish(struct poller *p)
{
	p->now = clock_now();
	publish_view(p);
}

/*
 * Of each side a health round and a list of the inventory may be asked at once; of Spot, prices and anchors a few; and
 * the peers.
 */
size_t poller_descriptors(const struct poller *p)
{
	enum { OF_SIDE = 2, OF_OTHERS = 16 };
	return OF_SIDE * p->side_count + OF_OTHERS + (peers_exist(p) ? PEERS_MAX : 0);
}

static bool is_asking(const struct poller *p)
{
	for (size_t i = 0; i < p->side_count; i++)
		if (p->sides[i].kube.is_running || p->sides[i].workload.is_running)
			return true;
	return p->conf->has_spot && p->spot.is_running;
}

/*
 * A reload waits for the end of a token exchange, whose answer may have the only refresh token that is still good, and
 * until the peers have heard of an order. It breaks off what else is under way; so one that follows another waits for
 * that, for as long as a request may take.
 * Else no round would end while reloads come faster than answers.
 */
static bool must_wait(const struct poller *p)
{
	return (p->conf->has_spot && p->spot.auth.is_running) || peers_are_told(p) ||
	    (mono_is_set(p->adopted_at) && mono_since(p->adopted_at, p->now.mono) < p->conf->poll.timeout_ms &&
		is_asking(p));
}

static bool has_new_configuration(struct poller *p)
{
	if (!config_watch_run(p->watch, p->now.mono))
		return false;
	p->signaller = (struct asker){0};
	log_info("the file of the configuration has changed; reloading", "file", p->watch->path);
	return true;
}

int poller_pass(struct poller *p, int signal_fd, int signal)
{
	struct pollfd fds[] = {
	    {.fd = signal_fd, .events = POLLIN},
	    {.fd = exec_plugins_fd(p->credentials.plugins), .events = POLLIN},
	    {.fd = orders_orders_fd(p->shared.orders), .events = POLLIN},
	};
	turn(p);
	fetch_wait(p->fetch, fds, sizeof fds / sizeof *fds, mono_since(p->now.mono, p->woken_by));
	p->now = clock_now();
	check_clock(p);
	fetch_perform(p->fetch, p->now.mono);
	perform_plugins(p);
	answer_told(p);
	if (fds[2].revents)
		perform_orders(p);
	if (fds[0].revents)
		signal = read_signal(p, signal_fd, signal);
	if (!signal && (orders_last_held(p->shared.orders) || has_new_configuration(p)))
		signal = SIGHUP;
	return signal;
}

int poller_run(struct poller *p, int signal_fd, struct config_watch *watch)
{
	p->watch = watch;
	p->now = clock_now();
	check_clock(p); /* a reload may have delayed the loop */
	int signal = 0;
	while (!signal || (signal == SIGHUP && must_wait(p)))
		signal = poller_pass(p, signal_fd, signal);
	if (signal != SIGHUP) {
		peers_stop(p);
		pair_journal_stop(p);
	}
	answer_told(p);
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

struct reload_asker poller_reload_asker(const struct poller *p)
{
	const struct order *order = orders_last_held(p->shared.orders);
	return (struct reload_asker){.by = order ? "order"
		: *p->signaller.pid              ? "signal"
						 : "file",
	    .asker = order ? order->asker : p->signaller};
}

void poller_note_reload(struct poller *p, const struct reload_asker *asker, const char *mistake)
{
	p->is_reload_good = !mistake;
	p->is_dirty = true;
	pair_journal_reload(p, asker, mistake);
}
