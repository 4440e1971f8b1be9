#include "decide/pair.h"

#include <stddef.h>
#include <string.h>

const char *const ha_status_names[HA_STATUSES] = {
    [HA_ACTIVE] = "ACTIVE",
    [HA_BLOCKED_PRIMARY_UNAVAILABLE] = "BLOCKED_PRIMARY_UNAVAILABLE",
    [HA_BLOCKED_SECONDARY_UNAVAILABLE] = "BLOCKED_SECONDARY_UNAVAILABLE",
    [HA_BLOCKED_BOTH_UNAVAILABLE] = "BLOCKED_BOTH_UNAVAILABLE",
    [HA_DISABLED] = "DISABLED",
    [HA_UNKNOWN] = "UNKNOWN",
};

#define Active HA_ACTIVE
#define Primary HA_BLOCKED_PRIMARY_UNAVAILABLE
#define Secondary HA_BLOCKED_SECONDARY_UNAVAILABLE
#define Both HA_BLOCKED_BOTH_UNAVAILABLE
#define Blind HA_UNKNOWN

/* SEMANTICS.md section 3: rows are the primary's state, columns the secondary's. */
/* clang-format off */
static const enum ha_status table[VERDICTS][VERDICTS] = {
	[UP] = {
		[UP] = Active, [DOWN] = Secondary, [PROVISIONING] = Secondary, [MAINTENANCE] = Secondary, [UNKNOWN] = Blind },
	[DOWN] = {
		[UP] = Primary, [DOWN] = Both, [PROVISIONING] = Both, [MAINTENANCE] = Both, [UNKNOWN] = Primary },
	[PROVISIONING] = {
		[UP] = Primary, [DOWN] = Both, [PROVISIONING] = Both, [MAINTENANCE] = Both, [UNKNOWN] = Primary },
	[MAINTENANCE] = {
		[UP] = Primary, [DOWN] = Both, [PROVISIONING] = Both, [MAINTENANCE] = Both, [UNKNOWN] = Primary },
	[UNKNOWN] = {
		[UP] = Blind, [DOWN] = Secondary, [PROVISIONING] = Secondary, [MAINTENANCE] = Secondary, [UNKNOWN] = Blind },
};
/* clang-format on */

enum ha_status pair_status(bool is_enabled, enum verdict primary, enum verdict secondary)
{
	return is_enabled ? table[primary][secondary] : HA_DISABLED;
}

bool pair_status_is_blocked(enum ha_status status)
{
	return status == HA_BLOCKED_PRIMARY_UNAVAILABLE || status == HA_BLOCKED_SECONDARY_UNAVAILABLE ||
	    status == HA_BLOCKED_BOTH_UNAVAILABLE;
}

struct pair pair_start(const struct pair_policy *policy, struct now now)
{
	struct pair pair = {.extra_count = policy->extra_count, .since = now, .blocked_since = now, .counted_to = now};
	for (int id = 0; id < SIDES + pair.extra_count; id++)
		pair.side[id] = side_start(now);
	pair.status = pair_status(policy->is_enabled, UNKNOWN, UNKNOWN);
	return pair;
}

bool pair_is_same(const struct pair *a, const struct pair *b)
{
	return memcmp(a, b, offsetof(struct pair, counted_to)) == 0;
}

struct pair pair_step(
    const struct pair_policy *policy, struct pair pair, enum side_id id, const struct side_input *input, struct now now)
{
	pair.spent_ms[pair.status] += mono_since(pair.counted_to.mono, now.mono);
	pair.counted_to = now;
	for (int i = 0; i < SIDES_MAX; i++)
		pair.maintenance[i] = maintenance_step(pair.maintenance[i], now.mono);
	enum verdict before = pair.side[id].verdict;
	pair.side[id] = side_step(&policy->side[id], pair.side[id], input, now);
	if (pair.side[id].verdict != before)
		pair.state_changes[id][pair.side[id].verdict]++;

	enum ha_status status =
	    pair_status(policy->is_enabled, pair.side[PRIMARY].verdict, pair.side[SECONDARY].verdict);
	if (status != pair.status) {
		if (pair_status_is_blocked(status) && !pair_status_is_blocked(pair.status))
			pair.blocked_since = now;
		pair.transitions[pair.status][status]++;
		pair.status = status;
		pair.since = now;
	}
	return pair;
}
