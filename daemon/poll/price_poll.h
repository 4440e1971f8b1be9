/*
 * The public market price file, read at its own slow interval. Nothing depends on it. If it cannot be read,
 * the last prices are used until they are too old.
 */
#pragma once

#include "base/buf.h"
#include "config/conf.h"
#include "decode/price.h"
#include "fetch/poll_env.h"
#include "fetch/source.h"

struct price_poll {
	struct poll_env env;
	const char *url; /* borrowed; NULL: prices are not polled */
	int64_t interval_ms;

	struct source source;
	struct price_table table;
	mono_ms read_at; /* when the table was read; MONO_NEVER: no table */
	mono_ms due;     /* the next read; far in the future while one is running */
	struct fetch_job *job;
	struct buf body;
};

/* Initialises for `conf` (borrowed). */
void price_poll_init(struct price_poll *poll, struct poll_env env, const struct conf_spot *conf, int64_t interval_ms);
void price_poll_fini(struct price_poll *poll);

/* A reload: copies the statistics of `old`, and takes its prices if they come from the same URL. */
void price_poll_adopt(struct price_poll *poll, struct price_poll *old);

/* Starts a read if it is due. Returns when it must be called next. */
mono_ms price_poll_run(struct price_poll *poll);

/* What the bids of one cloudspace are worth now; false if unknown. */
bool price_poll_margin(const struct price_poll *poll, const char *region, const struct spot_bids *bids,
    struct price_margin *out) __attribute__((warn_unused_result));
