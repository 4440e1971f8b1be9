/*
 * All that is served, rendered and immutable. The poller makes one, the server reads it; a count of
 * references says when it goes.
 */
#ifndef HAWATCH_RENDER_SNAPSHOT_H
#define HAWATCH_RENDER_SNAPSHOT_H

#include "render/documents.h"
#include "render/expo.h"

#include <stdatomic.h>

/* The events of a pair: long and seldom new, so that snapshots share them until one is added. */
struct snapshot_events {
	atomic_int references;
	uint64_t count; /* of events ever added, and when the last one was: which list this is */
	mono_ms newest_at;
	struct buf json;
};

struct snapshot_pair {
	char *name;
	struct buf document[DOCUMENTS]; /* but for the events */
	struct snapshot_events *events;
};

struct snapshot {
	atomic_int references;
	bool is_ready; /* the first round of polls has finished, even in failure */
	struct buf metrics[EXPO_FORMATS];
	struct buf page;
	struct snapshot_pair *pairs;
	size_t pair_count;
};

/*
 * Renders `view`. The caller holds the one reference. `previous`, of the same pairs or NULL, is what may be shared. A
 * document that does not fit its ceiling ends the process: no cut one may be served.
 */
struct snapshot *snapshot_new(const struct view *view, bool is_ready, const struct snapshot *previous);

/* One more holder; returns its argument. Safe from any thread that holds a reference. */
struct snapshot *snapshot_hold(struct snapshot *snapshot);

/* One holder less; the last one frees. Safe from any thread; NULL is allowed. */
void snapshot_release(struct snapshot *snapshot);

/* The pair called `name`, or the only one when `name` is NULL; NULL when there is none such. */
const struct snapshot_pair *snapshot_pair(const struct snapshot *snapshot, const char *name);

/* One document of a pair; borrowed from the snapshot. */
const struct buf *snapshot_document(const struct snapshot_pair *pair, enum document document);

#endif
