/* Other settings for a replay: the keys of `poll:` that decide, with the bounds that they have in hawatch.yaml. */
#pragma once

#include "base/err.h"
#include "decide/pair.h"

enum { REPLAY_SETTINGS_MAX = 16 };

/* Zero-initialise: all settings are as they were recorded. */
struct replay_set {
	size_t count;
	struct {
		size_t key; /* of the table in replay_set.c */
		int64_t value;
	} v[REPLAY_SETTINGS_MAX];
};

/* Adds "poll.fall=5", or what else `text` says; a later one counts more. */
bool replay_set_add(struct replay_set *set, const char *text, struct err *e) __attribute__((warn_unused_result));

/* The policy with these settings; NULL: none. */
struct pair_policy replay_set_apply(const struct replay_set *set, const struct pair_policy *policy);

/* Whether hawatchd would take such a configuration, as far as a recording tells it. */
bool replay_set_check(const struct replay_set *set, const struct pair_policy *policy, struct err *e)
    __attribute__((warn_unused_result));
