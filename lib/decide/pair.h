/*
 * The status of a pair: ha-semantics.md section 3 as a table, and the numbers that product.md derives
 * from it. Pure, like side.h.
 */
#ifndef HAWATCH_DECIDE_PAIR_H
#define HAWATCH_DECIDE_PAIR_H

#include "base/buf.h"
#include "decide/side.h"

enum ha_status {
	HA_ACTIVE,
	HA_BLOCKED_PRIMARY_UNAVAILABLE,
	HA_BLOCKED_SECONDARY_UNAVAILABLE,
	HA_BLOCKED_BOTH_UNAVAILABLE,
	HA_DISABLED,
	HA_UNKNOWN,
	HA_STATUSES
};
extern const char *const ha_status_names[HA_STATUSES];

/* Section 3. `enabled: false` gives DISABLED whatever the sides say. */
enum ha_status pair_status(bool is_enabled, enum verdict primary, enum verdict secondary);

bool ha_status_is_blocked(enum ha_status status);

struct pair_policy {
	bool is_enabled;
	struct side_policy side[SIDES];
};

/* One pair. A value: start from pair_start(), advance with pair_step(). */
struct pair {
	struct side side[SIDES];
	enum ha_status status;
	struct now since;
	struct now blocked_since; /* across BLOCKED codes; meaningful while blocked */
	struct now counted_to;    /* how far spent_ms has been counted */
	uint64_t transitions[HA_STATUSES][HA_STATUSES]; /* [from][to] */
	int64_t spent_ms[HA_STATUSES];                  /* time observed in each status */
};

struct pair pair_start(const struct pair_policy *policy, struct now now);

/* Advances one side of `pair` by one input, and the pair's status with it. */
struct pair pair_step(const struct pair_policy *policy, struct pair pair, enum side_id id,
    const struct side_input *input, struct now now);

/* Nodes and capacity of a side, as far as known. */
struct side_capacity {
	bool has_available;
	int available; /* from the node list, or the pools where side.from_pools says so */
	bool has_max;
	int max;
};

enum constraining_side { CONSTRAINING_PRIMARY, CONSTRAINING_SECONDARY, CONSTRAINING_NONE, CONSTRAINING_NA };
extern const char *const constraining_side_names[CONSTRAINING_NA + 1];

/* The runbook's node_balance_details and capacity_utilization (product.md, "Metrics"). */
struct balance {
	bool has_effective; /* the nodes that it is made of are known */
	int effective_each;
	int effective_total;
	bool is_constrained;
	enum constraining_side constraining;
	bool has_imbalance; /* both sides' available nodes are known */
	int imbalance;
	bool has_max;
	int max_possible;
	bool has_utilization; /* both are known, and max_possible > 0 */
	double utilization_ratio;
};

struct balance pair_balance(const struct pair *pair, const struct side_capacity capacity[SIDES]);

/*
 * Appends one line for people: which cloudspace, since when, why, and what is usual, e.g.
 * "matchpoint-runners-2 (secondary) is PROVISIONING since 2026-11-23T20:14:05Z: Spot is provisioning it;
 * 50-60 minutes is usual".
 */
void pair_message(const struct pair *pair, const char *const cloudspace[SIDES], struct buf *out);

#endif
