/* A source of observations: its statistics, and a log line when it starts or stops failing. */
#pragma once

#include "decide/poll_stats.h"
#include "decide/reach.h"
#include "decide/unreadable.h"
#include "fetch/fetch.h"

/* One source. Zero-initialise it, then set the names (borrowed). `pair` and `side` are NULL for a shared
 * source. */
struct source {
	const char *name, *pair, *side;
	struct poll_stats stats;
	struct reach reach;      /* of the last poll */
	enum poll_reason logged; /* the reason in the last log line */
	mono_ms answered_at;     /* last HTTP answer with any status: proof that our network works */
};

/* Counts one finished poll; `url` is for the log. Logs one line when the reason changes. */
void source_count(struct source *source, const struct fetch_result *result, const char *url, struct now now);

/*
 * Logs each object of the source's list that cannot be read now and could be read before, and when all can be read
 * again. Names few of many, so that no list fills the log.
 */
void source_note_unreadable(
    const struct source *source, const struct unreadables *before, const struct unreadables *now);

/* Copies statistics, how it was reached, logged reason and last answer from `old`; the names stay those of `source`. */
void source_adopt(struct source *source, const struct source *old);
