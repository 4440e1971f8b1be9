#include "decide/poll_stats.h"

/* Labels as OpenMetrics writes floats, so that series are the same in both formats. */
const char *const poll_bucket_labels[POLL_BUCKETS] = {
    "0.05", "0.1", "0.25", "0.5", "1.0", "2.5", "5.0", "10.0", "30.0"};
const int64_t poll_bucket_ms[POLL_BUCKETS] = {50, 100, 250, 500, 1000, 2500, 5000, 10000, 30000};

static void count_in(uint64_t buckets[POLL_BUCKETS], int64_t ms)
{
	for (int i = 0; i < POLL_BUCKETS; i++)
		if (ms <= poll_bucket_ms[i]) {
			buckets[i]++;
			break;
		}
}

void poll_stats_count_late(struct poll_lateness *lateness, int64_t late_ms)
{
	lateness->starts++;
	lateness->late_ms += late_ms;
	count_in(lateness->buckets, late_ms);
}

void poll_stats_count(struct poll_stats *stats, enum poll_reason reason, int64_t duration_ms, wall_ms now)
{
	stats->polls++;
	stats->last = reason;
	stats->duration_ms += duration_ms;
	count_in(stats->buckets, duration_ms);
	if (reason == POLL_OK)
		stats->last_success = now;
	else
		stats->errors[reason]++;
	if (reason == POLL_OK || reason == POLL_AUTH)
		stats->is_refused = reason == POLL_AUTH;
}

void poll_stats_compare_clocks(struct poll_stats *stats, wall_ms date, struct now now)
{
	if (!wall_is_known(date))
		return;
	stats->has_clock_offset = true;
	/* A Date header is cut to its second: on average it is half a second late. */
	stats->clock_offset_ms = now.wall.ms - date.ms - 500;
	stats->clock_read_at = now.mono;
}
