/*
 * Anchors: independent endpoints that prove that our own network works (SEMANTICS.md section 1, "Own
 * network"). Any HTTP answer counts, with any status. Over https the system's CAs must verify the
 * certificate; otherwise a captive portal could answer.
 */
#pragma once

#include "config/conf.h"
#include "fetch/poll_env.h"
#include "fetch/source.h"

struct anchor;

struct anchor_poll {
	struct poll_env env;
	int64_t interval_ms, confirm_ms;
	struct anchor *anchors;
	size_t count;
	struct poll_stats stats; /* of all anchors together; OK: an answer with any status */
	mono_ms started_at, due; /* start of the last round, and of the next; all anchors are polled together */
};

/* Initialises for the anchors of `conf` (borrowed; may have none). */
void anchor_poll_init(struct anchor_poll *poll, struct poll_env env, const struct conf_poll *conf);
void anchor_poll_fini(struct anchor_poll *poll);

/* Starts a round if it is due; skips anchors whose last request still runs. Returns when it must be called
 * next. */
mono_ms anchor_poll_run(struct anchor_poll *poll);

/* A side stopped answering: starts the next round as early as confirmation allows. */
void anchor_poll_bring_forward(struct anchor_poll *poll);

/* When an anchor last gave an HTTP answer; MONO_NEVER: never. */
mono_ms anchor_poll_answered_at(const struct anchor_poll *poll);

/* Copies statistics from `old`, and the results of every anchor that both configurations have. */
void anchor_poll_adopt(struct anchor_poll *poll, const struct anchor_poll *old);
