#define _GNU_SOURCE /* memmem, memrchr */
/*
 * Lists: items.c in one piece and in chunks, against cJSON on the whole document. An input is a
 * list; where it holds a NUL, the bytes behind the last one are the sizes of the chunks, used in
 * turn. Every list is read in one piece, in those chunks and in chunks of seven bytes, with one and
 * the same result.
 */
#include "base/buf.h"
#include "decode/argocd.h"
#include "decode/items.h"
#include "decode/kube.h"
#include "decode/pod.h"
#include "decode/small.h"
#include "fuzz.h"

#include <cJSON.h>

enum { NEXT_MAX = 4096 };

/* What came of reading a list one way. */
struct reading {
	bool is_good;
	size_t count, unreadable;
	struct buf items; /* each with a line's end behind it */
	struct buf next;
	struct err err;
	const struct member *members;
	struct items it;
	const cJSON *whole; /* the items of the whole document; NULL: do not compare */
	bool differs;       /* an item was another than there */
};

/* What is read of the items depends on the list's kind, so that several tables are tried. */
static const struct member *members_of(const char *kind)
{
	return strcmp(kind, "PodList") == 0        ? pod_members
	    : strcmp(kind, "ApplicationList") == 0 ? argocd_app_members
						   : kube_node_members;
}

static const struct member *find(const struct member *m, const char *name)
{
	while (m->name && strcmp(m->name, name) != 0)
		m++;
	return m->name ? m : NULL;
}

static bool is_container(const cJSON *value)
{
	return cJSON_IsObject(value) || cJSON_IsArray(value);
}

/* The same by the table of members: without what is not read, and with empty brackets where a scalar is. */
static void keep_members(cJSON *value, const struct member *members)
{
	for (cJSON *child = value->child, *next; child; child = next) {
		const struct member *m = cJSON_IsObject(value) ? find(members, child->string) : NULL;
		next = child->next;
		if (cJSON_IsArray(value) && cJSON_IsObject(child))
			keep_members(child, members);
		else if (cJSON_IsArray(value) && cJSON_IsArray(child))
			cJSON_Delete(child->child), child->child = NULL;
		else if (cJSON_IsObject(value) && !m)
			cJSON_Delete(cJSON_DetachItemViaPointer(value, child));
		else if (m && m->members)
			keep_members(child, m->members);
		else if (m && is_container(child))
			cJSON_Delete(child->child), child->child = NULL;
	}
}

