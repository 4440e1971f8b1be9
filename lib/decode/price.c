#include "decode/price.h"

#include "base/mem.h"
#include "decode/json.h"

#include <cJSON.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { NANO_DIGITS = 9, DOLLAR_DIGITS = 6 };

#define NANO INT64_C(1000000000)

bool price_parse(const char *text, int64_t *nano)
{
	size_t whole = strspn(text, "0123456789");
	const char *point = text + whole;
	size_t part = *point == '.' ? strspn(point + 1, "0123456789") : 0;
	bool ends = point[*point == '.' ? part + 1 : 0] == '\0';
	if (!ends || whole == 0 || whole > DOLLAR_DIGITS || (*point && part == 0) || part > NANO_DIGITS)
		return false;
	int64_t n = strtoll(text, NULL, 10) * NANO, unit = NANO;
	for (size_t i = 1; i <= part; i++) {
		unit /= 10;
		n += (point[i] - '0') * unit;
	}
	*nano = n;
	return true;
}

/* Some prices in the file are texts, others numbers. -1: absent or not usable. */
static int64_t read_price(struct json *j, const cJSON *entry, const char *name)
{
	const cJSON *m = json_member(j, entry, name);
	int64_t nano;
	if (cJSON_IsString(m))
		return price_parse(m->valuestring, &nano) ? nano : -1;
	bool is_number = cJSON_IsNumber(m) && m->valuedouble >= 0 && m->valuedouble < 1e6;
	nano = is_number ? llround(m->valuedouble * (double)NANO) : -1;
	return nano < 1000000 * NANO ? nano : -1; /* it may have been rounded up */
}

/* Skips an entry that is not usable; the others stay valid. */
static void read_entry(const char *region, const cJSON *entry, struct price_table *out)
{
	struct json j = {0};
	const char *name = entry->string;
	if (!cJSON_IsObject(entry) || strlen(region) >= WORD_MAX || strlen(name) >= WORD_MAX)
		return;
	struct price price = {
	    .market_nano = read_price(&j, entry, "market_price"),
	    .p80_nano = read_price(&j, entry, "80_percentile"),
	};
	if (j.has_failed || price.market_nano < 0)
		return;
	if (out->count == PRICES_MAX) {
		out->is_full = true;
		return;
	}
	memcpy(price.region, region, strlen(region) + 1);
	memcpy(price.server_class, name, strlen(name) + 1);
	out->v[out->count++] = price;
}

bool price_table_read(const char *json, size_t len, struct price_table *out, struct err *e)
{
	cJSON *root = json_parse_object(json, len, e);
	if (!root)
		return false;
	struct json j = {0};
	const cJSON *regions = json_object(&j, root, "regions"), *region, *entry;
	struct price_table table = {.v = mem_zeroed(PRICES_MAX, sizeof *table.v)};
	cJSON_ArrayForEach(region, regions)
	{
		struct json of_region = {0};
		const cJSON *classes = cJSON_IsObject(region) ? json_object(&of_region, region, "serverclasses") : NULL;
		cJSON_ArrayForEach(entry, classes)
		{
			read_entry(region->string, entry, &table);
		}
	}
	bool is_good = regions && !j.has_failed && !table.is_full;
	if (is_good) {
		table.v = mem_resized(table.v, (table.count ? table.count : 1) * sizeof *table.v);
		*out = table;
	} else {
		err_set(e, "%s", j.has_failed ? j.err.text : regions ? "too many prices" : "no \"regions\"");
		free(table.v);
	}
	cJSON_Delete(root);
	return is_good;
}

void price_table_fini(struct price_table *table)
{
	free(table->v);
	*table = (struct price_table){0};
}

static const struct price *find(const struct price_table *table, const char *region, const char *server_class)
{
	for (size_t i = 0; i < table->count; i++)
		if (strcmp(table->v[i].server_class, server_class) == 0 && strcmp(table->v[i].region, region) == 0)
			return &table->v[i];
	return NULL;
}

/* With a market price of 0, no bid can be outbid. */
static double ratio(const struct spot_bid *bid, const struct price *price)
{
	return price->market_nano ? (double)bid->nano / (double)price->market_nano : INFINITY;
}

bool price_margin(
    const struct price_table *table, const char *region, const struct spot_bids *bids, struct price_margin *out)
{
	const struct price *least_price = NULL;
	const struct spot_bid *least = NULL;
	for (size_t i = 0; i < bids->count; i++) {
		const struct price *price = find(table, region, bids->v[i].server_class);
		if (price && (!least || ratio(&bids->v[i], price) < ratio(least, least_price))) {
			least = &bids->v[i];
			least_price = price;
		}
	}
	if (!least || bids->omitted)
		return false;
	*out = (struct price_margin){
	    .bid_nano = least->nano,
	    .market_nano = least_price->market_nano,
	    .p80_nano = least_price->p80_nano,
	};
	return true;
}
