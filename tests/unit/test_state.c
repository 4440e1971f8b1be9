/* A pair's state as bytes and back: what goes in comes out, it fits its file, and anything else is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "decode/state.h"
#include "mutate.h"
#include "render/state_json.h"

enum { FILE_MAX_BYTES = 8192, CHECKSUM_LINES = 2 + 64 };

/* Six sides with everything that a side can have, as large as it gets. */
static struct state largest(void)
{
	struct state s = {
	    .saved_at = {1790000000123},
	    .memory = {.status = HA_BLOCKED_SECONDARY_UNAVAILABLE,
		.since = {1790000000001},
		.blocked_since = {1790000000002}},
	};
	memset(s.namespace, 'n', NAMESPACE_MAX - 1);
	for (int id = 0; id < SIDES_MAX; id++) {
		memset(s.cloudspace[id], 'a' + id, CLOUDSPACE_NAME_MAX - 1);
		s.memory.has_side[id] = true;
		s.memory.side[id] = (struct side_memory){PROVISIONING, REASON_CREDENTIAL_DENIED, {1790000000003 + id},
		    3600000 + id, true, {1780000000000 + id}};
		struct maintenance *m = &s.memory.maintenance[id];
		m->is_declared = true;
		m->began.wall = (wall_ms){1790000000005 + id};
		m->ends.wall = (wall_ms){1790028800005 + id};
		memset(m->reason, '"', MAINTENANCE_REASON_MAX - 1);
	}
	return s;
}

static struct buf text_of(const struct state *s)
{
	struct buf text = buf_of(64 << 10);
	state_json_render(s, &text);
	return text;
}

static void comes_back(void **test)
{
	(void)test;
	struct state s = largest(), back;
	struct err e;
	s.memory.has_side[EXTRA_1] = s.memory.maintenance[EXTRA_2].is_declared =
	    false; /* a window alone, a state alone */
	s.memory.has_side[EXTRA_4] = s.memory.maintenance[EXTRA_4].is_declared = false; /* neither */
	snprintf(s.memory.maintenance[PRIMARY].reason, MAINTENANCE_REASON_MAX, "new \"nodes\" \\ \xc3\xbc");
	s.memory.maintenance[SECONDARY].reason[0] = '\0';
	struct buf text = text_of(&s);
	assert_null(strchr(buf_text(&text), '\n'));
	if (!state_read(buf_text(&text), text.len, &back, &e))
		fail_msg("%s: %s", buf_text(&text), e.text);
	assert_string_equal(back.namespace, s.namespace);
	assert_int_equal(back.saved_at.ms, s.saved_at.ms);
	assert_int_equal(back.memory.status, s.memory.status);
	assert_int_equal(back.memory.since.ms, s.memory.since.ms);
	assert_int_equal(back.memory.blocked_since.ms, s.memory.blocked_since.ms);
	for (int id = 0; id < SIDES_MAX; id++) {
		const struct side_memory *was = &s.memory.side[id], *is = &back.memory.side[id];
		const struct maintenance *window_was = &s.memory.maintenance[id],
					 *window_is = &back.memory.maintenance[id];
		assert_int_equal(back.memory.has_side[id], s.memory.has_side[id]);
		assert_string_equal(back.cloudspace[id], id == EXTRA_4 ? "" : s.cloudspace[id]);
		assert_int_equal(window_is->is_declared, window_was->is_declared);
		if (back.memory.has_side[id]) {
			assert_int_equal(is->verdict, was->verdict);
			assert_int_equal(is->reason, was->reason);
			assert_int_equal(is->since.ms, was->since.ms);
			assert_int_equal(is->evidence_age_ms, was->evidence_age_ms);
			assert_int_equal(is->was_up, was->was_up);
			assert_int_equal(is->created.ms, was->created.ms);
		}
		if (window_is->is_declared) {
			assert_int_equal(window_is->began.wall.ms, window_was->began.wall.ms);
			assert_int_equal(window_is->ends.wall.ms, window_was->ends.wall.ms);
			assert_string_equal(window_is->reason, window_was->reason);
		}
	}
	buf_fini(&text);
}

static void the_largest_fits(void **test)
{
	(void)test;
	struct state s = largest();
	struct buf text = text_of(&s);
	assert_in_range(text.len, 2000, FILE_MAX_BYTES - CHECKSUM_LINES);
	buf_fini(&text);
}

