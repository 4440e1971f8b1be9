/* Bids and market prices: exact decimals, the price file, which pool is nearest to being outbid. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "decode/items.h"
#include "decode/price.h"
#include "decode/spot.h"
#include "recording.h"

static void decimals(void **state)
{
	static const struct {
		const char *text;
		int64_t nano; /* -1: no price */
	} rows[] = {
	    {"0", 0},
	    {"0.080", 80000000},
	    {"0.35", 350000000},
	    {"0.010000", 10000000},
	    {"0.1", 100000000},
	    {"12.000000001", INT64_C(12000000001)},
	    {"999999.999999999", INT64_C(999999999999999)},
	    {"007.5", INT64_C(7500000000)},
	    {"", -1},
	    {".5", -1},
	    {"5.", -1},
	    {"-0.1", -1},
	    {"+0.1", -1},
	    {"1e-3", -1},
	    {"0x1p3", -1},
	    {" 0.1", -1},
	    {"0.1 ", -1},
	    {"0,1", -1},
	    {"$0.1", -1},
	    {"0.1.2", -1},
	    {"nan", -1},
	    {"1000000", -1},
	    {"0.0000000001", -1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		int64_t nano = -1;

		if (price_parse(rows[i].text, &nano) != (rows[i].nano >= 0))
			fail_msg("%s", rows[i].text);
		assert_int_equal(nano, rows[i].nano);
	}
}

static bool read_table(const char *json, struct price_table *table)
{
	struct err e = {""};
	bool is_good = price_table_read(json, strlen(json), table, &e);

	assert_true(is_good || strlen(e.text) > 0);
	return is_good;
}

#define CLASSES(text) "{\"regions\":{\"r\":{\"generation\":\"v1\",\"serverclasses\":{" text "}}}}"

static void price_file(void **state)
{
	struct price_table t;

	(void)state;
	assert_true(read_table(CLASSES("\"a\":{\"market_price\":\"0.010000\",\"80_percentile\":0.051},"
				       "\"b\":{\"market_price\":0.2,\"80_percentile\":\"0.3\"},"
				       "\"c\":{\"market_price\":\"0.4\",\"80_percentile\":null}"),
	    &t));
	assert_int_equal(t.count, 3);
	assert_string_equal(t.v[0].region, "r");
	assert_string_equal(t.v[0].server_class, "a");
	assert_int_equal(t.v[0].market_nano, 10000000);
	assert_int_equal(t.v[0].p80_nano, 51000000);
	assert_int_equal(t.v[1].market_nano, 200000000);
	assert_int_equal(t.v[1].p80_nano, 300000000);
	assert_int_equal(t.v[2].p80_nano, -1);
	price_table_fini(&t);

	/* One bad entry says nothing of the others. */
	assert_true(read_table(CLASSES("\"a\":7,\"b\":{},\"c\":{\"market_price\":\"cheap\"},"
				       "\"d\":{\"market_price\":-1},\"e\":{\"market_price\":1e9},"
				       "\"f\":{\"market_price\":\"1\",\"market_price\":\"2\"},"
				       "\"h\":{\"market_price\":999999.9999999999},"
				       "\"g\":{\"market_price\":\"0.5\"}"),
	    &t));
	assert_int_equal(t.count, 1);
	assert_string_equal(t.v[0].server_class, "g");
	price_table_fini(&t);

	assert_true(read_table("{\"regions\":{}}", &t));
	assert_int_equal(t.count, 0);
	price_table_fini(&t);
	assert_true(read_table("{\"regions\":{\"r\":null,\"s\":{},\"t\":[],\"u\":{\"serverclasses\":[{}]},"
			       "\"v\":{\"serverclasses\":{},\"serverclasses\":{}},"
			       "\"w\":{\"serverclasses\":{\"a\":{\"market_price\":\"1\"}}}}}",
	    &t));
	assert_int_equal(t.count, 1);
	assert_string_equal(t.v[0].region, "w");
	price_table_fini(&t);

	static const char *const refused[] = {"", "{}", "[]", "{\"regions\":[]}", "{\"regions\":null}",
	    "{\"regions\":{},\"regions\":{}}", "<Error>AccessDenied</Error>", "{\"regions\":{}} x"};
	for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
		if (read_table(refused[i], &t))
			fail_msg("read: %s", refused[i]);
}

