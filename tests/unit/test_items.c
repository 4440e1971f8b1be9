/* Lists as they arrive: whole, in crumbs, broken off, and not lists at all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "decode/items.h"
#include "mutate.h"
#include "recording.h"

/* What is read of the items here. */
static const struct member members[] = {
    READ_NAME,
    READ("a"),
    READ_IN("b", READ("x"), READ_IN("y", READ("z"))),
    READ_SET("s", READ("t"), READ("u")),
    MEMBERS_END,
};

/* Items are joined with a line's end behind each. */
struct taken {
	struct buf text;
	size_t count;
};

static bool take(void *ctx, const char *json, size_t len, struct err *e)
{
	struct taken *t = ctx;

	assert_int_equal(json[len], '\0');
	t->count++;
	buf_put(&t->text, json, len);
	buf_putc(&t->text, '\n');
	return !strstr(json, "\"a\":\"bad\"") || err_set(e, "not to my taste");
}

/* Reads `len` bytes in pieces of at most `piece`, or of random sizes up to it. */
static bool read_list(const char *bytes, size_t len, size_t piece, struct mutator *random, const char *kind,
    struct taken *t, struct buf *unreadable, struct buf *next, struct err *e)
{
	struct items it;
	bool is_good = true;
	size_t at = 0;

	items_init(&it, members, take, t);
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
	for (size_t i = 0; i < unreadables_kept(&it.unreadable); i++) {
		unreadable_put_name(unreadable, &it.unreadable.v[i]);
		buf_printf(unreadable, ": %s\n", it.unreadable.v[i].why);
	}
	if (is_good)
		assert_true(it.count >= t->count && it.count <= t->count + it.unreadable.count);
	items_fini(&it);
	unreadables_fini(&it.unreadable);
	return is_good;
}

#define LIST(items) "{\"kind\":\"L\",\"items\":[" items "]}"
#define NOT_AN_OBJECT ": not an object\n"
#define NOT_TO_MY_TASTE ": not to my taste\n"

