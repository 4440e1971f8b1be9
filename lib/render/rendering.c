#include "render/rendering.h"

#include "base/gzip.h"
#include "base/mem.h"
#include "render/metrics.h"
#include "render/page.h"
#include "render/runbook_page.h"

#include <assert.h>
#include <stdlib.h>

/* Limits that only a defect reaches: a thousand pairs need far less. */
enum { METRICS_MAX_BYTES = 256 << 20, PAGE_MAX_BYTES = 64 << 20, DOCUMENT_MAX_BYTES = 1 << 20 };

struct rendering *rendering_new_take(struct snapshot *snapshot, const struct view *self)
{
	struct rendering *r = mem_zeroed(1, sizeof *r);
	size_t count = snapshot->pair_count;
	const struct view_pair **pairs = mem_zeroed(count, sizeof *pairs);
	r->references = 1;
	r->snapshot = snapshot;
	r->figures = mem_zeroed(count, sizeof *r->figures);
	r->documents = mem_zeroed(count, sizeof *r->documents);
	r->pages = mem_zeroed(count + 1, sizeof *r->pages);
	for (size_t i = 0; i < count; i++) {
		pairs[i] = snapshot->pairs[i]->view;
		r->figures[i] = snapshot->pairs[i]->figures;
	}
	r->view = *snapshot->view;
	r->view.pairs = pairs;
	r->view.now = self->now;
	r->view.process = self->process;
	r->view.http = self->http;
	r->view.log_dropped = self->log_dropped;
	return r;
}

struct rendering *rendering_hold(struct rendering *r)
{
	r->references++;
	return r;
}

static void fini_codings(struct buf bytes[CODINGS])
{
	for (int coding = 0; coding < CODINGS; coding++)
		buf_fini(&bytes[coding]);
}

void rendering_forget_lines(struct rendering *r)
{
	for (size_t i = 0; i < r->snapshot->pair_count; i++)
		metrics_lines_free(&r->snapshot->pairs[i]->lines);
}

void rendering_seal(struct rendering *r)
{
	free(r->figures);
	free((void *)(uintptr_t)r->view.pairs);
	snapshot_release(r->snapshot);
	r->figures = NULL;
	r->view.pairs = NULL;
	r->snapshot = NULL;
}

void rendering_release(struct rendering *r)
{
	if (!r || --r->references > 0)
		return;
	for (int format = 0; format < EXPO_FORMATS; format++)
		fini_codings(r->metrics[format]);
	fini_codings(r->page);
	for (size_t i = 0; i < r->view.pair_count; i++)
		for (int doc = 0; doc < DOCUMENTS; doc++)
			buf_fini(&r->documents[i][doc]);
	for (size_t i = 0; i <= r->view.pair_count; i++)
		for (int kind = 0; kind < PAGE_KINDS; kind++)
			fini_codings(r->pages[i][kind]);
	free(r->pages);
	free(r->documents);
	rendering_seal(r);
	free(r);
}

size_t rendering_bytes(const struct rendering *r)
{
	const struct buf *all[] = {
	    &r->metrics[0][0], r->page, r->view.pair_count ? &r->documents[0][0] : NULL, &r->pages[0][0][0]};
	const size_t counts[] = {EXPO_FORMATS * CODINGS, CODINGS, r->view.pair_count * DOCUMENTS,
	    (r->view.pair_count + 1) * PAGE_KINDS * CODINGS};
	size_t bytes = 0;
	for (size_t kind = 0; kind < sizeof counts / sizeof *counts; kind++)
		for (size_t i = 0; i < counts[kind]; i++)
			bytes += all[kind][i].len;
	return bytes;
}

/* A cut document must never be served as a whole one; that is a defect of ours, and ends the process. */
static const struct buf *whole(const struct buf *bytes)
{
	assert(!bytes->overflow);
	return bytes;
}

/* The lines of each pair are kept with its copy, for as long as the pair stays the same. */
static const struct metrics_lines **lines_of(struct rendering *r)
{
	size_t count = r->view.pair_count;
	const struct metrics_lines **lines = mem_zeroed(count, sizeof *lines);
	for (size_t i = 0; i < count; i++) {
		struct snapshot_pair *pair = r->snapshot->pairs[i];
		if (!pair->lines)
			pair->lines = metrics_lines_new(pair->view, &pair->figures);
		lines[i] = pair->lines;
	}
	return lines;
}

static void take_family(void *gzip, const struct buf *family)
{
	gzip_put(gzip, buf_text(family), family->len);
}

/* Without the whole text: it is twenty times as long. */
static void gzip_metrics(
    struct rendering *r, const struct metrics_lines *const *lines, enum expo_format format, struct buf *out)
{
	struct gzip *gzip = gzip_new(r->parts ? &r->parts[format] : NULL, out);
	metrics_each(&r->view, r->figures, lines, format, take_family, gzip);
	gzip_end(&gzip);
}

const struct buf *rendering_metrics(struct rendering *r, enum expo_format format, enum coding coding)
{
	struct buf *out = &r->metrics[format][coding];
	if (out->len)
		return whole(out);
	*out = buf_of(METRICS_MAX_BYTES);
	const struct metrics_lines **lines = lines_of(r);
	if (coding == CODING_GZIP)
		gzip_metrics(r, lines, format, out);
	else
		metrics_render(&r->view, r->figures, lines, format, out);
	free(lines);
	return whole(out);
}

/* The page in this coding, of the plain one, which is rendered already. */
static const struct buf *coded(struct buf page[CODINGS], enum coding coding)
{
	struct buf *out = &page[coding];
	if (!out->len) {
		*out = buf_of(PAGE_MAX_BYTES);
		struct gzip *gzip = gzip_new(NULL, out);
		gzip_put(gzip, buf_text(whole(&page[CODING_IDENTITY])), page[CODING_IDENTITY].len);
		gzip_end(&gzip);
	}
	return whole(out);
}

const struct buf *rendering_page(struct rendering *r, enum coding coding)
{
	struct buf *plain = &r->page[CODING_IDENTITY];
	if (!plain->len) {
		*plain = buf_of(PAGE_MAX_BYTES);
		page_render(&r->view, r->figures, plain);
	}
	return coded(r->page, coding);
}

static size_t index_of(const struct rendering *r, const struct snapshot_pair *pair)
{
	size_t i = 0;
	while (i < r->snapshot->pair_count && r->snapshot->pairs[i] != pair)
		i++;
	return i;
}

const struct buf *rendering_page_of(
    struct rendering *r, const struct snapshot_pair *pair, enum page_kind kind, enum coding coding)
{
	struct buf *page = r->pages[index_of(r, pair)][kind], *plain = &page[CODING_IDENTITY];
	assert(pair || kind == PAGE_RUNBOOK);
	if (!plain->len) {
		*plain = buf_of(PAGE_MAX_BYTES);
		if (kind == PAGE_RUNBOOK)
			runbook_page_render(&r->view, pair ? pair->view : NULL, plain);
		else
			page_render_pair(&r->view, pair->view, &pair->figures, plain);
	}
	return coded(page, coding);
}

const struct buf *rendering_document(struct rendering *r, const struct snapshot_pair *pair, enum document document)
{
	struct buf *out = &r->documents[index_of(r, pair)][document];
	if (!out->len) {
		*out = buf_of(DOCUMENT_MAX_BYTES);
		documents_render(document, &r->view, pair->view, &pair->figures, out);
	}
	return whole(out);
}
