/*
 * Rendezvous hashing (highest random weight): which of several equal shards a name belongs to. Each shard has a weight
 * for the name, and the heaviest one has it. A shard more takes only the names for which it is the heaviest, about one
 * of `count + 1`; all other names stay. The result depends on nothing but the two arguments and never changes: daemons
 * of different versions agree.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

/*
 * The weight of the shard `index` for `name`: the output number index + 1 of SplitMix64 (Steele, Lea, Flood 2014),
 * whose seed is the 64-bit FNV-1a hash of the bytes of the name.
 */
uint64_t rendezvous_weight(const char *name, size_t index);

/* The shard, from 0 to count - 1, that has `name`; of equally heavy ones the first. `count` is at least 1. */
size_t rendezvous_of(const char *name, size_t count);
