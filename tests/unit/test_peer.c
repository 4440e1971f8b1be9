/* What one daemon decides when its peers ask it, and what it takes from them. */
#include "base/mem.h"
#include "decode/peer.h"
#include "render/peer_json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { HOUR_MS = 3600000 };

static const struct now start = {{1000000}, {1790000000000}};

static struct now at(int64_t ms)
{
	return (struct now){mono_plus(start.mono, ms), {start.wall.ms + ms}};
}

/* A pair of which both sides are UP. */
static struct pair pair_up(void)
{
	struct pair pair = {0};
	pair.side[PRIMARY].verdict = pair.side[SECONDARY].verdict = UP;
	return pair;
}

static struct peer_wish wish(const char *by, enum side_id side, bool is_forced)
{
	return (struct peer_wish){.by = by, .side = side, .for_ms = HOUR_MS, .reason = "disks", .is_forced = is_forced};
}

static bool asks(struct peer_hold *hold, const struct pair *pair, const char *by, enum side_id side, int64_t ms)
{
	struct peer_wish w = wish(by, side, false);
	struct err e;
	return peer_ask(hold, pair, &w, at(ms), &e);
}

static bool begins(struct peer_hold *hold, struct pair *pair, const char *by, enum side_id side, int64_t ms)
{
	struct peer_wish w = wish(by, side, false);
	struct err e;
	return peer_begin(hold, pair, &w, at(ms), &e);
}

static void who_was_asked_may_begin(void **state)
{
	struct pair pair = pair_up();
	struct peer_hold hold = {0};
	(void)state;
	assert_true(asks(&hold, &pair, "a", PRIMARY, 0));
	assert_false(pair.maintenance[PRIMARY].is_declared);
	assert_true(begins(&hold, &pair, "a", PRIMARY, PEER_HOLD_MS - 1));
	assert_true(pair.maintenance[PRIMARY].is_declared);
	/* The same again is refused: an ask is good for one begin. */
	assert_false(begins(&hold, &pair, "a", PRIMARY, PEER_HOLD_MS - 1));
	/* The other side has a window now. */
	assert_false(asks(&hold, &pair, "a", SECONDARY, PEER_HOLD_MS));
	assert_true(asks(&hold, &pair, "b", PRIMARY, PEER_HOLD_MS));
}

static void nobody_else_may_begin_meanwhile(void **state)
{
	struct pair pair = pair_up();
	struct peer_hold hold = {0};
	(void)state;
	assert_true(asks(&hold, &pair, "a", PRIMARY, 0));
	assert_false(asks(&hold, &pair, "b", SECONDARY, 1));
	assert_false(asks(&hold, &pair, "b", PRIMARY, PEER_HOLD_MS - 1));
	assert_false(begins(&hold, &pair, "b", PRIMARY, 1));
	assert_false(begins(&hold, &pair, "a", SECONDARY, 1));
	assert_true(asks(&hold, &pair, "a", PRIMARY, 1));
	assert_true(asks(&hold, &pair, "b", SECONDARY, 1 + PEER_HOLD_MS));
	assert_false(begins(&hold, &pair, "a", PRIMARY, 1 + PEER_HOLD_MS));
	assert_false(pair.maintenance[PRIMARY].is_declared || pair.maintenance[SECONDARY].is_declared);
}

static void who_gives_up_lets_others_begin(void **state)
{
	struct pair pair = pair_up();
	struct peer_hold hold = {0};
	(void)state;
	assert_true(asks(&hold, &pair, "a", PRIMARY, 0));
	peer_release(&hold, "b");
	assert_false(asks(&hold, &pair, "b", SECONDARY, 1));
	peer_release(&hold, "a");
	assert_true(asks(&hold, &pair, "b", SECONDARY, 2));
	assert_false(begins(&hold, &pair, "a", PRIMARY, 3));
}

