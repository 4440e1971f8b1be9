/*
 * The daemon's documents as people read them, in blocks that commands put together. Blocks show what
 * the daemon told and "-" where it told nothing; they judge nothing anew.
 */
#ifndef HAWATCH_CLI_BLOCKS_H
#define HAWATCH_CLI_BLOCKS_H

#include "cli/ask.h"
#include "cli/table.h"

enum { BLOCKS_LABEL_WIDTH = 11 /* lines up the blocks below each other */ };

/* One side as a document tells of it, and the daemon's clock. */
struct blocks_side {
	const struct cJSON *json;
	wall_ms now;
};

/* A row of the table whose columns are sides. */
struct blocks_row {
	const char *label;
	/* Appends what the daemon told of the side, nothing where it told nothing. */
	enum screen_tone (*put)(struct buf *cell, const struct blocks_side *side);
	bool is_rare; /* left out where no side has anything to say */
};

/*
 * The sides beside each other, so that the eye catches what differs; below each other on a narrow
 * screen. `sides` is the object that holds them; with `only` it is this one alone.
 */
void blocks_sides(const struct screen *screen, const struct blocks_row rows[], size_t count,
    const struct cJSON *sides, const struct cJSON *only, wall_ms now, struct buf *out);

/* The pair's status (SEMANTICS.md section 3) as a terminal and a script hear it. */
struct blocks_status {
	const char *name;
	enum screen_tone tone;
	int exit_code; /* of `status` and `active` */
};

/* NULL when there is no such status. */
const struct blocks_status *blocks_status_named(const char *name);

/* Whether an object is a summary of the pair that was asked for, with a status that we know. */
bool blocks_is_summary(const struct cmd *cmd, const struct cJSON *json);

/* The tone of a side's state: UP, DOWN... */
enum screen_tone blocks_state_tone(const char *name);

/* "prod  ACTIVE  since 20:00 UTC (1h2m)", and the daemon's message in words. */
void blocks_headline(const struct screen *screen, const struct answer *summary, struct buf *out);

/*
 * Node balance and capacity, against the runbook's 80 and 90 %. `balance` is the document node-balance
 * or the part of that name in a summary, `utilization` the text that goes with it.
 */
void blocks_balance(const struct screen *screen, const struct cJSON *balance, const char *utilization,
    struct buf *out);

/* Appends the texts at `path` of the sides, one paragraph each: "primary: ...". */
void blocks_notes(const struct screen *screen, const struct cJSON *sides, const struct cJSON *only,
    const char *path, struct buf *out);

/* Appends `count` of `what`, ", " before it where the cell has something; nothing where it is 0 or unknown. */
void blocks_put_some(struct buf *cell, long count, const char *what);

/* "34 min of the usual 50-60", and what Spot's clock says of it. Nothing when not provisioning. */
enum screen_tone blocks_put_progress(struct buf *cell, const struct blocks_side *side);

#endif
