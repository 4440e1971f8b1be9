/* Recordings: written and read again, damaged in every byte, and replayed with the same settings and with others. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/rfc3339.h"
#include "pair_defaults.h"
#include "replay/moment_text.h"
#include "replay/record_block.h"
#include "replay/replay.h"

enum { ROUND_MS = 5000, FAILS_AT_ROUND = 12, ROUNDS = 60, BLOCK_ROUNDS = 10 };

/* A pair that is recorded as the loop does it. */
struct tape {
	struct pair_policy policy;
	struct pair pair;
	struct now now;
	struct record_block block;
	struct buf file;
	size_t blocks[16], block_count; /* where each ends */
	int64_t number;
	struct now down; /* when the secondary became DOWN */
};

static void put_frame(struct tape *t, enum record_kind kind)
{
	struct record_entry e = {.kind = kind, .at = t->now};
	strcpy(e.frame.pair_name, "prod");
	strcpy(e.frame.cloudspace[PRIMARY], "one");
	strcpy(e.frame.cloudspace[SECONDARY], "two");
	e.frame.started.ms = 1795464000000;
	e.frame.number = t->number++;
	e.frame.policy = t->policy;
	e.frame.pair = t->pair;
	e.frame.origin[SECONDARY] = SECONDARY;
	record_block_put(&t->block, &e);
}

static void put_decided(struct tape *t, const struct record_decided *before)
{
	struct record_entry e = {.kind = RECORD_DECIDED, .at = t->now, .decided = record_decided_of(&t->pair)};
	if (!record_decided_is_same(before, &e.decided))
		record_block_put(&t->block, &e);
}

static void put_round(struct tape *t, enum side_id id, enum kube_word word)
{
	struct record_decided before = record_decided_of(&t->pair);
	enum verdict was = t->pair.side[id].verdict;
	struct record_entry e = {.kind = RECORD_KUBE, .at = t->now, .side = id};
	e.input = (struct side_input){.kind = SIDE_KUBE, .kube.word = word, .witness_at = {t->now.mono.ms - 17}};
	record_block_put(&t->block, &e);
	t->pair = pair_step(&t->policy, t->pair, id, &e.input, t->now);
	put_decided(t, &before);
	if (id == SECONDARY && t->pair.side[id].verdict == DOWN && was != DOWN)
		t->down = t->now;
}

static void seal(struct tape *t)
{
	record_block_seal(&t->block, &t->file);
	t->blocks[t->block_count++] = t->file.len;
}

/* Both sides serve, until the secondary has no available node. */
static struct tape tape_of_an_outage(void)
{
	struct tape t = {.policy = policy_of_defaults(), .now = {{1000}, {1795464000000}}, .file = buf_of(1 << 20)};
	t.pair = pair_start(&t.policy, t.now);
	put_frame(&t, RECORD_START);
	for (int i = 0; i < ROUNDS; i++) {
		if (i && i % BLOCK_ROUNDS == 0) {
			seal(&t);
			put_frame(&t, RECORD_FRAME);
		}
		put_round(&t, PRIMARY, KUBE_SERVING);
		put_round(&t, SECONDARY, i < FAILS_AT_ROUND ? KUBE_SERVING : KUBE_NO_CAPACITY);
		t.now.mono.ms += ROUND_MS;
		t.now.wall.ms += ROUND_MS + i % 2;
	}
	seal(&t);
	return t;
}

static void tape_fini(struct tape *t)
{
	record_block_fini(&t->block);
	buf_fini(&t->file);
}

struct seen {
	struct replay replay;
	struct record_reader reader;
	struct now down; /* in the replay */
	int changes, only_then, only_now, gaps;
};

static void note(void *ctx, const struct replay_change *change)
{
	struct seen *seen = ctx;
	bool is_verdict = change->news == REPLAY_STATUS || change->news == REPLAY_STATE;
	seen->changes += is_verdict;
	seen->only_then += change->was && !change->is;
	seen->only_now += !change->was && change->is;
	seen->gaps += change->news == REPLAY_GAP;
	if (change->news == REPLAY_STATE && change->is && change->side == SECONDARY &&
	    change->decided.side[SECONDARY].verdict == DOWN)
		seen->down = change->at;
}

