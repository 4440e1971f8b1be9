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

enum { FILE_MAX_BYTES = 4096, CHECKSUM_LINES = 2 + 64 };

static const char fingerprint[] = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

/* Six sides with everything that a side can have, as large as it gets. */
static struct state largest(void)
{
	struct state s = {
	    .saved_at = {1790000000123},
	    .memory = {.status = HA_BLOCKED_SECONDARY_UNAVAILABLE,
		.since = {1790000000001},
		.blocked_since = {1790000000002}},
	};
	memcpy(s.fingerprint, fingerprint, sizeof fingerprint);
	for (int id = 0; id < SIDES_MAX; id++) {
		s.memory.has_side[id] = true;
		s.memory.side[id] =
		    (struct side_memory){PROVISIONING, REASON_CREDENTIAL_DENIED, {1790000000003 + id}, 3600000 + id};
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
	assert_string_equal(back.fingerprint, s.fingerprint);
	assert_int_equal(back.saved_at.ms, s.saved_at.ms);
	assert_int_equal(back.memory.status, s.memory.status);
	assert_int_equal(back.memory.since.ms, s.memory.since.ms);
	assert_int_equal(back.memory.blocked_since.ms, s.memory.blocked_since.ms);
	for (int id = 0; id < SIDES_MAX; id++) {
		const struct side_memory *was = &s.memory.side[id], *is = &back.memory.side[id];
		const struct maintenance *window_was = &s.memory.maintenance[id],
					 *window_is = &back.memory.maintenance[id];
		assert_int_equal(back.memory.has_side[id], s.memory.has_side[id]);
		assert_int_equal(window_is->is_declared, window_was->is_declared);
		if (back.memory.has_side[id]) {
			assert_int_equal(is->verdict, was->verdict);
			assert_int_equal(is->reason, was->reason);
			assert_int_equal(is->since.ms, was->since.ms);
			assert_int_equal(is->evidence_age_ms, was->evidence_age_ms);
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
	    {"\"version\":1", "\"version\":2", "written by another version of hawatch"},
	    {"\"version\":1,", "", "version"},
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
	assert_true(reads_with("\"version\":1", "\"version\":1,\"later\":true", &e));
}

static void is_used_in_time_and_by_its_owner(void **test)
{
	(void)test;
	struct now now = {{5000000}, {1790000000123}};
	struct err e;
	struct state s = largest();
	now.wall.ms += 40000;
	assert_true(state_use(&s, fingerprint, now, &e));
	assert_int_equal(s.memory.side[PRIMARY].evidence_age_ms, 3640000);
	assert_int_equal(s.memory.side[EXTRA_4].evidence_age_ms, 3640000 + EXTRA_4);

	s = largest();
	assert_false(state_use(&s, "other", now, &e));
	assert_non_null(strstr(e.text, "another configuration"));

	now.wall.ms = s.saved_at.ms - 60000; /* a clock that was set back a little */
	assert_true(state_use(&s, fingerprint, now, &e));
	assert_int_equal(s.memory.side[PRIMARY].evidence_age_ms, 3600000);
	now.wall.ms -= 1;
	assert_false(state_use(&s, fingerprint, now, &e));
	assert_non_null(strstr(e.text, "60 s in the future"));
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
	    cmocka_unit_test(is_used_in_time_and_by_its_owner),
	    cmocka_unit_test(damaged_states),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