/* clang-format off */
static const struct {
	const char *name, *json;
	const char *items; /* what is handed out; NULL: the list is broken */
	const char *next;
	const char *unreadable; /* NULL: none */
} lists[] = {
	{"empty", LIST(""), "", "", NULL},
	{"null items", "{\"kind\":\"L\",\"items\":null}", "", "", NULL},
	{"two", LIST("{\"a\":1},{\"b\":[{}]}"), "{\"a\":1}\n{\"b\":[{}]}\n", "", NULL},
	{"kind behind the items", "{\"items\":[{}],\"kind\":\"L\"}", "{}\n", "", NULL},
	{"continue", "{\"kind\":\"L\",\"metadata\":{\"continue\":\"a\\\"b\"},\"items\":[{}]}", "{}\n", "a\"b", NULL},
	{"continue behind", "{\"items\":[{}],\"metadata\":{\"continue\":\"x\"},\"kind\":\"L\"}", "{}\n", "x", NULL},
	{"null metadata", "{\"kind\":\"L\",\"metadata\":null,\"items\":[]}", "", "", NULL},
	{"null continue", "{\"kind\":\"L\",\"metadata\":{\"continue\":null},\"items\":[]}", "", "", NULL},
	{"what else the envelope has", "{\"apiVersion\":{\"deep\":[[[{\"kind\":\"M\",\"items\":3}]]]},\"kind\":\"L\",\"metadata\":"
	    "{\"resourceVersion\":\"1\",\"remainingItemCount\":null},\"items\":[{}],\"x\":[1,\"]\",{}]}", "{}\n", "", NULL},
	{"what API servers write", "{\"kind\":\"L\",\"items\":[{\"managedFields\":[{\"f:metadata\":{\"f:labels\":{\".\":{},\"f:app\":{}}},"
	    "\"t\":\"2026\\\\\",\"n\":[1,-2.5e3,true,[],[[\"a\\\"b\",null],{}]]},{}],\"a\":1},{}]}", "{\"a\":1}\n{}\n", "", NULL},
	{"white space",
	    " \r\n{ \"kind\" :\t\"L\" , \"items\" : [ { } , { \"a\" : 1 , \"x\" : [ ] , \"b\" : { } } ] } \n\n",
	    "{}\n{\"a\":1,\"b\":{}}\n", "", NULL},
	{"brackets in strings", LIST("{\"a\":\"]}\\\"{[,\"},{\"a\":\"\\\\\"}"), "{\"a\":\"]}\\\"{[,\"}\n{\"a\":\"\\\\\"}\n", "", NULL},
	{"items elsewhere", "{\"kind\":\"L\",\"metadata\":{\"items\":[1]},\"items\":[{\"items\":[2],\"a\":3}]}", "{\"a\":3}\n", "", NULL},
	{"items as a value", "{\"kind\":\"L\",\"x\":\"items\",\"y\":[\"items\"],\"items\":[{}]}", "{}\n", "", NULL},
	{"items escaped", "{\"kind\":\"L\",\"item\\u0073\":[{}]}", "{}\n", "", NULL},
	/* only what is read is kept */
	{"order stays", LIST("{\"x\":0,\"b\":{\"n\":1,\"x\":2},\"a\":\"t\",\"y\":1}"), "{\"b\":{\"x\":2},\"a\":\"t\"}\n", "", NULL},
	{"scalars of all kinds", LIST("{\"a\":-1.5e+3,\"b\":{\"x\":true}},{\"a\":null},{\"a\":false},{\"a\":\"\\u00e9\xC3\xA9\"}"),
	    "{\"a\":-1.5e+3,\"b\":{\"x\":true}}\n{\"a\":null}\n{\"a\":false}\n{\"a\":\"\\u00e9\xC3\xA9\"}\n", "", NULL},
	{"an array of objects", LIST("{\"b\":[{\"x\":1,\"n\":[1]},{\"n\":2},{\"y\":{\"z\":3,\"a\":4}}]}"),
	    "{\"b\":[{\"x\":1},{},{\"y\":{\"z\":3}}]}\n", "", NULL},
	{"members of other levels", LIST("{\"x\":1,\"b\":{\"a\":2,\"b\":{\"x\":3}},\"z\":4}"), "{\"b\":{}}\n", "", NULL},
	{"a needless escape in a name", LIST("{\"n\\:1,\":2,\"a\":3}"), "{\"a\":3}\n", "", NULL},
	{"a colon as a value", LIST("{\"n\":\":\",\"a\":1,\"m\":\":\"}"), "{\"a\":1}\n", "", NULL},
	{"nearly so named", LIST("{\"aa\":1,\"\":2,\"A\":3,\"metadat\":4}"), "{}\n", "", NULL},
	{"empty names", LIST("{\"a\":1,\"\":{},\"b\":{\"x\":1,\"\":[]},\"\":[],\"\":{\"n\":1}}"), "{\"a\":1,\"b\":{\"x\":1}}\n", "", NULL},
	{"longer than any name", LIST("{\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\":1,\"a\":2}"), "{\"a\":2}\n", "", NULL},
	{"an escaped name", LIST("{\"\\u0061\":1,\"\\u0062\":{\"\\u0078\":2},\"\\\\u0061\":3,\"\\u00\":4}"),
	    "{\"\\u0061\":1,\"\\u0062\":{\"\\u0078\":2}}\n", "", NULL},
	{"a name twice", LIST("{\"a\":1,\"a\":2}"), "{\"a\":1,\"a\":2}\n", "", NULL},
	{"a credential", LIST("{\"status\":{\"runnerJITConfig\":\"c2VjcmV0\"},\"runnerJITConfig\":\"c2VjcmV0\"}"), "{}\n", "", NULL},
	/* where a scalar is expected, the brackets are left of anything else; where none is, scalars stay */
	{"an object for a scalar", LIST("{\"a\":{\"a\":[1]},\"b\":{\"x\":[{\"x\":1}]}}"), "{\"a\":{},\"b\":{\"x\":[]}}\n", "", NULL},
	{"scalars for objects", LIST("{\"b\":\"x\"},{\"b\":[1,\"x\",null,true]},{\"metadata\":7}"),
	    "{\"b\":\"x\"}\n{\"b\":[1,\"x\",null,true]}\n{\"metadata\":7}\n", "", NULL},
	{"arrays in arrays", LIST("{\"b\":[[{\"x\":1}],[],{\"x\":2}]}"), "{\"b\":[[],[],{\"x\":2}]}\n", "", NULL},
	/* a set */
	{"equal ones once", LIST("{\"s\":[{\"t\":1,\"n\":1},{\"n\":2,\"t\":1},{\"t\":2},{\"t\":1},{\"t\":2,\"u\":1},{\"t\":2}],\"a\":1}"),
	    "{\"s\":[{\"t\":1},{\"t\":2},{\"t\":2,\"u\":1}],\"a\":1}\n", "", NULL},
	{"all equal", LIST("{\"s\":[{},{},{}]}"), "{\"s\":[{}]}\n", "", NULL},
	{"a look-alike in a string", LIST("{\"s\":[{\"t\":\"{\\\"u\\\":1}\"},{\"u\":1}]}"), "{\"s\":[{\"t\":\"{\\\"u\\\":1}\"},{\"u\":1}]}\n", "", NULL},
	{"each item has its own", LIST("{\"s\":[{\"t\":1}]},{\"s\":[{\"t\":1}]}"), "{\"s\":[{\"t\":1}]}\n{\"s\":[{\"t\":1}]}\n", "", NULL},
	/* items that cannot be read */
	{"a number", LIST("1"), "", "", "items[0]" NOT_AN_OBJECT},
	{"null", LIST("null"), "", "", "items[0]" NOT_AN_OBJECT},
	{"a string", LIST("\"{}\""), "", "", "items[0]" NOT_AN_OBJECT},
	{"an array", LIST("[{}]"), "", "", "items[0]" NOT_AN_OBJECT},
	{"among others", LIST("{\"a\":1},true,{\"a\":2},[[]],{\"a\":3}"), "{\"a\":1}\n{\"a\":2}\n{\"a\":3}\n", "",
	    "items[1]" NOT_AN_OBJECT "items[3]" NOT_AN_OBJECT},
	{"refused", LIST("{\"a\":\"bad\"},{\"a\":1}"), "{\"a\":\"bad\"}\n{\"a\":1}\n", "", "items[0]" NOT_TO_MY_TASTE},
	{"refused, with a name", LIST("{\"a\":\"bad\",\"metadata\":{\"uid\":7,\"name\":\"n\"}}"),
	    "{\"a\":\"bad\",\"metadata\":{\"name\":\"n\"}}\n", "", "n" NOT_TO_MY_TASTE},
	{"refused, in a namespace", LIST("{\"metadata\":{\"name\":\"n\",\"namespace\":\"s\"},\"a\":\"bad\"}"),
	    "{\"metadata\":{\"name\":\"n\",\"namespace\":\"s\"},\"a\":\"bad\"}\n", "", "s/n" NOT_TO_MY_TASTE},
	{"refused, with a wrong name", LIST("{\"metadata\":{\"name\":7},\"a\":\"bad\"}"),
	    "{\"metadata\":{\"name\":7},\"a\":\"bad\"}\n", "", "items[0]" NOT_TO_MY_TASTE},
	{"a line end in what is read", LIST("{\"metadata\":{\"name\":\"n\"},\"a\":\"x\ny\"},{\"a\":1}"), "{\"a\":1}\n", "",
	    "n: a control character in a string\n"},
	{"a line end in what is not", LIST("{\"x\":\"x\ny\t\"}"), "{}\n", "", NULL},
	/* not a list */
	{"nothing", "", NULL, NULL, NULL},
	{"blanks", " \n", NULL, NULL, NULL},
	{"plain text", "404 page not found\n", NULL, NULL, NULL},
	{"html", "<html><body>503</body></html>", NULL, NULL, NULL},
	{"only a string", "\"items\"", NULL, NULL, NULL},
	{"only an array", "[{\"kind\":\"L\",\"items\":[]}]", NULL, NULL, NULL},
	{"only null", "null", NULL, NULL, NULL},
	{"an object", "{}", NULL, NULL, NULL},
	{"no items", "{\"kind\":\"L\",\"metadata\":{}}", NULL, NULL, NULL},
	{"no kind", "{\"items\":[{}]}", NULL, NULL, NULL},
	{"wrong kind", "{\"kind\":\"Status\",\"items\":[]}", NULL, NULL, NULL},
	{"kind in part", "{\"kind\":\"LL\",\"items\":[]}", NULL, NULL, NULL},
	{"kind of wrong type", "{\"kind\":5,\"items\":[]}", NULL, NULL, NULL},
	{"kind an object", "{\"kind\":{\"kind\":\"L\"},\"items\":[]}", NULL, NULL, NULL},
	{"a byte order mark", "\xEF\xBB\xBF{\"kind\":\"L\",\"items\":[]}", NULL, NULL, NULL},
	/* wrong types */
	{"items a string", "{\"kind\":\"L\",\"items\":\"x\"}", NULL, NULL, NULL},
	{"items an object", "{\"kind\":\"L\",\"items\":{\"a\":{}}}", NULL, NULL, NULL},
	{"items a number", "{\"kind\":\"L\",\"items\":0}", NULL, NULL, NULL},
	{"items false", "{\"kind\":\"L\",\"items\":false}", NULL, NULL, NULL},
	{"metadata a string", "{\"kind\":\"L\",\"metadata\":\"x\",\"items\":[]}", NULL, NULL, NULL},
	{"continue a number", "{\"kind\":\"L\",\"metadata\":{\"continue\":1},\"items\":[]}", NULL, NULL, NULL},
	/* said twice */
	{"items twice", "{\"kind\":\"L\",\"items\":[{}],\"items\":[]}", NULL, NULL, NULL},
	{"items and null", "{\"kind\":\"L\",\"items\":[{}],\"items\":null}", NULL, NULL, NULL},
	{"null and items", "{\"kind\":\"L\",\"items\":null,\"items\":[{}]}", NULL, NULL, NULL},
	{"items twice, once escaped", "{\"kind\":\"L\",\"items\":[{}],\"item\\u0073\":[]}", NULL, NULL, NULL},
	{"kind twice", "{\"kind\":\"L\",\"kind\":\"L\",\"items\":[]}", NULL, NULL, NULL},
	{"metadata twice", "{\"kind\":\"L\",\"metadata\":{},\"metadata\":{\"continue\":\"x\"},\"items\":[]}", NULL, NULL, NULL},
	{"continue twice", "{\"kind\":\"L\",\"metadata\":{\"continue\":\"\",\"continue\":\"x\"},\"items\":[]}", NULL, NULL, NULL},
	/* broken, between the items and around them */
	{"trailing comma", LIST("{},"), NULL, NULL, NULL},
	{"leading comma", LIST(",{}"), NULL, NULL, NULL},
	{"only a comma", LIST(","), NULL, NULL, NULL},
	{"two commas", LIST("{},,{}"), NULL, NULL, NULL},
	{"no comma", LIST("{}{}"), NULL, NULL, NULL},
	{"no comma between members", LIST("{\"n\":[]\"m\":1,\"a\":2}"), NULL, NULL, NULL},
	{"a colon for a comma", LIST("{}:{}"), NULL, NULL, NULL},
	{"a colon behind an item", LIST("{}:"), NULL, NULL, NULL},
	{"only a colon", LIST(":"), NULL, NULL, NULL},
	{"a colon ahead", LIST(":{}"), NULL, NULL, NULL},
	{"a colon behind a comma", LIST("{},:{}"), NULL, NULL, NULL},
	{"a member between", LIST("{},\"a\":{}"), NULL, NULL, NULL},
	{"items without a value", "{\"kind\":\"L\",\"items\":}", NULL, NULL, NULL},
	{"closed wrongly", "{\"kind\":\"L\",\"items\":[{}}]", NULL, NULL, NULL},
	{"closed twice", LIST("") "}", NULL, NULL, NULL},
	{"bytes behind", LIST("") "x", NULL, NULL, NULL},
	{"a comma behind", LIST("") ",", NULL, NULL, NULL},
	{"an object behind", LIST("") LIST(""), NULL, NULL, NULL},
	{"a comma ahead", "," LIST(""), NULL, NULL, NULL},
	{"no JSON in the envelope", "{\"kind\":\"L\",\"x\":nul,\"items\":[]}", NULL, NULL, NULL},
	{"no colon in the envelope", "{\"kind\" \"L\",\"items\":[]}", NULL, NULL, NULL},
	/* broken, inside an item: where it is read, and where it is passed over */
#define BROKEN(name, value) \
	{name, LIST("{\"a\":" value "}"), NULL, NULL, NULL}, \
	{name ", in b", LIST("{\"b\":{\"y\":" value "}}"), NULL, NULL, NULL}, \
	{name ", not read", LIST("{\"n\":" value "}"), NULL, NULL, NULL}, \
	{name ", deep", LIST("{\"n\":[{\"n\":[" value "]}]}"), NULL, NULL, NULL}
	BROKEN("closed by the other bracket", "[}]"),
	BROKEN("closed by the other one", "{]}"),
	BROKEN("a comma too many", "[1,]"),
	BROKEN("a comma first", "[,1]"),
	BROKEN("two values", "[1 2]"),
	BROKEN("two strings", "[\"a\"\"b\"]"),
	BROKEN("two objects", "[{}{}]"),
	BROKEN("a member without a value", "{\"k\":}"),
	BROKEN("a member without a colon", "{\"k\" 1}"),
	BROKEN("a member without a name", "{:1}"),
	BROKEN("two colons", "{\"k\"::1}"),
	BROKEN("a value for a name", "{1:1}"),
	BROKEN("only a name", "{\"k\"}"),
	BROKEN("a comma in an object", "{\"k\":1,}"),
	BROKEN("a name in an array", "[\"k\":1]"),
	BROKEN("half a word", "tru"),
	BROKEN("another word", "nullx"),
	BROKEN("a word in capitals", "True"),
	BROKEN("NaN", "NaN"),
	BROKEN("two words", "true1"),
	BROKEN("a number and a word", "1true"),
	BROKEN("no quotes", "x"),
	BROKEN("single quotes", "'x'"),
	BROKEN("a plus", "+1"),
	BROKEN("a control character", "\x01"),
	BROKEN("a form feed", "\f1"),
	BROKEN("a comment", "1/**/"),
#undef BROKEN
};
/* clang-format on */
enum { LISTS = sizeof lists / sizeof *lists };

