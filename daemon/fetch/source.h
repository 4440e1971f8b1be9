/* A source of observations: its statistics, and a log line when it starts or stops failing. */
#ifndef HAWATCH_FETCH_SOURCE_H
#define HAWATCH_FETCH_SOURCE_H

#include "decide/poll_stats.h"
#include "fetch/fetch.h"

/* One source. Zero-initialise with its names; `pair` and `side` are NULL for shared ones. Borrowed. */
struct source {
	const char *name, *pair, *side;
	struct poll_stats stats;
	enum poll_reason logged; /* the reason that the last line told of */
	mono_ms answered_at;     /* last HTTP answer of whatever status: a witness for our network */
};

/* Counts one poll that ended; `url` is for the log. A change of fortune makes one line. */
void source_count(
    struct source *source, const struct fetch_result *result, const char *url, struct now now);

/* Carries over what `old` has counted, said and witnessed; the names are the new one's own. */
void source_adopt(struct source *source, const struct source *old);

#endif
