/* Lists as they arrive: whole, in crumbs, broken off, and not lists at all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "decode/items.h"
#include "mutate.h"
#include "recording.h"

/* Items are joined with a line's end behind each. */
struct taken {
	struct buf text;
	size_t refuse_at; /* the item that the reader does not like; SIZE_MAX: none */
	size_t count;
};

static bool take(void *ctx, const char *json, size_t len, struct err *e)
{
	struct taken *t = ctx;

	assert_int_equal(json[len], '\0');
	if (t->count++ == t->refuse_at)
		return err_set(e, "not to my taste");
	buf_put(&t->text, json, len);
	buf_putc(&t->text, '\n');
	return true;
}

/* Reads `len` bytes in pieces of at most `piece`, or of random sizes up to it. */
static bool read_list(const char *bytes, size_t len, size_t piece, struct mutator *random, const char *kind,
    struct taken *t, struct buf *next, struct err *e)
{
	struct items it;
	bool is_good = true;
	size_t at = 0;

	items_init(&it, take, t);
	while (is_good && at < len) {
		size_t n = random ? 1 + mutate_below(random, piece) : piece;

		if (n > len - at)
			n = len - at;
		/* A copy of just that size: reading past it is seen by ASan. */
		char *copy = malloc(n);
		assert_non_null(copy);
		memcpy(copy, bytes + at, n);
		is_good = items_feed(&it, copy, n, e);
		free(copy);
		at += n;
	}
	is_good = is_good && items_finish(&it, kind, next, e);
	if (is_good)
		assert_int_equal(it.count, t->count);
	items_fini(&it);
	return is_good;
}

