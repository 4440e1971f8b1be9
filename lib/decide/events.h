/*
 * What happened to a pair: every change of its status, of a side's state and of a declared window is one
 * event (SEMANTICS.md section 4, invariant 5). Derived by comparing two values; kept in a bounded ring.
 */
#ifndef HAWATCH_DECIDE_EVENTS_H
#define HAWATCH_DECIDE_EVENTS_H

#include "decide/pair.h"

enum event_kind {
	EVENT_STATUS,      /* of the pair: from and to are ha_status_names */
	EVENT_STATE,       /* of a side: from and to are verdict_names, reason is of side_reason_names */
	EVENT_DEGRADED,    /* of a side: "false" and "true", while it stays UP */
	EVENT_FLAPPING,    /* of a side: "false" and "true" */
	EVENT_MAINTENANCE, /* of a side: "none" and "declared", both "declared" where its end or reason moved */
	EVENT_KINDS
};
extern const char *const event_kind_names[EVENT_KINDS]; /* "status", "state", ... */

struct event {
	uint64_t number; /* counts from 1, without gaps, over the life of the process */
	struct now at;
	enum event_kind kind;
	enum side_id side; /* meaningful but for EVENT_STATUS */
	const char *from, *to, *reason; /* static; reason is "" where there is none */
	/* A status: the sides' states and reasons that made it, as "primary UP (serving), ..."; a window: what the operator wrote. */
	char note[MAINTENANCE_REASON_MAX];
};

enum { EVENTS_OF_A_STEP = 2 + 4 * SIDES_MAX, EVENTS_KEPT = 256 };

/*
 * What changed from `before` to `after`, two values of one pair, at `now`: sides first, then the status, with
 * `number` left zero. Returns how many.
 */
size_t events_between(const struct pair *before, const struct pair *after, struct now now,
    struct event out[EVENTS_OF_A_STEP]);

/* The last EVENTS_KEPT of a pair. Zero-initialise; events_fini() frees. */
struct events {
	struct event *ring; /* grows to EVENTS_KEPT */
	size_t room;
	uint64_t count; /* ever added; the newest has this number */
};

/* Numbers and keeps one. */
void events_add(struct events *events, const struct event *event);

/* How many are kept, and the i-th of them, the oldest being 0. */
size_t events_kept(const struct events *events);
const struct event *events_at(const struct events *events, size_t i);

void events_fini(struct events *events);

#endif
