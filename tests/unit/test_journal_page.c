/* Pages of a journal: what is asked is in them, once each; they are bounded; what is missing is told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "json_at.h"
#include "render/journal_page.h"

enum { T0 = 1000000000 }; /* milliseconds; entry N is at T0 + N seconds */

static struct journal_entry entry_of(uint64_t number, enum journal_kind kind)
{
	struct journal_entry entry = {.kind = kind, .runners = JOURNAL_RUNNERS_UNKNOWN};
	entry.event = (struct event){.number = number,
	    .at.wall = {T0 + (int64_t)number * 1000},
	    .from = "UP",
	    .to = "DOWN",
	    .reason = "no_capacity"};
	return entry;
}

static wall_ms time_of(uint64_t number)
{
	return (wall_ms){T0 + (int64_t)number * 1000};
}

static cJSON *ended(struct journal_page *page, struct journal_page_whole whole)
{
	struct buf out = journal_page_end(page, &whole);
	assert_false(out.overflow);
	assert_in_range(out.len, 1, JOURNAL_PAGE_MAX_BYTES);
	cJSON *json = cJSON_ParseWithLength(buf_text(&out), out.len);
	assert_non_null(json);
	buf_fini(&out);
	return json;
}

static double number_at(const cJSON *json, const char *path)
{
	return cJSON_GetNumberValue(at(json, path));
}

/* Page after page gives each of the entries once, in their order, and no page is larger than it may be. */
static void page_after_page(void **state)
{
	enum { ENTRIES = 10000 };
	struct journal_question question = {0};
	uint64_t next = 1;
	int pages = 0;
	(void)state;
	for (bool has_more = true; has_more; pages++) {
		struct journal_page page;
		journal_page_begin(&page, "prod", question);
		for (uint64_t n = 1; n <= ENTRIES; n++) {
			struct journal_entry entry = entry_of(n, JOURNAL_STATE);
			memset(entry.event.note, '"', MAINTENANCE_REASON_MAX - 1);
			if (!journal_page_add(&page, &entry, 0))
				break;
		}
		cJSON *json = ended(&page, (struct journal_page_whole){.has_journal = true}), *event;
		cJSON_ArrayForEach(event, at(json, "events"))
		    assert_int_equal((uint64_t)number_at(event, "number"), next++);
		assert_at(json, "gaps", "[]");
		has_more = cJSON_IsTrue(at(json, "more"));
		if (has_more)
			question.after = (uint64_t)number_at(json, "next");
		else
			assert_at(json, "next", "null");
		cJSON_Delete(json);
	}
	assert_int_equal(next, ENTRIES + 1);
	assert_in_range(pages, 4, 20);
}

static void a_time_is_asked(void **state)
{
	struct journal_page page;
	(void)state;
	journal_page_begin(&page, "prod", (struct journal_question){.since = time_of(3), .until = time_of(5)});
	for (uint64_t n = 1; n <= 9; n++) {
		struct journal_entry entry = entry_of(n, JOURNAL_STATE);
		assert_true(journal_page_add(&page, &entry, 0));
	}
	cJSON *json = ended(&page, (struct journal_page_whole){.lost = 4, .omitted = 5, .problem = "no disk"});
	assert_at(json, "kept", "3");
	assert_at(json, "events.0.number", "3");
	assert_at(json, "events.2.number", "5");
	assert_at(json, "more", "false");
	assert_at(json, "journal", "false");
	assert_at(json, "known_since", "\"1970-01-12T13:46:41Z\"");
	assert_at(json, "lines_lost", "4");
	assert_at(json, "omitted", "5");
	assert_at(json, "problem", "\"no disk\"");
	cJSON_Delete(json);
}

