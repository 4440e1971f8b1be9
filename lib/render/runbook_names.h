/* The names of one pair in the place of those in the runbook's examples, so that a command can be copied as it stands.
 */
#pragma once

#include "base/buf.h"

#include <stdbool.h>

/* What the examples of config/runbook.md name. */
enum runbook_name {
	NAME_PRIMARY_CONTEXT, /* kubectl's; where there is none, the cloudspace's name */
	NAME_SECONDARY_CONTEXT,
	NAME_PRIMARY, /* the cloudspace's */
	NAME_SECONDARY,
	NAME_RUNNERS, /* namespaces */
	NAME_CONTROLLER,
	NAME_ARGOCD,
	NAME_PAIR,
	RUNBOOK_NAMES
};

/* Borrowed. A name that is NULL is not filled in. */
struct runbook_names {
	const char *v[RUNBOOK_NAMES];
	bool needs_pair; /* several pairs are watched: each hawatch command gets `--pair NAME` */
};

/* Whether one of them cannot stand in a shell's line as it is; it is not filled in. */
bool runbook_names_has_odd(const struct runbook_names *names);

/*
 * Appends `len` bytes of the runbook, from the start of a line, with these names; as they are where `names` is NULL. A
 * command that `--pair NAME` makes too long for its line goes on in the next one.
 */
void runbook_names_fill(const struct runbook_names *names, const char *text, size_t len, struct buf *out);
