/* Entries of a journal as lines and back: what goes in comes out, and anything else is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "decode/journal.h"
#include "render/journal_json.h"

static struct buf line_of(const struct journal_entry *entry)
{
	struct buf line = buf_of(64 << 10);
	journal_json_render(entry, &line);
	return line;
}

static struct journal_entry entry_of(enum journal_kind kind, const char *from, const char *to, const char *reason)
{
	struct journal_entry entry = {.kind = kind, .runners = JOURNAL_RUNNERS_UNKNOWN};
	entry.event = (struct event){.number = 7, .at.wall = {1795464000123}, .from = from, .to = to, .reason = reason};
	return entry;
}

/* One of each kind, with all that it can have. */
static size_t examples(struct journal_entry out[16])
{
	size_t n = 0;
	out[n] = entry_of(JOURNAL_STATUS, "ACTIVE", "BLOCKED_SECONDARY_UNAVAILABLE", "");
	out[n].runners = 20;
	snprintf(out[n++].event.note, MAINTENANCE_REASON_MAX, "primary UP (serving), secondary DOWN (no_capacity)");
	out[n] = entry_of(JOURNAL_STATE, "UP", "DOWN", "no_capacity");
	out[n].event.side = EXTRA_4;
	snprintf(out[n++].event.cloudspace, CLOUDSPACE_MAX, "matchpoint-runners-2");
	out[n] = entry_of(JOURNAL_DEGRADED, "false", "true", "spot_error");
	out[n++].event.side = SECONDARY;
	out[n++] = entry_of(JOURNAL_FLAPPING, "true", "false", "");
	out[n] = entry_of(JOURNAL_MAINTENANCE, "none", "declared", "");
	out[n].until = (wall_ms){1795467600001};
	out[n].is_carried = true;
	snprintf(out[n++].event.note, MAINTENANCE_REASON_MAX, "new \"nodes\" \\ \xc3\xbc");
	out[n] = entry_of(JOURNAL_START, "", "UNKNOWN", "");
	out[n++].until = (wall_ms){999};
	out[n++] = entry_of(JOURNAL_STOP, "ACTIVE", "", "");
	out[n] = entry_of(JOURNAL_RELOAD, "", "refused", "signal");
	snprintf(out[n++].event.note, MAINTENANCE_REASON_MAX, "hawatch.yaml:3:1: unknown key");
	out[n] = entry_of(JOURNAL_ORDER, "", "begin", "done");
	snprintf(out[n].uid, sizeof out[n].uid, "4294967295");
	snprintf(out[n++].pid, sizeof out[n].pid, "12");
	out[n++] = entry_of(JOURNAL_PAUSE, "", "", "");
	out[n++] = entry_of(JOURNAL_ALERT, "false", "true", "HABothCloudspacesDown");
	out[n] = entry_of(JOURNAL_SIDE_ALERT, "true", "false", "HACloudspaceFlapping");
	out[n++].event.side = SECONDARY;
	out[n] = entry_of(JOURNAL_RUNNERS, "", "", "");
	out[n].has_busy = true;
	out[n].busy = 7;
	out[n++].runners = 20;
	return n;
}

static bool is_kind_of_event(enum journal_kind kind)
{
	return kind < JOURNAL_START;
}

static void comes_back(void **state)
{
	struct journal_entry all[16], back;
	size_t n = examples(all);
	struct err e;
	(void)state;
	assert_int_equal(n, JOURNAL_KINDS);
	for (size_t i = 0; i < n; i++) {
		const struct event *was = &all[i].event, *is = &back.event;
		struct buf line = line_of(&all[i]);
		assert_int_equal(strcspn(buf_text(&line), "\n"), line.len - 1);
		if (!journal_read(buf_text(&line), line.len - 1, &back, &e))
			fail_msg("%s%s", buf_text(&line), e.text);
		assert_int_equal(back.kind, all[i].kind);
		assert_int_equal(is->number, 7);
		assert_int_equal(is->at.wall.ms, 1795464000123);
		assert_int_equal(is->side, was->side);
		if (is_kind_of_event(back.kind))
			assert_int_equal(is->kind, back.kind);
		assert_string_equal(is->from, was->from);
		assert_string_equal(is->to, was->to);
		assert_string_equal(is->reason, was->reason);
		assert_string_equal(is->note, was->note);
		assert_string_equal(is->cloudspace, was->cloudspace);
		assert_int_equal(back.until.ms, all[i].until.ms);
		assert_int_equal(back.runners, all[i].runners);
		assert_int_equal(back.has_busy, all[i].has_busy);
		assert_int_equal(back.busy, all[i].busy);
		assert_string_equal(back.uid, all[i].uid);
		assert_string_equal(back.pid, all[i].pid);
		assert_int_equal(back.is_carried, all[i].is_carried);
		buf_fini(&line);
	}
}