/* The largest with `from` replaced by `to`, once. */
static bool reads_with(const char *from, const char *to, struct err *e)
{
	struct state s = largest();
	struct buf text = text_of(&s), changed = buf_of(64 << 10);
	const char *at = strstr(buf_text(&text), from);
	assert_non_null(at);
	buf_put(&changed, buf_text(&text), (size_t)(at - buf_text(&text)));
	buf_puts(&changed, to);
	buf_puts(&changed, at + strlen(from));
	bool is_good = state_read(buf_text(&changed), changed.len, &s, e);
	buf_fini(&text);
	buf_fini(&changed);
	return is_good;
}

static void anything_else_is_refused(void **test)
{
	static const struct {
		const char *from, *to, *words;
	} rows[] = {
	    {"{", "[", "JSON"},
	    {"\"version\":2", "\"version\":1", "written by another version of hawatch"},
	    {"\"version\":2,", "", "version"},
	    {"\"namespace\":\"n", "\"namespace\":\"nn", "\"namespace\" is too long, or not one line of text"},
	    {"\"cloudspace\":\"a", "\"cloudspace\":\"aa", "\"cloudspace\" is too long, or not one line of text"},
	    {"\"cloudspace\":\"a", "\"cloudspace\":\"\\n", "\"cloudspace\" is too long, or not one line of text"},
	    {"\"cloudspace\":", "\"other\":", "\"cloudspace\" is missing"},
	    {"\"saved_at_ms\":1790000000123", "\"saved_at_ms\":1.5", "saved_at_ms"},
	    {"\"saved_at_ms\":1790000000123", "\"saved_at_ms\":-1", "saved_at_ms"},
	    {"\"saved_at_ms\":1790000000123", "\"saved_at_ms\":1e300", "saved_at_ms"},
	    {"\"saved_at_ms\":1790000000123", "\"saved_at_ms\":\"1790000000123\"", "saved_at_ms"},
	    {"\"since_ms\":1790000000001,", "", "since_ms"},
	    {"\"since_ms\":1790000000001", "\"since_ms\":null", "since_ms"},
	    {"\"blocked_since_ms\":1790000000002,", "", "blocked_since_ms"},
	    {"BLOCKED_SECONDARY_UNAVAILABLE", "GREEN", "\"status\" is not a known word"},
	    {"\"sides\"", "\"aside\"", "\"sides\" is missing"},
	    {"\"state\":\"PROVISIONING\"", "\"state\":\"provisioning\"", "\"state\" is not a known word"},
	    {"\"state\":\"PROVISIONING\"", "\"state\":3", "\"state\" is not a string"},
	    {"\"reason\":\"credential_denied\"", "\"reason\":\"\"", "\"reason\" is not a known word"},
	    {"\"evidence_age_ms\":3600000,", "", "evidence_age_ms"},
	    {"\"was_up\":true", "\"was_up\":1", "was_up"},
	    {"\"created_ms\":1780000000000", "\"created_ms\":-1", "created_ms"},
	    {"\"maintenance\":{", "\"maintenance\":{\"began_ms\":1,", "appears twice"},
	    {"\"ends_ms\":1790028800005,", "", "ends_ms"},
	    {"\\\"", "\\n", "control character"},
	    {"\\\"", "\xff", "UTF-8"},
	    {"\"primary\":{", "\"primary\":[{", "JSON"},
	};
	(void)test;
	struct err e;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		if (reads_with(rows[i].from, rows[i].to, &e))
			fail_msg("row %zu, `%s`, was taken", i, rows[i].to);
		if (!strstr(e.text, rows[i].words))
			fail_msg("row %zu, `%s`: %s", i, rows[i].to, e.text);
	}
	assert_true(reads_with("{", " {", &e));
	assert_true(reads_with("\"was_up\":true,\"created_ms\":1780000000000,", "", &e)); /* of an older version */
	assert_true(reads_with("\"version\":2", "\"version\":2,\"later\":true", &e));
}

static void is_used_in_time(void **test)
{
	(void)test;
	struct now now = {{5000000}, {1790000000123}};
	struct err e;
	struct state s = largest();
	const char *const names[SIDES_MAX] = {
	    s.cloudspace[PRIMARY], s.cloudspace[SECONDARY], [EXTRA_4] = s.cloudspace[EXTRA_4]};
	now.wall.ms += 40000;
	assert_true(state_use(&s, names, now, &e));
	assert_int_equal(s.memory.side[PRIMARY].evidence_age_ms, 3640000);
	assert_int_equal(s.memory.side[EXTRA_4].evidence_age_ms, 3640000 + EXTRA_4);

	s = largest();
	now.wall.ms = s.saved_at.ms - 60000; /* a clock that was set back a little */
	assert_true(state_use(&s, names, now, &e));
	assert_int_equal(s.memory.side[PRIMARY].evidence_age_ms, 3600000);
	now.wall.ms -= 1;
	assert_false(state_use(&s, names, now, &e));
	assert_non_null(strstr(e.text, "60 s in the future"));
	now.wall.ms = s.saved_at.ms - 3600000;
	assert_false(state_use(&s, names, now, &e));
	assert_non_null(strstr(e.text, " 3600 s in the future"));

	s = largest();
	s.memory.has_side[SECONDARY] = false; /* a window alone */
	now.wall.ms = s.saved_at.ms + 1;
	assert_true(state_use(&s, names, now, &e));
	assert_int_equal(s.memory.side[PRIMARY].evidence_age_ms, 3600001);
	assert_true(s.memory.has_side[PRIMARY] && !s.memory.has_side[SECONDARY]);
	assert_true(s.memory.maintenance[SECONDARY].is_declared && !s.memory.maintenance[EXTRA_1].is_declared);
}

