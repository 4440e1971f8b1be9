/* CloudSpaces and node pools: the recordings, every word of SEMANTICS.md section 1. */
#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/rfc3339.h"
#include "decode/items.h"
#include "decode/spot.h"
#include "recording.h"

static void read_text(const char *json, struct cloudspace *c)
{
	struct err e = {""};

	if (!spot_read_cloudspace(json, strlen(json), c, &e))
		fail_msg("%s: %s", json, e.text);
}

static void read_phase(const char *phase, struct cloudspace *c)
{
	char json[512];

	snprintf(json, sizeof json,
	    "{\"metadata\":{\"name\":\"ci-a\"},\"status\":{\"phase\":\"%s\",\"APIServerEndpoint\":"
	    "\"hcp-1\"}}",
	    phase);
	read_text(json, c);
	assert_string_equal(c->phase, phase);
}

/* clang-format off */
static const struct {
	const char *phase;
	enum spot_word word;
	const char *known_phase;
} phases[] = {
	{"Ready", SPOT_READY, "Ready"},
	{"Healthy", SPOT_READY, "Ready"},
	{"Running", SPOT_READY, "Ready"},
	{"Active", SPOT_READY, "Ready"},
	{"Fulfilled", SPOT_READY, "Ready"},
	{"Provisioning", SPOT_PROVISIONING, "Provisioning"},
	{"Creating", SPOT_PROVISIONING, "Provisioning"},
	{"Pending", SPOT_PROVISIONING, "Provisioning"},
	{"Upgrading", SPOT_PROVISIONING, "Upgrading"},
	{"NoWinningBids", SPOT_PROVISIONING, "NoWinningBids"},
	{"", SPOT_PROVISIONING, "Provisioning"},
	{"Error", SPOT_ERROR, "Error"},
	{"Failed", SPOT_ERROR, "Error"},
	{"Degraded", SPOT_ERROR, "Error"},
	{"ControlPlaneUnresponsive", SPOT_ERROR, "ControlPlaneUnresponsive"},
	{"Deleting", SPOT_DELETING, "Deleting"},
	{"Rebooting", SPOT_NONE, "Unknown"},
	{"Ready ", SPOT_NONE, "Unknown"},
	{"NotReady", SPOT_NONE, "Unknown"},
	{"Read", SPOT_NONE, "Unknown"},
	{"Unknown", SPOT_NONE, "Unknown"},
	{"null", SPOT_NONE, "Unknown"},
};
/* clang-format on */

static void words_in_any_case(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof phases / sizeof *phases; i++) {
		for (int spelling = 0; spelling < 3; spelling++) {
			struct cloudspace c;
			char phase[64] = "";

			for (size_t k = 0; k < strlen(phases[i].phase); k++) {
				unsigned char letter = (unsigned char)phases[i].phase[k];

				phase[k] = (char)(spelling == 1 ? toupper(letter)
					: spelling == 2         ? tolower(letter)
								: letter);
			}
			read_phase(phase, &c);
			assert_string_equal(spot_word_names[c.word], spot_word_names[phases[i].word]);
			assert_string_equal(spot_phase_names[c.known_phase], phases[i].known_phase);
		}
	}
}

/* "phase Ready and an endpoint": without one it is not ready, and no bad news either. */
static void ready_asks_for_an_endpoint(void **state)
{
	static const char *const statuses[] = {"{\"phase\":\"Ready\"}",
	    "{\"phase\":\"Ready\",\"APIServerEndpoint\":\"\"}", "{\"phase\":\"Ready\",\"APIServerEndpoint\":null}",
	    "{\"phase\":\"Ready\",\"apiserverendpoint\":\"hcp-1\"}"};

	(void)state;
	for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++) {
		struct cloudspace c;
		char json[256];

		snprintf(json, sizeof json, "{\"metadata\":{\"name\":\"a\"},\"status\":%s}", statuses[i]);
		read_text(json, &c);
		assert_string_equal(spot_word_names[c.word], "none");
		assert_string_equal(c.endpoint, "");
	}
}

static void deleting_by_timestamp(void **state)
{
	struct cloudspace c;

	(void)state;
	for (size_t i = 0; i < sizeof phases / sizeof *phases; i++) {
		char json[256];

		snprintf(json, sizeof json,
		    "{\"metadata\":{\"name\":\"a\",\"deletionTimestamp\":\"2026-11-23T20:00:00Z\"},"
		    "\"status\":{\"phase\":\"%s\",\"APIServerEndpoint\":\"x\"}}",
		    phases[i].phase);
		read_text(json, &c);
		assert_true(c.deleting);
		assert_string_equal(spot_word_names[c.word], "deleting");
	}
	read_text("{\"metadata\":{\"name\":\"a\",\"deletionTimestamp\":null},\"status\":{\"phase\":"
		  "\"Error\"}}",
	    &c);
	assert_false(c.deleting);
	assert_int_equal(c.word, SPOT_ERROR);
}

