#define _GNU_SOURCE /* memmem, memrchr */
/*
 * Lists: items.c in one piece and in chunks, against cJSON on the whole document. An input is a
 * list; where it holds a NUL, the bytes behind the last one are the sizes of the chunks, used in
 * turn. Every list is read in one piece, in those chunks and in chunks of seven bytes, with one and
 * the same result.
 */
#include "base/buf.h"
#include "decode/items.h"
#include "decode/kube.h"
#include "fuzz.h"

#include <cJSON.h>

enum { NEXT_MAX = 4096 };

/* What came of reading a list one way. */
struct reading {
	bool is_good;
	size_t count;
	struct buf items; /* each with a line's end behind it */
	struct buf next;
	struct err err;
	const cJSON *whole; /* the item of the whole document that comes next; NULL: do not compare */
	bool differs;       /* an item was another than that */
};

/* Members that items.c passes over. */
static bool is_passed_over(const char *name)
{
	return name &&
	    (strcmp(name, "managedFields") == 0 || strcmp(name, "images") == 0 || strcmp(name, "runnerJITConfig") == 0);
}

/* An item as it was handed out and as it stands in the whole document. */
static bool is_same(const cJSON *a, const cJSON *b)
{
	if (!fuzz_same_text(a->string, b->string))
		return false;
	if (is_passed_over(a->string))
		return true;
	if (a->type != b->type || !fuzz_same_text(a->valuestring, b->valuestring) ||
	    memcmp(&a->valuedouble, &b->valuedouble, sizeof a->valuedouble) != 0)
		return false;
	for (a = a->child, b = b->child; a && b; a = a->next, b = b->next)
		if (!is_same(a, b))
			return false;
	return !a && !b;
}

static void check_node(const char *json, size_t len)
{
	static const char *const ignored[] = {"rackspace.com/spot"};
	static const struct taint_filter filter = {ignored, 1};
	struct node_counts n = {.total = 7, .ready = 5, .available = 2};
	const struct node_counts before = n;
	struct err e = ERR_UNSET;
	if (!kube_count_node(json, len, &filter, &n, &e)) {
		PROMISE_ERR(e);
		PROMISE(memcmp(&n, &before, sizeof n) == 0);
		return;
	}
	int total = n.total - before.total, ready = n.ready - before.ready;
	int cordoned = n.cordoned - before.cordoned, both = n.ready_cordoned - before.ready_cordoned;
	int available = n.available - before.available;
	PROMISE(total == 0 || total == 1);
	PROMISE(ready >= 0 && ready <= total && cordoned >= 0 && cordoned <= total);
	PROMISE(both == (ready && cordoned) && available >= 0 && available <= ready - both);
}

static bool take(void *ctx, const char *json, size_t len, struct err *e)
{
	struct reading *r = ctx;
	PROMISE(len >= 2 && len <= ITEM_MAX_BYTES && json[len] == '\0');
	PROMISE(json[0] == '{' && json[len - 1] == '}');
	r->count++;
	buf_put(&r->items, json, len);
	buf_putc(&r->items, '\n');
	check_node(json, len);
	cJSON *item = cJSON_ParseWithLength(json, len);
	if (r->whole) {
		r->differs |= item && !is_same(item, r->whole);
		r->whole = r->whole->next;
	}
	bool is_good = item != NULL;
	cJSON_Delete(item);
	return is_good || err_set(e, "not JSON");
}

/* Reads the list in chunks of these sizes; of its own when there are none. */
static struct reading read_list(
    const char *list, size_t len, const uint8_t *sizes, size_t count, const char *kind, const cJSON *first)
{
	struct reading r = {.is_good = true, .whole = first, .items = buf_of(1 << 24), .next = buf_of(NEXT_MAX)};
	struct items it;
	items_init(&it, take, &r);
	buf_puts(&r.next, "before");
	for (size_t at = 0, i = 0; r.is_good && at < len; i++) {
		size_t n = count ? sizes[i % count] : len;
		n = n == 0 ? 1 : n > len - at ? len - at : n;
		char *chunk = mem_resized(NULL, n); /* of just that size, for ASan */
		memcpy(chunk, list + at, n);
		r.is_good = items_feed(&it, chunk, n, &r.err);
		free(chunk);
		at += n;
	}
	PROMISE(it.envelope.len <= ENVELOPE_MAX_BYTES && it.item.len <= ITEM_MAX_BYTES);
	bool is_fed = r.is_good;
	r.is_good = r.is_good && items_finish(&it, kind, &r.next, &r.err);
	if (r.is_good) {
		PROMISE(it.count == r.count && !it.is_too_large);
		PROMISE(!r.next.overflow);
	} else {
		PROMISE_ERR(r.err);
		PROMISE(strcmp(buf_text(&r.next), "before") == 0);
		/* Broken stays broken. */
		PROMISE(is_fed || !items_feed(&it, "{}", 2, &r.err));
		PROMISE(is_fed || !items_finish(&it, kind, &r.next, &r.err));
	}
	items_fini(&it);
	return r;
}