static bool check_list(int i, size_t piece, struct mutator *random)
{
	struct taken t = {.text = buf_of(1 << 16)};
	struct buf next = buf_of(1 << 12), unreadable = next;
	struct err e = {""};
	bool is_good = read_list(lists[i].json, strlen(lists[i].json), piece, random, "L", &t, &unreadable, &next, &e);
	const char *hides = lists[i].unreadable ? lists[i].unreadable : "";
	bool is_right = is_good == (lists[i].items != NULL);

	if (!is_right)
		print_error("%s, pieces of %zu: %s\n", lists[i].name, piece, is_good ? "read well" : e.text);
	else if (is_good) {
		is_right = strcmp(buf_text(&t.text), lists[i].items) == 0 &&
		    strcmp(buf_text(&next), lists[i].next) == 0 && strcmp(buf_text(&unreadable), hides) == 0;
		if (!is_right)
			print_error("%s, pieces of %zu: %s unreadable: %s", lists[i].name, piece, buf_text(&t.text),
			    buf_text(&unreadable));
	} else {
		assert_true(strlen(e.text) > 0);
	}
	buf_fini(&t.text);
	buf_fini(&next);
	buf_fini(&unreadable);
	return is_right;
}

static void whole_and_in_crumbs(void **state)
{
	struct mutator random = {.state = mutate_seed("whole_and_in_crumbs")};
	int wrong = 0;

	(void)state;
	for (int i = 0; i < LISTS; i++) {
		bool is_right = check_list(i, SIZE_MAX, NULL);

		for (size_t piece = 1; is_right && piece < strlen(lists[i].json); piece++)
			is_right = check_list(i, piece, NULL);
		for (int n = 0; is_right && n < 20; n++)
			is_right = check_list(i, 12, &random);
		wrong += !is_right;
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
			struct taken t = {.text = buf_of(1 << 16)};
			struct buf next = buf_of(1 << 12), unreadable = next;
			struct err e;

			if (read_list(lists[i].json, len, SIZE_MAX, NULL, "L", &t, &unreadable, &next, &e))
				fail_msg("%s, cut at %zu: read well", lists[i].name, len);
			assert_int_equal(next.len, 0);
			buf_fini(&t.text);
			buf_fini(&next);
			buf_fini(&unreadable);
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
		struct taken t = {.text = buf_of(1 << 16)};
		struct items it;
		struct buf next = buf_of(1 << 12);
		struct err e;
		size_t i = mutate_below(&m, LISTS);

		m.len = strlen(lists[i].json);
		memcpy(bytes, lists[i].json, m.len);
		mutate(&m);
		items_init(&it, members, take, &t);
		if (!items_feed(&it, bytes, m.len, &e)) {
			assert_false(items_feed(&it, "{}", 2, &e));
			assert_false(items_finish(&it, "L", &next, &e));
		} else if (!items_finish(&it, "L", &next, &e)) {
			assert_int_equal(next.len, 0);
		}
		items_fini(&it);
		unreadables_fini(&it.unreadable);
		buf_fini(&t.text);
		buf_fini(&next);
	}
}

