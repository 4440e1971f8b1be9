#include "render/snapshot.h"

#include "base/mem.h"
#include "render/metrics.h"
#include "render/page.h"

#include <stdlib.h>
#include <string.h>

/* Ceilings that only a defect reaches: a thousand pairs stay far below. */
enum { METRICS_MAX_BYTES = 256 << 20, PAGE_MAX_BYTES = 64 << 20, DOCUMENT_MAX_BYTES = 1 << 20 };

struct snapshot *snapshot_new(const struct view *view, bool is_ready)
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
		s->pairs[i].name = mem_copy_text(pair->name, strlen(pair->name));
		for (int doc = 0; doc < DOCUMENTS; doc++) {
			s->pairs[i].document[doc] = buf_of(DOCUMENT_MAX_BYTES);
			document_render((enum document)doc, view, pair, &figures[i], &s->pairs[i].document[doc]);
		}
	}
	for (int format = 0; format < EXPO_FORMATS; format++) {
		s->metrics[format] = buf_of(METRICS_MAX_BYTES);
		metrics_render(view, figures, format == EXPO_TEXT ? EXPO_TEXT : EXPO_OPENMETRICS,
		    &s->metrics[format]);
	}
	s->page = buf_of(PAGE_MAX_BYTES);
	page_render(view, figures, &s->page);
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