/* What items.c accepts is a list for cJSON too, with the same items and the same token. */
static void check_whole(const struct reading *r, const cJSON *whole, const char *list, size_t len)
{
	if (!r->is_good || memmem(list, len, "\\u", 2)) /* cJSON alone reads some escapes in another way */
		return;
	if (!whole) {
		/* Inside what is passed over nobody looks, but for strings and brackets. */
		PROMISE(memmem(list, len, "\"images\"", 8) || memmem(list, len, "\"managedFields\"", 15) ||
		    memmem(list, len, "\"runnerJITConfig\"", 17));
		return;
	}
	const cJSON *items = cJSON_GetObjectItemCaseSensitive(whole, "items");
	const cJSON *metadata = cJSON_GetObjectItemCaseSensitive(whole, "metadata");
	const cJSON *next = cJSON_GetObjectItemCaseSensitive(metadata, "continue");
	PROMISE(cJSON_IsArray(items) || (cJSON_IsNull(items) && r->count == 0));
	PROMISE((size_t)cJSON_GetArraySize(items) == r->count);
	PROMISE(!r->differs);
	PROMISE(strcmp(buf_text(&r->next), cJSON_IsString(next) ? next->valuestring : "") == 0);
}

static int depth_of(const cJSON *value)
{
	int deepest = 0;
	for (const cJSON *child = value->child; child; child = child->next) {
		int depth = depth_of(child);
		deepest = depth > deepest ? depth : deepest;
	}
	return deepest + (cJSON_IsObject(value) || cJSON_IsArray(value));
}

static bool is_array_of_objects(const cJSON *array)
{
	const cJSON *item;
	cJSON_ArrayForEach(item, array)
	{
		if (!cJSON_IsObject(item))
			return false;
	}
	return cJSON_IsArray(array);
}

/* A list with nothing unusual about it must not be refused, or a healthy side goes unseen. */
static bool is_plain(const cJSON *whole, const char *list, size_t len)
{
	size_t kinds = 0, lists = 0, metadatas = 0;
	const cJSON *m;
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)list[i] < ' ' && !memchr(" \n\r\t", list[i], 4))
			return false;
	if (!cJSON_IsObject(whole) || depth_of(whole) > JSON_MAX_DEPTH || len > ENVELOPE_MAX_BYTES ||
	    memmem(list, len, "\\u", 2) || *list == '\xEF') /* a byte order mark, which only cJSON takes */
		return false;
	cJSON_ArrayForEach(m, whole)
	{
		bool is_kind = strcmp(m->string, "kind") == 0;
		bool is_items = strcmp(m->string, "items") == 0;
		bool is_metadata = strcmp(m->string, "metadata") == 0;
		kinds += is_kind;
		lists += is_items;
		metadatas += is_metadata;
		if ((is_kind && !cJSON_IsString(m)) || (is_items && !is_array_of_objects(m)) ||
		    (is_metadata && (!cJSON_IsObject(m) || cJSON_HasObjectItem(m, "continue"))))
			return false;
	}
	return kinds == 1 && lists == 1 && metadatas <= 1;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	const uint8_t *nul = len ? memrchr(bytes, '\0', len) : NULL;
	const char *list = (const char *)bytes;
	size_t list_len = nul ? (size_t)(nul - bytes) : len, sizes = nul ? len - list_len - 1 : 0;
	const char *end = NULL;
	cJSON *whole = cJSON_ParseWithLengthOpts(list, list_len, &end, 0);
	const cJSON *kind = cJSON_GetObjectItemCaseSensitive(whole, "kind");
	const cJSON *items = cJSON_GetObjectItemCaseSensitive(whole, "items");
	const char *name = cJSON_IsString(kind) ? kind->valuestring : "NodeList";

	struct reading one = read_list(list, list_len, NULL, 0, name, items ? items->child : NULL);
	struct reading many = read_list(list, list_len, nul ? nul + 1 : NULL, sizes, name, NULL);
	struct reading crumbs = read_list(list, list_len, (const uint8_t *)"\7", 1, name, NULL);
	const struct reading *const others[] = {&many, &crumbs};
	for (size_t i = 0; i < 2; i++) {
		PROMISE(others[i]->is_good == one.is_good && others[i]->count == one.count);
		PROMISE(strcmp(buf_text(&others[i]->items), buf_text(&one.items)) == 0);
		PROMISE(strcmp(buf_text(&others[i]->next), buf_text(&one.next)) == 0);
		PROMISE(strcmp(others[i]->err.text, one.err.text) == 0);
	}
	check_whole(&one, whole, list, list_len);
	while (whole && end < list + list_len && memchr(" \n\r\t", *end, 4))
		end++;
	PROMISE(one.is_good || end != list + list_len || !is_plain(whole, list, list_len));
	buf_fini(&one.items);
	buf_fini(&one.next);
	buf_fini(&many.items);
	buf_fini(&many.next);
	buf_fini(&crumbs.items);
	buf_fini(&crumbs.next);
	cJSON_Delete(whole);
	return 0;
}