/* One list of a given shape, fed with `fill` over and over. */
struct fed {
	bool is_good, is_too_large;
	size_t handed_out, unreadable;
	struct unreadable first;
	struct err err;
};

static struct fed feed_filled(const char *head, const char *fill, size_t times, const char *tail)
{
	struct taken t = {.text = buf_of(1 << 26)};
	struct buf next = buf_of(1 << 12);
	struct items it;
	struct fed fed = {0};

	items_init(&it, members, take, &t);
	fed.is_good = items_feed(&it, head, strlen(head), &fed.err);
	for (size_t i = 0; fed.is_good && i < times; i++)
		fed.is_good = items_feed(&it, fill, strlen(fill), &fed.err);
	fed.is_good = fed.is_good && items_feed(&it, tail, strlen(tail), &fed.err);
	assert_true(it.item.cap <= 2 * ITEM_MAX_BYTES && it.envelope.cap <= 2 * ENVELOPE_MAX_BYTES);
	fed.is_good = fed.is_good && items_finish(&it, "L", &next, &fed.err);
	fed.is_too_large = it.is_too_large;
	fed.handed_out = t.count;
	fed.unreadable = it.unreadable.count;
	if (fed.unreadable)
		fed.first = it.unreadable.v[0];
	items_fini(&it);
	unreadables_fini(&it.unreadable);
	buf_fini(&t.text);
	buf_fini(&next);
	return fed;
}

