/*
 * Of the runbook's section of a BLOCKED status, the steps for the reasons that hold now, and what is to be done first.
 * The numbers of the steps are those of config/runbook.md; a test compares them.
 */
#pragma once

#include "cli/table.h"
#include "render/runbook.h"

#include "base/units.h"

struct cJSON;

/*
 * Appends the section's text without the steps and reasons that do not hold in `summary`; "=> " stands before the steps
 * that apply, and three spaces before the other lines of steps. False, with nothing appended, when it is no section of
 * the present status, or of a side the reason is one that the runbook has no step for: then all of the section is
 * needed.
 */
bool steps_put(const struct runbook_section *section, const struct cJSON *summary, struct buf *out);

/*
 * Rows "NOW", "RUN" and "NOT": what to do first of all, with which command, and what must not be done, for each side
 * that takes no work. The commands are for `pair`; NULL: they need no name.
 */
void steps_put_now(const struct cJSON *summary, wall_ms now, const char *pair, struct table *t);
