#define _GNU_SOURCE /* memmem */
#include "decode/items.h"

#include "base/text.h"
#include "decode/json.h"
#include "decode/object.h"

#include <cJSON.h>
#include <stdlib.h>
#include <string.h>

/* The list is at depth 1, the array of items at 2, an item at 3. */
enum { LIST = 1, ITEMS = 2, ITEM = 3 };

static const struct member list_members[] = {
    READ("kind"), READ_IN("metadata", READ("continue")), READ("items"), MEMBERS_END};
static const struct member *const items_member = &list_members[2];

void items_init(struct items *it, const struct member *members, items_fn *on_item, void *ctx)
{
	*it = (struct items){
	    .members = members,
	    .on_item = on_item,
	    .ctx = ctx,
	    .most = ITEMS_MAX,
	    .envelope = buf_of(ENVELOPE_MAX_BYTES),
	    .item = buf_of(ITEM_MAX_BYTES),
	};
	items_next_page(it);
}

void items_fini(struct items *it)
{
	buf_fini(&it->envelope);
	buf_fini(&it->item);
}

void items_next_page(struct items *it)
{
	scan_init(&it->scan);
	buf_reset(&it->envelope);
	it->sink = &it->envelope;
	it->fed = it->pass = 0;
	it->has_items = it->has_failed = false;
}

/* Items that cannot be read. */

/* `json` is an object with the members that could be kept. */
static void note_unreadable(struct items *it, const char *json, size_t len, const struct err *why)
{
	struct unreadable object = {.position = it->count};
	object_identify(json, len, &object);
	text_copy(object.why, sizeof object.why, why->text);
	unreadables_add(&it->unreadable, &object);
}

static bool count_item(struct items *it, struct err *e)
{
	it->is_too_large = ++it->count > it->most;
	return !it->is_too_large || err_set(e, "the list has more than %zu objects, which is the limit", it->most);
}

/* An item that is no object at all. */
static bool refuse_item(struct items *it, struct err *e)
{
	struct err why;
	err_set(&why, "not an object");
	note_unreadable(it, "", 0, &why);
	return count_item(it, e);
}

void items_refuse_all(struct items *it)
{
	it->is_too_large = true;
}

/* Control characters in strings are not JSON. White space between tokens is never kept. Eight bytes at a time. */
static bool has_control(const struct buf *item)
{
	const uint64_t ones = UINT64_C(0x0101010101010101);
	uint64_t bytes, found = 0;
	size_t i = 0;
	for (; i + sizeof bytes <= item->len; i += sizeof bytes) {
		memcpy(&bytes, item->data + i, sizeof bytes);
		found |= (bytes - ones * ' ') & ~bytes & ones << 7; /* the high bit of a byte below ' ' */
	}
	for (; i < item->len; i++)
		found |= (unsigned char)item->data[i] < ' ';
	return found;
}

static bool finish_item(struct items *it, struct err *e)
{
	struct err why;
	bool is_read;
	if (it->item.overflow) {
		is_read = err_set(&why, "the members that are read have more than %d bytes", ITEM_MAX_BYTES);
		buf_cut(&it->item, it->whole);
		buf_putc(&it->item, '}');
	} else if (has_control(&it->item))
		is_read = err_set(&why, "a control character in a string");
	else
		is_read = it->on_item(it->ctx, it->item.data, it->item.len, &why);
	it->sink = &it->envelope;
	if (it->is_too_large)
		return err_set(e, "%s", why.text);
	if (!is_read)
		note_unreadable(it, it->item.data, it->item.len, &why);
	return count_item(it, e);
}

/* What is kept. */

static bool is_item(const struct items *it, size_t depth)
{
	return depth == ITEM && it->level[ITEM - 1].member == items_member;
}

/* The member of that key, which stands in quotes and may have escapes; NULL: it is not read. */
static const struct member *find(const struct member *m, const char *key, size_t len, bool has_escape)
{
	cJSON *text = has_escape ? cJSON_ParseWithLength(key, len) : NULL;
	const char *name = text ? text->valuestring : key + 1;
	m = member_find(m, name, text ? strlen(name) : len - 2);
	cJSON_Delete(text);
	return m;
}

