/*
 * The public market price file, read on its own slow cadence. Nothing depends on it: while it cannot be
 * read the last prices count until they are too old, and then there are none.
 */
#ifndef HAWATCH_POLL_PRICE_POLL_H
#define HAWATCH_POLL_PRICE_POLL_H

#include "base/buf.h"
#include "config/conf.h"
#include "decode/price.h"
#include "fetch/poll_env.h"
#include "fetch/source.h"

struct price_poll {
	struct poll_env env;
	const char *url; /* borrowed; NULL: prices are not watched */
	int64_t interval_ms;

	struct source source;
	struct price_table table;
	mono_ms read_at; /* of the table; MONO_NEVER: there is none */
	mono_ms due;     /* the next reading; far away while one is in flight */
	struct fetch_job *job;
	struct buf body;
};

/* Prepares on behalf of `conf`, which is borrowed. */
void price_poll_init(
    struct price_poll *poll, struct poll_env env, const struct conf_spot *conf, int64_t interval_ms);
void price_poll_fini(struct price_poll *poll);

/* Starts a reading when one is due. Returns when it must be called next. */
mono_ms price_poll_run(struct price_poll *poll);

/* What one cloudspace's bids are worth now; false when that is not known. */
bool price_poll_margin(const struct price_poll *poll, const char *region,
    const struct spot_bids *bids, struct price_margin *out) __attribute__((warn_unused_result));

#endif
