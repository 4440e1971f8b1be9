/*
 * Anchors: independent endpoints that vouch for our own network (SEMANTICS.md section 1, "Own network").
 * Any HTTP answer will do, whatever its status; over https only one whose certificate the system's CAs vouch
 * for, or a captive portal would pass for the world.
 */
#ifndef HAWATCH_POLL_ANCHOR_POLL_H
#define HAWATCH_POLL_ANCHOR_POLL_H

#include "config/conf.h"
#include "fetch/poll_env.h"
#include "fetch/source.h"

struct anchor;

struct anchor_poll {
	struct poll_env env;
	int64_t interval_ms, confirm_ms;
	struct anchor *anchors;
	size_t count;
	struct poll_stats stats; /* of all of them together; OK: an answer of whatever status */
	mono_ms started_at, due; /* the last round's start, and the next one's; all are asked together */
};

/* Prepares for the anchors of `conf`, which is borrowed; there may be none. */
void anchor_poll_init(struct anchor_poll *poll, struct poll_env env, const struct conf_poll *conf);
void anchor_poll_fini(struct anchor_poll *poll);

/* Starts a round when one is due, of those whose last request has ended. Returns when it must be called next. */
mono_ms anchor_poll_run(struct anchor_poll *poll);

/* A side stopped answering: the next round comes as early as confirming allows. */
void anchor_poll_bring_forward(struct anchor_poll *poll);

/* When any anchor last gave an HTTP answer; MONO_NEVER if none ever did. */
mono_ms anchor_poll_answered_at(const struct anchor_poll *poll);

/* Carries over what `old` has counted, and of each anchor that both know what it said and witnessed. */
void anchor_poll_adopt(struct anchor_poll *poll, const struct anchor_poll *old);

#endif