static const char k[] = "................................................................"; /* 64 */

static void sizes(void **state)
{
	struct fed fed;

	(void)state;
	/* one item: what is read of it has a limit, and the name before it is still known */
	fed = feed_filled("{\"kind\":\"L\",\"items\":[{\"a\":\"", k, ITEM_MAX_BYTES / 64 - 1, "\"}]}");
	assert_true(fed.is_good && fed.handed_out == 1 && !fed.unreadable);
	fed = feed_filled("{\"kind\":\"L\",\"items\":[{\"metadata\":{\"name\":\"n\"},\"a\":\"", k, ITEM_MAX_BYTES / 64,
	    "\",\"b\":{}},{\"a\":1}]}");
	assert_true(fed.is_good && fed.handed_out == 1 && fed.unreadable == 1);
	assert_string_equal(fed.first.name, "n");
	assert_string_equal(fed.first.why, "the members that are read have more than 524288 bytes");
	fed = feed_filled("{\"kind\":\"L\",\"items\":[{\"metadata\":{\"name\":\"", k, ITEM_MAX_BYTES, "\"}},{}]}");
	assert_true(fed.is_good && fed.handed_out == 1 && fed.unreadable == 1 && !fed.first.name[0]);
	/* what is passed over costs nothing: a string of 64 MB, very many members, a very long name */
	fed = feed_filled("{\"kind\":\"L\",\"items\":[{\"n\":\"", k, 1 << 20, "\",\"a\":1}]}");
	assert_true(fed.is_good && fed.handed_out == 1 && !fed.unreadable);
	fed = feed_filled("{\"kind\":\"L\",\"items\":[{\"n\":0", ",\"n\":{\"a\":[1,2,{}]}", 1 << 20, ",\"a\":1}]}");
	assert_true(fed.is_good && fed.handed_out == 1 && !fed.unreadable);
	fed = feed_filled("{\"kind\":\"L\",\"items\":[{\"", k, 1 << 20, "\":1}]}");
	assert_true(fed.is_good && fed.handed_out == 1 && !fed.unreadable);
	/* nor do many items, each small; nor an object of a set, however often it comes */
	fed = feed_filled("{\"kind\":\"L\",\"items\":[{}", ",{\"a\":\"0123456789\"}", 100000, "]}");
	assert_true(fed.is_good && fed.handed_out == 100001);
	fed = feed_filled(
	    "{\"kind\":\"L\",\"items\":[{\"s\":[{}", ",{\"t\":\"Synced\"},{\"t\":\"OutOfSync\"}", 100000, "]}]}");
	assert_true(fed.is_good && fed.handed_out == 1 && !fed.unreadable);
	/* the rest of the list */
	fed = feed_filled("{\"kind\":\"L\",\"x\":\"", k, ENVELOPE_MAX_BYTES, "\",\"items\":[]}");
	assert_true(fed.is_good);
	fed = feed_filled("{\"items\":[],\"kind\":\"", k, ENVELOPE_MAX_BYTES / 64, "\"}");
	assert_true(!fed.is_good && fed.is_too_large);
	/* an answer without an end is for the caller to break off */
	assert_false(feed_filled("{\"", k, 1 << 16, "").is_good);
	assert_false(feed_filled("", " ", 1 << 16, "").is_good);
}

