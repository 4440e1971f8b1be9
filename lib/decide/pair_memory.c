#include "decide/pair.h"

struct pair_memory pair_remember(const struct pair *pair, struct now now)
{
	struct pair_memory m = {.status = pair->status, .since = pair->since.wall};
	if (pair_status_is_blocked(pair->status))
		m.blocked_since = pair->blocked_since.wall;
	for (int id = 0; id < SIDES + pair->extra_count; id++) {
		const struct side *s = &pair->side[id];
		m.maintenance[id] = pair->maintenance[id];
		m.has_side[id] = s->verdict != UNKNOWN;
		if (m.has_side[id])
			m.side[id] = (struct side_memory){s->verdict, s->reason, s->since.wall,
			    mono_since(s->evidence_at, now.mono), s->was_up, s->created};
	}
	return m;
}

struct pair pair_restore(const struct pair_policy *policy, const struct pair_memory *m, struct now now)
{
	struct pair pair = pair_start(policy, now);
	for (int id = 0; id < SIDES + pair.extra_count; id++) {
		if (m->has_side[id])
			pair.side[id] = side_restore(&policy->side[id], &m->side[id], now);
		pair.maintenance[id] = maintenance_restore(m->maintenance[id], now);
	}
	pair.status = pair_status(policy->is_enabled, pair.side[PRIMARY].verdict, pair.side[SECONDARY].verdict);
	if (pair.status == m->status) {
		pair.since = now_was(now, m->since);
		pair.blocked_since = now_was(now, m->blocked_since);
	}
	return pair;
}