/* clang-format off */
static const struct {
	const char *name, *json;
	const char *items; /* NULL: the list is broken */
	const char *next;
} lists[] = {
	{"empty", "{\"kind\":\"L\",\"items\":[]}", "", ""},
	{"null items", "{\"kind\":\"L\",\"items\":null}", "", ""},
	{"two", "{\"kind\":\"L\",\"items\":[{\"a\":1},{\"b\":[{}]}]}", "{\"a\":1}\n{\"b\":[{}]}\n", ""},
	{"kind behind the items", "{\"items\":[{}],\"kind\":\"L\"}", "{}\n", ""},
	{"continue", "{\"kind\":\"L\",\"metadata\":{\"continue\":\"a\\\"b\"},\"items\":[{}]}", "{}\n", "a\"b"},
	{"continue behind", "{\"items\":[{}],\"metadata\":{\"continue\":\"x\"},\"kind\":\"L\"}", "{}\n", "x"},
	{"null metadata", "{\"kind\":\"L\",\"metadata\":null,\"items\":[]}", "", ""},
	{"null continue", "{\"kind\":\"L\",\"metadata\":{\"continue\":null},\"items\":[]}", "", ""},
	{"white space",
	    " \r\n{ \"kind\" :\t\"L\" , \"items\" : [ { } , { } ] } \n\n", "{ }\n{ }\n", ""},
	{"brackets in strings", "{\"kind\":\"L\",\"items\":[{\"a\":\"]}\\\"{[,\"},{\"b\":\"\\\\\"}]}",
	    "{\"a\":\"]}\\\"{[,\"}\n{\"b\":\"\\\\\"}\n", ""},
	{"items elsewhere", "{\"kind\":\"L\",\"metadata\":{\"items\":[1]},\"items\":[{\"items\":[2]}]}",
	    "{\"items\":[2]}\n", ""},
	{"items as a value", "{\"kind\":\"L\",\"x\":\"items\",\"y\":[\"items\"],\"items\":[{}]}", "{}\n", ""},
	/* passed over */
	{"managedFields", "{\"kind\":\"L\",\"items\":[{\"managedFields\":[{\"a\":{\"b\":1}}],\"c\":2}]}",
	    "{\"managedFields\":0,\"c\":2}\n", ""},
	{"at the end", "{\"kind\":\"L\",\"items\":[{\"c\":2,\"images\":[{\"names\":[\"x\"]}]}]}",
	    "{\"c\":2,\"images\":0}\n", ""},
	{"tricky to pass over",
	    "{\"kind\":\"L\",\"items\":[{\"managedFields\":{\"}\\\"\":\"]}\\\\\",\"k:{\\\"type\\\":1}\":{}},"
	    "\"c\":{\"images\":\"a,b}\"},\"d\":1}]}",
	    "{\"managedFields\":0,\"c\":{\"images\":0},\"d\":1}\n", ""},
	{"a credential", "{\"kind\":\"L\",\"items\":[{\"status\":{\"runnerJITConfig\":\"c2VjcmV0\",\"phase\":\"Running\"}}]}",
	    "{\"status\":{\"runnerJITConfig\":0,\"phase\":\"Running\"}}\n", ""},
	{"as a string value", "{\"kind\":\"L\",\"items\":[{\"a\":\"images\",\"b\":[\"managedFields\"]}]}",
	    "{\"a\":\"images\",\"b\":[\"managedFields\"]}\n", ""},
	{"nearly so named", "{\"kind\":\"L\",\"items\":[{\"image\":1,\"imagess\":2,\"managedFieldsAndMuchMoreThanFits\":3}]}",
	    "{\"image\":1,\"imagess\":2,\"managedFieldsAndMuchMoreThanFits\":3}\n", ""},
	{"scalars to pass over", "{\"kind\":\"L\",\"items\":[{\"images\":null,\"a\":1},{\"images\":true}]}",
	    "{\"images\":0,\"a\":1}\n{\"images\":0}\n", ""},
	/* not a list */
	{"nothing", "", NULL, NULL},
	{"blanks", " \n", NULL, NULL},
	{"plain text", "404 page not found\n", NULL, NULL},
	{"html", "<html><body>503</body></html>", NULL, NULL},
	{"a string", "\"items\"", NULL, NULL},
	{"an array", "[{\"kind\":\"L\",\"items\":[]}]", NULL, NULL},
	{"null", "null", NULL, NULL},
	{"an object", "{}", NULL, NULL},
	{"no items", "{\"kind\":\"L\",\"metadata\":{}}", NULL, NULL},
	{"no kind", "{\"items\":[{}]}", NULL, NULL},
	{"wrong kind", "{\"kind\":\"Status\",\"items\":[]}", NULL, NULL},
	{"kind in part", "{\"kind\":\"LL\",\"items\":[]}", NULL, NULL},
	{"kind of wrong type", "{\"kind\":5,\"items\":[]}", NULL, NULL},
	/* wrong types */
	{"items a string", "{\"kind\":\"L\",\"items\":\"x\"}", NULL, NULL},
	{"items an object", "{\"kind\":\"L\",\"items\":{\"a\":{}}}", NULL, NULL},
	{"items a number", "{\"kind\":\"L\",\"items\":0}", NULL, NULL},
	{"items false", "{\"kind\":\"L\",\"items\":false}", NULL, NULL},
	{"item a number", "{\"kind\":\"L\",\"items\":[1]}", NULL, NULL},
	{"item null", "{\"kind\":\"L\",\"items\":[null]}", NULL, NULL},
	{"item a string", "{\"kind\":\"L\",\"items\":[\"{}\"]}", NULL, NULL},
	{"item an array", "{\"kind\":\"L\",\"items\":[[{}]]}", NULL, NULL},
	{"second item a number", "{\"kind\":\"L\",\"items\":[{},1]}", NULL, NULL},
	{"metadata a string", "{\"kind\":\"L\",\"metadata\":\"x\",\"items\":[]}", NULL, NULL},
	{"continue a number", "{\"kind\":\"L\",\"metadata\":{\"continue\":1},\"items\":[]}", NULL, NULL},
	/* said twice */
	{"items twice", "{\"kind\":\"L\",\"items\":[{}],\"items\":[]}", NULL, NULL},
	{"items and null", "{\"kind\":\"L\",\"items\":[{}],\"items\":null}", NULL, NULL},
	{"items twice, once escaped", "{\"kind\":\"L\",\"items\":[{}],\"item\\u0073\":[]}", NULL, NULL},
	{"items escaped only", "{\"kind\":\"L\",\"item\\u0073\":[{}]}", NULL, NULL},
	{"kind twice", "{\"kind\":\"L\",\"kind\":\"L\",\"items\":[]}", NULL, NULL},
	{"metadata twice", "{\"kind\":\"L\",\"metadata\":{},\"metadata\":{\"continue\":\"x\"},\"items\":[]}", NULL, NULL},
	{"continue twice", "{\"kind\":\"L\",\"metadata\":{\"continue\":\"\",\"continue\":\"x\"},\"items\":[]}", NULL, NULL},
	/* broken */
	{"trailing comma", "{\"kind\":\"L\",\"items\":[{},]}", NULL, NULL},
	{"leading comma", "{\"kind\":\"L\",\"items\":[,{}]}", NULL, NULL},
	{"only a comma", "{\"kind\":\"L\",\"items\":[,]}", NULL, NULL},
	{"two commas", "{\"kind\":\"L\",\"items\":[{},,{}]}", NULL, NULL},
	{"no comma", "{\"kind\":\"L\",\"items\":[{}{}]}", NULL, NULL},
	{"items without a value", "{\"kind\":\"L\",\"items\":}", NULL, NULL},
	{"closed wrongly", "{\"kind\":\"L\",\"items\":[{}}]", NULL, NULL},
	{"closed wrongly inside", "{\"kind\":\"L\",\"items\":[{\"a\":[}]}]}", NULL, NULL},
	{"closed wrongly where passed over", "{\"kind\":\"L\",\"items\":[{\"images\":[}]}]}", NULL, NULL},
	{"closed twice", "{\"kind\":\"L\",\"items\":[]}}", NULL, NULL},
	{"bytes behind", "{\"kind\":\"L\",\"items\":[]}x", NULL, NULL},
	{"a comma behind", "{\"kind\":\"L\",\"items\":[]},", NULL, NULL},
	{"an object behind", "{\"kind\":\"L\",\"items\":[]}{\"kind\":\"L\",\"items\":[]}", NULL, NULL},
	{"a comma ahead", ",{\"kind\":\"L\",\"items\":[]}", NULL, NULL},
	{"envelope not JSON", "{\"kind\":\"L\",\"x\":nul,\"items\":[]}", NULL, NULL},
	{"envelope without colon", "{\"kind\" \"L\",\"items\":[]}", NULL, NULL},
};
/* clang-format on */
enum { LISTS = sizeof lists / sizeof *lists };

