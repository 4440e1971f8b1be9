/*
 * The JSON documents of a pair, each with a path under /api/v1/. Fields may be added but are never renamed, because
 * users' jq filters read them. Times are RFC 3339 in UTC; a value that is not known is null, never 0. Objects of sides
 * have the sides' names as keys, in the order of the sides.
 */
#pragma once

#include "base/buf.h"
#include "render/view.h"

enum document {
	DOC_SUMMARY,
	DOC_CLOUDSPACES,
	DOC_NODE_BALANCE,
	DOC_RUNNERS,
	DOC_APPS,
	DOC_EVENTS,
	DOC_INCIDENTS,
	DOC_CHECK,
	DOC_DOCTOR,
	DOC_MAINTENANCE,
	DOCUMENTS
};
extern const char *const document_names[DOCUMENTS]; /* "summary", ..., the last part of the path */

/* Appends one document, with a newline behind it. */
void documents_render(enum document document, const struct view *view, const struct view_pair *pair,
    const struct figures *figures, struct buf *out);

/* Renderers of the documents that have no header of their own. */
void runners_json_render(
    const struct view *view, const struct view_pair *pair, const struct figures *figures, struct buf *out);
void apps_json_render(
    const struct view *view, const struct view_pair *pair, const struct figures *figures, struct buf *out);
void events_json_render(
    const struct view *view, const struct view_pair *pair, const struct figures *figures, struct buf *out);
void incidents_json_render(
    const struct view *view, const struct view_pair *pair, const struct figures *figures, struct buf *out);

/* One entry of the journal as a member of an array. */
struct json_out;
void events_json_put(struct json_out *j, const struct journal_entry *entry);

/* The array "gaps": when nothing was watched, between these times. */
void events_json_put_gaps(struct json_out *j, const struct incidents *incidents, wall_ms from, wall_ms to);

/* The array "events" of those that are kept. */
void events_json_put_kept(struct json_out *j, const struct events *events);