static void absent_null_and_partial(void **state)
{
	/* clang-format off */
	static const char *const texts[] = {
		"{\"metadata\":{\"name\":\"a\"}}",
		"{\"metadata\":{\"name\":\"a\"},\"spec\":null,\"status\":null}",
		"{\"metadata\":{\"name\":\"a\",\"deletionTimestamp\":null,\"creationTimestamp\":null},\"spec\":{},\"status\":{}}",
		"{\"metadata\":{\"name\":\"a\"},\"spec\":{\"region\":null},\"status\":{\"phase\":null}}",
		"{\"metadata\":{\"name\":\"a\"},\"status\":{\"health\":null,\"reason\":null}}",
		"{\"metadata\":{\"name\":\"a\"},\"status\":{\"APIServerEndpoint\":null,\"firstReadyTimestamp\":null}}",
		"{\"metadata\":{\"name\":\"a\"},\"status\":{\"firstReadyTimestamp\":\"0001-01-01T00:00:00Z\"}}",
	};
	/* clang-format on */

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct cloudspace c;

		read_text(texts[i], &c);
		assert_string_equal(c.name, "a");
		assert_int_equal(c.word, SPOT_PROVISIONING);
		assert_string_equal(c.phase, "");
		assert_string_equal(c.endpoint, "");
		assert_false(wall_is_known(c.first_ready));
		assert_false(wall_is_known(c.created));
	}
}

/* clang-format off */
static const char *const not_cloudspaces[] = {
	"", "null", "[]", "\"a\"", "{}", "{\"metadata\":{}}", "{\"metadata\":null}",
	"{\"metadata\":{\"name\":\"\"}}",
	"{\"metadata\":{\"name\":null}}",
	"{\"metadata\":{\"name\":5}}",
	"{\"metadata\":[\"a\"]}",
	"{\"metadata\":{\"name\":\"a\"},\"status\":\"Ready\"}",
	"{\"metadata\":{\"name\":\"a\"},\"status\":[]}",
	"{\"metadata\":{\"name\":\"a\"},\"status\":{\"phase\":1}}",
	"{\"metadata\":{\"name\":\"a\"},\"status\":{\"phase\":[\"Ready\"]}}",
	"{\"metadata\":{\"name\":\"a\"},\"status\":{\"phase\":\"Error\",\"phase\":\"Ready\"}}",
	"{\"metadata\":{\"name\":\"a\"},\"status\":{\"phase\":\"\xff\"}}",
	"{\"metadata\":{\"name\":\"a\"},\"status\":{\"APIServerEndpoint\":{}}}",
	"{\"metadata\":{\"name\":\"a\"},\"status\":{\"firstReadyTimestamp\":true}}",
	"{\"metadata\":{\"name\":\"a\",\"deletionTimestamp\":false}}",
	"{\"metadata\":{\"name\":\"a\",\"creationTimestamp\":0}}",
	"{\"metadata\":{\"name\":\"a\"},\"spec\":0}",
	"{\"metadata\":{\"name\":\"a\"},\"metadata\":{\"name\":\"b\"}}",
	"{\"metadata\":{\"name\":\"a\"}}{}",
	"{\"metadata\":{\"name\":\"a\"}",
};
/* clang-format on */

static void not_a_cloudspace(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof not_cloudspaces / sizeof *not_cloudspaces; i++) {
		struct cloudspace c, before;
		struct err e = {""};

		memset(&c, 0x5A, sizeof c);
		before = c;
		if (spot_read_cloudspace(not_cloudspaces[i], strlen(not_cloudspaces[i]), &c, &e))
			fail_msg("read: %s", not_cloudspaces[i]);
		assert_true(strlen(e.text) > 0);
		assert_memory_equal(&c, &before, sizeof c);
	}
}

/* Free text is cut to fit, between characters, and says so. */
static void long_texts_are_cut(void **state)
{
	struct cloudspace c;
	char json[2048], reason[1200] = "";

	(void)state;
	for (int i = 0; i < 500; i++)
		strcat(reason, "\xC3\xA9");
	snprintf(json, sizeof json,
	    "{\"metadata\":{\"name\":\"a\"},\"status\":{\"phase\":\"Error\",\"reason\":\"%s\"}}", reason);
	read_text(json, &c);
	assert_int_equal(strlen(c.reason), REASON_MAX - 1);
	assert_memory_equal(c.reason, reason, REASON_MAX - 1 - 3);
	assert_string_equal(c.reason + REASON_MAX - 1 - 3, "...");
}

