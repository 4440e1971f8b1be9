/*
 * Records what the loop is told of a pair (replay/record.h), where the configuration says so and there is a state
 * directory. A block is open for a minute at most; so a crash loses no more than that. The state writer writes it.
 */
#pragma once

#include "loop/poller_state.h"

/* hawatchd starts with the pair as it is now. */
void recorder_start(struct watched_pair *pair);

/* The pair goes on as `after`, each of whose sides was one of these before. Call before the pair is changed. */
void recorder_reload(struct watched_pair *pair, const struct pair *after, const struct pair_origin from[SIDES_MAX]);

/*
 * The same for a pair that takes over from the one of its name before a reload; NULL: there was none. Its block was
 * handed on when the loop ended.
 */
void recorder_adopt(struct watched_pair *pair, struct watched_pair *before, const struct pair_origin from[SIDES_MAX]);

/* A step of a side, and one of all sides. Call before the pair is changed. */
void recorder_input(struct watched_side *side, const struct side_input *input);
void recorder_input_all(struct watched_pair *pair, const struct side_input *input);

/* What has changed by it, or by an order. Call after the pair was changed. */
void recorder_change(struct watched_pair *pair, const struct pair *before);

/* Hands what is open to the state writer. */
void recorder_flush(struct poller *poller);
void recorder_fini(struct watched_pair *pair);
