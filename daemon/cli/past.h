/* All that the journal of a pair holds of some time: asks page after page, and makes one document of them. */
#pragma once

#include "cli/ask.h"

/* A time or a duration as API_SINCE and API_UNTIL take them; NULL: no limit. */
struct past {
	const char *since, *until;
};

/*
 * As ask(), for the document events. Where even the pages that are asked for do not hold all, "more" is true in it. A
 * hawatchd that knows no journal gives what it has in memory.
 */
int past_ask(const struct cmd *cmd, const struct show *show, struct past past, struct answer *answer, struct err *e)
    __attribute__((warn_unused_result));
