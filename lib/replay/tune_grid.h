/*
 * The settings that are tried on a recording: for each key some values, and every combination of them. The keys are
 * those of hawatch.yaml, with the bounds that they have there.
 */
#pragma once

#include "base/buf.h"
#include "replay/replay_set.h"

enum tune_key { TUNE_INTERVAL, TUNE_FALL, TUNE_RISE, TUNE_UNREACHABLE_FOR, TUNE_KEYS };
extern const char *const tune_grid_keys[TUNE_KEYS]; /* "poll.interval" */

enum { TUNE_VALUES_MAX = 16, TUNE_RUNS_MAX = 512 };

/* Zero-initialise: no key has values yet. */
struct tune_grid {
	struct {
		size_t count;
		struct replay_set v[TUNE_VALUES_MAX]; /* one setting each */
	} key[TUNE_KEYS];
};

/* Adds the values of "poll.fall=2,3,5". A value that is there already is not added again. */
bool tune_grid_add(struct tune_grid *grid, const char *text, struct err *e) __attribute__((warn_unused_result));

/* The value of a policy, and of a set of one setting. */
int64_t tune_grid_of(const struct pair_policy *policy, enum tune_key key);
static inline int64_t tune_grid_value(const struct replay_set *one)
{
	return one->v[0].value;
}

/* Keys without values get some around the present one, which is among them. */
void tune_grid_fill(struct tune_grid *grid, const struct pair_policy *present);

/* Appends a value as hawatch.yaml has it: "5s", "3". */
void tune_grid_put(enum tune_key key, int64_t value, struct buf *out);
