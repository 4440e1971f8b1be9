/*
 * What both threads touch: the published snapshot, the poll loop's heartbeat, and counters of what was served.
 * The poller swaps, the server holds; neither waits for the other's work.
 */
#ifndef HAWATCH_SHARED_PUBLISH_H
#define HAWATCH_SHARED_PUBLISH_H

#include "base/units.h"
#include "render/snapshot.h"

struct publish;

struct publish *publish_new(void);
void publish_free(struct publish **publish);

/* Replaces the published snapshot; takes over the caller's reference. */
void publish_swap_take(struct publish *publish, struct snapshot *snapshot);

/* The present snapshot, to be released by the caller; NULL before the first. */
struct snapshot *publish_hold(struct publish *publish);

/* The poll loop turned at `now`; and when it last did. */
void publish_beat(struct publish *publish, mono_ms now);
mono_ms publish_last_beat(const struct publish *publish);

/* The server answered with that HTTP status; a connection was opened (1) or closed (-1); the sums. */
void publish_count_answer(struct publish *publish, unsigned status);
void publish_count_connection(struct publish *publish, int change);
struct view_http publish_http(const struct publish *publish);

#endif
