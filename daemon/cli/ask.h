/* Gets one document from the daemon and checks it. If it fails, reports the reason. */
#pragma once

#include "cli/answer.h"
#include "cli/cmd.h"

/* Zero-initialise; ask_fini() releases it. */
struct answer {
	struct client_reply reply; /* the received bytes */
	struct cJSON *json;
	const struct cJSON *side; /* the side given on the command line, borrowed from `json`; else NULL */
	wall_ms now;              /* the daemon's clock if known, so a wrong local clock does no harm */
	struct err warning;       /* a warning about this answer, or "" */
};

/*
 * Gets the document of `cmd`'s pair. EXIT_YES with `answer` filled in. Otherwise returns the exit code with
 * reason and fix in `e`; there is then nothing to release.
 */
int ask(const struct cmd *cmd, const struct show *show, struct answer *answer, struct err *e)
    __attribute__((warn_unused_result));

/* The same for a request of the caller; `show` decides whether the answer is good. */
int ask_with(const struct cmd *cmd, const struct show *show, const struct client_question *question,
    struct answer *answer, struct err *e) __attribute__((warn_unused_result));

void ask_fini(struct answer *answer);

/*
 * True if requests go over the Unix socket. Else complains, with `what` in front of the remedy, such as "reload works":
 * what changes something is taken there only.
 */
bool ask_has_socket(const struct cmd *cmd, const char *what);

/* True if the document has a text "pair" that matches the requested pair. */
bool ask_is_of_pair(const struct cmd *cmd, const struct cJSON *json);
