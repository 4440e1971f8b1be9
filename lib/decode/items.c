#include "decode/items.h"

#include "decode/json.h"

#include <cJSON.h>
#include <limits.h>
#include <string.h>

/* Members of items that are large and not used, and one that is a runner's credential. */
static const char *const skipped[] = {"managedFields", "images", "runnerJITConfig"};

void items_init(struct items *it, items_fn *on_item, void *ctx)
{
	*it = (struct items){
	    .on_item = on_item,
	    .ctx = ctx,
	    .envelope = buf_of(ENVELOPE_MAX_BYTES),
	    .item = buf_of(ITEM_MAX_BYTES),
	};
	it->sink = &it->envelope;
}

void items_fini(struct items *it)
{
	buf_fini(&it->envelope);
	buf_fini(&it->item);
}

/* Writes the bytes before `p` to the present sink; the bytes from `p` on will go to `sink`. */
static void turn(struct items *it, const char *p, struct buf *sink)
{
	if (it->sink)
		buf_put(it->sink, it->run, (size_t)(p - it->run));
	it->sink = sink;
	it->run = p;
}

static bool in_object(const struct items *it)
{
	return it->is_object >> it->depth & 1;
}

static bool key_is(const struct items *it, const char *name)
{
	return strlen(name) == it->key_len && memcmp(it->key, name, it->key_len) == 0;
}

/* The number of backslashes at the end of [start, p). */
static size_t backslashes(const char *start, const char *p)
{
	size_t n = 0;
	while (p - n > start && p[-1 - (ptrdiff_t)n] == '\\')
		n++;
	return n;
}

/* Reads a string up to its end or the end of the chunk; returns where it stopped. */
static const char *take_string(struct items *it, const char *p, const char *end)
{
	const char *start = p + it->in_escape, *quote = start;
	while ((quote = memchr(quote, '"', (size_t)(end - quote))) && backslashes(start, quote) % 2)
		quote++;
	const char *stop = quote ? quote : end;
	if (it->in_key) {
		size_t len = (size_t)(stop - p), room = sizeof it->key - it->key_len;
		memcpy(it->key + it->key_len, p, len < room ? len : room);
		it->key_len += len < room ? len : room;
	}
	it->in_escape = !quote && backslashes(start, end) % 2;
	if (!quote)
		return end;
	it->in_string = it->in_key = false;
	return quote + 1;
}

/* Before every value: checks that a value is allowed here, at the top or between items. */
static bool begin_value(struct items *it, char c, struct err *e)
{
	if (it->is_complete)
		return err_set(e, "bytes after the end of the list");
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

static bool open_container(struct items *it, const char *p, struct err *e)
{
	char c = *p;
	bool is_items = it->stage == ITEMS_NAMED;
	bool is_item = it->stage == ITEMS_INSIDE && it->depth == 2;
	if (!begin_value(it, c, e))
		return false;
	if (it->depth == JSON_MAX_DEPTH)
		return err_set(e, "nested deeper than %d", JSON_MAX_DEPTH);
	it->depth++;
	uint64_t bit = UINT64_C(1) << it->depth;
	it->is_object = c == '{' ? it->is_object | bit : it->is_object & ~bit;
	it->expects_key = c == '{';
	if (is_item)
		turn(it, p, &it->item);
	else if (is_items && it->stage == ITEMS_INSIDE) {
		it->expects_item = true;
		turn(it, p + 1, NULL);
	}
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

/* A comma or a closing bracket at the depth of a skipped member: the end of its value. */
static void end_skip(struct items *it, const char *p)
{
	if (!it->skip_depth || it->depth != it->skip_depth)
		return;
	it->skip_depth = 0;
	turn(it, p, &it->item);
}

static bool close_container(struct items *it, const char *p, struct err *e)
{
	if (it->depth == 0 || in_object(it) != (*p == '}'))
		return err_set(e, "'%c' without an opening bracket", *p);
	end_skip(it, p);
	it->depth--;
	it->expects_key = false;
	it->is_complete = it->depth == 0;
	if (it->stage != ITEMS_INSIDE || it->depth > 2)
		return true;
	if (it->depth == 2) {
		turn(it, p + 1, NULL);
		return finish_item(it, e);
	}
	if (it->is_behind_comma)
		return err_set(e, "items[%zu] is missing after a comma", it->count);
	it->stage = ITEMS_BEHIND;
	turn(it, p, &it->envelope);
	return true;
}

static bool comma(struct items *it, const char *p, struct err *e)
{
	end_skip(it, p);
	if (it->stage == ITEMS_INSIDE && it->depth == 2) {
		if (it->expects_item)
			return err_set(e, "items[%zu] is missing before a comma", it->count);
		it->expects_item = it->is_behind_comma = true;
	}
	it->expects_key = in_object(it);
	return true;
}

/* After a member's name: is it a member to skip, or "items" itself? */
static bool colon(struct items *it, const char *p, struct err *e)
{
	if (!in_object(it))
		return err_set(e, "a colon outside an object");
	it->expects_key = false;
	if (it->skip_depth)
		return true;
	if (it->depth == 1 && key_is(it, "items")) {
		if (it->stage != ITEMS_AHEAD)
			return err_set(e, "member \"items\" appears twice");
		it->stage = ITEMS_NAMED;
	}
	if (it->stage != ITEMS_INSIDE)
		return true;
	for (size_t i = 0; i < sizeof skipped / sizeof *skipped; i++)
		if (key_is(it, skipped[i])) {
			turn(it, p + 1, NULL);
			buf_putc(&it->item, '0');
			it->skip_depth = it->depth;
			break;
		}
	return true;
}

/* One byte outside a string. */
static bool take_byte(struct items *it, const char *p, struct err *e)
{
	switch (*p) {
	case ' ':
	case '\t':
	case '\r':
	case '\n': return true;
	case '{':
	case '[': return open_container(it, p, e);
	case '}':
	case ']': return close_container(it, p, e);
	case ',': return comma(it, p, e);
	case ':': return colon(it, p, e);
	case '"':
		it->in_string = true;
		it->in_key = in_object(it) && it->expects_key;
		it->key_len = it->in_key ? 0 : it->key_len;
		return it->in_key || begin_value(it, *p, e);
	default:
		if ((unsigned char)*p < ' ') /* cJSON reads them as spaces, but they are not valid JSON */
			return err_set(e, "a control character");
		return begin_value(it, *p, e);
	}
}

/* The bytes between strings that have a meaning here. */
static const bool is_mark[UCHAR_MAX + 1] = {
    ['{'] = true, ['}'] = true, ['['] = true, [']'] = true, [','] = true, [':'] = true, ['"'] = true};

bool items_feed(struct items *it, const char *bytes, size_t len, struct err *e)
{
	const char *p = bytes, *end = bytes + len;
	if (it->has_failed)
		return err_set(e, "the list is already broken");
	it->run = bytes;
	while (p < end) {
		if (it->in_string)
			p = take_string(it, p, end);
		else if (it->depth > 2 && !is_mark[(unsigned char)*p])
			p++; /* inside an item, where begin_value() checks nothing */
		else if (!take_byte(it, p++, e)) {
			it->has_failed = true;
			return false;
		}
	}
	turn(it, end, it->sink);
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
	if (!it->is_complete)
		return err_set(e, it->envelope.len ? "the list is not complete" : "the body is empty");
	return read_envelope(it, kind, next, e);
}