/* What is remembered goes with the cloudspace, whatever its role was, and never to another one. */
static void is_used_by_its_cloudspace(void **test)
{
	static const struct {
		const char *saved, *now; /* a letter a side; '-': none */
		int was[SIDES_MAX];      /* which side of the saved ones each is; -1: it starts anew */
	} rows[] = {
	    {"abcdef", "abcdef", {0, 1, 2, 3, 4, 5}},
	    {"ab----", "ab----", {0, 1, -1, -1, -1, -1}},
	    {"ab----", "abc---", {0, 1, -1, -1, -1, -1}},
	    {"abc---", "ab----", {0, 1, -1, -1, -1, -1}},
	    {"abcd--", "abdc--", {0, 1, 3, 2, -1, -1}},
	    {"abc---", "abxc--", {0, 1, -1, 2, -1, -1}},
	    {"abc---", "ba----", {1, 0, -1, -1, -1, -1}},
	    {"abc---", "cb----", {2, 1, -1, -1, -1, -1}},
	    {"ab----", "xb----", {-1, 1, -1, -1, -1, -1}},
	    {"ab----", "xy----", {-1, -1, -1, -1, -1, -1}},
	    {"a-----", "ba----", {-1, 0, -1, -1, -1, -1}},
	    {"------", "ab----", {-1, -1, -1, -1, -1, -1}},
	};
	(void)test;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct state s = largest(), before;
		char names[SIDES_MAX][2] = {0};
		const char *now[SIDES_MAX];
		struct err e;
		for (int id = 0; id < SIDES_MAX; id++) {
			bool is_saved = rows[i].saved[id] != '-';
			s.cloudspace[id][0] = is_saved ? rows[i].saved[id] : '\0';
			s.cloudspace[id][1] = '\0';
			s.memory.has_side[id] = is_saved;
			s.memory.maintenance[id].is_declared = is_saved;
			names[id][0] = rows[i].now[id];
			now[id] = rows[i].now[id] == '-' ? NULL : names[id];
		}
		before = s;
		assert_true(state_use(&s, now, (struct now){{0}, s.saved_at}, &e));
		for (int id = 0; id < SIDES_MAX; id++) {
			int was = rows[i].was[id];
			assert_int_equal(s.memory.has_side[id], was >= 0);
			assert_int_equal(s.memory.maintenance[id].is_declared, was >= 0);
			if (was < 0)
				continue;
			assert_int_equal(s.memory.side[id].since.ms, before.memory.side[was].since.ms);
			assert_int_equal(
			    s.memory.maintenance[id].ends.wall.ms, before.memory.maintenance[was].ends.wall.ms);
		}
	}
}

/* Whatever the bytes: read or refused with one line, and what was read can be written and read again. */
static void damaged_states(void **test)
{
	static char bytes[8192];
	struct mutator m = {.state = mutate_seed("damaged_states"), .bytes = bytes, .max = sizeof bytes};
	(void)test;
	for (int i = 0; i < 20000; i++) {
		struct state s = largest(), back;
		struct err e;
		struct buf text = text_of(&s);
		memcpy(bytes, buf_text(&text), text.len);
		m.len = text.len;
		buf_fini(&text);
		mutate(&m);
		if (!state_read(bytes, m.len, &s, &e)) {
			assert_true(*e.text && !strchr(e.text, '\n'));
			continue;
		}
		text = text_of(&s);
		assert_true(state_read(buf_text(&text), text.len, &back, &e));
		buf_fini(&text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(comes_back),
	    cmocka_unit_test(the_largest_fits),
	    cmocka_unit_test(anything_else_is_refused),
	    cmocka_unit_test(is_used_in_time),
	    cmocka_unit_test(is_used_by_its_cloudspace),
	    cmocka_unit_test(damaged_states),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
