/*
 * Text blocks that show the daemon's documents; commands combine them. Blocks show the daemon's values, and
 * "-" for a missing one. They make no decisions of their own.
 */
#pragma once

#include "cli/ask.h"
#include "cli/table.h"

enum { BLOCKS_LABEL_WIDTH = 11 /* lines up the blocks below each other */ };

/* One side in a document, and the daemon's clock. */
struct blocks_side {
	const struct cJSON *json;
	wall_ms now;
};

/* A row of a table that has one column per side. */
struct blocks_row {
	const char *label;
	/* Appends the value of the side; nothing if there is none. */
	enum screen_tone (*put)(struct buf *cell, const struct blocks_side *side);
	bool is_rare; /* left out if no side has a value */
};

/*
 * Shows the sides next to each other, so that differences are visible; on a narrow screen below each other.
 * `sides` is the object that holds them. With `only` it shows this side alone.
 */
void blocks_sides(const struct screen *screen, const struct blocks_row rows[], size_t count, const struct cJSON *sides,
    const struct cJSON *only, wall_ms now, struct buf *out);

/* The pair's status (SEMANTICS.md section 3), with its colour and exit code. */
struct blocks_status {
	const char *name;
	enum screen_tone tone;
	int exit_code; /* of `status` and `active` */
};

/* NULL if there is no such status. */
const struct blocks_status *blocks_status_named(const char *name);

/* True if the object is a summary of the requested pair with a known status. */
bool blocks_is_summary(const struct cmd *cmd, const struct cJSON *json);

/* The colour of a side's state: UP, DOWN... */
enum screen_tone blocks_state_tone(const char *name);

/* "prod  ACTIVE  since 20:00 UTC (1h2m)", then the daemon's message. */
void blocks_headline(const struct screen *screen, const struct answer *summary, struct buf *out);

/*
 * Node balance and capacity, with the runbook's limits of 80 and 90 %. `balance` is the document node-balance
 * or that part of a summary; `utilization` is the text next to it.
 */
void blocks_balance(const struct screen *screen, const struct cJSON *balance, const char *utilization, struct buf *out);

/* Appends the text at `path` of each side, one paragraph each: "primary: ...". */
void blocks_notes(const struct screen *screen, const struct cJSON *sides, const struct cJSON *only, const char *path,
    struct buf *out);

/* Appends how many more there are than a table shows; nothing if there are none. The worst are shown. */
void blocks_put_omitted(struct buf *out, long count);

/*
 * Appends the objects of each side that the daemon could not read, one paragraph each: "primary: 1 object cannot be
 * read: runner_pods arc-runners/x (reason)".
 */
void blocks_unreadable(
    const struct screen *screen, const struct cJSON *sides, const struct cJSON *only, struct buf *out);

/* Appends "COUNT WHAT", after ", " if the cell is not empty. Appends nothing if the count is 0 or unknown. */
void blocks_put_some(struct buf *cell, long count, const char *what);

/* "34 min of the usual 50-60", and how late that is. Nothing unless provisioning. */
enum screen_tone blocks_put_progress(struct buf *cell, const struct blocks_side *side);

/* Whether people answer this priority within hours: it is not P3. */
bool blocks_is_urgent(const char *priority);

/*
 * What is wrong beside the status, the most urgent first: a row of two cells for each, as long as there is room for
 * them. In an outage nobody needs to know what has time until the next working day.
 */
void blocks_put_troubles(struct table *t, const struct cJSON *summary);