/* More objects than are named are counted all the same. */
static void many_unreadable(void **state)
{
	struct fed fed = feed_filled("{\"kind\":\"L\",\"items\":[{}", ",7,{\"a\":\"bad\"}", 1000, ",{}]}");

	(void)state;
	assert_true(fed.is_good && fed.handed_out == 1002);
	assert_int_equal(fed.unreadable, 2000);
	assert_int_equal(fed.first.position, 1);
}

static char *repeated(const char *text, size_t times)
{
	size_t len = strlen(text);
	char *all = malloc(len * times + 1);

	assert_non_null(all);
	for (size_t i = 0; i < times; i++)
		memcpy(all + i * len, text, len);
	all[len * times] = '\0';
	return all;
}

/* Levels that nobody reads: of any number, and never on our stack. */
static void depth(void **state)
{
	static const struct {
		const char *open, *close;
	} kinds[] = {{"[", "]"}, {"{\"a\":", "}"}, {"[{\"metadata\":{\"b\":", "}}]"}};
	static const size_t levels[] = {1, 2, 31, 1020, 1021, 1022, 1023, 1024, 1025, 2047, 100000, 1000000};

	(void)state;
	for (size_t n = 0; n < sizeof levels / sizeof *levels; n++)
		for (size_t i = 0; i < 3; i++) {
			char *tail = repeated(kinds[i].close, levels[n]), *all = malloc(strlen(tail) + 64);
			sprintf(all, "0%s,\"b\":{\"x\":1}},{\"a\":2}]}", tail);
			struct fed fed =
			    feed_filled("{\"kind\":\"L\",\"items\":[{\"n\":", kinds[i].open, levels[n], all);
			if (!fed.is_good || fed.handed_out != 2 || fed.unreadable)
				fail_msg("%zu levels of %s: %s", levels[n], kinds[i].open, fed.err.text);
			/* One bracket less, or one more, is seen at any depth. */
			sprintf(all, "0%s,\"b\":{\"x\":1}},{\"a\":2}]}", tail + 1);
			assert_false(
			    feed_filled("{\"kind\":\"L\",\"items\":[{\"n\":", kinds[i].open, levels[n], all).is_good);
			sprintf(all, "0%s]}", tail);
			assert_false(
			    feed_filled("{\"kind\":\"L\",\"items\":[{\"n\":", kinds[i].open, levels[n], all).is_good);
			free(tail);
			free(all);
		}
}

