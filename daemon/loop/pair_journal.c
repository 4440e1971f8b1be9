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

void pair_journal_event(struct watched_pair *pair, const struct event *event)
{
	struct journal_entry entry = journal_of_event(event);
	const struct maintenance *window = &pair->pair.maintenance[event->side];
	if (event->kind == EVENT_STATUS)
		entry.runners = runners_of_others(pair);
	if (event->kind == EVENT_MAINTENANCE && window->is_declared)
		entry.until = window->ends.wall;
	entry.event.number = add(pair, entry);
	events_add(&pair->events, &entry.event);
}

void pair_journal_order(struct watched_pair *pair, const struct order *order)
{
	struct journal_entry entry = entry_of(JOURNAL_ORDER, "", order->is_begin ? "begin" : "end");
	entry.event.side = order->side;
	entry.event.reason = order->kind == API_NO_ERROR ? "done" : "refused";
	text_copy(entry.event.note, sizeof entry.event.note, order->reason);
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

void pair_journal_reload(struct poller *p, bool is_done)
{
	add_to_all(p, entry_of(JOURNAL_RELOAD, "", is_done ? "done" : "refused"));
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
}

void pair_journal_fini(struct watched_pair *pair)
{
	events_fini(&pair->events);
	incidents_fini(&pair->incidents);
}
