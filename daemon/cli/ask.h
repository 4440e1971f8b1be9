/* One document of the daemon's: asked for, checked, and the reason told where there is none. */
#ifndef HAWATCH_CLI_ASK_H
#define HAWATCH_CLI_ASK_H

#include "cli/answer.h"
#include "cli/cmd.h"

/* Zero-initialise; ask_fini() releases it. */
struct answer {
	struct client_reply reply; /* the bytes as they came */
	struct cJSON *json;
	const struct cJSON *side; /* the one that the command names, borrowed from `json`; else NULL */
	wall_ms now; /* the daemon's clock where it told, so that ours may be wrong */
	struct err warning; /* "" or what a person must know of this answer */
};

/*
 * Gets the document of `cmd`'s pair. EXIT_YES with `answer` filled in; otherwise the exit code with
 * the reason and the remedy in `e`, and nothing to release.
 */
int ask(const struct cmd *cmd, const struct show *show, struct answer *answer, struct err *e)
    __attribute__((warn_unused_result));

/* The same for a question of the caller's own, `show` saying which answer is good. */
int ask_with(const struct cmd *cmd, const struct show *show, const struct client_question *question,
    struct answer *answer, struct err *e) __attribute__((warn_unused_result));

void ask_fini(struct answer *answer);

/* Whether the document has a text "pair", and of the pair that was asked for. */
bool ask_is_of_pair(const struct cmd *cmd, const struct cJSON *json);

#endif
