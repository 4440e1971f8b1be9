/*
 * What is published: the values of a view, immutable. The poller makes a snapshot, others read it. It is freed when its
 * count of references reaches 0. A pair that has not changed is the same copy in the next snapshot.
 */
#pragma once

#include "render/view.h"

#include <stdatomic.h>

struct metrics_lines;

/* What has happened to a pair. It is long and rarely changes, so copies of a pair share it until something is added. */
struct snapshot_past {
	atomic_int references;
	struct events events;
	struct incidents incidents;
};

struct snapshot_pair {
	atomic_int references;
	struct view_pair *view; /* with everything that it points at */
	struct figures figures;
	struct snapshot_past *past;
	struct metrics_lines *lines; /* NULL: not rendered yet; only the thread that renders uses it */
};

struct snapshot {
	atomic_int references;
	bool is_ready;     /* the first round of polls has finished, even in failure */
	struct view *view; /* of the monitor: without the pairs, the time, and what the process itself knows */
	struct snapshot_pair **pairs;
	size_t pair_count;
};

/*
 * Copies `view`. The caller holds the only reference. `previous` (NULL: none) lends its pairs of the same generation,
 * and events.
 */
struct snapshot *snapshot_new(const struct view *view, bool is_ready, const struct snapshot *previous);

/* Adds a reference; returns its argument. Safe from any thread that holds a reference. */
struct snapshot *snapshot_hold(struct snapshot *snapshot);

/* Removes a reference; the last one frees. Safe from any thread; NULL is allowed. */
void snapshot_release(struct snapshot *snapshot);

/* The pair called `name`, or the only pair when `name` is NULL; NULL when there is no such pair. */
struct snapshot_pair *snapshot_pair(const struct snapshot *snapshot, const char *name);
