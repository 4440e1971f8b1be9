/* The counters of each source's polls: ha_polls_total and the other ha_poll* metrics. */
#pragma once

#include "decide/obs.h"

#include <stdint.h>

enum { POLL_BUCKETS = 9 };
/* Upper bounds of ha_poll_duration_seconds and ha_poll_lateness_seconds, as labels and as milliseconds. */
extern const char *const poll_bucket_labels[POLL_BUCKETS];
extern const int64_t poll_bucket_ms[POLL_BUCKETS];

/* Counters only grow. Zero-initialise. */
struct poll_stats {
	uint64_t polls; /* completed, failures included */
	uint64_t errors[POLL_REASONS];
	uint64_t buckets[POLL_BUCKETS]; /* not cumulative */
	int64_t duration_ms;            /* sum over all polls */
	enum poll_reason last;          /* how the last poll ended; meaningful once polls > 0 */
	wall_ms last_success;
	bool is_refused; /* the credential was refused, and no answer was good since */
	bool has_clock_offset;
	int64_t clock_offset_ms; /* our clock minus that of the last answer's Date header, */
	mono_ms clock_read_at;   /* which came then */
};

/* How late rounds of polls have started, against their schedule: ha_poll_lateness_seconds. Zero-initialise. */
struct poll_lateness {
	uint64_t starts;
	uint64_t buckets[POLL_BUCKETS]; /* as above */
	int64_t late_ms;                /* sum over all starts */
};

void poll_stats_count_late(struct poll_lateness *lateness, int64_t late_ms);

/* Counts one poll that ended at `now` after `duration_ms`. */
void poll_stats_count(struct poll_stats *stats, enum poll_reason reason, int64_t duration_ms, wall_ms now);

/* Compares our clock with an answer's Date header, read at `now`; an unknown date changes nothing. */
void poll_stats_compare_clocks(struct poll_stats *stats, wall_ms date, struct now now);
