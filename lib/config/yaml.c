#include "config/yaml.h"

#include "base/mem.h"
#include "config/value.h"

#include <stdlib.h>
#include <string.h>
#include <yaml.h>

struct reader {
	yaml_parser_t parser;
	const char *file, *bytes;
	struct errs *errs;
};

static struct place place_of(const struct reader *r, yaml_mark_t mark)
{
	return (struct place){r->file, mark.line + 1, mark.column + 1};
}

/* For bytes that are not text, libyaml gives an offset and not a line. */
static struct place place_of_offset(const struct reader *r, size_t offset)
{
	struct place at = {r->file, 1, 1};
	for (size_t i = 0; i < offset; i++) {
		at.column++;
		if (r->bytes[i] == '\n') {
			at.line++;
			at.column = 1;
		}
	}
	return at;
}

/* The next event, which the caller deletes; false, with nothing to delete, on a syntax error. */
static bool next(struct reader *r, yaml_event_t *event)
{
	if (yaml_parser_parse(&r->parser, event))
		return true;
	const yaml_parser_t *p = &r->parser;
	if (p->error == YAML_MEMORY_ERROR)
		abort();
	if (p->error == YAML_READER_ERROR)
		return errs_add(
		    r->errs, place_of_offset(r, p->problem_offset), "not UTF-8 text: %s; expected YAML", p->problem);
	return errs_add(r->errs, place_of(r, p->problem_mark), "not valid YAML: %s%s%s%s", p->problem,
	    p->context ? " (" : "", p->context ? p->context : "", p->context ? ")" : "");
}

static void free_inside(struct yaml_node *node)
{
	for (size_t i = 0; i < node->count; i++)
		free_inside(&node->items[i]);
	free(node->items);
	mem_free_secret(&node->text);
	mem_free_secret(&node->key); /* may be a token, pasted into the wrong column */
}

void yaml_tree_free(struct yaml_node **root)
{
	if (*root)
		free_inside(*root);
	free(*root);
	*root = NULL;
}

static struct yaml_node *append(struct yaml_node *parent)
{
	size_t n = parent->count++;
	if ((n & (n - 1)) == 0) /* 0, 1, 2, 4...: full, double it */
		parent->items = mem_resized(parent->items, (n ? 2 * n : 1) * sizeof *parent->items);
	parent->items[n] = (struct yaml_node){0};
	return &parent->items[n];
}

static bool is_null_text(const char *text)
{
	static const char *const words[] = {"", "~", "null", "Null", "NULL"};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (strcmp(text, words[i]) == 0)
			return true;
	return false;
}

static void take_scalar(struct reader *r, const yaml_event_t *event, struct yaml_node *out)
{
	const char *text = (const char *)event->data.scalar.value;
	size_t len = event->data.scalar.length;
	if (memchr(text, '\0', len)) {
		errs_add(r->errs, out->at, "a NUL character; expected text");
		out->kind = YAML_REFUSED;
		return;
	}
	out->is_plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
	out->kind = out->is_plain && is_null_text(text) ? YAML_NULL : YAML_TEXT;
	out->text = mem_copy_text(text, len);
}

static bool read_node(struct reader *r, const yaml_event_t *event, int depth, struct yaml_node *out);

static bool read_list(struct reader *r, int depth, struct yaml_node *out)
{
	for (;;) {
		yaml_event_t event;
		if (!next(r, &event))
			return false;
		bool is_end = event.type == YAML_SEQUENCE_END_EVENT;
		bool ok = is_end || read_node(r, &event, depth, append(out));
		yaml_event_delete(&event);
		if (is_end || !ok)
			return ok;
	}
}

/* Reads one key and its value into `map`, or reports a mistake and skips them. */
static bool read_pair(struct reader *r, const yaml_event_t *event, int depth, struct yaml_node *map)
{
	struct yaml_node key = {0}, dropped = {0}, *value = &dropped;
	yaml_event_t after;
	if (!read_node(r, event, depth, &key) || !next(r, &after)) {
		free_inside(&key);
		return false;
	}
	const struct yaml_node *twin = key.text ? yaml_find(map, key.text, strlen(key.text)) : NULL;
	bool ok = true;
	if (twin)
		errs_add(r->errs, key.at, "`%s` is already in line %zu; expected each key once",
		    value_shown(key.text).text, twin->key_at.line);
	else if (map->count >= YAML_KEYS_MAX)
		ok = errs_add(r->errs, key.at, "a mapping with more than %d keys", YAML_KEYS_MAX);
	else if (key.kind == YAML_TEXT)
		value = append(map);
	else if (key.kind != YAML_REFUSED)
		errs_add(r->errs, key.at, "%s as a key; expected a text", yaml_kind_text(key.kind));
	ok = ok && read_node(r, &after, depth, value);
	yaml_event_delete(&after);
	if (value != &dropped) {
		value->key_at = key.at;
		value->key = key.text;
		key.text = NULL;
	}
	free_inside(&key);
	free_inside(&dropped);
	return ok;
}

