/*
 * Data that both threads use: the published snapshot, the poll loop's heartbeat, and counters of the server.
 * The poller swaps in a new snapshot, the server holds a reference; neither waits for the other's work.
 */
#pragma once

#include "base/units.h"
#include "render/snapshot.h"

struct publish;

struct publish *publish_new(void);
void publish_free(struct publish **publish);

/* Replaces the published snapshot. Takes ownership of the caller's reference. */
void publish_swap_take(struct publish *publish, struct snapshot *snapshot);

/* The current snapshot; the caller releases it. NULL before the first. */
struct snapshot *publish_hold(struct publish *publish);

/* Records that the poll loop turned at `now`; returns when it last turned. */
void publish_beat(struct publish *publish, mono_ms now);
mono_ms publish_last_beat(const struct publish *publish);

/* Counts an HTTP answer by status; counts an opened (1) or closed (-1) connection; returns the sums. */
void publish_count_answer(struct publish *publish, unsigned status);
void publish_count_connection(struct publish *publish, int change);
struct view_http publish_http(const struct publish *publish);
