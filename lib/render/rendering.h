/*
 * All that is answered of one snapshot at one time, so that a scrape, the page and a document of the same time agree.
 * Bytes are rendered when they are first asked for. Only one thread uses a rendering: that which answers.
 */
#pragma once

#include "base/gzip.h"
#include "render/documents.h"
#include "render/expo.h"
#include "render/snapshot.h"

/* How the bytes are sent: as they are, or compressed for those who accept it (RFC 9110 section 8.4.1.3). */
enum coding { CODING_IDENTITY, CODING_GZIP, CODINGS };

/* The pages of a pair. */
enum page_kind { PAGE_STATUS, PAGE_RUNBOOK, PAGE_KINDS };

struct rendering {
	int references;
	uint64_t serial;           /* for whoever makes one after another */
	struct snapshot *snapshot; /* NULL: sealed */
	struct view view;          /* the snapshot's, with the pairs, the time, and what the process knows of itself */
	struct figures *figures;   /* one for each pair */
	struct buf metrics[EXPO_FORMATS][CODINGS], page[CODINGS]; /* those that were asked for */
	struct buf (*documents)[DOCUMENTS];                       /* the same, for each pair */
	struct buf (*pages)[PAGE_KINDS][CODINGS];                 /* the same; behind those of the pairs: of no pair */
	struct gzip_parts *parts; /* of the expositions before, for each format; borrowed, NULL: none are kept */
};

/*
 * Takes the caller's reference of `snapshot`. `now` is when the snapshot was last known to be up to date; `now`,
 * `process`, `http` and `log_dropped` are read of `self`. The caller holds one reference.
 */
struct rendering *rendering_new_take(struct snapshot *snapshot, const struct view *self);

struct rendering *rendering_hold(struct rendering *rendering);

/* Nothing more will be rendered of it: frees all but the bytes that are there, the snapshot, too. */
void rendering_seal(struct rendering *rendering);

/* Frees what the pairs keep for the next rendering of the same snapshot or of one that shares them. */
void rendering_forget_lines(struct rendering *rendering);

/* The last one frees; NULL is allowed. */
void rendering_release(struct rendering *rendering);

/* What its bytes take together. */
size_t rendering_bytes(const struct rendering *rendering);

/*
 * The bytes, borrowed from the rendering. A document that does not fit its ceiling ends the process: a cut document
 * must not be served. `pair` is of the rendering's snapshot.
 */
const struct buf *rendering_metrics(struct rendering *rendering, enum expo_format format, enum coding coding);
const struct buf *rendering_page(struct rendering *rendering, enum coding coding);
/* `pair` NULL: the runbook with the names of its examples; the status page is always one of a pair. */
const struct buf *rendering_page_of(
    struct rendering *rendering, const struct snapshot_pair *pair, enum page_kind kind, enum coding coding);
const struct buf *rendering_document(
    struct rendering *rendering, const struct snapshot_pair *pair, enum document document);
