/* The runbook (config/runbook.md), as it was when this program was built. */
#pragma once

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