/* Entries with what lies between them; a carried one is a copy, and says nothing new. */
static void gaps_are_told(void **state)
{
	struct journal_page page;
	struct journal_entry entry = entry_of(1, JOURNAL_STATE), copy = entry_of(1, JOURNAL_STATE);
	(void)state;
	copy.is_carried = true;
	journal_page_begin(&page, "prod", (struct journal_question){0});
	assert_true(journal_page_add(&page, &entry, 0));
	assert_true(journal_page_add(&page, &copy, 0));
	entry = entry_of(2, JOURNAL_STATE);
	assert_true(journal_page_add(&page, &entry, 3)); /* three damaged lines before it */
	entry = entry_of(5, JOURNAL_STATE);
	assert_true(journal_page_add(&page, &entry, 3)); /* 3 and 4 are missing */
	entry = entry_of(6, JOURNAL_START);
	entry.event.at.wall = time_of(100);
	entry.until = time_of(50);
	assert_true(journal_page_add(&page, &entry, 3));
	entry = entry_of(7, JOURNAL_PAUSE);
	entry.event.at.wall = time_of(200);
	entry.until = time_of(150);
	assert_true(journal_page_add(&page, &entry, 3));
	cJSON *json = ended(&page, (struct journal_page_whole){.has_journal = true, .damaged = 4});
	assert_at(json, "kept", "5");
	assert_at(json, "gaps.0",
	    "{\"from\":\"1970-01-12T13:46:41Z\",\"to\":\"1970-01-12T13:46:42Z\",\"why\":\"damaged\",\"lines\":3}");
	assert_at(json, "gaps.1",
	    "{\"from\":\"1970-01-12T13:46:42Z\",\"to\":\"1970-01-12T13:46:45Z\",\"why\":\"missing\",\"lines\":2}");
	assert_at(json, "gaps.2",
	    "{\"from\":\"1970-01-12T13:47:30Z\",\"to\":\"1970-01-12T13:48:20Z\",\"why\":\"not_running\",\"lines\":"
	    "null}");
	assert_at(json, "gaps.3",
	    "{\"from\":\"1970-01-12T13:49:10Z\",\"to\":\"1970-01-12T13:50:00Z\",\"why\":\"paused\",\"lines\":null}");
	assert_at(json, "gaps.4", "{\"from\":\"1970-01-12T13:50:00Z\",\"to\":null,\"why\":\"damaged\",\"lines\":1}");
	assert_int_equal(cJSON_GetArraySize(at(json, "gaps")), 5);
	cJSON_Delete(json);
}

/* The clock was not set from one start until later: what was before is asked and given as ever. */
static void a_clock_that_is_not_set(void **state)
{
	static const wall_ms noon = {1795521600000}; /* 2026-11-24T12:00:00Z */
	struct journal_page page;
	(void)state;
	journal_page_begin(&page, "prod", (struct journal_question){.since = {noon.ms - 1000}});
	struct journal_entry entry = entry_of(1, JOURNAL_STATE);
	entry.event.at.wall = noon;
	assert_true(journal_page_add(&page, &entry, 0));
	entry = entry_of(2, JOURNAL_START);
	entry.until = time_of(1);
	assert_true(journal_page_add(&page, &entry, 0));
	entry = entry_of(3, JOURNAL_STATE);
	assert_true(journal_page_add(&page, &entry, 0));
	entry = entry_of(4, JOURNAL_PAUSE);
	entry.event.at.wall = (wall_ms){noon.ms + 60000};
	entry.until = time_of(3);
	assert_true(journal_page_add(&page, &entry, 0));
	cJSON *json = ended(&page, (struct journal_page_whole){.has_journal = true});
	assert_at(json, "kept", "4");
	assert_at(json, "events.2.time", "\"1970-01-12T13:46:43Z\"");
	assert_at(json, "known_since", "\"2026-11-24T12:00:00Z\"");
	assert_at(json, "gaps",
	    "[{\"from\":\"2026-11-24T12:00:00Z\",\"to\":\"2026-11-24T12:01:00Z\",\"why\":\"clock_not_set\","
	    "\"lines\":null}]");
	cJSON_Delete(json);
}

/* A gap belongs to the page of the entry behind it, and to the times that it touches. */
static void gaps_are_told_once(void **state)
{
	struct journal_page page;
	(void)state;
	for (int i = 0; i < 3; i++) {
		static const struct {
			uint64_t after, since;
			int gaps;
		} rows[] = {{1, 0, 1}, {5, 0, 0}, {0, 20, 0}};
		struct journal_question question = {.after = rows[i].after};
		if (rows[i].since)
			question.since = time_of(rows[i].since);
		journal_page_begin(&page, "prod", question);
		struct journal_entry entry = entry_of(1, JOURNAL_STATE);
		journal_page_add(&page, &entry, 0);
		entry = entry_of(5, JOURNAL_STATE);
		journal_page_add(&page, &entry, 0);
		cJSON *json = ended(&page, (struct journal_page_whole){0});
		assert_int_equal(cJSON_GetArraySize(at(json, "gaps")), rows[i].gaps);
		cJSON_Delete(json);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(page_after_page),
	    cmocka_unit_test(a_time_is_asked),
	    cmocka_unit_test(gaps_are_told),
	    cmocka_unit_test(a_clock_that_is_not_set),
	    cmocka_unit_test(gaps_are_told_once),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