static bool check_list(int i, size_t piece, struct mutator *random)
{
	struct taken t = {.text = buf_of(1 << 16), .refuse_at = SIZE_MAX};
	struct buf next = buf_of(1 << 12);
	struct err e = {""};
	bool is_good = read_list(lists[i].json, strlen(lists[i].json), piece, random, "L", &t, &next, &e);

	bool is_right = is_good == (lists[i].items != NULL);

	if (!is_right)
		print_error("%s, pieces of %zu: %s\n", lists[i].name, piece, is_good ? "read well" : e.text);
	else if (is_good) {
		assert_string_equal(buf_text(&t.text), lists[i].items);
		assert_string_equal(buf_text(&next), lists[i].next);
	} else {
		assert_true(strlen(e.text) > 0);
	}
	buf_fini(&t.text);
	buf_fini(&next);
	return is_right;
}

static void whole_and_in_crumbs(void **state)
{
	struct mutator random = {.state = mutate_seed("whole_and_in_crumbs")};
	int wrong = 0;

	(void)state;
	for (int i = 0; i < LISTS; i++) {
		bool is_right = check_list(i, SIZE_MAX, NULL);

		for (size_t piece = 1; is_right && piece < 8; piece++)
			is_right = check_list(i, piece, NULL);
		for (int n = 0; is_right && n < 20; n++)
			is_right = check_list(i, 12, &random);
		wrong += !is_right;
	}
	assert_int_equal(wrong, 0);
}

