/*
 * Shards: daemons with the same configuration divide its pairs. Which pair belongs to which shard depends on its name
 * and on the number of shards only (base/rendezvous.h), so daemons need not know each other.
 */
#pragma once

#include "config/conf.h"

/* The environment variable with the shard's index, or with a name that ends with `-` and the index. */
#define CONF_SHARD_VARIABLE "HAWATCH_SHARD"

/*
 * Leaves in `conf` the pairs of its shard, and the names of all others in conf->elsewhere. `variable` is the value of
 * CONF_SHARD_VARIABLE, or NULL; shard.index takes precedence. False with the mistake in `errs`, and nothing changed,
 * when the shard is not known.
 */
bool conf_shard_split(struct conf *conf, const char *variable, struct errs *errs) __attribute__((warn_unused_result));

/* True when the pair `name` is one of `elsewhere`, which are names with a line end before and behind each. */
bool conf_shard_has(const char *elsewhere, const char *name);
