/*
 * All that is served, rendered and immutable. The poller makes a snapshot, the server reads it. It is freed when its
 * count of references reaches 0.
 */
#pragma once

#include "render/documents.h"
#include "render/expo.h"

#include <stdatomic.h>

/* The events of a pair. They are long and rarely change, so snapshots share them until one is added. */
struct snapshot_events {
	atomic_int references;
	uint64_t count; /* of all events ever added; identifies the list together with newest_at */
	mono_ms newest_at;
	struct buf json;
};

struct snapshot_pair {
	char *name;
	struct buf document[DOCUMENTS]; /* except the events */
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
 * Renders `view`. The caller holds the only reference. `previous` (same pairs, or NULL) lends its events. A document
 * that does not fit its ceiling ends the process: a cut document must not be served.
 */
struct snapshot *snapshot_new(const struct view *view, bool is_ready, const struct snapshot *previous);

/* Adds a reference; returns its argument. Safe from any thread that holds a reference. */
struct snapshot *snapshot_hold(struct snapshot *snapshot);

/* Removes a reference; the last one frees. Safe from any thread; NULL is allowed. */
void snapshot_release(struct snapshot *snapshot);

/* The pair called `name`, or the only pair when `name` is NULL; NULL when there is no such pair. */
const struct snapshot_pair *snapshot_pair(const struct snapshot *snapshot, const char *name);

/* One document of a pair; borrowed from the snapshot. */
const struct buf *snapshot_document(const struct snapshot_pair *pair, enum document document);
