#include "decide/maintenance.h"

#include "base/text.h"

#include <string.h>

struct maintenance maintenance_begin(struct maintenance before, int64_t for_ms, const char *reason, struct now now)
{
	struct maintenance m = {
	    .is_declared = true,
	    .began = before.is_declared ? before.began : now,
	    .ends = {mono_plus(now.mono, for_ms), {now.wall.ms + for_ms}},
	};
	text_copy(m.reason, sizeof m.reason, reason);
	return m;
}

struct maintenance maintenance_step(struct maintenance m, mono_ms now)
{
	bool has_ended = m.is_declared && mono_since(m.ends.mono, now) >= 0;
	return has_ended ? (struct maintenance){0} : m;
}

struct maintenance maintenance_restore(struct maintenance m, struct now now)
{
	if (!m.is_declared || m.ends.wall.ms <= now.wall.ms)
		return (struct maintenance){0};
	int64_t left_ms = m.ends.wall.ms - now.wall.ms;
	if (left_ms > MAINTENANCE_LONGEST_MS)
		left_ms = MAINTENANCE_LONGEST_MS;
	m.began = now_was(now, m.began.wall);
	m.ends = (struct now){mono_plus(now.mono, left_ms), {now.wall.ms + left_ms}};
	return m;
}

bool maintenance_is_same(const struct maintenance *a, const struct maintenance *b)
{
	return a->is_declared == b->is_declared && a->ends.mono.ms == b->ends.mono.ms && !strcmp(a->reason, b->reason);
}
