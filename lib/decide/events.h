/*
 * The events of a pair: every change of its status, of a side's state and of a declared window is one event
 * (SEMANTICS.md section 4, invariant 5). Found by comparing two values; a limited number is kept.
 */
#pragma once

#include "decide/pair.h"

enum event_kind {
	EVENT_STATUS,      /* of the pair: from and to are ha_status_names */
	EVENT_STATE,       /* of a side: from and to are verdict_names, reason is of side_reason_names */
	EVENT_DEGRADED,    /* of a side: "false" and "true", while it stays UP */
	EVENT_FLAPPING,    /* of a side: "false" and "true" */
	EVENT_MAINTENANCE, /* of a side: "none" and "declared"; both are "declared" when its end or reason changed */
	EVENT_KINDS
};
extern const char *const event_kind_names[EVENT_KINDS]; /* "status", "state", ... */

struct event {
	uint64_t number; /* of its entry in the journal; grows */
	struct now at;
	enum event_kind kind;
	enum side_id side;              /* not meaningful for EVENT_STATUS */
	const char *from, *to, *reason; /* static; reason is "" when there is none */
	/* Status: the states and reasons of the sides, as "primary UP (serving), ...". Window: the operator's text. */
	char note[MAINTENANCE_REASON_MAX];
	char cloudspace[CLOUDSPACE_MAX]; /* which the side was then; "" until the caller sets it */
};

enum { EVENTS_OF_A_STEP = 2 + 4 * SIDES_MAX, EVENTS_KEPT = 256 };

/*
 * The changes from `before` to `after`, two values of one pair, at `now`: first the sides, then the status. `number` is
 * 0 in all of them. Returns how many there are.
 */
size_t events_between(
    const struct pair *before, const struct pair *after, struct now now, struct event out[EVENTS_OF_A_STEP]);

/*
 * The events of a pair that count most, in the order of time. Zero-initialise; events_fini() frees. Where there is no
 * room for all, changes of the status count more than those of a side, for at most half of the room, and newer events
 * more than older ones. So a side that changes again and again does not push out the begin of an outage.
 */
struct events {
	struct event *v; /* grows to EVENTS_KEPT */
	size_t room;
	uint64_t count; /* of all events ever added */
};

/* Keeps one; one of number 0 gets the count as its number. The newest is always kept. */
void events_add(struct events *events, const struct event *event);

/* How many are kept, and the i-th of them; 0 is the oldest. */
size_t events_kept(const struct events *events);
const struct event *events_at(const struct events *events, size_t i);

/* Finds those of the kept events, `most` of them, that count most; the newest first. Returns how many there are. */
size_t events_pick(const struct events *events, size_t most, const struct event *out[]);

void events_fini(struct events *events);