static void force_needs_no_ask(void **state)
{
	struct pair pair = pair_up();
	struct peer_hold hold = {0};
	struct peer_wish w = wish("b", SECONDARY, true);
	struct err e;
	(void)state;
	assert_true(asks(&hold, &pair, "a", PRIMARY, 0));
	assert_true(peer_begin(&hold, &pair, &w, at(1), &e));
	assert_true(pair.maintenance[SECONDARY].is_declared);
	assert_false(begins(&hold, &pair, "a", PRIMARY, 2));
}

/* What we watch: `a` and `b` are the cloudspaces. */
static struct peer_pair ours_of(const char *name, const struct pair *pair)
{
	return (struct peer_pair){.name = name, .cloudspaces = {"a", "b"}, .pair = pair};
}

static enum peer_word compare(const struct peer_answer *a, const char *name, const struct pair *pair)
{
	struct peer_pair ours = ours_of(name, pair);
	return peer_compare(a, &ours, start.mono, start.mono);
}

static struct pair adopt(const struct peer_answer *a, const char *name, struct pair pair)
{
	struct peer_pair ours = ours_of(name, &pair);
	return peer_adopt(a, &ours, start);
}

/* Of an instance that watches `prod`, with a window of `side` (SIDES_MAX: none) that has `left_ms`. */
static struct peer_answer answer_of(bool is_settled, enum side_id side, int64_t left_ms)
{
	struct peer_answer a = {.is_settled = is_settled, .pair_count = 1};
	a.pairs = mem_zeroed(1, sizeof *a.pairs);
	a.windows = mem_zeroed(1, sizeof *a.windows);
	strcpy(a.who.instance, "b/1/0");
	strcpy(a.who.host, "b");
	strcpy(a.pairs[0], "prod");
	if (side == SIDES_MAX)
		return a;
	a.window_count = 1;
	a.windows[0] =
	    (struct peer_window){.pair = "prod", .side = side, .age_ms = 5000, .left_ms = left_ms, .reason = "x"};
	strcpy(a.windows[0].cloudspace, side == PRIMARY ? "a" : "b");
	return a;
}

static void windows_are_compared(void **state)
{
	static const struct {
		const char *name;
		bool is_settled;
		enum side_id theirs, ours;
		int64_t their_ms, our_ms; /* left */
		enum peer_word word;
	} rows[] = {
	    {"none at both", true, SIDES_MAX, SIDES_MAX, 0, 0, PEER_AGREES},
	    {"the same", true, PRIMARY, PRIMARY, HOUR_MS, HOUR_MS, PEER_AGREES},
	    {"nearly the same end", true, PRIMARY, PRIMARY, HOUR_MS, HOUR_MS + PEER_ENDS_APART_MS - 1, PEER_AGREES},
	    {"another end", true, PRIMARY, PRIMARY, HOUR_MS, HOUR_MS + PEER_ENDS_APART_MS, PEER_DISAGREES},
	    {"only theirs", true, PRIMARY, SIDES_MAX, HOUR_MS, 0, PEER_DISAGREES},
	    {"only ours", true, SIDES_MAX, SECONDARY, 0, HOUR_MS, PEER_DISAGREES},
	    {"of different sides", true, PRIMARY, SECONDARY, HOUR_MS, HOUR_MS, PEER_DISAGREES},
	    {"theirs is about to end", true, PRIMARY, SIDES_MAX, PEER_ENDS_APART_MS - 1, 0, PEER_AGREES},
	    {"it is starting", false, SIDES_MAX, SIDES_MAX, 0, 0, PEER_NOT_ASKED},
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct pair pair = pair_up();
		struct peer_answer a = answer_of(rows[i].is_settled, rows[i].theirs, rows[i].their_ms);
		if (rows[i].ours != SIDES_MAX)
			pair.maintenance[rows[i].ours] =
			    maintenance_begin((struct maintenance){0}, rows[i].our_ms, "x", start);
		enum peer_word word = compare(&a, "prod", &pair);
		if (word != rows[i].word)
			fail_msg("%s: %s", rows[i].name, peer_word_names[word]);
		if (rows[i].is_settled)
			assert_int_equal(compare(&a, "test", &pair), PEER_WATCHES_OTHERS);
		peer_answer_fini(&a);
	}
}

