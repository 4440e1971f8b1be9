/*
 * Shards: the hash gives what it gave (the vectors were computed by another program from its description), divides
 * names evenly, moves few of them when there is a shard more; and a configuration is split by it.
 */
#include "conf_text.h"

#include "base/rendezvous.h"
#include "config/conf_shard.h"

#include <stdio.h>

enum { NAMES = 1000, SHARDS_MOST = 40 };

#define X63 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"

/* Never change a row: daemons of two versions would watch a pair twice, or not at all. */
static const struct {
	const char *name;
	uint64_t first, second; /* weights of shards 0 and 1 */
	int of[6];              /* its shard among 1, 2, 3, 4, 10 and 100 */
} vectors[] = {
    {"", 0xc3817c016ba4ff30, 0x100cdaacc0bc9316, {0, 0, 0, 0, 5, 61}},
    {"a", 0x5f29c2aadd9b8527, 0xff84f1bdb6d3884f, {0, 1, 1, 1, 1, 1}},
    {"prod", 0x14a02f1976af21ef, 0x3b5c5f7ec5081e87, {0, 1, 2, 3, 8, 22}},
    {"staging", 0xd78e8702fe830025, 0x310ad40305e91b0d, {0, 0, 0, 0, 0, 86}},
    {"eu-west-1.runners_2", 0xa5f538a8344389c6, 0xb41d5db8780574c6, {0, 1, 1, 1, 1, 53}},
    {X63, 0x13c4d45d697dd397, 0xbfc568d9de861534, {0, 1, 1, 3, 8, 65}},
};

static void vectors_hold_for_ever(void **state)
{
	static const size_t counts[] = {1, 2, 3, 4, 10, 100};
	(void)state;
	for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
		assert_true(rendezvous_weight(vectors[i].name, 0) == vectors[i].first);
		assert_true(rendezvous_weight(vectors[i].name, 1) == vectors[i].second);
		for (size_t k = 0; k < sizeof counts / sizeof *counts; k++)
			assert_int_equal(rendezvous_of(vectors[i].name, counts[k]), vectors[i].of[k]);
	}
}

/* Names as people give them. */
static const char *name_of(int style, int i)
{
	static char name[64];
	static const char *const before[] = {"", "pair-", "team", "eu-west-1.a."},
				 *const behind[] = {"", "", "-prod", ".r"};
	snprintf(name, sizeof name, "%s%d%s", before[style], i, behind[style]);
	return name;
}

/* No shard has more than mean + 5 x sqrt(mean) names, or less than mean - that: of 1,000 names on 10 shards 50 to 150.
 */
static void names_are_divided_evenly(void **state)
{
	(void)state;
	for (int style = 0; style < 4; style++)
		for (size_t shards = 2; shards <= SHARDS_MOST; shards++) {
			int64_t held[SHARDS_MOST] = {0}, mean = NAMES / (int64_t)shards;
			for (int i = 0; i < NAMES; i++)
				held[rendezvous_of(name_of(style, i), shards)]++;
			for (size_t k = 0; k < shards; k++) {
				int64_t off = held[k] - mean;
				if (off * off > 25 * mean)
					fail_msg(
					    "style %d, shard %zu of %zu has %d names", style, k, shards, (int)held[k]);
			}
		}
}

/* What moves, moves to the new shard; that is about one name of shards + 1. */
static void one_shard_more_moves_few(void **state)
{
	(void)state;
	for (int style = 0; style < 4; style++)
		for (size_t shards = 1; shards < SHARDS_MOST; shards++) {
			int64_t moved = 0, expected = NAMES / (int64_t)(shards + 1);
			for (int i = 0; i < NAMES; i++) {
				size_t was = rendezvous_of(name_of(style, i), shards);
				size_t is = rendezvous_of(name_of(style, i), shards + 1);
				assert_true(is == was || is == shards);
				moved += is != was;
			}
			assert_true((moved - expected) * (moved - expected) <= 25 * expected);
		}
}

#define NUMBERED(n) "  - name: p" #n "\n" SIDES
#define TEN                                                                                                            \
	"pairs:\n" NUMBERED(0) NUMBERED(1) NUMBERED(2) NUMBERED(3) NUMBERED(4) NUMBERED(5) NUMBERED(6) NUMBERED(7)     \
	    NUMBERED(8) NUMBERED(9)

/* `shard` is a line, or "". Returns what is wrong, or "". */
static const char *split(const char *shard, const char *variable, struct conf **conf)
{
	static struct errs errs;
	static char text[8192];
	errs = (struct errs){0};
	snprintf(text, sizeof text, SPOT "%s" TEN, shard);
	*conf = parse(text);
	bool is_split = conf_shard_split(*conf, variable, &errs);
	assert_true(is_split == (errs.count == 0));
	return errs.count ? errs.kept[0].text : "";
}

