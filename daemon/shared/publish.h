/*
 * Data that both threads use: the published snapshot, and when each of them last turned. The poller swaps in a
 * new snapshot, the server holds a reference; neither waits for the other's work.
 */
#pragma once

#include "base/units.h"
#include "render/snapshot.h"

struct publish;

struct publish *publish_new(void);
void publish_free(struct publish **publish);

/* Replaces the published snapshot by that of a turn at `now`. Takes ownership of the caller's reference. */
void publish_swap_take(struct publish *publish, struct snapshot *snapshot, struct now now);

/*
 * Records that the poll loop has turned at `now`, and that what the turn changed is published; and whether its rounds
 * do not end.
 */
void publish_turn(struct publish *publish, struct now now, bool are_rounds_stuck);

/*
 * The current snapshot, which the caller releases, and the loop's last turn: the snapshot was up to date then. What
 * happens later has a later time, so a counter of seconds that is read up to `turn` never falls. NULL before the first.
 */
struct snapshot *publish_hold(struct publish *publish, struct now *turn);

/* When the poll loop last turned; MONO_NEVER: not yet. */
mono_ms publish_last_turn(struct publish *publish);

/* Whether the loop turns, and no round of polls ends. */
bool publish_are_rounds_stuck(struct publish *publish);

/* Records that the server has turned at `now`; when it last did; MONO_NEVER: there is none yet. */
void publish_serving(struct publish *publish, mono_ms now);
mono_ms publish_last_serving(struct publish *publish);