static void windows_are_adopted(void **state)
{
	static const struct {
		const char *name;
		bool is_settled;
		enum side_id theirs, ours, after;
	} rows[] = {
	    {"it runs on, and has one", true, PRIMARY, SIDES_MAX, PRIMARY},
	    {"it runs on, and has none: ours was ended", true, SIDES_MAX, PRIMARY, SIDES_MAX},
	    {"it runs on, and has another", true, PRIMARY, SECONDARY, PRIMARY},
	    {"it starts, too, and has one", false, PRIMARY, SIDES_MAX, PRIMARY},
	    {"it starts, too, and has none", false, SIDES_MAX, PRIMARY, PRIMARY},
	    {"it starts, too, and has another: never both sides", false, PRIMARY, SECONDARY, SECONDARY},
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct pair pair = pair_up();
		struct peer_answer a = answer_of(rows[i].is_settled, rows[i].theirs, HOUR_MS);
		if (rows[i].ours != SIDES_MAX)
			pair.maintenance[rows[i].ours] =
			    maintenance_begin((struct maintenance){0}, HOUR_MS, "x", start);
		struct pair after = adopt(&a, "prod", pair);
		for (int id = 0; id < SIDES; id++)
			if (after.maintenance[id].is_declared != (id == (int)rows[i].after))
				fail_msg("%s: %s", rows[i].name, side_id_names[id]);
		if (rows[i].after == rows[i].theirs && rows[i].after != SIDES_MAX) {
			assert_int_equal(after.maintenance[rows[i].after].ends.wall.ms, start.wall.ms + HOUR_MS);
			assert_int_equal(after.maintenance[rows[i].after].began.wall.ms, start.wall.ms - 5000);
		}
		after = adopt(&a, "test", pair);
		assert_memory_equal(&after.maintenance, &pair.maintenance, sizeof pair.maintenance);
		peer_answer_fini(&a);
	}
}

/* Its sides are configured the other way round: its window of the primary is of our secondary. */
static void a_window_of_another_cloudspace_is_not_ours(void **state)
{
	struct pair none = pair_up(), same = pair_up();
	struct peer_answer a = answer_of(true, PRIMARY, HOUR_MS);
	(void)state;
	same.maintenance[PRIMARY] = maintenance_begin((struct maintenance){0}, HOUR_MS, "x", start);
	strcpy(a.windows[0].cloudspace, "b");
	assert_int_equal(compare(&a, "prod", &none), PEER_DISAGREES);
	assert_int_equal(compare(&a, "prod", &same), PEER_DISAGREES);
	struct pair after = adopt(&a, "prod", none);
	assert_memory_equal(&after.maintenance, &none.maintenance, sizeof none.maintenance);
	after = adopt(&a, "prod", same);
	assert_memory_equal(&after.maintenance, &same.maintenance, sizeof same.maintenance);
	peer_answer_fini(&a);
}

static void what_is_written_is_read(void **state)
{
	struct peer_answer a = answer_of(true, SECONDARY, HOUR_MS), b;
	struct buf json = buf_of(4096);
	struct err e;
	(void)state;
	a.result = PEER_REFUSED;
	strcpy(a.error, "the \"secondary\" is DOWN");
	peer_json_render(&a, &json);
	assert_true(peer_read(buf_text(&json), json.len, &b, &e));
	assert_memory_equal(&a.who, &b.who, sizeof a.who);
	assert_true(b.is_settled && b.result == PEER_REFUSED);
	assert_string_equal(a.error, b.error);
	assert_int_equal(b.pair_count, 1);
	assert_string_equal(b.pairs[0], "prod");
	assert_int_equal(b.window_count, 1);
	assert_memory_equal(a.windows, b.windows, sizeof *a.windows);
	peer_answer_fini(&a);
	peer_answer_fini(&b);
	buf_fini(&json);
}

