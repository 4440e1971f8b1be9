#include "decode/items.h"

#include "decode/json.h"

#include <cJSON.h>
#include <string.h>

/* Members of items that are large and that nobody here reads. */
static const char *const skipped[] = {"managedFields", "images"};

void items_init(struct items *it, items_fn *on_item, void *ctx)
{
	*it = (struct items){
	    .on_item = on_item,
	    .ctx = ctx,
	    .envelope = buf_of(ENVELOPE_MAX_BYTES),
	    .item = buf_of(ITEM_MAX_BYTES),
	};
}

void items_fini(struct items *it)
{
	buf_fini(&it->envelope);
	buf_fini(&it->item);
}

/* Where the byte at hand belongs: the item, the envelope, or nowhere. */
static struct buf *sink(struct items *it)
{
	if (it->skip_depth || (it->stage == ITEMS_INSIDE && it->depth == 2))
		return NULL;
	return it->stage == ITEMS_INSIDE ? &it->item : &it->envelope;
}

static void keep(struct items *it, const char *bytes, size_t len)
{
	struct buf *out = sink(it);
	if (out)
		buf_put(out, bytes, len);
}

static bool in_object(const struct items *it)
{
	return it->is_object >> it->depth & 1;
}

static bool key_is(const struct items *it, const char *name)
{
	return strlen(name) == it->key_len && memcmp(it->key, name, it->key_len) == 0;
}

/* Takes the bytes of a string up to its end or the chunk's; returns where it stopped. */
static const char *take_string(struct items *it, const char *p, const char *end)
{
	const char *start = p;
	for (; p < end; p++) {
		if (it->in_escape)
			it->in_escape = false;
		else if (*p == '\\')
			it->in_escape = true;
		else if (*p == '"')
			break;
	}
	size_t len = (size_t)(p - start);
	if (it->in_key) {
		size_t room = sizeof it->key - it->key_len;
		memcpy(it->key + it->key_len, start, len < room ? len : room);
		it->key_len += len < room ? len : room;
	}
	if (p < end) {
		it->in_string = it->in_key = false;
		p++;
	}
	keep(it, start, (size_t)(p - start));
	return p;
}

/* Before any value: what may stand at the top and between items? */
static bool begin_value(struct items *it, char c, struct err *e)
{
	if (it->is_complete)
		return err_set(e, "bytes behind the end of the list");
	if (it->depth == 0 && c != '{')
		return err_set(e, "not a JSON object");
	if (it->stage == ITEMS_NAMED)
		it->stage = c == '[' ? ITEMS_INSIDE : ITEMS_BEHIND;
	else if (it->stage == ITEMS_INSIDE && it->depth == 2) {
		if (c != '{' || !it->expects_item)
			return err_set(e, "items[%zu] is not an object", it->count);
		it->expects_item = it->is_behind_comma = false;
	}
	return true;
}

static bool open_container(struct items *it, char c, struct err *e)
{
	bool is_items = it->stage == ITEMS_NAMED;
	if (!begin_value(it, c, e))
		return false;
	if (it->depth == JSON_MAX_DEPTH)
		return err_set(e, "nested deeper than %d", JSON_MAX_DEPTH);
	it->depth++;
	uint64_t bit = UINT64_C(1) << it->depth;
	it->is_object = c == '{' ? it->is_object | bit : it->is_object & ~bit;
	it->expects_key = c == '{';
	if (is_items && it->stage == ITEMS_INSIDE) {
		it->expects_item = true;
		buf_putc(&it->envelope, c);
	}
	keep(it, &c, 1);
	return true;
}

static bool finish_item(struct items *it, struct err *e)
{
	struct err why;
	if (it->item.overflow)
		return true; /* items_feed() reports it */
	if (!it->on_item(it->ctx, it->item.data, it->item.len, &why))
		return err_set(e, "items[%zu]: %.400s", it->count, why.text);
	it->count++;
	buf_reset(&it->item);
	return true;
}

