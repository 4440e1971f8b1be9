/* Spot's price file, and prices as texts. */
#include "decode/price.h"
#include "fuzz.h"

#include <cJSON.h>
#include <inttypes.h>

enum { NANO = 1000000000 };

static void put_price(cJSON *to, const char *name, int64_t nano)
{
	char text[40];
	int64_t back;
	snprintf(text, sizeof text, "%" PRId64 ".%09" PRId64, nano / NANO, nano % NANO);
	PROMISE(price_parse(text, &back) && back == nano);
	cJSON_AddStringToObject(to, name, text);
}

/* The prices in the form in which Spot sends them, each in a region of its own. The caller frees. */
static char *written(const struct price_table *table)
{
	cJSON *root = cJSON_CreateObject(), *regions = cJSON_AddObjectToObject(root, "regions");
	for (size_t i = 0; i < table->count; i++) {
		const struct price *p = &table->v[i];
		cJSON *region = cJSON_CreateObject();
		cJSON *entry =
		    cJSON_AddObjectToObject(cJSON_AddObjectToObject(region, "serverclasses"), p->server_class);
		put_price(entry, "market_price", p->market_nano);
		if (p->p80_nano >= 0)
			put_price(entry, "80_percentile", p->p80_nano);
		cJSON_AddItemToObject(regions, p->region, region);
	}
	char *json = cJSON_PrintUnformatted(root);
	cJSON_Delete(root);
	return json;
}

static void check_rewritten(const struct price_table *table)
{
	struct price_table again;
	struct err e = ERR_UNSET;
	char *json = written(table);
	PROMISE(price_table_read(json, strlen(json), &again, &e));
	PROMISE(again.count == table->count);
	for (size_t i = 0; i < again.count; i++) {
		const struct price *a = &again.v[i], *b = &table->v[i];
		PROMISE(!strcmp(a->region, b->region) && !strcmp(a->server_class, b->server_class));
		PROMISE(a->market_nano == b->market_nano && a->p80_nano == b->p80_nano);
	}
	price_table_fini(&again);
	free(json);
}

/* A bid of the market's price in the first region is the one that is shown, or there is a nearer one. */
static void check_margin(const struct price_table *table)
{
	const struct price *first = &table->v[0];
	struct spot_bid bid = {.nano = first->market_nano};
	struct price_margin margin;
	memcpy(bid.server_class, first->server_class, sizeof bid.server_class);
	PROMISE(price_margin(table, first->region, &(struct spot_bids){&bid, 1, 0}, &margin));
	PROMISE(margin.bid_nano == margin.market_nano && margin.p80_nano == first->p80_nano);
	PROMISE(!price_margin(table, first->region, &(struct spot_bids){&bid, 1, 1}, &margin));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct price_table table;
	struct err e = ERR_UNSET;
	int64_t nano = -1;
	char *text = fuzz_text(bytes, len);
	PROMISE(price_parse(text, &nano) ? nano >= 0 && nano < INT64_C(1000000) * NANO : nano == -1);
	free(text);
	memset(&table, UNTOUCHED, sizeof table);
	if (!price_table_read((const char *)bytes, len, &table, &e)) {
		PROMISE_ERR(e);
		PROMISE_UNTOUCHED(table);
		return 0;
	}
	PROMISE(table.count <= PRICES_MAX && !table.is_full);
	for (size_t i = 0; i < table.count; i++)
		PROMISE(table.v[i].market_nano >= 0 && table.v[i].p80_nano >= -1);
	check_rewritten(&table);
	if (table.count)
		check_margin(&table);
	price_table_fini(&table);
	return 0;
}
