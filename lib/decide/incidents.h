/*
 * What became of a pair over weeks: its incidents, and how its time was spent (SEMANTICS.md section 6). A fold over the
 * journal's entries; the same entries give the same result, whether they come from a file or happen now. Bounded and
 * pure.
 */
#pragma once

#include "decide/journal.h"
#include "decide/strips.h"

/* How a span of time counts. */
enum span_use {
	SPAN_ACTIVE,
	SPAN_BLOCKED,
	SPAN_UNKNOWN,
	SPAN_PLANNED, /* BLOCKED by a side that has a declared window */
	SPAN_DISABLED,
	SPAN_UNWATCHED, /* no daemon ran, it had no first verdict yet, or its machine was suspended */
	SPAN_USES
};
extern const char *const span_use_names[SPAN_USES]; /* "active", ... */

/* It lasts until the next one begins, the newest until now. */
struct span {
	wall_ms from;
	enum span_use use;
};

/* A stretch of BLOCKED, with any code, or of UNKNOWN. */
struct incident {
	uint64_t number;                     /* counts from 1 over what is folded */
	enum ha_status status;               /* the worst in it: of both sides, of the primary, of the secondary */
	wall_ms from, to;                    /* `to` is unknown while it lasts */
	bool has_side[SIDES];                /* which sides were not UP in it, at any time */
	bool is_declared;                    /* one of these had a declared window at some time of it */
	bool is_cordoned;                    /* one of these was in MAINTENANCE at some time of it */
	char cause[MAINTENANCE_REASON_MAX];  /* states and reasons of the sides when `status` began; "": not known */
	int64_t unwatched_ms;                /* of its length */
	bool has_busy_first, has_busy_least; /* the next two are known */
	int busy_first, busy_least; /* busy runners: when it began, and the fewest of all counts in it (section 6) */
	bool has_lost;              /* all that is needed for the next is known */
	int64_t lost_ms;            /* runners that sides which were not UP could have, times the watched time of it */
};

enum { INCIDENTS_KEPT = 256, SPANS_KEPT = 4096 };

/* Zero-initialise; incidents_fini() frees. Members but `v`, `count`, `total` and `since` are private. */
struct incidents {
	struct incident *v; /* the newest INCIDENTS_KEPT, the oldest first */
	size_t count, room;
	uint64_t total;
	wall_ms since;    /* from when on all is known; unknown: from no time */
	uint64_t version; /* grows with every change */

	struct span *span;
	size_t spans, span_room;
	wall_ms at; /* of the last entry or step */
	enum ha_status status;
	enum verdict verdict[SIDES];
	bool is_watched, is_starting;
	wall_ms starts_until;       /* while `is_starting`: without a verdict until then the status is what it says */
	wall_ms window_ends[SIDES]; /* unknown: there is no declared window */
	int runners;                /* as JOURNAL_STATUS and JOURNAL_RUNNERS had them last */
	bool has_busy;
	int busy;
	struct strips strips; /* of the sides, up to `at`; for everybody */
};

/* Time passes since a start that has not led to a first verdict, and does not count yet. */
bool incidents_is_starting(const struct incidents *incidents);

/* Takes the next entry. One that is dated before the last one corrects the clock: what seemed to come later is cut. */
void incidents_add(struct incidents *incidents, const struct journal_entry *entry);

/* Lets time pass: windows end, and a start without a verdict becomes UNKNOWN. False if nothing of this has happened. */
bool incidents_step(struct incidents *incidents, wall_ms now);

/* The i-th of those that are kept, as it stands at `now`. */
struct incident incidents_at(const struct incidents *incidents, size_t i, wall_ms now);

/* The time of a window, which ends at `now`, by its use. */
struct availability {
	bool is_covered; /* what is kept reaches back to the window's beginning */
	int64_t ms[SPAN_USES];
	bool has_ratio; /* any of it counts */
	double ratio;   /* ACTIVE, of ACTIVE, BLOCKED and UNKNOWN */
};
struct availability incidents_availability(const struct incidents *incidents, int64_t window_ms, wall_ms now);

/* The windows that are shown: 24 hours, 7, 30 and 90 days. */
enum { AVAILABILITY_WINDOWS = 4 };
struct availability_window {
	const char *name; /* "24h", ... */
	int64_t ms;
};
extern const struct availability_window availability_windows[AVAILABILITY_WINDOWS];

/*
 * The next span that was not watched between `from` and `to`, cut to these, as its begin and end; false when there are
 * no more. `next` counts; start with 0.
 */
bool incidents_gap(const struct incidents *incidents, size_t *next, wall_ms from, wall_ms to, wall_ms gap[2]);

/* A copy of its own. */
struct incidents incidents_copy(const struct incidents *incidents);

void incidents_fini(struct incidents *incidents);