static void is_json_with_its_checksum_at_the_end(void **state)
{
	struct journal_entry entry = entry_of(JOURNAL_STATE, "UP", "DOWN", "no_capacity");
	struct buf line = line_of(&entry);
	(void)state;
	assert_string_equal(buf_text(&line),
	    "{\"number\":7,\"time\":\"2026-11-23T20:00:00.123Z\",\"kind\":\"state\",\"side\":\"primary\","
	    "\"from\":\"UP\",\"to\":\"DOWN\",\"reason\":\"no_capacity\",\"crc32\":\"5552b24d\"}\n");
	buf_fini(&line);
}

static void the_longest_fits(void **state)
{
	struct journal_entry entry =
	    entry_of(JOURNAL_STATUS, "BLOCKED_SECONDARY_UNAVAILABLE", "BLOCKED_SECONDARY_UNAVAILABLE", "");
	(void)state;
	entry.event.number = UINT64_C(1) << 53;
	entry.runners = entry.busy = INT32_MAX;
	entry.has_busy = true;
	entry.until = entry.event.at.wall;
	entry.is_carried = true;
	memset(entry.event.note, '"', MAINTENANCE_REASON_MAX - 1);
	memset(entry.event.cloudspace, '\\', CLOUDSPACE_MAX - 1);
	memset(entry.uid, '"', sizeof entry.uid - 1);
	memset(entry.pid, '"', sizeof entry.pid - 1);
	struct buf line = line_of(&entry);
	assert_in_range(line.len, 500, JOURNAL_LINE_MAX_BYTES);
	buf_fini(&line);
}

/* Every cut, every byte changed: the checksum sees it. */
static void a_damaged_line_is_refused(void **state)
{
	struct journal_entry all[16], back = {.runners = 99};
	struct err e;
	(void)state;
	examples(all);
	struct buf line = line_of(&all[4]);
	for (size_t len = 0; len < line.len - 1; len++)
		assert_false(journal_read(buf_text(&line), len, &back, &e));
	for (size_t i = 0; i < line.len - 1; i++) {
		line.data[i] ^= 1;
		assert_false(journal_read(buf_text(&line), line.len - 1, &back, &e));
		line.data[i] ^= 1;
	}
	assert_false(journal_read(buf_text(&line), line.len, &back, &e)); /* with its line end */
	assert_int_equal(back.runners, 99);
	assert_true(journal_read(buf_text(&line), line.len - 1, &back, &e));
	buf_fini(&line);
}

/* A line with these members, well sealed. */
static bool reads(const char *members, struct err *e)
{
	struct journal_entry back;
	struct buf line = buf_of(8192);
	buf_puts(&line, members);
	buf_printf(&line, JOURNAL_CHECKSUM, journal_checksum(buf_text(&line), line.len));
	bool is_good = journal_read(buf_text(&line), line.len, &back, e);
	buf_fini(&line);
	return is_good;
}

