/* Lists that are too long: given up at the object that is too much, whatever kind of object that is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "decode/items.h"

#include <string.h>

static const struct member members[] = {READ_NAME, MEMBERS_END};
static struct items it;
static size_t handed_out, refuse_at;

static bool take(void *ctx, const char *json, size_t len, struct err *e)
{
	(void)ctx, (void)json, (void)len;
	if (++handed_out != refuse_at)
		return true;
	items_refuse_all(&it);
	return err_set(e, "that is too much");
}

static int begin(void **state)
{
	(void)state;
	handed_out = refuse_at = 0;
	items_init(&it, members, take, NULL);
	return 0;
}

static int end(void **state)
{
	(void)state;
	items_fini(&it);
	unreadables_fini(&it.unreadable);
	return 0;
}

/* Feeds a list of `count` equal items; returns how many bytes were read before it was given up, 0 when it was not. */
static size_t feed(const char *item, size_t count, struct err *e)
{
	static const char head[] = "{\"kind\":\"L\",\"items\":[";
	size_t fed = sizeof head - 1;
	assert_true(items_feed(&it, head, sizeof head - 1, e));
	for (size_t i = 0; i < count; i++) {
		fed += strlen(item) + (i > 0);
		if ((i > 0 && !items_feed(&it, ",", 1, e)) || !items_feed(&it, item, strlen(item), e))
			return fed;
	}
	struct buf next = buf_of(64);
	assert_true(items_feed(&it, "]}", 2, e));
	assert_true(items_finish(&it, "L", &next, e));
	buf_fini(&next);
	return 0;
}

static void test_so_many_and_no_more(void **state)
{
	static const char *const kinds[] = {"{}", "{\"metadata\":{\"name\":\"n\"}}", "[]", "[[{}]]", "null", "\"a\""};
	(void)state;
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		struct err e;
		begin(state);
		it.most = 100;
		assert_int_equal(feed(kinds[i], 100, &e), 0);
		assert_false(it.is_too_large);
		end(state);
		begin(state);
		it.most = 100;
		assert_true(feed(kinds[i], 101, &e) > 0);
		assert_true(it.is_too_large);
		assert_string_equal(e.text, "the list has more than 100 objects, which is the limit");
		assert_false(items_feed(&it, ",", 1, &e));
		end(state);
	}
	begin(state);
}

/* Millions of them are not read to the end. */
static void test_by_default(void **state)
{
	struct err e;
	(void)state;
	assert_int_equal(feed("{}", 10000000, &e), 3 * (ITEMS_MAX + 1) - 1 + strlen("{\"kind\":\"L\",\"items\":["));
	assert_int_equal(handed_out, ITEMS_MAX + 1);
}

static void test_the_limit_is_of_all_pages(void **state)
{
	struct err e;
	(void)state;
	it.most = 100;
	assert_int_equal(feed("{}", 60, &e), 0);
	items_next_page(&it);
	assert_true(feed("{}", 60, &e) > 0);
	assert_int_equal(it.count, 101);
}

static void test_the_reader_refuses_all(void **state)
{
	struct err e;
	(void)state;
	refuse_at = 7;
	assert_true(feed("{}", 100, &e) > 0);
	assert_int_equal(handed_out, 7);
	assert_true(it.is_too_large);
	assert_int_equal(it.unreadable.count, 0);
	assert_string_equal(e.text, "that is too much");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_so_many_and_no_more, begin, end),
	    cmocka_unit_test_setup_teardown(test_by_default, begin, end),
	    cmocka_unit_test_setup_teardown(test_the_limit_is_of_all_pages, begin, end),
	    cmocka_unit_test_setup_teardown(test_the_reader_refuses_all, begin, end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
