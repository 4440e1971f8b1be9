#include "render/snapshot.h"

#include "base/mem.h"
#include "render/metrics.h"
#include "render/page.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* Limits that only a defect reaches: a thousand pairs need far less. */
enum { METRICS_MAX_BYTES = 256 << 20, PAGE_MAX_BYTES = 64 << 20, DOCUMENT_MAX_BYTES = 1 << 20 };

/* A cut document must never be served as a whole one; that is a defect of ours, and ends the process. */
static void must_be_whole(const struct buf *document)
{
	assert(!document->overflow);
}

static mono_ms newest_event(const struct events *events)
{
	size_t kept = events_kept(events);
	return kept ? events_at(events, kept - 1)->at.mono : MONO_NEVER;
}

/* The events of the previous snapshot when nothing was added since, else new ones. The caller holds one reference. */
static struct snapshot_events *events_of(const struct view *view, const struct view_pair *pair,
    const struct figures *figures, struct snapshot_events *previous)
{
	uint64_t count = pair->events->count;
	mono_ms newest_at = newest_event(pair->events);
	if (previous && previous->count == count && previous->newest_at.ms == newest_at.ms) {
		atomic_fetch_add(&previous->references, 1);
		return previous;
	}
	struct snapshot_events *e = mem_zeroed(1, sizeof *e);
	atomic_init(&e->references, 1);
	e->count = count;
	e->newest_at = newest_at;
	e->json = buf_of(DOCUMENT_MAX_BYTES);
	documents_render(DOC_EVENTS, view, pair, figures, &e->json);
	must_be_whole(&e->json);
	return e;
}

static void release_events(struct snapshot_events *e)
{
	if (atomic_fetch_sub(&e->references, 1) > 1)
		return;
	buf_fini(&e->json);
	free(e);
}

static struct snapshot_pair pair_of(const struct view *view, const struct view_pair *pair,
    const struct figures *figures, const struct snapshot_pair *previous)
{
	struct snapshot_pair out = {.name = mem_copy_text(pair->name, strlen(pair->name))};
	for (int doc = 0; doc < DOCUMENTS; doc++) {
		out.document[doc] = buf_of(DOCUMENT_MAX_BYTES);
		if (doc != DOC_EVENTS)
			documents_render((enum document)doc, view, pair, figures, &out.document[doc]);
		must_be_whole(&out.document[doc]);
	}
	out.events = events_of(view, pair, figures, previous ? previous->events : NULL);
	return out;
}

struct snapshot *snapshot_new(const struct view *view, bool is_ready, const struct snapshot *previous)
{
	struct snapshot *s = mem_zeroed(1, sizeof *s);
	atomic_init(&s->references, 1);
	s->is_ready = is_ready;
	s->pair_count = view->pair_count;
	s->pairs = mem_zeroed(s->pair_count, sizeof *s->pairs);

	struct figures *figures = mem_zeroed(view->pair_count, sizeof *figures);
	for (size_t i = 0; i < view->pair_count; i++) {
		const struct view_pair *pair = &view->pairs[i];
		figures[i] = view_figures(pair);
		s->pairs[i] = pair_of(view, pair, &figures[i], previous ? snapshot_pair(previous, pair->name) : NULL);
	}
	for (int format = 0; format < EXPO_FORMATS; format++) {
		s->metrics[format] = buf_of(METRICS_MAX_BYTES);
		metrics_render(view, figures, format == EXPO_TEXT ? EXPO_TEXT : EXPO_OPENMETRICS, &s->metrics[format]);
		must_be_whole(&s->metrics[format]);
	}
	s->page = buf_of(PAGE_MAX_BYTES);
	page_render(view, figures, &s->page);
	must_be_whole(&s->page);
	free(figures);
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
	for (size_t i = 0; i < s->pair_count; i++) {
		free(s->pairs[i].name);
		for (int doc = 0; doc < DOCUMENTS; doc++)
			buf_fini(&s->pairs[i].document[doc]);
		release_events(s->pairs[i].events);
	}
	free(s->pairs);
	for (int format = 0; format < EXPO_FORMATS; format++)
		buf_fini(&s->metrics[format]);
	buf_fini(&s->page);
	free(s);
}

const struct snapshot_pair *snapshot_pair(const struct snapshot *s, const char *name)
{
	if (!name)
		return s->pair_count == 1 ? &s->pairs[0] : NULL;
	for (size_t i = 0; i < s->pair_count; i++)
		if (strcmp(s->pairs[i].name, name) == 0)
			return &s->pairs[i];
	return NULL;
}

const struct buf *snapshot_document(const struct snapshot_pair *pair, enum document document)
{
	return document == DOC_EVENTS ? &pair->events->json : &pair->document[document];
}