static void replay_bytes(struct seen *seen, const char *bytes, size_t len, const struct replay_set *set)
{
	static struct record_entry entry;
	*seen = (struct seen){.reader = {.bytes = bytes, .len = len}};
	seen->replay = (struct replay){.set = set, .on_change = note, .ctx = seen};
	while (record_reader_next(&seen->reader, &entry))
		replay_step(&seen->replay, &entry);
	replay_end(&seen->replay);
	record_reader_fini(&seen->reader);
}

static struct seen seen;

static void same_settings_differ_in_nothing(void **state)
{
	struct tape t = tape_of_an_outage();
	(void)state;
	replay_bytes(&seen, t.file.data, t.file.len, NULL);
	assert_false(seen.replay.differs);
	assert_int_equal(seen.reader.damages, 0);
	assert_int_equal(seen.reader.blocks, ROUNDS / BLOCK_ROUNDS);
	assert_int_equal(seen.only_then + seen.only_now, 0);
	assert_int_equal(seen.down.wall.ms, t.down.wall.ms);
	assert_true(t.down.wall.ms > 0);
	assert_int_equal(seen.replay.pair.status, HA_BLOCKED_SECONDARY_UNAVAILABLE);
	assert_string_equal(seen.replay.frame.cloudspace[SECONDARY], "two");
	tape_fini(&t);
}

static void a_later_fall(void **state)
{
	struct tape t = tape_of_an_outage();
	struct replay_set set = {0};
	struct err e;
	(void)state;
	assert_true(replay_set_add(&set, "poll.fall=10", &e));
	replay_bytes(&seen, t.file.data, t.file.len, &set);
	assert_true(seen.replay.differs);
	assert_false(seen.replay.differs_inside);
	assert_int_equal(seen.replay.differs_at.mono.ms, t.down.mono.ms);
	assert_int_equal(seen.down.mono.ms, t.down.mono.ms + 7 * ROUND_MS);
	assert_int_equal(seen.only_then, 2); /* the state, and the status */
	assert_int_equal(seen.only_now, 2);
	tape_fini(&t);
}

/* What was decided then is another thing than what comes of it now: the first difference is told. */
static void another_decision_is_found(void **state)
{
	struct tape t = tape_of_an_outage();
	(void)state;
	t.file.len = 0;
	t.number = 0;
	t.pair = pair_start(&t.policy, t.now);
	put_frame(&t, RECORD_START);
	put_round(&t, PRIMARY, KUBE_SERVING);
	t.now.mono.ms += 7;
	t.pair.side[PRIMARY].agreeing = 1; /* a counter that comes of nothing */
	seal(&t);
	put_frame(&t, RECORD_FRAME);
	seal(&t);
	replay_bytes(&seen, t.file.data, t.file.len, NULL);
	assert_true(seen.replay.differs && seen.replay.differs_inside);
	assert_int_equal(seen.replay.differs_at.mono.ms, t.now.mono.ms);
	tape_fini(&t);
}

static void any_cut_leaves_whole_blocks(void **state)
{
	struct tape t = tape_of_an_outage();
	(void)state;
	for (size_t len = 0; len < t.file.len; len++) {
		size_t whole = 0;
		while (t.blocks[whole] <= len)
			whole++;
		bool is_at_border = !len || (whole && t.blocks[whole - 1] == len);
		replay_bytes(&seen, t.file.data, len, NULL);
		assert_int_equal(seen.reader.blocks, whole);
		assert_int_equal(seen.reader.damages, !is_at_border);
		assert_false(seen.replay.differs);
	}
	tape_fini(&t);
}

/* A damaged block is told by its place, and costs itself alone: the next one is a gap, and then there is no difference.
 */
