#include "decide/pair.h"

#include <string.h>

struct pair pair_reload(const struct pair_policy *policy, const struct pair *before,
    const struct pair_origin from[SIDES_MAX], struct now now)
{
	struct pair pair = pair_start(policy, now);
	if (before) {
		pair.status = before->status;
		pair.since = before->since;
		pair.blocked_since = before->blocked_since;
		pair.counted_to = before->counted_to;
		memcpy(pair.transitions, before->transitions, sizeof pair.transitions);
		memcpy(pair.spent_ms, before->spent_ms, sizeof pair.spent_ms);
	}
	for (int id = 0; id < SIDES + pair.extra_count; id++) {
		const struct pair *was = from[id].pair;
		if (!was)
			continue;
		pair.side[id] = was->side[from[id].id];
		pair.maintenance[id] = was->maintenance[from[id].id];
		memcpy(pair.state_changes[id], was->state_changes[from[id].id], sizeof pair.state_changes[id]);
	}
	return pair;
}
