#include "decide/journal.h"

#include "decide/alerts.h"

#include <string.h>
#include <zlib.h>

const char *const journal_kind_names[JOURNAL_KINDS] = {
    [JOURNAL_STATUS] = "status",
    [JOURNAL_STATE] = "state",
    [JOURNAL_DEGRADED] = "degraded",
    [JOURNAL_FLAPPING] = "flapping",
    [JOURNAL_MAINTENANCE] = "maintenance",
    [JOURNAL_START] = "start",
    [JOURNAL_STOP] = "stop",
    [JOURNAL_RELOAD] = "reload",
    [JOURNAL_ORDER] = "order",
    [JOURNAL_PAUSE] = "pause",
    [JOURNAL_ALERT] = "alert",
    [JOURNAL_SIDE_ALERT] = "side_alert",
    [JOURNAL_RUNNERS] = "runners",
};

static const char *const marks[] = {"false", "true"}, *const windows[] = {"none", "declared"},
			 *const results[] = {"done", "refused"}, *const actions[] = {"begin", "end"},
			 *const askers[] = {"signal", "order", "file"};

struct words {
	const char *const *v;
	int count;
};
#define WORDS(v, count)                                                                                                \
	{                                                                                                              \
		v, count                                                                                               \
	}
#define STATUSES WORDS(ha_status_names, HA_STATUSES)
#define STATES WORDS(verdict_names, VERDICTS)
#define REASONS WORDS(side_reason_names, SIDE_REASONS)

/* from, to, reason */
static const struct words words[JOURNAL_KINDS][JOURNAL_TEXTS] = {
    [JOURNAL_STATUS] = {STATUSES, STATUSES},
    [JOURNAL_STATE] = {STATES, STATES, REASONS},
    [JOURNAL_DEGRADED] = {WORDS(marks, 2), WORDS(marks, 2), REASONS},
    [JOURNAL_FLAPPING] = {WORDS(marks, 2), WORDS(marks, 2)},
    [JOURNAL_MAINTENANCE] = {WORDS(windows, 2), WORDS(windows, 2)},
    [JOURNAL_START] = {[JOURNAL_TO] = STATUSES},
    [JOURNAL_STOP] = {STATUSES},
    [JOURNAL_RELOAD] = {[JOURNAL_TO] = WORDS(results, 2), [JOURNAL_REASON] = WORDS(askers, 3)},
    [JOURNAL_ORDER] = {[JOURNAL_TO] = WORDS(actions, 2), [JOURNAL_REASON] = WORDS(results, 2)},
    [JOURNAL_ALERT] = {WORDS(marks, 2), WORDS(marks, 2), WORDS(alert_names, ALERT_PAIR_ALERTS)},
    [JOURNAL_SIDE_ALERT] = {WORDS(marks, 2), WORDS(marks, 2),
	WORDS(&alert_names[ALERT_PAIR_ALERTS], ALERTS - ALERT_PAIR_ALERTS)},
};

bool journal_has_side(enum journal_kind kind)
{
	return (kind != JOURNAL_STATUS && kind < JOURNAL_START) || kind == JOURNAL_ORDER || kind == JOURNAL_SIDE_ALERT;
}

struct journal_entry journal_of_event(const struct event *event)
{
	return (struct journal_entry){
	    .kind = (enum journal_kind)event->kind, .event = *event, .runners = JOURNAL_RUNNERS_UNKNOWN};
}

wall_ms journal_time(wall_ms before, wall_ms at)
{
	return wall_is_set(before) && !wall_is_set(at) ? before : at;
}

const char *journal_word(enum journal_kind kind, enum journal_text which, const char *text)
{
	const struct words *known = &words[kind][which];
	for (int i = 0; i < known->count; i++)
		if (strcmp(known->v[i], text) == 0)
			return known->v[i];
	return !*text && (which == JOURNAL_REASON || !known->count) ? "" : NULL;
}

unsigned long journal_checksum(const char *bytes, size_t len)
{
	return crc32_z(0, (const Bytef *)bytes, len);
}

void journal_carry_add(struct journal_carry *carry, const struct journal_entry *entry)
{
	size_t i;
	switch (entry->kind) {
	case JOURNAL_STATUS: i = 0; break;
	case JOURNAL_STATE: i = 1 + (size_t)entry->event.side; break;
	case JOURNAL_MAINTENANCE: i = 1 + SIDES_MAX + (size_t)entry->event.side; break;
	default: return;
	}
	carry->is_set[i] = entry->kind != JOURNAL_MAINTENANCE || strcmp(entry->event.to, "none") != 0;
	carry->entry[i] = *entry;
	carry->entry[i].is_carried = true;
}
