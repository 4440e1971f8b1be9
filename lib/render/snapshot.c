#include "render/snapshot.h"

#include "base/mem.h"
#include "render/metrics.h"
#include "render/view_copy.h"

#include <stdlib.h>
#include <string.h>

static mono_ms newest_event(const struct events *events)
{
	size_t kept = events_kept(events);
	return kept ? events_at(events, kept - 1)->at.mono : MONO_NEVER;
}

/* After a reload another list may have the same number of events. */
static bool is_same_past(const struct snapshot_past *past, const struct view_pair *view)
{
	const struct events *a = &past->events, *b = view->events;
	return a->count == b->count && newest_event(a).ms == newest_event(b).ms &&
	    past->incidents.version == view->incidents->version;
}

/* The past of the previous copy when nothing was added since, else a new one. The caller holds one reference. */
static struct snapshot_past *past_of(const struct view_pair *view, const struct snapshot_pair *previous)
{
	if (previous && is_same_past(previous->past, view)) {
		atomic_fetch_add(&previous->past->references, 1);
		return previous->past;
	}
	struct snapshot_past *past = mem_zeroed(1, sizeof *past);
	const struct events *events = view->events;
	size_t bytes = events_kept(events) * sizeof *events->v;
	atomic_init(&past->references, 1);
	past->events = *events;
	past->events.v = bytes ? memcpy(mem_resized(NULL, bytes), events->v, bytes) : NULL;
	past->incidents = incidents_copy(view->incidents);
	return past;
}

static void release_past(struct snapshot_past *past)
{
	if (atomic_fetch_sub(&past->references, 1) > 1)
		return;
	events_fini(&past->events);
	incidents_fini(&past->incidents);
	free(past);
}

static struct snapshot_pair *pair_of(const struct view_pair *view, struct snapshot_pair *previous)
{
	if (previous && previous->view->generation == view->generation) {
		atomic_fetch_add(&previous->references, 1);
		return previous;
	}
	struct snapshot_pair *pair = mem_zeroed(1, sizeof *pair);
	atomic_init(&pair->references, 1);
	pair->past = past_of(view, previous);
	pair->view = view_pair_copy(view);
	pair->view->events = &pair->past->events;
	pair->view->incidents = &pair->past->incidents;
	pair->figures = view_figures(pair->view);
	return pair;
}

static void release_pair(struct snapshot_pair *pair)
{
	if (atomic_fetch_sub(&pair->references, 1) > 1)
		return;
	release_past(pair->past);
	metrics_lines_free(&pair->lines);
	free(pair->view);
	free(pair);
}

/* The pair of this name. It mostly stands where it stood. */
static struct snapshot_pair *pair_before(const struct snapshot *previous, size_t i, const char *name)
{
	if (i < previous->pair_count && strcmp(previous->pairs[i]->view->name, name) == 0)
		return previous->pairs[i];
	return snapshot_pair(previous, name);
}

struct snapshot *snapshot_new(const struct view *view, bool is_ready, const struct snapshot *previous)
{
	struct snapshot *s = mem_zeroed(1, sizeof *s);
	atomic_init(&s->references, 1);
	s->is_ready = is_ready;
	s->view = view_copy(view);
	s->view->pairs = NULL;
	s->pair_count = view->pair_count;
	s->pairs = mem_zeroed(s->pair_count, sizeof(struct snapshot_pair *));
	for (size_t i = 0; i < s->pair_count; i++) {
		const struct view_pair *pair = view->pairs[i];
		s->pairs[i] = pair_of(pair, previous ? pair_before(previous, i, pair->name) : NULL);
	}
	return s;
}

struct snapshot *snapshot_hold(struct snapshot *s)
{
	atomic_fetch_add(&s->references, 1);
	return s;
}

void snapshot_release(struct snapshot *s)
{
	if (!s || atomic_fetch_sub(&s->references, 1) > 1)
		return;
	for (size_t i = 0; i < s->pair_count; i++)
		release_pair(s->pairs[i]);
	free(s->pairs);
	free(s->view);
	free(s);
}

struct snapshot_pair *snapshot_pair(const struct snapshot *s, const char *name)
{
	if (!name)
		return s->pair_count == 1 ? s->pairs[0] : NULL;
	for (size_t i = 0; i < s->pair_count; i++)
		if (strcmp(s->pairs[i]->view->name, name) == 0)
			return s->pairs[i];
	return NULL;
}