static bool close_container(struct items *it, char c, struct err *e)
{
	if (it->depth == 0 || in_object(it) != (c == '}'))
		return err_set(e, "'%c' without its opening", c);
	if (it->depth == it->skip_depth)
		it->skip_depth = 0;
	keep(it, &c, 1);
	bool is_items = it->stage == ITEMS_INSIDE && it->depth == 2;
	it->depth--;
	it->expects_key = false;
	it->is_complete = it->depth == 0;
	if (is_items) {
		if (it->is_behind_comma)
			return err_set(e, "items[%zu] is missing behind a comma", it->count);
		it->stage = ITEMS_BEHIND;
		buf_putc(&it->envelope, c);
	}
	return it->stage == ITEMS_INSIDE && it->depth == 2 ? finish_item(it, e) : true;
}

static bool comma(struct items *it, struct err *e)
{
	if (it->depth == it->skip_depth)
		it->skip_depth = 0;
	if (it->stage == ITEMS_INSIDE && it->depth == 2) {
		if (it->expects_item)
			return err_set(e, "items[%zu] is missing before a comma", it->count);
		it->expects_item = it->is_behind_comma = true;
	}
	it->expects_key = in_object(it);
	keep(it, ",", 1);
	return true;
}

/* Behind a member's name: is it one to pass over, or the items themselves? */
static bool colon(struct items *it, struct err *e)
{
	if (it->stage == ITEMS_INSIDE && it->depth == 2)
		return err_set(e, "a ':' before items[%zu]", it->count);
	it->expects_key = false;
	keep(it, ":", 1);
	if (it->skip_depth || !in_object(it))
		return true;
	if (it->depth == 1 && key_is(it, "items")) {
		if (it->stage != ITEMS_AHEAD)
			return err_set(e, "member \"items\" stands twice");
		it->stage = ITEMS_NAMED;
	}
	if (it->stage != ITEMS_INSIDE)
		return true;
	for (size_t i = 0; i < sizeof skipped / sizeof *skipped; i++)
		if (key_is(it, skipped[i])) {
			keep(it, "0", 1);
			it->skip_depth = it->depth;
		}
	return true;
}

/* One byte outside a string. */
static bool take_byte(struct items *it, char c, struct err *e)
{
	switch (c) {
	case ' ':
	case '\t':
	case '\r':
	case '\n': keep(it, &c, 1); return true;
	case '{':
	case '[': return open_container(it, c, e);
	case '}':
	case ']': return close_container(it, c, e);
	case ',': return comma(it, e);
	case ':': return colon(it, e);
	case '"':
		it->in_string = true;
		it->in_key = in_object(it) && it->expects_key;
		if (it->in_key)
			it->key_len = 0;
		else if (!begin_value(it, c, e))
			return false;
		keep(it, &c, 1);
		return true;
	default:
		if (!begin_value(it, c, e))
			return false;
		keep(it, &c, 1);
		return true;
	}
}

bool items_feed(struct items *it, const char *bytes, size_t len, struct err *e)
{
	const char *p = bytes, *end = bytes + len;
	if (it->has_failed)
		return err_set(e, "the list is already broken");
	while (p < end) {
		if (it->in_string)
			p = take_string(it, p, end);
		else if (!take_byte(it, *p++, e)) {
			it->has_failed = true;
			return false;
		}
	}
	if (it->item.overflow || it->envelope.overflow) {
		it->has_failed = it->is_too_large = true;
		return it->item.overflow
		    ? err_set(e, "items[%zu] is larger than %d bytes", it->count, ITEM_MAX_BYTES)
		    : err_set(e, "the list without its items is larger than %d bytes", ENVELOPE_MAX_BYTES);
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
	bool is_good = !j.has_failed && is_of_kind && it->stage == ITEMS_BEHIND;
	if (j.has_failed)
		err_set(e, "%s", j.err.text);
	else if (!is_of_kind)
		err_set(e, "not a %s", kind);
	else if (!is_good)
		err_set(e, "a %s without \"items\"", kind);
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
	if (!it->is_complete)
		return err_set(e, it->envelope.len ? "the list breaks off" : "the body is empty");
	return read_envelope(it, kind, next, e);
}
