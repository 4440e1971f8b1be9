/* What `hawatch wait` waits for, and the progress towards it. */
#ifndef HAWATCH_CLI_CMD_WAIT_H
#define HAWATCH_CLI_CMD_WAIT_H

#include "cli/blocks.h"

struct wait;

struct wait_goal {
	const char *name, *words; /* "prod is ACTIVE", "secondary is drained" */
	bool is_of_side, needs_runners;
	bool (*is_reached)(const struct wait *w);
	/* Appends how far a side is: one line, without its end. */
	void (*put)(const struct wait *w, const struct cJSON *side, struct buf *out);
};

/* NULL when there is no such goal. */
const struct wait_goal *cmd_wait_goal_named(const char *name);

/* One wait. Answers are the last good ones. */
struct wait {
	struct cmd cmd; /* a copy: the screen may change its size */
	const struct wait_goal *goal;
	const char *side; /* NULL: the pair */
	struct answer summary, runners;
	mono_ms began, answered; /* answered: MONO_NEVER before the first */
	struct err trouble;      /* "" while answers come */
	char *told;              /* in a pipe: the last line without its time */
	mono_ms told_at;
	size_t drawn; /* on a terminal: lines of the block that stands there */
};

#endif