/* Between items stand commas and nothing else. */
static void colons_between_items(void **state)
{
	static const char *const broken[] = {"{\"kind\":\"L\",\"items\":[{}:{}]}", "{\"kind\":\"L\",\"items\":[{}:]}",
	    "{\"kind\":\"L\",\"items\":[:]}", "{\"kind\":\"L\",\"items\":[:{}]}",
	    "{\"kind\":\"L\",\"items\":[{},:{}]}"};
	int wrong = 0;

	(void)state;
	for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
		struct taken t = {.text = buf_of(1 << 16), .refuse_at = SIZE_MAX};
		struct buf next = buf_of(1 << 12);
		struct err e;

		if (read_list(broken[i], strlen(broken[i]), SIZE_MAX, NULL, "L", &t, &next, &e)) {
			print_error("read well: %s\n", broken[i]);
			wrong++;
		}
		buf_fini(&t.text);
		buf_fini(&next);
	}
	assert_int_equal(wrong, 0);
}

/* Cut anywhere, a list is never a success: neither at the cut nor by what came before it. */
static void cut_at_every_byte(void **state)
{
	(void)state;
	for (int i = 0; i < LISTS; i++) {
		size_t end = strlen(lists[i].json);

		while (lists[i].items && strchr(" \n", lists[i].json[end - 1]))
			end--;
		for (size_t len = 0; lists[i].items && len < end; len++) {
			struct taken t = {.text = buf_of(1 << 16), .refuse_at = SIZE_MAX};
			struct buf next = buf_of(1 << 12);
			struct err e;

			if (read_list(lists[i].json, len, SIZE_MAX, NULL, "L", &t, &next, &e))
				fail_msg("%s, cut at %zu: read well", lists[i].name, len);
			assert_int_equal(next.len, 0);
			buf_fini(&t.text);
			buf_fini(&next);
		}
	}
}

/* Damage of all kinds: nothing but that it ends, and that a broken list stays broken. */
static void damaged(void **state)
{
	struct mutator m = {.state = mutate_seed("damaged")};
	char bytes[512];

	(void)state;
	m.bytes = bytes;
	m.max = sizeof bytes;
	for (int n = 0; n < 20000; n++) {
		struct taken t = {.text = buf_of(1 << 16), .refuse_at = SIZE_MAX};
		struct items it;
		struct buf next = buf_of(1 << 12);
		struct err e;
		size_t i = mutate_below(&m, LISTS);

		m.len = strlen(lists[i].json);
		memcpy(bytes, lists[i].json, m.len);
		mutate(&m);
		items_init(&it, take, &t);
		if (!items_feed(&it, bytes, m.len, &e)) {
			assert_false(items_feed(&it, "{}", 2, &e));
			assert_false(items_finish(&it, "L", &next, &e));
		} else if (!items_finish(&it, "L", &next, &e)) {
			assert_int_equal(next.len, 0);
		}
		items_fini(&it);
		buf_fini(&t.text);
		buf_fini(&next);
	}
}

static void reader_may_refuse(void **state)
{
	static const char json[] = "{\"kind\":\"L\",\"items\":[{},{},{}]}";
	struct taken t = {.text = buf_of(1 << 12), .refuse_at = 1};
	struct buf next = buf_of(16);
	struct err e;

	(void)state;
	assert_false(read_list(json, sizeof json - 1, SIZE_MAX, NULL, "L", &t, &next, &e));
	assert_non_null(strstr(e.text, "not to my taste"));
	assert_non_null(strstr(e.text, "1"));
	assert_int_equal(t.count, 2);
	buf_fini(&t.text);
}