/* Their order is the peer's, and says nothing. */
static void order_does_not_matter(void **state)
{
	static const char json[] =
	    "{\"instance\":\"a\",\"settled\":true,\"result\":\"done\",\"pairs\":[\"c\",\"prod\","
	    "\"a\",\"b\"],\"windows\":["
	    "{\"pair\":\"prod\",\"side\":\"secondary\",\"cloudspace\":\"b\",\"age_ms\":0,\"left_ms\":3600000},"
	    "{\"pair\":\"b\",\"side\":\"primary\",\"cloudspace\":\"a\",\"age_ms\":0,\"left_ms\":3600000}]}";
	static const char *const names[] = {"a", "b", "c", "prod"};
	struct pair none = pair_up();
	struct peer_answer a;
	struct err e;
	(void)state;
	assert_true(peer_read(json, strlen(json), &a, &e));
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct pair after = adopt(&a, names[i], none);
		assert_int_equal(compare(&a, names[i], &after), PEER_AGREES);
		assert_int_equal(after.maintenance[PRIMARY].is_declared, strcmp(names[i], "b") == 0);
		assert_int_equal(after.maintenance[SECONDARY].is_declared, strcmp(names[i], "prod") == 0);
	}
	assert_int_equal(compare(&a, "bb", &none), PEER_WATCHES_OTHERS);
	peer_answer_fini(&a);
}

#define REST ",\"result\":\"done\",\"pairs\":[\"prod\"],\"windows\":["
#define WINDOW(side, left)                                                                                             \
	"{\"pair\":\"prod\",\"cloudspace\":\"a\",\"side\":\"" side "\",\"age_ms\":0,\"left_ms\":" left "}"

static void what_is_no_answer_is_refused(void **state)
{
	static const char *const texts[] = {
	    "",
	    "[]",
	    "{}",
	    "{\"instance\":\"\"" REST "]}",
	    "{\"instance\":\"a\",\"result\":\"perhaps\"}",
	    "{\"instance\":\"a\",\"result\":\"done\",\"pairs\":[7]}",
	    "{\"instance\":\"a\",\"result\":\"done\",\"windows\":[7]}",
	    "{\"instance\":\"a\\u202e\"" REST "]}",
	    "{\"instance\":\"a\"" REST WINDOW("tertiary", "1") "]}",
	    "{\"instance\":\"a\"" REST WINDOW("primary", "-1") "]}",
	    "{\"instance\":\"a\"" REST WINDOW("primary", "28800001") "]}",
	    "{\"instance\":\"a\"" REST "{\"pair\":\"prod\",\"side\":\"primary\",\"age_ms\":0,\"left_ms\":1}]}",
	};
	static const char good[] = "{\"instance\":\"a\"" REST WINDOW("primary", "28800000") "]}";
	struct peer_answer a;
	struct err e;
	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		if (peer_read(texts[i], strlen(texts[i]), &a, &e))
			fail_msg("%s", texts[i]);
		assert_true(*e.text);
	}
	assert_true(peer_read(good, strlen(good), &a, &e));
	peer_answer_fini(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(who_was_asked_may_begin),
	    cmocka_unit_test(nobody_else_may_begin_meanwhile),
	    cmocka_unit_test(who_gives_up_lets_others_begin),
	    cmocka_unit_test(force_needs_no_ask),
	    cmocka_unit_test(windows_are_compared),
	    cmocka_unit_test(windows_are_adopted),
	    cmocka_unit_test(a_window_of_another_cloudspace_is_not_ours),
	    cmocka_unit_test(what_is_written_is_read),
	    cmocka_unit_test(order_does_not_matter),
	    cmocka_unit_test(what_is_no_answer_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