static void every_pair_is_in_one_shard(void **state)
{
	(void)state;
	for (int i = 0; i < 10; i++) {
		char name[8], variable[32], line[64];
		int watching = 0;
		snprintf(name, sizeof name, "p%d", i);
		for (int shard = 0; shard < 4; shard++) {
			struct conf *conf;
			snprintf(line, sizeof line, "shard: {count: 4, index: %d}\n", shard);
			snprintf(variable, sizeof variable, "hawatch-%d", shard);
			bool by_variable = shard % 2;
			assert_string_equal(split(by_variable ? "shard: {count: 4}\n" : line, variable, &conf), "");
			assert_int_equal(conf->pair_count + conf->elsewhere_count, 10);
			bool is_here = false;
			for (size_t k = 0; k < conf->pair_count; k++)
				is_here |= strcmp(conf->pairs[k].name, name) == 0;
			assert_true(is_here != conf_shard_has(conf->elsewhere, name));
			assert_true(is_here == (rendezvous_of(name, 4) == (size_t)shard));
			assert_false(conf_shard_has(conf->elsewhere, "p"));
			assert_false(conf_shard_has(conf->elsewhere, ""));
			assert_false(conf_shard_has(conf->elsewhere, "\n"));
			assert_false(conf_shard_has(conf->elsewhere, "p1\np2"));
			watching += is_here;
			conf_free(&conf);
		}
		assert_int_equal(watching, 1);
	}
}

static void one_shard_is_all(void **state)
{
	(void)state;
	static const char *const variables[] = {NULL, "", "0", "hawatch-0"};
	for (size_t i = 0; i < sizeof variables / sizeof *variables; i++) {
		struct conf *conf;
		assert_string_equal(split("", variables[i], &conf), "");
		assert_int_equal(conf->pair_count, 10);
		assert_null(conf->elsewhere);
		conf_free(&conf);
	}
}

static void the_file_precedes_the_environment(void **state)
{
	struct conf *conf;
	(void)state;
	assert_string_equal(split("shard: {count: 4, index: 1}\n", "hawatch-2", &conf), "");
	assert_int_equal(conf->shard.index, 1);
	conf_free(&conf);
}

static void mistakes(void **state)
{
#define EXPECTED "`; expected a number, or a name that ends with one, such as hawatch-3"
	static const struct {
		const char *shard, *variable, *mistake;
	} rows[] = {
	    {"shard: {count: 4}\n", NULL,
		"shard.index: missing, and shard.count is 4; set it, or HAWATCH_SHARD to a number or the name of a "
		"StatefulSet's pod"},
	    {"shard: {count: 4}\n", "",
		"shard.index: missing, and shard.count is 4; set it, or HAWATCH_SHARD to a number or the name of a "
		"StatefulSet's pod"},
	    {"shard: {count: 4}\n", "hawatch", "HAWATCH_SHARD: `hawatch" EXPECTED},
	    {"shard: {count: 4}\n", "hawatch-", "HAWATCH_SHARD: `hawatch-" EXPECTED},
	    {"shard: {count: 4}\n", "-3", "HAWATCH_SHARD: `-3" EXPECTED},
	    {"shard: {count: 4}\n", "hawatch-3x", "HAWATCH_SHARD: `hawatch-3x" EXPECTED},
	    {"shard: {count: 4}\n", "hawatch-03", "HAWATCH_SHARD: `hawatch-03" EXPECTED},
	    {"shard: {count: 4}\n", "hawatch-1000", "HAWATCH_SHARD: `hawatch-1000" EXPECTED},
	    {"shard: {count: 4}\n", "hawatch-4",
		"HAWATCH_SHARD: `hawatch-4` is shard 4; expected less than shard.count, which is 4"},
	    {"", "hawatch-1", "HAWATCH_SHARD: `hawatch-1` is shard 1; expected less than shard.count, which is 1"},
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct conf *conf;
		assert_string_equal(split(rows[i].shard, rows[i].variable, &conf), rows[i].mistake);
		assert_int_equal(conf->pair_count, 10);
		conf_free(&conf);
	}
	assert_true(has_mistakes("shard: {index: 4, count: 4}\n" PAIRS,
	    "1:16: shard.index is 4; expected less than shard.count, which is 4\n"));
	assert_true(has_mistakes(
	    "shard: {index: 1}\n" PAIRS, "1:16: shard.index is 1; expected less than shard.count, which is 1\n"));
	assert_true(has_mistakes("shard: {index: -1, count: 0}\n" PAIRS,
	    "1:16: shard.index: `-1` is out of range; expected 0 to 999\n"
	    "1:27: shard.count: `0` is out of range; expected 1 to 1000\n"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(vectors_hold_for_ever),
	    cmocka_unit_test(names_are_divided_evenly),
	    cmocka_unit_test(one_shard_more_moves_few),
	    cmocka_unit_test(every_pair_is_in_one_shard),
	    cmocka_unit_test(one_shard_is_all),
	    cmocka_unit_test(the_file_precedes_the_environment),
	    cmocka_unit_test(mistakes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
