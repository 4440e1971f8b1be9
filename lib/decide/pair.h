/*
 * The status of a pair: SEMANTICS.md section 3 as a table, and the numbers of section 5. Pure, like side.h.
 */
#pragma once

#include "base/err.h"
#include "decide/maintenance.h"
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

/* Section 3. `enabled: false` gives DISABLED, whatever the sides' verdicts are. */
enum ha_status pair_status(bool is_enabled, enum verdict primary, enum verdict secondary);

bool pair_status_is_blocked(enum ha_status status);

struct pair_policy {
	bool is_enabled;
	int extra_count; /* sides beyond primary and secondary */
	struct side_policy side[SIDES_MAX];
};

/* One pair. A value: start from pair_start(), advance with pair_step(). */
struct pair {
	int extra_count;
	struct side side[SIDES_MAX];
	struct maintenance maintenance[SIDES_MAX]; /* declared windows */
	enum ha_status status;
	struct now since;
	struct now blocked_since; /* does not change between BLOCKED codes; meaningful while blocked */
	uint64_t transitions[HA_STATUSES][HA_STATUSES]; /* [from][to] */
	uint64_t state_changes[SIDES_MAX][VERDICTS];    /* [side][to] */
	/* From here on every step changes something, whether anything has happened or not: pair_is_same(). */
	struct now counted_to;         /* spent_ms includes the time up to here */
	int64_t spent_ms[HA_STATUSES]; /* time observed in each status */
};

struct pair pair_start(const struct pair_policy *policy, struct now now);

/* The same but for the time spent in the status, which every step counts, whether anything has happened or not. */
bool pair_is_same(const struct pair *a, const struct pair *b);

/* Advances one side of `pair` by one input, and then the pair's status. */
struct pair pair_step(const struct pair_policy *policy, struct pair pair, enum side_id id,
    const struct side_input *input, struct now now);

/* Nodes and capacity of a side, if known. */
struct side_capacity {
	bool has_available;
	int available; /* from the node list, or from the pools if side.from_pools */
	bool has_max;
	int max;
};

enum constraining_side { CONSTRAINING_PRIMARY, CONSTRAINING_SECONDARY, CONSTRAINING_NONE, CONSTRAINING_NA };
extern const char *const constraining_side_names[CONSTRAINING_NA + 1];

/*
 * The runbook's node_balance_details and capacity_utilization (SEMANTICS.md section 5). An extra side that is UP adds
 * its available nodes to the total. Every extra side adds its maximum to max_possible. Extra sides never constrain.
 */
struct balance {
	bool has_effective; /* all node counts that it needs are known */
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

struct balance pair_balance(const struct pair *pair, const struct side_capacity capacity[SIDES_MAX]);

/* Whether a side is under maintenance: declared, or inferred from cordoning. */
bool pair_is_in_maintenance(const struct pair *pair, enum side_id id);

/*
 * Declares a window for a side, or moves the end of its window. The other side must be UP and have no window, unless
 * `is_forced`. For an extra side, this must hold for primary or secondary. `for_ms` must be above 0 and at most
 * MAINTENANCE_LONGEST_MS. Otherwise returns false with the remedy in `e`, and `pair` is unchanged. pair_step() ends the
 * window when its time is over.
 */
bool pair_begin_maintenance(struct pair *pair, enum side_id id, int64_t for_ms, const char *reason, bool is_forced,
    struct now now, struct err *e) __attribute__((warn_unused_result));

/* Ends a declared window; false with an error when there is none. */
bool pair_end_maintenance(struct pair *pair, enum side_id id, struct err *e) __attribute__((warn_unused_result));

/* What a restart keeps of a pair; see state.h. */
struct pair_memory {
	bool has_side[SIDES_MAX];
	struct side_memory side[SIDES_MAX];
	enum ha_status status;        /* since and blocked_since are valid only if the sides still give this status */
	wall_ms since, blocked_since; /* blocked_since: unknown while not blocked */
	struct maintenance maintenance[SIDES_MAX]; /* their monotonic times are not valid after a restart */
};

struct pair_memory pair_remember(const struct pair *pair, struct now now);

/* A pair that starts from its memory, without the windows that have ended since. */
struct pair pair_restore(const struct pair_policy *policy, const struct pair_memory *memory, struct now now);

/* Which side a side of a reloaded pair was: `id` of `pair`. NULL: none, it starts from side_start(). */
struct pair_origin {
	const struct pair *pair;
	enum side_id id;
};

/*
 * A pair after a reload (SEMANTICS.md section 1, "Reload"). `before` is the pair of this name: its status, times and
 * counters stay; NULL: they start from pair_start(). Each side keeps its verdict, window and counters, whatever its
 * role was. The next pair_step() makes the status that of the sides, as a change like any other.
 */
struct pair pair_reload(const struct pair_policy *policy, const struct pair *before,
    const struct pair_origin from[SIDES_MAX], struct now now);
