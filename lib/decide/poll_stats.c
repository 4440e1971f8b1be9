#include "decide/poll_stats.h"

/* Labels as OpenMetrics writes floats, so that series are the same in both formats. */
const char *const poll_bucket_labels[POLL_BUCKETS] = {
    "0.05", "0.1", "0.25", "0.5", "1.0", "2.5", "5.0", "10.0", "30.0"};
const int64_t poll_bucket_ms[POLL_BUCKETS] = {50, 100, 250, 500, 1000, 2500, 5000, 10000, 30000};

void poll_stats_count(struct poll_stats *stats, enum poll_reason reason, int64_t duration_ms, wall_ms now)
{
	stats->polls++;
	stats->last = reason;
	stats->duration_ms += duration_ms;
	for (int i = 0; i < POLL_BUCKETS; i++)
		if (duration_ms <= poll_bucket_ms[i]) {
			stats->buckets[i]++;
			break;
		}
	if (reason == POLL_OK)
		stats->last_success = now;
	else
		stats->errors[reason]++;
}