static bool read_map(struct reader *r, int depth, struct yaml_node *out)
{
	for (;;) {
		yaml_event_t event;
		if (!next(r, &event))
			return false;
		bool is_end = event.type == YAML_MAPPING_END_EVENT;
		bool ok = is_end || read_pair(r, &event, depth, out);
		yaml_event_delete(&event);
		if (is_end || !ok)
			return ok;
	}
}

static void refuse_extras(struct reader *r, struct place at, const yaml_char_t *anchor, const yaml_char_t *tag)
{
	if (anchor)
		errs_add(r->errs, at, "an anchor (&); expected the value itself, written where it is used");
	if (tag)
		errs_add(r->errs, at, "a tag (!); expected a plain or quoted value");
}

/* Reads the value that begins with `event`. False when reading cannot continue; `out` can be freed in both cases. */
static bool read_node(struct reader *r, const yaml_event_t *event, int depth, struct yaml_node *out)
{
	out->at = place_of(r, event->start_mark);
	if (depth >= YAML_DEPTH_MAX)
		return errs_add(r->errs, out->at, "more than %d levels deep", YAML_DEPTH_MAX);
	switch (event->type) {
	case YAML_SCALAR_EVENT:
		refuse_extras(r, out->at, event->data.scalar.anchor, event->data.scalar.tag);
		take_scalar(r, event, out);
		return true;
	case YAML_SEQUENCE_START_EVENT:
		refuse_extras(r, out->at, event->data.sequence_start.anchor, event->data.sequence_start.tag);
		out->kind = YAML_LIST;
		return read_list(r, depth + 1, out);
	case YAML_MAPPING_START_EVENT:
		refuse_extras(r, out->at, event->data.mapping_start.anchor, event->data.mapping_start.tag);
		out->kind = YAML_MAP;
		return read_map(r, depth + 1, out);
	default: /* YAML_ALIAS_EVENT: the only other event that libyaml gives in place of a value */
		errs_add(r->errs, out->at, "an alias (*); expected the value itself, written out");
		out->kind = YAML_REFUSED;
		return true;
	}
}

/* The stream's frame: begin, one document with one value, end. */
static bool read_stream(struct reader *r, struct yaml_node *root)
{
	bool has_document = false;
	for (;;) {
		yaml_event_t event;
		if (!next(r, &event))
			return false;
		yaml_event_type_t type = event.type;
		bool ok = true;
		if (type == YAML_DOCUMENT_START_EVENT) {
			ok = !has_document ||
			    errs_add(
				r->errs, place_of(r, event.start_mark), "a second document; expected one per file");
			has_document = true;
		} else if (type != YAML_STREAM_START_EVENT && type != YAML_STREAM_END_EVENT &&
		    type != YAML_DOCUMENT_END_EVENT) {
			ok = read_node(r, &event, 0, root);
		}
		yaml_event_delete(&event);
		if (!ok)
			return false;
		if (type == YAML_STREAM_END_EVENT)
			return has_document ||
			    errs_add(r->errs, (struct place){r->file, 1, 1}, "empty; expected a mapping");
	}
}

struct yaml_node *yaml_tree_parse(const char *file, const char *bytes, size_t len, struct errs *errs)
{
	if (len > YAML_BYTES_MAX) {
		errs_add(errs, (struct place){.file = file}, "larger than 8 MiB; expected a YAML file");
		return NULL;
	}
	struct reader r = {.file = file, .bytes = bytes, .errs = errs};
	if (!yaml_parser_initialize(&r.parser))
		abort();
	yaml_parser_set_input_string(&r.parser, (const unsigned char *)bytes, len);
	struct yaml_node *root = mem_zeroed(1, sizeof *root);
	if (!read_stream(&r, root))
		yaml_tree_free(&root);
	yaml_parser_delete(&r.parser);
	return root;
}

const struct yaml_node *yaml_find(const struct yaml_node *map, const char *key, size_t len)
{
	for (size_t i = 0; i < map->count; i++) {
		const char *other = map->items[i].key;
		if (other && strlen(other) == len && memcmp(other, key, len) == 0)
			return &map->items[i];
	}
	return NULL;
}

const char *yaml_kind_text(enum yaml_kind kind)
{
	static const char *const texts[] = {
	    [YAML_NULL] = "nothing",
	    [YAML_TEXT] = "a text",
	    [YAML_LIST] = "a list",
	    [YAML_MAP] = "a mapping",
	    [YAML_REFUSED] = "something refused",
	};
	return texts[kind];
}
