#include "loop/pair_journal.h"

#include "base/text.h"
#include "os/journal_file.h"
#include "os/log.h"
#include "render/journal_json.h"

#include <stdint.h>
#include <stdio.h>

/* An event that was read is one of the events that are kept, like those that happen later. */
static bool take(void *ctx, const struct journal_entry *entry)
{
	struct watched_pair *pair = ctx;
	struct event event = entry->event;
	pair->journal_number = event.number > pair->journal_number ? event.number : pair->journal_number;
	incidents_add(&pair->incidents, entry);
	event.at = now_was(pair->poller->now, event.at.wall);
	if (entry->kind < JOURNAL_START && !entry->is_carried)
		events_add(&pair->events, &event);
	return true;
}

void pair_journal_read(struct watched_pair *pair)
{
	const char *name = pair->conf->name, *directory = pair->poller->conf->state_directory;
	struct journal_found found;
	struct err e;
	char count[24];
	if (!journal_file_read(directory, name, NULL, take, pair, &found, &e))
		log_warn(
		    "journal not read to its end; what happened before is not known", "pair", name, "error", e.text);
	snprintf(count, sizeof count, "%zu", found.damaged);
	if (found.damaged)
		log_warn("damaged lines in the journal were passed over", "pair", name, "directory", directory, "lines",
		    count, "first", found.first_damage.text);
	pair->journal_damaged = found.damaged;
}

/* Returns its number. */
static uint64_t add(struct watched_pair *pair, struct journal_entry entry)
{
	struct poller *p = pair->poller;
	struct buf line = buf_of(JOURNAL_LINE_MAX_BYTES);
	entry.event.number = ++pair->journal_number;
	entry.event.at = p->now;
	incidents_add(&pair->incidents, &entry);
	if (pair->slot) {
		journal_json_render(&entry, &line);
		state_writer_append(p->shared.writer, pair->slot, buf_text(&line), line.len);
	}
	buf_fini(&line);
	pair->has_changed = p->is_dirty = true;
	return entry.event.number;
}

static struct journal_entry entry_of(enum journal_kind kind, const char *from, const char *to)
{
	return (struct journal_entry){
	    .kind = kind, .event = {.from = from, .to = to, .reason = ""}, .runners = JOURNAL_RUNNERS_UNKNOWN};
}

void pair_journal_start(struct watched_pair *pair, wall_ms last_sign)
{
	struct journal_entry entry = entry_of(JOURNAL_START, "", ha_status_names[pair->pair.status]);
	entry.until = last_sign;
	add(pair, entry);
	pair->alerts = alerts_of(NULL, &pair->pair, pair->poller->now.mono, incidents_is_starting(&pair->incidents));
	pair->sampled = (struct runners_sample){MONO_NEVER, JOURNAL_RUNNERS_UNKNOWN, JOURNAL_RUNNERS_UNKNOWN};
}

/* How many runners the sides can have that are not UP. */
static int runners_of_others(const struct watched_pair *pair)
{
	int64_t runners = 0;
	for (int id = 0; id < SIDES; id++) {
		const struct inventory *inventory = &pair->side[id].workload.inventory;
		if (pair->pair.side[id].verdict == UP)
			continue;
		if (!inventory->has_sums || inventory->max == INT32_MAX)
			return JOURNAL_RUNNERS_UNKNOWN;
		runners += inventory->max;
	}
	return runners < INT32_MAX ? (int)runners : JOURNAL_RUNNERS_UNKNOWN;
}

/* On the sides whose runners are known; those of a side that is UP must be. */
static int busy_runners(const struct watched_pair *pair)
{
	int busy = 0;
	bool is_known = false;
	for (int id = 0; id < SIDES; id++) {
		const struct inventory *inventory = &pair->side[id].workload.inventory;
		if (!inventory->has_runners && pair->pair.side[id].verdict == UP)
			return JOURNAL_RUNNERS_UNKNOWN;
		if (!inventory->has_runners)
			continue;
		busy += inventory->runners[RUNNER_BUSY] + inventory->runners[RUNNER_FINISHING];
		is_known = true;
	}
	return is_known ? busy : JOURNAL_RUNNERS_UNKNOWN;
}

static void count_runners(struct watched_pair *pair, struct journal_entry *entry)
{
	int busy = busy_runners(pair);
	entry->runners = runners_of_others(pair);
	entry->has_busy = busy != JOURNAL_RUNNERS_UNKNOWN;
	entry->busy = entry->has_busy ? busy : 0;
	pair->sampled = (struct runners_sample){pair->poller->now.mono, entry->runners, busy};
}

/*
 * What an outage costs changes while it lasts. The longer it has lasted, the rarer it is counted, and only other
 * numbers are written: at most 48 lines a day, so that weeks of it do not push the rest out of the journal.
 */
