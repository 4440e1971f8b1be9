/* Which sides stay when a configuration is replaced. */
#pragma once

#include "config/conf.h"

/* All sides of all pairs, as conf_match_sides() counts them: pair by pair, each as conf_pair_side() does. */
size_t conf_match_count(const struct conf *conf);

/* A side that continues none. */
#define CONF_MATCH_NEW SIZE_MAX

/*
 * For each side of `conf`, which side of `old` it continues. A side is its cloudspace, whatever its role: the same one
 * in the pair of the same name; else one that its own pair has no more, as when a pair gets another name. No side is
 * continued twice. `from` has room for conf_match_count(conf).
 */
void conf_match_sides(const struct conf *old, const struct conf *conf, size_t *from);