static void any_damage_costs_one_block(void **state)
{
	struct tape t = tape_of_an_outage();
	char place[32];
	(void)state;
	for (size_t at = 0; at < t.file.len; at++) {
		size_t hit = 0;
		while (t.blocks[hit] <= at)
			hit++;
		t.file.data[at] ^= 0x20;
		replay_bytes(&seen, t.file.data, t.file.len, NULL);
		t.file.data[at] ^= 0x20;
		snprintf(place, sizeof place, "byte %zu: ", hit ? t.blocks[hit - 1] : 0);
		assert_int_equal(seen.reader.blocks, t.block_count - 1);
		assert_int_equal(seen.reader.damages, 1);
		assert_memory_equal(seen.reader.damage.text, place, strlen(place));
		assert_int_equal(seen.gaps, hit > 0 && hit + 1 < t.block_count);
		assert_false(seen.replay.differs);
	}
	tape_fini(&t);
}

static void other_files(void **state)
{
	static const char *const texts[] = {"", "{\"number\":1}\n", "hwrec", "hhhhwrec", "hwrec\2aaaabbbbcccc"};
	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		replay_bytes(&seen, texts[i], strlen(texts[i]), NULL);
		assert_int_equal(seen.reader.blocks, 0);
		assert_int_equal(seen.reader.damages, i > 0);
	}
	assert_non_null(strstr(seen.reader.damage.text, "version 2"));
}

static void settings(void **state)
{
	static const struct {
		const char *text, *mistake; /* NULL: it is good */
	} rows[] = {
	    {"poll.fall=5", NULL},
	    {"poll.unreachable_for=2m", NULL},
	    {"poll.fall=0", "from 1 to 100"},
	    {"poll.fall=5s", "a whole number"},
	    {"poll.fall", "a whole number"},
	    {"poll.interval=5", "a duration"},
	    {"poll.interval=2h", "to 1h"},
	    {"poll.timeout=5s", "not a setting"},
	    {"fall=5", "not a setting"},
	    {"", "not a setting"},
	};
	struct pair_policy policy = policy_of_defaults();
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct replay_set set = {0};
		struct err e = {""};
		assert_int_equal(replay_set_add(&set, rows[i].text, &e), !rows[i].mistake);
		if (rows[i].mistake)
			assert_non_null(strstr(e.text, rows[i].mistake));
	}
	struct replay_set set = {0};
	struct err e;
	assert_true(replay_set_check(&set, &policy, &e));
	assert_true(replay_set_add(&set, "poll.unreachable_for=60s", &e));
	assert_false(replay_set_check(&set, &policy, &e));
	assert_true(replay_set_add(&set, "poll.unreachable_for=5m", &e));
	assert_false(replay_set_check(&set, &policy, &e));
	assert_true(replay_set_add(&set, "poll.stale_after=6m", &e));
	assert_true(replay_set_check(&set, &policy, &e));
	assert_int_equal(replay_set_apply(&set, &policy).side[SECONDARY].unreachable_for_ms, 300000);
}

/* The moment of a recording; `mistake` has the words if it has none. */
static struct moment moment_at(const char *bytes, size_t len, const char *text, struct err *mistake)
{
	static struct record_entry entry;
	struct record_reader reader = {.bytes = bytes, .len = len};
	struct replay replay = {.wants_why = true};
	struct moment m;
	*mistake = (struct err){""};
	assert_true(moment_parse(text, &m));
	while (record_reader_next(&reader, &entry)) {
		moment_step(&m, &replay, &entry);
		replay_step(&replay, &entry);
	}
	replay_end(&replay);
	if (moment_end(&m, &replay, mistake))
		assert_string_equal(mistake->text, "");
	record_reader_fini(&reader);
	return m;
}

static bool explains(const struct moment *m, const char *text)
{
	struct buf out = buf_of(1 << 16);
	moment_text_put(m, false, &out);
	bool is_there = strstr(buf_text(&out), text) != NULL;
	if (!is_there)
		print_error("'%s' is not in:\n%s", text, buf_text(&out));
	buf_fini(&out);
	return is_there;
}