/* Where members are read, too deep is of a wrong type. */
static void depth_of_what_is_read(void **state)
{
	char *tail = repeated("]", 100000), *all = malloc(strlen(tail) + 64);
	(void)state;
	sprintf(all, "%s},{\"a\":2}]}", tail);
	struct fed fed = feed_filled("{\"kind\":\"L\",\"items\":[{\"b\":", "[", 100000, all);
	assert_true(fed.is_good && fed.handed_out == 2);
	free(tail);
	free(all);
}

/* The pages of one list: positions and unreadable items go on. */
static void pages(void **state)
{
	static const char *const bodies[] = {
	    "{\"kind\":\"L\",\"metadata\":{\"continue\":\"x\"},\"items\":[{\"a\":1},7]}",
	    "{\"kind\":\"L\",\"items\":[{\"a\":\"bad\"},{\"a\":2}]}"};
	struct taken t = {.text = buf_of(1 << 12)};
	struct buf next = buf_of(16);
	struct items it;
	struct err e;

	(void)state;
	items_init(&it, members, take, &t);
	for (int i = 0; i < 2; i++) {
		if (i > 0)
			items_next_page(&it);
		assert_true(items_feed(&it, bodies[i], strlen(bodies[i]), &e));
		assert_true(items_finish(&it, "L", &next, &e));
		assert_string_equal(buf_text(&next), i == 0 ? "x" : "");
	}
	assert_int_equal(it.count, 4);
	assert_int_equal(it.unreadable.count, 2);
	assert_int_equal(it.unreadable.v[0].position, 1);
	assert_int_equal(it.unreadable.v[1].position, 2);
	items_fini(&it);
	unreadables_fini(&it.unreadable);
	buf_fini(&t.text);
	buf_fini(&next);
}

