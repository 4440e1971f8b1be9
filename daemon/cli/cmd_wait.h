/* The goals of `hawatch wait`, and the progress towards them. */
#pragma once

#include "cli/blocks.h"

struct wait;

struct wait_goal {
	const char *name, *words; /* "prod is ACTIVE", "secondary is drained" */
	bool is_of_side, needs_runners;
	bool (*is_reached)(const struct wait *w);
	/* Appends the progress of a side: one line without a line end. */
	void (*put)(const struct wait *w, const struct cJSON *side, struct buf *out);
};

/* NULL if there is no such goal. */
const struct wait_goal *cmd_wait_goal_named(const char *name);

/* One wait, with the last good answers. */
struct wait {
	struct cmd cmd; /* a copy, because the screen size may change */
	const struct wait_goal *goal;
	const char *side; /* NULL: the pair */
	struct answer summary, runners;
	mono_ms began, answered; /* answered: MONO_NEVER before the first answer */
	struct err trouble;      /* "": no problem */
	char *told;              /* in a pipe: the last printed line without its time */
	mono_ms told_at;
	size_t drawn; /* on a terminal: lines of the last drawn block */
};