static bool take_key(struct items *it, const struct scan_piece *piece, struct err *e)
{
	size_t room = sizeof it->key - it->key_len, depth = it->scan.at.depth;
	if (piece->begins) {
		it->key_len = 0;
		room = sizeof it->key;
		it->member = NULL;
	}
	if (piece->begins && is_item(it, depth) && !it->item.overflow)
		it->whole = it->item.len;
	memcpy(it->key + it->key_len, piece->bytes, piece->len < room ? piece->len : room);
	it->key_len += piece->len < room ? piece->len : room;
	if (!piece->ends || it->key_len == sizeof it->key)
		return true;
	it->member = find(it->level[depth].members, it->key, it->key_len, it->scan.has_escape);
	if (!it->member)
		it->pass = depth;
	it->key[it->key_len++] = ':';
	if (it->member == items_member && it->has_items)
		return err_set(e, "member \"items\" appears twice");
	it->has_items |= it->member == items_member;
	return true;
}

/* The member whose value begins at a level; NULL: it is not read. */
static const struct member *member_at(const struct items *it, const struct items_level *around)
{
	return around->is_array ? around->member : it->member;
}

/* Writes what stands before a value: a comma, and the key. */
static void put_head(struct items *it, struct items_level *around)
{
	if (around->has_any)
		buf_putc(it->sink, ',');
	around->has_any = true;
	if (!around->is_array)
		buf_put(it->sink, it->key, it->key_len);
}

static bool take_scalar(struct items *it, const struct scan_piece *piece, struct err *e)
{
	size_t depth = it->scan.at.depth;
	struct items_level *around = &it->level[depth];
	if (depth == 0)
		return err_set(e, "not a JSON object");
	if (piece->begins) {
		it->copies = !is_item(it, depth + 1) && member_at(it, around);
		if (is_item(it, depth + 1) && !refuse_item(it, e))
			return false;
		if (it->copies)
			put_head(it, around);
	}
	if (it->copies)
		buf_put(it->sink, piece->bytes, piece->len);
	return true;
}

static void open_level(struct items *it, const struct member *member, const struct member *members, bool is_array)
{
	size_t depth = it->scan.at.depth;
	if (depth >= ITEMS_LEVELS)
		abort(); /* a table of members is too deep */
	it->level[depth] = (struct items_level){member, members, it->sink->len, is_array, false};
	buf_putc(it->sink, is_array ? '[' : '{');
}

static bool take_opening(struct items *it, const struct scan_piece *piece, struct err *e)
{
	size_t depth = it->scan.at.depth;
	bool is_array = piece->token == SCAN_ARRAY;
	struct items_level *around = &it->level[depth - 1];
	const struct member *member = depth == LIST ? NULL : member_at(it, around);
	if (depth == LIST && is_array)
		return err_set(e, "not a JSON object");
	if (depth == LIST) {
		open_level(it, NULL, list_members, false);
	} else if (is_item(it, depth) && !is_array) {
		it->sink = &it->item;
		buf_reset(&it->item);
		open_level(it, NULL, it->members, false);
	} else if (is_item(it, depth)) {
		it->pass = depth - 1;
		return refuse_item(it, e);
	} else if (member && (member->members ? !is_array || !around->is_array : is_array && member == items_member)) {
		put_head(it, around);
		open_level(it, member, member->members, is_array);
	} else {
		/* Where a scalar is expected, the brackets tell the reader what is there instead. */
		if (member) {
			put_head(it, around);
			buf_puts(it->sink, is_array ? "[]" : "{}");
		}
		it->pass = depth - 1;
	}
	return true;
}

/* Removes the last object of a set when the set has an equal one. Inside a string no object begins: quotes differ. */
static void drop_double(struct items *it, const struct items_level *set, size_t start)
{
	struct buf *b = it->sink;
	bool is_searched = !b->overflow && start - set->start <= ITEMS_SET_MAX_BYTES;
	if (is_searched && memmem(b->data + set->start, start - set->start, b->data + start, b->len - start))
		buf_cut(b, start - 1);
}