/* An error says where: the byte, and the item. */
static void errors_have_a_place(void **state)
{
	static const struct {
		const char *json, *text;
	} rows[] = {
	    {"{\"kind\":\"L\",\"items\":[{},{\"n\":[1 2]}]}", "not JSON at byte 32, in items[1]"},
	    {"{\"kind\":x}", "not JSON at byte 8"},
	    {"{\"items\":[{}],\"n\":{\"n\":tru}}", "not JSON at byte 26"},
	    {"", "the body is empty"},
	    {"{\"kind\":\"L\",\"items\":[{}", "the list is not complete"},
	    {"[]", "not a JSON object"},
	    {"{\"items\":[]}", "not a L"},
	    {"{\"kind\":\"L\"}", "a L without \"items\""},
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct fed fed = feed_filled(rows[i].json, "", 0, "");
		assert_false(fed.is_good);
		assert_string_equal(fed.err.text, rows[i].text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(whole_and_in_crumbs),
	    cmocka_unit_test(cut_at_every_byte),
	    cmocka_unit_test(damaged),
	    cmocka_unit_test(sizes),
	    cmocka_unit_test(many_unreadable),
	    cmocka_unit_test(depth),
	    cmocka_unit_test(depth_of_what_is_read),
	    cmocka_unit_test(pages),
	    cmocka_unit_test(errors_have_a_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