/* An item as it was handed out and as it stands in the whole document; sets may have lost equal objects. */
static bool is_same(const cJSON *a, const cJSON *b)
{
	if (!fuzz_same_text(a->string, b->string))
		return false;
	if (a->string && strcmp(a->string, "resources") == 0 && cJSON_IsArray(a))
		return cJSON_GetArraySize(a) <= cJSON_GetArraySize(b);
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

/* With the item at its position in the whole document. */
static void compare(struct reading *r, const cJSON *item)
{
	const cJSON *there = cJSON_GetArrayItem(r->whole, (int)r->it.count);
	if (!there)
		return;
	cJSON *kept = cJSON_Duplicate(there, true);
	keep_members(kept, r->members);
	r->differs |= !is_same(item, kept);
	cJSON_Delete(kept);
}

static bool take(void *ctx, const char *json, size_t len, struct err *e)
{
	struct reading *r = ctx;
	PROMISE(len >= 2 && len <= ITEM_MAX_BYTES && json[len] == '\0');
	PROMISE(json[0] == '{' && json[len - 1] == '}');
	for (size_t i = 0; i < len; i++)
		PROMISE((unsigned char)json[i] >= ' ');
	buf_put(&r->items, json, len);
	buf_putc(&r->items, '\n');
	check_node(json, len);
	cJSON *item = cJSON_ParseWithLength(json, len), *small = small_parse(json, len);
	if (item)
		compare(r, item);
	PROMISE(!small || (item && is_same(small, item)));
	free(small);
	bool is_good = item != NULL;
	cJSON_Delete(item);
	return is_good || err_set(e, "not JSON");
}

/* Reads the list in chunks of these sizes; of its own when there are none. */
static struct reading read_list(
    const char *list, size_t len, const uint8_t *sizes, size_t count, const char *kind, const cJSON *items)
{
	struct reading r = {.is_good = true,
	    .whole = items,
	    .items = buf_of(1 << 24),
	    .next = buf_of(NEXT_MAX),
	    .members = members_of(kind)};
	items_init(&r.it, r.members, take, &r);
	buf_puts(&r.next, "before");
	for (size_t at = 0, i = 0; r.is_good && at < len; i++) {
		size_t n = count ? sizes[i % count] : len;
		n = n == 0 ? 1 : n > len - at ? len - at : n;
		char *chunk = mem_resized(NULL, n); /* of just that size, for ASan */
		memcpy(chunk, list + at, n);
		r.is_good = items_feed(&r.it, chunk, n, &r.err);
		free(chunk);
		at += n;
	}
	PROMISE(r.it.envelope.len <= ENVELOPE_MAX_BYTES && r.it.item.len <= ITEM_MAX_BYTES);
	bool is_fed = r.is_good;
	r.is_good = r.is_good && items_finish(&r.it, kind, &r.next, &r.err);
	r.count = r.it.count;
	r.unreadable = r.it.unreadable.count;
	PROMISE(r.unreadable <= r.count);
	for (size_t i = 0; i < unreadables_kept(&r.it.unreadable); i++)
		PROMISE(r.it.unreadable.v[i].position < r.count && r.it.unreadable.v[i].why[0]);
	if (r.is_good) {
		PROMISE(!r.it.is_too_large);
		PROMISE(!r.next.overflow);
	} else {
		PROMISE_ERR(r.err);
		PROMISE(strcmp(buf_text(&r.next), "before") == 0);
		/* Broken stays broken. */
		PROMISE(is_fed || !items_feed(&r.it, "{}", 2, &r.err));
		PROMISE(is_fed || !items_finish(&r.it, kind, &r.next, &r.err));
	}
	items_fini(&r.it);
	unreadables_fini(&r.it.unreadable);
	return r;
}

/* What items.c accepts is a list for cJSON too, with the same items and the same token. */
static void check_whole(const struct reading *r, const cJSON *whole, const char *list, size_t len)
{
	/* Strings and numbers that nobody reads are not looked into; cJSON alone reads some escapes in another way. */
	if (!r->is_good || !whole || memmem(list, len, "\\u", 2))
		return;
	const cJSON *items = cJSON_GetObjectItemCaseSensitive(whole, "items");
	const cJSON *metadata = cJSON_GetObjectItemCaseSensitive(whole, "metadata");
	const cJSON *next = cJSON_GetObjectItemCaseSensitive(metadata, "continue");
	PROMISE(cJSON_IsArray(items) || (cJSON_IsNull(items) && r->count == 0));
	PROMISE((size_t)cJSON_GetArraySize(items) == r->count);
	PROMISE(!r->differs);
	PROMISE(strcmp(buf_text(&r->next), cJSON_IsString(next) ? next->valuestring : "") == 0);
}

/* A list with nothing unusual about it must not be refused, or a healthy side goes unseen. */
static bool is_plain(const cJSON *whole, const char *list, size_t len)
{
	size_t kinds = 0, lists = 0, metadatas = 0;
	const cJSON *m;
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)list[i] < ' ' && !memchr(" \n\r\t", list[i], 4))
			return false;
	if (!cJSON_IsObject(whole) || len > ENVELOPE_MAX_BYTES || memmem(list, len, "\\u0000", 6) ||
	    *list == '\xEF') /* a byte order mark, which only cJSON takes */
		return false;
	cJSON_ArrayForEach(m, whole)
	{
		bool is_kind = strcmp(m->string, "kind") == 0;
		bool is_items = strcmp(m->string, "items") == 0;
		bool is_metadata = strcmp(m->string, "metadata") == 0;
		kinds += is_kind;
		lists += is_items;
		metadatas += is_metadata;
		if ((is_kind && !cJSON_IsString(m)) || (is_items && !cJSON_IsArray(m)) ||
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

	/* At a NUL, cJSON ends a text or a name. */
	bool has_nul = memchr(list, '\0', list_len) || memmem(list, list_len, "\\u0000", 6);
	struct reading one = read_list(list, list_len, NULL, 0, name, has_nul ? NULL : items);
	struct reading many = read_list(list, list_len, nul ? nul + 1 : NULL, sizes, name, NULL);
	struct reading crumbs = read_list(list, list_len, (const uint8_t *)"\7", 1, name, NULL);
	const struct reading *const others[] = {&many, &crumbs};
	for (size_t i = 0; i < 2; i++) {
		PROMISE(others[i]->is_good == one.is_good);
		PROMISE(strcmp(buf_text(&others[i]->next), buf_text(&one.next)) == 0);
		PROMISE(strcmp(buf_text(&others[i]->items), buf_text(&one.items)) == 0);
		/* A word that is an item is counted when it begins, also where it turns out to be none. */
		size_t same = one.is_good ? sizeof one.err.text : strcspn(one.err.text, ",");
		PROMISE(!one.is_good || others[i]->count == one.count);
		PROMISE(!one.is_good || others[i]->unreadable == one.unreadable);
		PROMISE(strncmp(others[i]->err.text, one.err.text, same) == 0);
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
