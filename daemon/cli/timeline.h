/* Events of a document, in the order of time: as a table for a terminal, or as markdown for a review. */
#pragma once

#include "cli/answer.h"
#include "cli/screen.h"

/* What is shown of them: those at `from` and later, before or at `to`; unknown: no limit. */
struct timeline {
	const struct cJSON *events;
	wall_ms from, to;
	const struct cJSON *gaps; /* when nothing was watched, as `from` and `to`; NULL: not asked */
};

/* True if the event is between `from` and `to`, or its clock was not set. */
bool timeline_has(const struct timeline *t, const struct cJSON *event);

/* Appends what has changed, uncleaned: "UP -> DOWN (no_capacity)", "flapping: no -> yes". */
void timeline_put_change(struct buf *out, const struct cJSON *event);

/* The colour of what it has changed to. */
enum screen_tone timeline_tone_of(const struct cJSON *event);

/* Appends a table; `none` if there is no event. The notes only where the screen is wide. */
void timeline_put_table(
    const struct timeline *t, const struct screen *screen, wall_ms now, const char *none, struct buf *out);

/* Appends a table in markdown. Both tables have a row for each gap. */
void timeline_put_markdown(const struct timeline *t, struct buf *out);

/* Appends what a document says beside its events: what of them is missing, and why. True if it says anything. */
bool timeline_put_notes(
    const struct timeline *t, const struct cJSON *json, const struct screen *screen, struct buf *out);

/* Appends text of a cell of a markdown table, escaped so that it cannot end the cell, become markup, or name a
 * character. */
void timeline_put_cell(struct buf *out, const char *text);