/* One list of a given shape, fed with `fill` over and over. True: it was accepted. */
static bool feed_filled(const char *head, const char *fill, size_t times, const char *tail, bool *too_large)
{
	struct taken t = {.text = buf_of(1 << 26), .refuse_at = SIZE_MAX};
	struct buf next = buf_of(1 << 12);
	struct items it;
	struct err e;
	bool is_good;

	items_init(&it, take, &t);
	is_good = items_feed(&it, head, strlen(head), &e);
	for (size_t i = 0; is_good && i < times; i++)
		is_good = items_feed(&it, fill, strlen(fill), &e);
	is_good = is_good && items_feed(&it, tail, strlen(tail), &e);
	is_good = is_good && items_finish(&it, "L", &next, &e);
	*too_large = it.is_too_large;
	items_fini(&it);
	buf_fini(&t.text);
	buf_fini(&next);
	return is_good;
}

static void sizes(void **state)
{
	static const char k[] = "................................................................"; /* 64 */
	bool too_large;

	(void)state;
	/* one item */
	assert_true(
	    feed_filled("{\"kind\":\"L\",\"items\":[{\"a\":\"", k, ITEM_MAX_BYTES / 64 - 1, "\"}]}", &too_large));
	assert_false(too_large);
	assert_false(feed_filled("{\"kind\":\"L\",\"items\":[{\"a\":\"", k, ITEM_MAX_BYTES / 64, "\"}]}", &too_large));
	assert_true(too_large);
	/* what is passed over costs nothing */
	assert_true(
	    feed_filled("{\"kind\":\"L\",\"items\":[{\"images\":\"", k, ITEM_MAX_BYTES / 16, "\"}]}", &too_large));
	/* nor do many items, each small */
	assert_true(feed_filled("{\"kind\":\"L\",\"items\":[{}", ",{\"a\":\"0123456789\"}", 100000, "]}", &too_large));
	/* the rest of the list */
	assert_true(
	    feed_filled("{\"kind\":\"L\",\"x\":\"", k, ENVELOPE_MAX_BYTES / 64 - 1, "\",\"items\":[]}", &too_large));
	assert_false(
	    feed_filled("{\"kind\":\"L\",\"x\":\"", k, ENVELOPE_MAX_BYTES / 64, "\",\"items\":[]}", &too_large));
	assert_true(too_large);
	/* endless, before anything is known about it */
	assert_false(feed_filled("{\"", k, 1 << 20, "", &too_large));
	assert_true(too_large);
	assert_false(feed_filled("", " ", 1 << 20, "", &too_large));
}

static void depth(void **state)
{
	bool too_large;

	(void)state;
	for (int levels = 1; levels < 100; levels++) {
		/* The list, its items and the item are three levels; a scalar is none. */
		char tail[256] = "0";
		bool is_good;

		for (int i = 0; i < levels; i++)
			strcat(tail, "}");
		strcat(tail, "]}");
		is_good = feed_filled("{\"kind\":\"L\",\"items\":[", "{\"a\":", (size_t)levels, tail, &too_large);
		if (is_good != (levels + 2 <= JSON_MAX_DEPTH))
			fail_msg("%d levels: %s", levels + 2, is_good ? "accepted" : "refused");
		is_good = feed_filled("{\"kind\":\"L\",\"items\":[{\"images\":[", "[", (size_t)levels, "", &too_large);
		assert_false(is_good);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(whole_and_in_crumbs),
	    cmocka_unit_test(colons_between_items),
	    cmocka_unit_test(cut_at_every_byte),
	    cmocka_unit_test(damaged),
	    cmocka_unit_test(reader_may_refuse),
	    cmocka_unit_test(sizes),
	    cmocka_unit_test(depth),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