static bool take_closing(struct items *it, struct err *e)
{
	size_t depth = it->scan.at.depth;
	const struct items_level *closed = &it->level[depth + 1], *around = &it->level[depth];
	buf_putc(it->sink, closed->is_array ? ']' : '}');
	if (is_item(it, depth + 1))
		return finish_item(it, e);
	if (around->is_array && around->member->is_set)
		drop_double(it, around, closed->start);
	return true;
}

static bool take(struct items *it, const struct scan_piece *piece, struct err *e)
{
	switch (piece->token) {
	case SCAN_NAME: return take_key(it, piece, e);
	case SCAN_TEXT:
	case SCAN_WORD: return take_scalar(it, piece, e);
	case SCAN_OBJECT:
	case SCAN_ARRAY: return take_opening(it, piece, e);
	case SCAN_CLOSE: return take_closing(it, e);
	case SCAN_NONE: break;
	}
	return true;
}

static bool fail(struct items *it, size_t at, struct err *e)
{
	it->has_failed = true;
	if (it->scan.at.depth >= ITEMS && it->level[ITEMS].member == items_member && it->pass != LIST)
		return err_set(e, "not JSON at byte %zu, in items[%zu]", at, it->count);
	return err_set(e, "not JSON at byte %zu", at);
}

bool items_feed(struct items *it, const char *bytes, size_t len, struct err *e)
{
	const char *p = bytes, *end = bytes + len, *bad = bytes;
	struct scan_piece piece;
	if (it->has_failed)
		return err_set(e, "the list is already broken");
	while (p && p < end) {
		if (it->pass) {
			p = scan_pass(&it->scan, it->pass, p, end, &bad);
			if (p && scan_is_behind_value(&it->scan, it->pass))
				it->pass = 0;
			continue;
		}
		size_t depth = it->scan.at.depth;
		if (depth > 0 && !it->level[depth].is_array)
			p = scan_pass_unread(&it->scan, it->level[depth].members, p, end);
		if (it->scan.at.depth > depth) {
			it->pass = depth;
			continue;
		}
		p = scan_next(&it->scan, p, end, &piece, &bad);
		if (p && !take(it, &piece, e)) {
			it->has_failed = true;
			return false;
		}
	}
	if (!p)
		return fail(it, it->fed + (size_t)(bad - bytes), e);
	it->fed += len;
	if (it->envelope.overflow) {
		it->has_failed = it->is_too_large = true;
		return err_set(e, "the list without its items is larger than %d bytes", ENVELOPE_MAX_BYTES);
	}
	return true;
}

static bool read_envelope(const struct items *it, const char *kind, struct buf *next, struct err *e)
{
	cJSON *root = json_parse_object(buf_text(&it->envelope), it->envelope.len, e);
	if (!root)
		return false;
	struct json j = {0};
	const char *has_kind = json_text(&j, root, "kind");
	bool is_of_kind = has_kind && strcmp(has_kind, kind) == 0;
	json_array(&j, root, "items");
	const char *more = json_text(&j, json_object(&j, root, "metadata"), "continue");
	bool is_good = !j.has_failed && is_of_kind && it->has_items;
	if (j.has_failed)
		err_set(e, "%s", j.err.text);
	else if (!is_of_kind)
		err_set(e, "not a %s", kind);
	else if (!is_good)
		err_set(e, "a %s without \"items\"", kind);
	else if (more && strlen(more) > next->max)
		is_good = err_set(e, "metadata.continue is longer than %zu bytes", next->max);
	else {
		buf_reset(next);
		buf_puts(next, more ? more : "");
	}
	cJSON_Delete(root);
	return is_good;
}

bool items_finish(struct items *it, const char *kind, struct buf *next, struct err *e)
{
	if (it->has_failed)
		return err_set(e, "the list is already broken");
	if (it->scan.at.depth > 0 || !it->envelope.len)
		return err_set(e, it->envelope.len ? "the list is not complete" : "the body is empty");
	return read_envelope(it, kind, next, e);
}