static void sample_runners(struct watched_pair *pair)
{
	enum { FIRST_MS = 2 * 3600000, EVERY_MS = 5 * 60000, LATER_EVERY_MS = 30 * 60000 };
	struct journal_entry entry = entry_of(JOURNAL_RUNNERS, "", "");
	mono_ms now = pair->poller->now.mono;
	struct runners_sample was = pair->sampled;
	int64_t every_ms = mono_since(pair->pair.blocked_since.mono, now) < FIRST_MS ? EVERY_MS : LATER_EVERY_MS;
	bool is_due = !mono_is_set(was.at) || mono_since(was.at, now) >= every_ms;
	if (!pair_status_is_blocked(pair->pair.status) || !is_due)
		return;
	count_runners(pair, &entry);
	bool has_runners = entry.runners != JOURNAL_RUNNERS_UNKNOWN && entry.runners != was.runners;
	bool has_busy = entry.has_busy && entry.busy != was.busy;
	if (has_runners || has_busy)
		add(pair, entry);
}

void pair_journal_event(struct watched_pair *pair, const struct event *event)
{
	struct journal_entry entry = journal_of_event(event);
	const struct maintenance *window = &pair->pair.maintenance[event->side];
	if (event->kind == EVENT_STATUS)
		count_runners(pair, &entry);
	if (event->kind == EVENT_MAINTENANCE && window->is_declared)
		entry.until = window->ends.wall;
	entry.event.number = add(pair, entry);
	events_add(&pair->events, &entry.event);
}

static void add_alert(struct watched_pair *pair, enum alert alert, int id, bool is_on)
{
	static const char *const words[] = {"false", "true"};
	bool is_of_side = alert >= ALERT_PAIR_ALERTS;
	struct journal_entry entry =
	    entry_of(is_of_side ? JOURNAL_SIDE_ALERT : JOURNAL_ALERT, words[!is_on], words[is_on]);
	entry.event.reason = alert_names[alert];
	text_copy(entry.event.note, sizeof entry.event.note, alert_priorities[alert]);
	if (is_of_side) {
		entry.event.side = (enum side_id)id;
		text_copy(entry.event.cloudspace, sizeof entry.event.cloudspace,
		    conf_pair_side(pair->conf, entry.event.side)->cloudspace);
	}
	add(pair, entry);
}

void pair_journal_alerts(struct watched_pair *pair)
{
	struct alerts was = pair->alerts;
	struct alerts is =
	    alerts_of(&was, &pair->pair, pair->poller->now.mono, incidents_is_starting(&pair->incidents));
	pair->alerts = is;
	for (int alert = 0; alert < ALERTS; alert++)
		for (int id = 0; id < SIDES_MAX; id++)
			if (is.is_on[alert][id] != was.is_on[alert][id])
				add_alert(pair, (enum alert)alert, id, is.is_on[alert][id]);
}

void pair_journal_order(struct watched_pair *pair, const struct order *order)
{
	struct journal_entry entry = entry_of(JOURNAL_ORDER, "", order->is_begin ? "begin" : "end");
	entry.event.side = order->side;
	entry.event.reason = order->kind == API_NO_ERROR ? "done" : "refused";
	/* The uid and pid of an order that a peer has passed on are of that host. */
	snprintf(entry.event.note, sizeof entry.event.note, *order->asker.peer ? "%s (given at %s)" : "%s",
	    order->is_done_elsewhere ? "no window here; ended at peers" : order->reason, order->asker.peer);
	text_copy(
	    entry.event.cloudspace, sizeof entry.event.cloudspace, conf_pair_side(pair->conf, order->side)->cloudspace);
	text_copy(entry.uid, sizeof entry.uid, order->asker.uid);
	text_copy(entry.pid, sizeof entry.pid, order->asker.pid);
	add(pair, entry);
}

static void add_to_all(struct poller *p, struct journal_entry entry)
{
	for (size_t i = 0; i < p->pair_count; i++) {
		if (entry.kind == JOURNAL_STOP)
			entry.event.from = ha_status_names[p->pairs[i].pair.status];
		add(&p->pairs[i], entry);
	}
}

void pair_journal_reload(struct poller *p, const struct reload_asker *asker, const char *mistake)
{
	struct journal_entry entry = entry_of(JOURNAL_RELOAD, "", mistake ? "refused" : "done");
	entry.event.reason = asker->by;
	text_copy(entry.uid, sizeof entry.uid, asker->asker.uid);
	text_copy(entry.pid, sizeof entry.pid, asker->asker.pid);
	text_copy_shown(entry.event.note, sizeof entry.event.note, mistake ? mistake : "");
	add_to_all(p, entry);
}

void pair_journal_pause(struct poller *p, int64_t for_ms)
{
	struct journal_entry entry = entry_of(JOURNAL_PAUSE, "", "");
	entry.until = (wall_ms){p->now.wall.ms - for_ms};
	add_to_all(p, entry);
}

void pair_journal_stop(struct poller *p)
{
	add_to_all(p, entry_of(JOURNAL_STOP, "", ""));
}

void pair_journal_tick(struct watched_pair *pair)
{
	if (incidents_step(&pair->incidents, pair->poller->now.wall))
		pair->has_changed = pair->poller->is_dirty = true;
	pair_journal_alerts(pair);
	sample_runners(pair);
}

void pair_journal_fini(struct watched_pair *pair)
{
	events_fini(&pair->events);
	incidents_fini(&pair->incidents);
}