/* The recorded lists. */

struct spaces {
	struct cloudspace v[8];
	size_t count;
};

static bool take_space(void *ctx, const char *json, size_t len, struct err *e)
{
	struct spaces *s = ctx;

	assert_true(s->count < 8);
	return spot_read_cloudspace(json, len, &s->v[s->count++], e);
}

static void read_list(const char *name, const char *kind, items_fn *fn, void *ctx, bool has_next)
{
	struct recording r = recording_read(name);
	struct buf next = buf_of(1 << 12);
	struct items it;
	struct err e = {""};

	items_init(&it, strcmp(kind, "CloudSpaceList") == 0 ? spot_cloudspace_members : spot_pool_members, fn, ctx);
	if (!items_feed(&it, r.body, r.len, &e) || !items_finish(&it, kind, &next, &e))
		fail_msg("%s: %s", name, e.text);
	assert_int_equal(it.unreadable.count, 0);
	assert_int_equal(next.len > 0, has_next);
	items_fini(&it);
	buf_fini(&next);
	free(r.file);
}

static void recorded_cloudspaces(void **state)
{
	/* clang-format off */
	static const struct {
		const char *name;
		enum spot_word word;
		const char *health, *endpoint, *first_ready;
	} rows[] = {
		{"matchpoint-runners", SPOT_READY, "Healthy",
		    "hcp-00000000-0000-4000-8000-000000000000.spot.rackspace.com", "2026-01-06T11:02:03Z"},
		{"matchpoint-runners-2", SPOT_READY, "Healthy",
		    "hcp-00000001-0000-4000-8000-000000000000.spot.rackspace.com", "2026-01-06T11:02:03Z"},
		{"no-status", SPOT_PROVISIONING, "", "", NULL},
		{"rebuilding", SPOT_PROVISIONING, "", "", NULL},
	};
	/* clang-format on */
	struct spaces s = {.count = 0};

	(void)state;
	read_list("spot/cloudspaces.http", "CloudSpaceList", take_space, &s, false);
	assert_int_equal(s.count, 4);
	for (int i = 0; i < 4; i++) {
		char text[RFC3339_SIZE];

		assert_string_equal(s.v[i].name, rows[i].name);
		assert_int_equal(s.v[i].word, rows[i].word);
		assert_string_equal(s.v[i].health, rows[i].health);
		assert_string_equal(s.v[i].endpoint, rows[i].endpoint);
		assert_string_equal(s.v[i].region, "us-central-dfw-1");
		assert_int_equal(wall_is_known(s.v[i].first_ready), rows[i].first_ready != NULL);
		rfc3339_render(s.v[i].first_ready, text);
		if (rows[i].first_ready)
			assert_string_equal(text, rows[i].first_ready);
		rfc3339_render(s.v[i].created, text);
		assert_string_equal(text, "2026-11-23T10:24:30Z");
	}
}

static void recorded_single_cloudspace(void **state)
{
	struct recording r = recording_read("spot/cloudspace.http");
	struct cloudspace c;
	struct err e;

	(void)state;
	while (r.len && strchr("\r\n ", r.body[r.len - 1]))
		r.len--;
	assert_true(spot_read_cloudspace(r.body, r.len, &c, &e));
	assert_string_equal(c.name, "matchpoint-runners");
	assert_int_equal(c.word, SPOT_READY);
	for (size_t len = 0; len < r.len; len++)
		assert_false(spot_read_cloudspace(r.body, len, &c, &e));
	free(r.file);
}

struct sums {
	struct pool_counts all, first; /* `first`: of matchpoint-runners */
};

static bool take_pool(void *ctx, const char *json, size_t len, struct err *e)
{
	struct sums *s = ctx;
	struct node_pool pool;

	if (!spot_read_pool(json, len, &pool, e))
		return false;
	spot_pool_counts_add(&s->all, &pool.counts);
	if (strcmp(pool.cloudspace, "matchpoint-runners") == 0)
		spot_pool_counts_add(&s->first, &pool.counts);
	return true;
}

static void assert_counts(const struct pool_counts *c, struct pool_counts wanted)
{
	assert_int_equal(c->pools, wanted.pools);
	assert_int_equal(c->desired, wanted.desired);
	assert_int_equal(c->min, wanted.min);
	assert_int_equal(c->max, wanted.max);
	assert_int_equal(c->won, wanted.won);
	assert_int_equal(c->reserved, wanted.reserved);
}

