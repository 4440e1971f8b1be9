/*
 * The journal of a pair: its events, and what happened to the daemon that watched it, in the order of time
 * (SEMANTICS.md section 6). One entry is one line of the journal's file: render/journal_json.h writes it,
 * decode/journal.h reads it, incidents.h makes incidents of all of them. Pure.
 */
#pragma once

#include "decide/events.h"

/* The first ones are those of events: the same numbers. */
enum journal_kind {
	JOURNAL_STATUS = EVENT_STATUS,
	JOURNAL_STATE = EVENT_STATE,
	JOURNAL_DEGRADED = EVENT_DEGRADED,
	JOURNAL_FLAPPING = EVENT_FLAPPING,
	JOURNAL_MAINTENANCE = EVENT_MAINTENANCE,
	JOURNAL_START = EVENT_KINDS, /* of hawatchd: `to` is the status that it starts with */
	JOURNAL_STOP,                /* its clean end: `from` is the status then */
	/* Of the configuration: `to` is "done" or "refused", with the first mistake; reason is "signal", "order" or
	   "file". */
	JOURNAL_RELOAD,
	JOURNAL_ORDER,      /* for a maintenance window: `to` is "begin" or "end", reason "done" or "refused" */
	JOURNAL_PAUSE,      /* the loop was late or the machine suspended: nothing was watched since `until` */
	JOURNAL_ALERT,      /* the condition of an alert of the pair, `reason`: "false" and "true" (decide/alerts.h) */
	JOURNAL_SIDE_ALERT, /* the same of a side */
	JOURNAL_RUNNERS,    /* counted again while the pair is BLOCKED: `runners` or `busy`, or both, are known */
	JOURNAL_KINDS
};
extern const char *const journal_kind_names[JOURNAL_KINDS]; /* "status", ... */

enum { JOURNAL_RUNNERS_UNKNOWN = -1 };

struct journal_entry {
	enum journal_kind kind;
	/* Its number, time, side and texts; at.mono and event.kind mean nothing, note is "" where there is none. */
	struct event event;
	/* Start, pause: the last sign that the pair was watched; window: when it ends by itself; else unknown. */
	wall_ms until;
	/* Status, runners: how many runners the sides can have that are not UP, or JOURNAL_RUNNERS_UNKNOWN. */
	int runners;
	bool has_busy; /* the same: it is known how many runners were busy */
	int busy;
	char uid[16], pid[16]; /* order, reload: who gave it, in decimal; "": not known */
	bool is_carried;       /* a copy of an entry of an older file, which is gone or will be */
};

/* Whether entries of this kind are of one side. */
bool journal_has_side(enum journal_kind kind);

/* The entry of an event, without number. */
struct journal_entry journal_of_event(const struct event *event);

/* The time at which an entry counts: its own, or that of the one `before` it while the clock was not set. */
wall_ms journal_time(wall_ms before, wall_ms at);

/* Which text of an entry. */
enum journal_text { JOURNAL_FROM, JOURNAL_TO, JOURNAL_REASON, JOURNAL_TEXTS };

/*
 * The word of this spelling that such a text of such an entry may be, as a static text; NULL: it may not be that. ""
 * is a reason, and a text of which the kind has no words.
 */
const char *journal_word(enum journal_kind kind, enum journal_text which, const char *text);

/* What the line of an entry ends with: CRC-32 (RFC 1952 section 8) of all bytes before it, in eight hex digits. */
#define JOURNAL_CHECKSUM ",\"crc32\":\"%08lx\"}"
enum { JOURNAL_CHECKSUM_BYTES = sizeof ",\"crc32\":\"00000000\"}" - 1 };
unsigned long journal_checksum(const char *bytes, size_t len);

/* The longest line, with its line end. */
enum { JOURNAL_LINE_MAX_BYTES = 2048 };

/*
 * What a new file needs of the older ones: the newest entry of each fact that lasts (status, state of a side, window of
 * a side). Zero-initialise.
 */
enum { JOURNAL_CARRIED_MAX = 1 + 2 * SIDES_MAX };
struct journal_carry {
	bool is_set[JOURNAL_CARRIED_MAX];
	struct journal_entry entry[JOURNAL_CARRIED_MAX];
};

/* Takes the next entry into account; one that ends a fact takes it away. */
void journal_carry_add(struct journal_carry *carry, const struct journal_entry *entry);