static void anything_else_is_refused(void **state)
{
#define HEAD "{\"number\":1,\"time\":\"2026-11-23T20:00:00Z\",\"kind\":"
	static const struct {
		const char *members, *words;
	} rows[] = {
	    {"[1", "JSON"},
	    {"{\"a\":", "JSON"},
	    {"{\"number\":0,\"time\":\"2026-11-23T20:00:00Z\",\"kind\":\"pause\"", "count from 1"},
	    {"{\"number\":-1,\"time\":\"2026-11-23T20:00:00Z\",\"kind\":\"pause\"", "number"},
	    {"{\"number\":1.5,\"time\":\"2026-11-23T20:00:00Z\",\"kind\":\"pause\"", "number"},
	    {"{\"number\":1e300,\"time\":\"2026-11-23T20:00:00Z\",\"kind\":\"pause\"", "number"},
	    {"{\"number\":1,\"kind\":\"pause\"", "\"time\" is missing"},
	    {"{\"number\":1,\"time\":\"yesterday\",\"kind\":\"pause\"", "\"time\" is not a timestamp"},
	    {HEAD "\"party\"", "\"kind\" is not a known word"},
	    {HEAD "7", "\"kind\" is not a string"},
	    {HEAD "\"status\",\"from\":\"ACTIVE\"", "\"to\" is not a known word"},
	    {HEAD "\"status\",\"from\":\"GREEN\",\"to\":\"ACTIVE\"", "\"from\" is not a known word"},
	    {HEAD "\"status\",\"from\":\"ACTIVE\",\"to\":\"UNKNOWN\",\"reason\":\"serving\"",
		"\"reason\" is not a known word"},
	    {HEAD "\"stop\",\"from\":\"ACTIVE\",\"to\":\"ACTIVE\"", "\"to\" is not a known word"},
	    {HEAD "\"flapping\",\"from\":\"true\",\"to\":\"false\"", "\"side\" is not a known word"},
	    {HEAD "\"alert\",\"from\":\"true\",\"to\":\"false\",\"reason\":\"HACloudspaceDown\"",
		"\"reason\" is not a known word"},
	    {HEAD "\"side_alert\",\"from\":\"true\",\"to\":\"false\",\"reason\":\"HACloudspaceDown\"",
		"\"side\" is not a known word"},
	    {HEAD "\"pause\",\"note\":\"a\\nb\"", "\"note\" is too long, or not one line of text"},
	    {HEAD "\"pause\",\"uid\":\"1234567890123456\"", "\"uid\" is too long"},
	    {HEAD "\"pause\",\"runners\":-1", "\"runners\" is not a count"},
	    {HEAD "\"pause\",\"carried\":1", "\"carried\" is not true or false"},
	    {HEAD "\"pause\",\"pid\":\"1\",\"pid\":\"2\"", "appears twice"},
	};
	struct err e;
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		if (reads(rows[i].members, &e))
			fail_msg("%s is read", rows[i].members);
		if (!strstr(e.text, rows[i].words))
			fail_msg("%s: %s, expected %s", rows[i].members, e.text, rows[i].words);
	}
	assert_true(reads(HEAD "\"pause\",\"of_a_newer_version\":[]", &e));
}

static void what_lasts_is_carried(void **state)
{
	struct journal_entry all[16];
	struct journal_carry carry = {0};
	size_t n = examples(all), set = 0;
	(void)state;
	for (size_t i = 0; i < n; i++)
		journal_carry_add(&carry, &all[i]);
	for (int i = 0; i < JOURNAL_CARRIED_MAX; i++)
		set += carry.is_set[i];
	assert_int_equal(set, 3);
	assert_true(carry.is_set[0] && carry.entry[0].is_carried && carry.entry[0].runners == 20);
	assert_true(carry.is_set[1 + EXTRA_4]);
	assert_string_equal(carry.entry[1 + SIDES_MAX].event.to, "declared");
	all[0] = entry_of(JOURNAL_MAINTENANCE, "declared", "none", "");
	journal_carry_add(&carry, &all[0]);
	assert_false(carry.is_set[1 + SIDES_MAX]);
	all[0] = entry_of(JOURNAL_STATUS, "BLOCKED_SECONDARY_UNAVAILABLE", "ACTIVE", "");
	journal_carry_add(&carry, &all[0]);
	assert_string_equal(carry.entry[0].event.to, "ACTIVE");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(comes_back),
	    cmocka_unit_test(is_json_with_its_checksum_at_the_end),
	    cmocka_unit_test(the_longest_fits),
	    cmocka_unit_test(a_damaged_line_is_refused),
	    cmocka_unit_test(anything_else_is_refused),
	    cmocka_unit_test(what_lasts_is_carried),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