static void a_moment_is_explained(void **state)
{
	struct tape t = tape_of_an_outage();
	struct err e;
	char page[RFC3339_SIZE];
	(void)state;
	rfc3339_render(t.down.wall, page);
	struct moment m = moment_at(t.file.data, t.file.len, page, &e);
	assert_int_equal(m.then.pair.side[SECONDARY].verdict, DOWN);
	assert_int_equal(m.then.made[SECONDARY].at.wall.ms, t.down.wall.ms);
	assert_int_equal(m.then.made[SECONDARY].kube, KUBE_NO_CAPACITY);
	assert_true(explains(&m, "Kubernetes says `no_capacity`: DOWN (no_capacity), hard evidence"));
	assert_true(explains(&m, "3 in a row of 3 needed"));
	assert_true(explains(&m, "UP would need hard evidence, `serving`:\n  2 more in a row (of 2)"));
	assert_true(explains(&m, "row primary UP"));
	assert_true(explains(&m, "column secondary DOWN"));
	page[strlen("2026-11-23T20:14:05")] = '\0';
	struct moment of_day = moment_at(t.file.data, t.file.len, page + strlen("2026-11-23T"), &e);
	assert_int_equal(of_day.is.ms, m.is.ms);
	rfc3339_render((wall_ms){t.down.wall.ms - ROUND_MS}, page);
	m = moment_at(t.file.data, t.file.len, page, &e);
	assert_int_equal(m.then.pair.side[SECONDARY].verdict, UP);
	assert_true(explains(&m, "counted: 2 in a row of 3 needed"));
	assert_true(explains(&m, "DOWN would need hard evidence, `no_capacity`:\n  1 more in a row (of 3)"));
	tape_fini(&t);
}

static void a_moment_that_is_not_there(void **state)
{
	struct tape t = tape_of_an_outage();
	struct err e;
	char time[RFC3339_SIZE];
	(void)state;
	moment_at(t.file.data, t.file.len, "2026-01-01T00:00:00Z", &e);
	assert_non_null(strstr(e.text, "is before the recording, which goes from "));
	moment_at(t.file.data, t.file.len, "2027-01-01T00:00:00Z", &e);
	assert_non_null(strstr(e.text, "is after the recording, which goes from "));
	/* The second block is lost. */
	struct buf holed = buf_of(1 << 20);
	buf_put(&holed, t.file.data, t.blocks[0]);
	buf_put(&holed, t.file.data + t.blocks[1], t.file.len - t.blocks[1]);
	rfc3339_render((wall_ms){1795464000000 + 15 * ROUND_MS}, time);
	moment_at(holed.data, holed.len, time, &e);
	assert_non_null(strstr(e.text, "is in a gap of the recording: nothing was recorded from "));
	buf_fini(&holed);
	/* The same day's time on two days, and on none. */
	t.now.wall.ms += 24 * 3600 * 1000;
	t.now.mono.ms += 24 * 3600 * 1000;
	put_frame(&t, RECORD_FRAME);
	put_round(&t, PRIMARY, KUBE_SERVING);
	seal(&t);
	rfc3339_render((wall_ms){1795464000000 + 15 * ROUND_MS}, time);
	time[19] = '\0';
	moment_at(t.file.data, t.file.len, time + strlen("2026-11-23T"), &e);
	assert_non_null(strstr(e.text, "is 2 times in the recording"));
	struct moment m;
	assert_false(moment_parse("yesterday", &m));
	assert_false(moment_parse("25:00:00", &m));
	assert_false(moment_parse("", &m));
	tape_fini(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(same_settings_differ_in_nothing),
	    cmocka_unit_test(a_later_fall),
	    cmocka_unit_test(another_decision_is_found),
	    cmocka_unit_test(any_cut_leaves_whole_blocks),
	    cmocka_unit_test(any_damage_costs_one_block),
	    cmocka_unit_test(other_files),
	    cmocka_unit_test(settings),
	    cmocka_unit_test(a_moment_is_explained),
	    cmocka_unit_test(a_moment_that_is_not_there),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