/* A file with more prices than are kept is refused: the missing price may be the one that matters. */
static void price_file_is_bounded(void **state)
{
	static char json[1 << 20];
	struct price_table t;

	(void)state;
	for (int more = 0; more < 2; more++) {
		size_t len = (size_t)snprintf(json, sizeof json, "{\"regions\":{\"r\":{\"serverclasses\":{");
		for (int i = 0; i < PRICES_MAX + more; i++)
			len += (size_t)snprintf(
			    json + len, sizeof json - len, "%s\"c%d\":{\"market_price\":\"0.1\"}", i ? "," : "", i);
		snprintf(json + len, sizeof json - len, "}}}}");
		assert_int_equal(read_table(json, &t), !more);
		if (more)
			break;
		assert_int_equal(t.count, PRICES_MAX);
		price_table_fini(&t);
	}
}

static void add(struct spot_bids *bids, const char *server_class, const char *price)
{
	struct spot_bid bid = {.nano = 0};

	strcpy(bid.server_class, server_class);
	assert_true(price_parse(price, &bid.nano));
	spot_bids_add(bids, &bid);
}

static void margins(void **state)
{
	struct price_table t;
	struct price_margin m = {-7, -7, -7};
	struct spot_bids bids = {.count = 0};

	(void)state;
	assert_true(
	    read_table("{\"regions\":{"
		       "\"dfw\":{\"serverclasses\":{\"small\":{\"market_price\":\"0.01\",\"80_percentile\":0.02},"
		       "\"large\":{\"market_price\":\"0.10\"},\"free\":{\"market_price\":\"0\"}}},"
		       "\"ord\":{\"serverclasses\":{\"small\":{\"market_price\":\"0.5\"}}}}}",
		&t));
	assert_false(price_margin(&t, "dfw", &bids, &m));
	add(&bids, "unheard-of", "0.001");
	assert_false(price_margin(&t, "dfw", &bids, &m));
	assert_int_equal(m.bid_nano, -7);

	add(&bids, "free", "0.001");
	assert_true(price_margin(&t, "dfw", &bids, &m)); /* the only one known */
	assert_int_equal(m.market_nano, 0);

	add(&bids, "large", "0.35"); /* 3.5 times the market */
	add(&bids, "small", "0.02"); /* twice */
	assert_true(price_margin(&t, "dfw", &bids, &m));
	assert_int_equal(m.bid_nano, 20000000);
	assert_int_equal(m.market_nano, 10000000);
	assert_int_equal(m.p80_nano, 20000000);

	add(&bids, "large", "0.5");  /* a second pool of the class that bids more changes nothing */
	add(&bids, "large", "0.09"); /* one that bids less does: it is outbid already */
	assert_int_equal(bids.count, 4);
	assert_true(price_margin(&t, "dfw", &bids, &m));
	assert_int_equal(m.bid_nano, 90000000);
	assert_int_equal(m.market_nano, 100000000);
	assert_int_equal(m.p80_nano, -1);

	assert_true(price_margin(&t, "ord", &bids, &m)); /* the region's own price */
	assert_int_equal(m.market_nano, 500000000);
	assert_false(price_margin(&t, "", &bids, &m));
	price_table_fini(&t);
	assert_false(price_margin(&t, "dfw", &bids, &m));
	struct spot_bids moved = {0};
	spot_bids_move(&moved, &bids);
	assert_true(moved.count == 4 && !bids.v && !bids.count);
	spot_bids_move(&moved, &bids);
	assert_true(!moved.v && !moved.count);
}

static void bids_are_bounded(void **state)
{
	struct spot_bids bids = {.count = 0};
	struct price_table t;
	struct price_margin m;
	char name[] = "class-0";

	(void)state;
	assert_true(
	    read_table("{\"regions\":{\"dfw\":{\"serverclasses\":{\"class-0\":{\"market_price\":\"0.2\"}}}}}", &t));
	for (int i = 0; i < SPOT_BIDS_MAX; i++, name[6]++)
		add(&bids, name, "0.1");
	assert_int_equal(bids.count, SPOT_BIDS_MAX);
	assert_int_equal(bids.omitted, 0);
	assert_true(price_margin(&t, "dfw", &bids, &m));
	/* One more, and another of a class that has a place: the smallest margin may be that of the first. */
	add(&bids, "another", "0.000001");
	add(&bids, "class-0", "0.05");
	assert_int_equal(bids.count, SPOT_BIDS_MAX);
	assert_int_equal(bids.omitted, 1);
	assert_false(price_margin(&t, "dfw", &bids, &m));
	price_table_fini(&t);
	spot_bids_fini(&bids);
	assert_int_equal(bids.omitted, 0);
}

struct seen {
	size_t pools, bids, lost;
	struct spot_bids all;
};

