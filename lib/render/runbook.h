/* The runbook (config/runbook.md), as it was when this program was built. */
#pragma once

#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>

/* All of it, ended by NUL; the build makes it from the file. */
extern const char runbook_text[];

/* A heading and what stands below it, up to the next heading of its level. Borrowed. */
struct runbook_section {
	const char *name; /* of the heading, not ended by NUL */
	size_t name_len;
	const char *body;
	size_t len;
};

/*
 * The section of that name: upper and lower case are one, and so are "-" and a space, so that the
 * anchor of a link is a name, too. False when there is none.
 */
bool runbook_find(const char *name, struct runbook_section *out);

/* The section that follows in the file; start with NULL, "after" may be `out`. False at the end. */
bool runbook_next(const struct runbook_section *after, struct runbook_section *out);

/* A part of a section. Borrowed, not ended by NUL. */
struct runbook_part {
	const char *text;
	size_t len;
};

/* What stands behind "- NAME: " in the list with which a section begins, such as "Priority"; false when nothing. */
bool runbook_field(const struct runbook_section *section, const char *name, struct runbook_part *out);

/* The step of this number: from "1. " to the next step. False when there is none. */
bool runbook_step(const struct runbook_section *section, int number, struct runbook_part *out);

/*
 * Appends a step without what is said of other reasons. A paragraph or an item of a list is left out, with the code
 * below it, when it names reasons of `all` in backquotes and none of them is one for which `holds` is true.
 */
void runbook_put_for(
    const struct runbook_part *step, const char *const all[], const bool holds[], size_t count, struct buf *out);

/* Appends the anchor of a heading, as Markdown's renderers make it: "Scale up" is "scale-up". */
void runbook_put_anchor(const char *name, size_t len, struct buf *out);