static void recorded_pools(void **state)
{
	struct sums whole = {0}, paged = {0};

	(void)state;
	read_list("spot/spotnodepools.http", "SpotNodePoolList", take_pool, &whole, false);
	assert_counts(&whole.first, (struct pool_counts){1, 10, 2, 12, 10, 0});
	assert_counts(&whole.all, (struct pool_counts){5, 40, 8, 48, 18, 0});
	read_list("spot/ondemandnodepools.http", "OnDemandNodePoolList", take_pool, &whole, false);
	assert_counts(&whole.first, (struct pool_counts){2, 11, 3, 13, 10, 1});

	read_list("spot/spotnodepools-page-1.http", "SpotNodePoolList", take_pool, &paged, true);
	read_list("spot/spotnodepools-page-2.http", "SpotNodePoolList", take_pool, &paged, true);
	read_list("spot/spotnodepools-page-3.http", "SpotNodePoolList", take_pool, &paged, false);
	assert_counts(&paged.all, (struct pool_counts){5, 40, 8, 48, 18, 0});
}

static void pools(void **state)
{
	/* clang-format off */
	static const struct {
		const char *json;
		const char *cloudspace; /* NULL: not a pool */
		struct pool_counts counts;
	} rows[] = {
		{"{\"spec\":{\"cloudSpace\":\"a\",\"desired\":3},\"status\":{\"wonCount\":2}}", "a", {1, 3, 3, 3, 2, 0}},
		{"{\"spec\":{\"cloudSpace\":\"a\",\"desired\":3},\"status\":{\"wonCount\":null}}", "a", {1, 3, 3, 3, 0, 0}},
		{"{\"spec\":{\"cloudSpace\":\"a\",\"desired\":3,\"autoscaling\":{\"enabled\":false}}}", "a", {1, 3, 3, 3, 0, 0}},
		{"{\"spec\":{\"cloudSpace\":\"a\",\"desired\":3,\"autoscaling\":null},\"status\":null}", "a", {1, 3, 3, 3, 0, 0}},
		/* with autoscaling, desired may read 0 and min and max count */
		{"{\"spec\":{\"cloudSpace\":\"a\",\"desired\":0,\"autoscaling\":{\"enabled\":true,\"minNodes\":2,\"maxNodes\":12}}}", "a", {1, 0, 2, 12, 0, 0}},
		{"{\"spec\":{\"cloudSpace\":\"a\",\"desired\":5,\"autoscaling\":{\"enabled\":false,\"minNodes\":2,\"maxNodes\":12}}}", "a", {1, 5, 5, 5, 0, 0}},
		{"{\"spec\":{\"cloudSpace\":\"a\",\"desired\":1},\"status\":{\"reservedCount\":1}}", "a", {1, 1, 1, 1, 0, 1}},
		{"{}", "", {1, 0, 0, 0, 0, 0}},
		{"{\"spec\":{\"cloudSpace\":\"a\",\"desired\":\"3\"}}", NULL, {0}},
		{"{\"spec\":{\"cloudSpace\":\"a\",\"desired\":-1}}", NULL, {0}},
		{"{\"spec\":{\"cloudSpace\":\"a\",\"desired\":1.5}}", NULL, {0}},
		{"{\"spec\":{\"cloudSpace\":\"a\",\"desired\":1e30}}", NULL, {0}},
		{"{\"spec\":{\"cloudSpace\":1}}", NULL, {0}},
		{"{\"spec\":{\"cloudSpace\":\"a\"},\"status\":{\"wonCount\":true}}", NULL, {0}},
		{"{\"spec\":{\"cloudSpace\":\"a\",\"autoscaling\":{\"enabled\":\"true\"}}}", NULL, {0}},
		{"{\"spec\":{\"cloudSpace\":\"a\",\"cloudSpace\":\"b\"}}", NULL, {0}},
		{"[]", NULL, {0}},
	};
	/* clang-format on */

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct node_pool pool = {.cloudspace = "untouched", .counts = {7, 7, 7, 7, 7, 7}};
		struct err e;

		if (spot_read_pool(rows[i].json, strlen(rows[i].json), &pool, &e) != (rows[i].cloudspace != NULL))
			fail_msg("%s", rows[i].json);
		assert_string_equal(pool.cloudspace, rows[i].cloudspace ? rows[i].cloudspace : "untouched");
		assert_counts(
		    &pool.counts, rows[i].cloudspace ? rows[i].counts : (struct pool_counts){7, 7, 7, 7, 7, 7});
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(words_in_any_case),
	    cmocka_unit_test(ready_asks_for_an_endpoint),
	    cmocka_unit_test(deleting_by_timestamp),
	    cmocka_unit_test(absent_null_and_partial),
	    cmocka_unit_test(not_a_cloudspace),
	    cmocka_unit_test(long_texts_are_cut),
	    cmocka_unit_test(recorded_cloudspaces),
	    cmocka_unit_test(recorded_single_cloudspace),
	    cmocka_unit_test(recorded_pools),
	    cmocka_unit_test(pools),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