static bool on_pool(void *ctx, const char *json, size_t len, struct err *e)
{
	struct seen *s = ctx;
	struct node_pool pool;

	if (!spot_read_pool(json, len, &pool, e))
		return false;
	assert_true(pool.is_known_status);
	s->pools++;
	s->bids += pool.has_bid;
	s->lost += strcmp(pool.status, "Lost") == 0;
	if (pool.has_bid)
		spot_bids_add(&s->all, &pool.bid);
	return true;
}

static void read_recording(const char *name, const char *kind, struct seen *s)
{
	struct recording r = recording_read(name);
	struct buf next = buf_of(4096);
	struct items it;
	struct err e = {""};

	items_init(&it, spot_pool_members, on_pool, s);
	if (!items_feed(&it, r.body, r.len, &e) || !items_finish(&it, kind, &next, &e))
		fail_msg("%s: %s", name, e.text);
	assert_int_equal(it.unreadable.count, 0);
	items_fini(&it);
	buf_fini(&next);
	free(r.file);
}

/* The same pools, whether they came whole or in pages. */
static void recorded_pools(void **state)
{
	struct seen whole = {0}, paged = {0}, on_demand = {0};

	(void)state;
	read_recording("spot/spotnodepools.http", "SpotNodePoolList", &whole);
	read_recording("spot/spotnodepools-page-1.http", "SpotNodePoolList", &paged);
	read_recording("spot/spotnodepools-page-2.http", "SpotNodePoolList", &paged);
	read_recording("spot/spotnodepools-page-3.http", "SpotNodePoolList", &paged);
	assert_int_equal(whole.pools, 5);
	assert_int_equal(whole.bids, 5);
	assert_int_equal(whole.lost, 1);
	assert_int_equal(whole.all.count, 2);
	assert_int_equal(paged.all.count, 2);
	assert_string_equal(whole.all.v[0].server_class, "gp.vs1.xlarge-dfw");
	assert_int_equal(whole.all.v[0].nano, 350000000);
	assert_string_equal(whole.all.v[1].server_class, "gp.vs1.large-dfw");
	assert_int_equal(whole.all.v[1].nano, 80000000);
	assert_memory_equal(whole.all.v, paged.all.v, whole.all.count * sizeof *whole.all.v);
	spot_bids_fini(&whole.all);
	spot_bids_fini(&paged.all);
	assert_memory_equal(&whole, &paged, sizeof whole);
	read_recording("spot/ondemandnodepools.http", "OnDemandNodePoolList", &on_demand);
	assert_int_equal(on_demand.bids, 0);
}

/* Seen on broken upgrades: pools without properties. */
static void partial_pools(void **state)
{
	static const struct {
		const char *json;
		bool is_good, is_known, has_bid;
	} rows[] = {
	    {"{}", true, true, false},
	    {"{\"metadata\":null,\"spec\":null,\"status\":null}", true, true, false},
	    {"{\"spec\":{\"autoscaling\":null,\"bidPrice\":null,\"desired\":null},\"status\":{\"wonCount\":null,"
	     "\"bidStatus\":null}}",
		true, true, false},
	    {"{\"spec\":{\"autoscaling\":{\"enabled\":false},\"bidPrice\":\"0.1\"}}", true, true, true},
	    {"{\"spec\":{\"bidPrice\":\"a lot\"}}", true, true, false},
	    {"{\"status\":{\"bidStatus\":\"Winning\"}}", true, true, false},
	    {"{\"status\":{\"bidStatus\":\"Haggling\"}}", true, false, false},
	    {"{\"status\":{\"reservedStatus\":\"Haggling\"}}", true, false, false},
	    {"{\"spec\":{\"bidPrice\":0.1}}", false, false, false},
	    {"{\"spec\":[]}", false, false, false},
	    {"{\"status\":{\"wonCount\":\"2\"}}", false, false, false},
	    {"null", false, false, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct node_pool pool;
		struct err e = {""};
		bool is_good = spot_read_pool(rows[i].json, strlen(rows[i].json), &pool, &e);

		if (is_good != rows[i].is_good)
			fail_msg("%s: %s", rows[i].json, is_good ? "read" : e.text);
		if (!is_good)
			continue;
		assert_int_equal(pool.is_known_status, rows[i].is_known);
		assert_int_equal(pool.has_bid, rows[i].has_bid);
		assert_string_equal(pool.cloudspace, "");
		assert_int_equal(pool.counts.pools, 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(decimals),
	    cmocka_unit_test(price_file),
	    cmocka_unit_test(price_file_is_bounded),
	    cmocka_unit_test(margins),
	    cmocka_unit_test(bids_are_bounded),
	    cmocka_unit_test(recorded_pools),
	    cmocka_unit_test(partial_pools),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
