/*
 * Spot's public market price file (percentiles.json), and how near a bid is to being outbid. Prices are whole
 * nano-dollars, so that decimal texts are exact. All prices are per node and hour.
 */
#pragma once

#include "base/err.h"
#include "decide/obs.h"

#include <stddef.h>

enum { PRICES_MAX = 4096 }; /* real files have a few hundred */

struct price {
	char region[WORD_MAX], server_class[WORD_MAX];
	int64_t market_nano;
	int64_t p80_nano; /* the 80th percentile; -1 when the file has none */
};

struct price_table {
	struct price *v; /* owned */
	size_t count;
	bool is_full; /* the file has more than PRICES_MAX */
};

/*
 * A decimal text such as "0.080": digits, and up to nine digits after a point. No sign, no exponent, below a million
 * dollars.
 */
bool price_parse(const char *text, int64_t *nano) __attribute__((warn_unused_result));

/*
 * Reads the file. Regions without classes and classes without a usable market price are skipped; prices may be texts or
 * numbers. False when the document is not a price file, or has more than PRICES_MAX prices. On success the caller owns
 * `out` and frees it with price_table_fini().
 */
bool price_table_read(const char *json, size_t len, struct price_table *out, struct err *e)
    __attribute__((warn_unused_result));

void price_table_fini(struct price_table *table);

/*
 * The bid of one cloudspace that is nearest to being outbid: the smallest bid divided by the market price in its
 * region. False when no bid has a known market price, or not all bids are known.
 */
bool price_margin(const struct price_table *table, const char *region, const struct spot_bids *bids,
    struct price_margin *out) __attribute__((warn_unused_result));
