/* The daemon's summary of one pair: asked for, checked, and the reason told where there is none. */
#ifndef HAWATCH_SUMMARY_H
#define HAWATCH_SUMMARY_H

#include "hawatch_cmd.h"

struct cJSON;

/* The pair's status (ha-semantics.md section 3) as a terminal and a script hear it. */
struct summary_status {
	const char *name;
	enum screen_tone tone;
	int exit_code; /* of `status` and `active` */
};

struct summary {
	struct client_reply reply; /* the bytes as they came */
	struct cJSON *json;
	const struct summary_status *status; /* never NULL after summary_ask() gave EXIT_YES */
	wall_ms now; /* the daemon's clock where it told, so that ours may be wrong */
};

/*
 * Asks for the summary of `cmd`'s pair. EXIT_YES with `s` filled in, summary_fini() releases it;
 * otherwise the exit code, said why on stderr, nothing to release.
 */
int summary_ask(const struct cmd *cmd, struct summary *s) __attribute__((warn_unused_result));

void summary_fini(struct summary *s);

#endif
