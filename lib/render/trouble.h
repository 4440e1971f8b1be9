/*
 * What is wrong with a pair beside its status: the conditions of the alerts that a person answers while CI goes on. An
 * alert comes only when its condition has held for a while; here it is seen at once.
 */
#pragma once

#include "base/buf.h"
#include "base/json_out.h"
#include "render/runbook.h"
#include "render/view.h"

struct trouble {
	const char *alert; /* also the name of its section of the runbook */
	int side;          /* an enum side_id; -1: the whole pair */
	int after_min;     /* the alert comes when the condition has held for so many minutes */
	/* What it means for CI at once, on the side or, of the whole pair, everywhere; NULL: nothing beside the
	 * numbers. */
	const char *effect;
	size_t next; /* where to look for the next one */
};

/*
 * The next trouble, the most urgent first; begin with a zeroed one. `why` is overwritten: what is wrong, as a text
 * without the side and without a full stop. False at the end.
 */
bool trouble_next(const struct view *view, const struct view_pair *pair, const struct figures *figures,
    struct trouble *trouble, struct buf *why);

/*
 * Whether jobs go on there as far as is known: it is UP, has a listener, and does not lack the runners that are
 * desired. Whether the side is in maintenance does not matter.
 */
bool trouble_takes_jobs(const struct view_pair *pair, enum side_id id);

/* Trouble `number` of all that there are, the most urgent first, whether it holds or not; false behind the last. */
bool trouble_kind(size_t number, struct trouble *out);

enum { TROUBLE_WHY_MAX_BYTES = 1024 };

/* A field of its section of the runbook: "Priority" or "Call". Every section has them. */
struct runbook_part trouble_field(const struct trouble *trouble, const char *name);

/* Whether a person has to answer it within hours: its priority is above P3. */
bool trouble_is_urgent(const struct trouble *trouble);

/* The troubles as an array. */
void trouble_put_json(struct json_out *j, const char *name, const struct view *view, const struct view_pair *pair,
    const struct figures *figures);
