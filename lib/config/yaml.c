#include "config/yaml.h"

#include "base/base64.h"
#include "base/mem.h"
#include "base/text.h"
#include "config/value.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#define TAG(name) "tag:yaml.org,2002:" name

/* The memory of a tree is a list of blocks, so that nodes can share it and all of it is freed at once. */
struct block {
	struct block *next;
	size_t size; /* including this header */
	max_align_t bytes[];
};

struct tree {
	struct yaml_node root; /* the first member: callers hold a pointer to it */
	struct block *blocks;
};

/* A copy of the node after `&name`: the node itself may move while its neighbours are read, its content does not. */
struct anchor {
	const char *name;
	struct yaml_node value;
	size_t weight; /* number of values in it; while it is open, the number before it */
	bool is_open;  /* still being read */
};

struct reader {
	yaml_parser_t parser;
	const char *file, *bytes;
	enum yaml_manner manner;
	struct errs *errs;
	struct tree *tree;
	struct anchor *anchors;
	size_t anchor_count;
	size_t values;  /* read so far, and those that aliases stand for */
	size_t aliased; /* only the latter */
};

static void *allot(struct reader *r, size_t size)
{
	struct block *block = mem_zeroed(1, sizeof *block + size);
	block->size = sizeof *block + size;
	block->next = r->tree->blocks;
	r->tree->blocks = block;
	return block->bytes;
}

static const char *keep(struct reader *r, const void *text, size_t len)
{
	char *copy = allot(r, len + 1);
	memcpy(copy, text, len);
	return copy;
}

static struct yaml_node *append(struct reader *r, struct yaml_node *parent)
{
	size_t n = parent->count++;
	if ((n & (n - 1)) == 0) { /* 0, 1, 2, 4...: full, double it */
		struct yaml_node *more = allot(r, (n ? 2 * n : 1) * sizeof *more);
		if (n)
			memcpy(more, parent->items, n * sizeof *more);
		parent->items = more;
	}
	return &parent->items[n];
}

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
		mem_end();
	if (p->error == YAML_READER_ERROR)
		return errs_add(
		    r->errs, place_of_offset(r, p->problem_offset), "not UTF-8 text: %s; expected YAML", p->problem);
	return errs_add(r->errs, place_of(r, p->problem_mark), "not valid YAML: %s%s%s%s", p->problem,
	    p->context ? " (" : "", p->context ? p->context : "", p->context ? ")" : "");
}

/* Reports a value that cannot be used. Reading continues after it. */
#define REFUSE(r, out, ...) ((out)->kind = YAML_REFUSED, errs_add((r)->errs, (out)->at, __VA_ARGS__), true)

/* Scalars. */

/* `!!binary`: base64 of the bytes. */
static bool take_binary(struct reader *r, const char *coded, struct yaml_node *out)
{
	size_t len;
	char *bytes = base64_decode(coded, &len);
	if (!bytes)
		return REFUSE(r, out, "`!!binary` before a text that is not base64");
	out->kind = strlen(bytes) == len && text_is_utf8(bytes) ? YAML_TEXT : YAML_BYTES;
	out->text = keep(r, bytes, len);
	mem_free_secret_bytes(bytes, len);
	return true;
}

static bool take_tagged(struct reader *r, const char *tag, struct yaml_node *out)
{
	static const struct {
		const char *tag;
		enum yaml_kind kind;
	} known[] = {{TAG("bool"), YAML_BOOLEAN}, {TAG("int"), YAML_NUMBER}, {TAG("float"), YAML_NUMBER},
	    {TAG("null"), YAML_NULL}};
	out->kind = YAML_TEXT;
	if (strcmp(tag, TAG("str")) == 0)
		return true;
	if (strcmp(tag, TAG("binary")) == 0)
		return take_binary(r, out->text, out);
	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		if (strcmp(tag, known[i].tag) != 0)
			continue;
		out->kind = known[i].kind;
		return yaml_scalar_kind(out->text) == out->kind ||
		    REFUSE(r, out, "`!!%s` before a value of another kind", tag + strlen(TAG("")));
	}
	return r->manner == YAML_AS_KUBECTL || REFUSE(r, out, "an unknown tag (!); expected a value without it");
}

static bool take_scalar(struct reader *r, const yaml_event_t *event, struct yaml_node *out)
{
	size_t len = event->data.scalar.length;
	const char *tag = (const char *)event->data.scalar.tag;
	out->text = keep(r, event->data.scalar.value, len);
	out->is_plain = event->data.scalar.plain_implicit && !tag;
	if (strlen(out->text) < len)
		out->kind = YAML_BYTES;
	else if (tag)
		return take_tagged(r, tag, out);
	else
		out->kind = out->is_plain ? yaml_scalar_kind(out->text) : YAML_TEXT;
	return true;
}

/* Anchors and aliases. */

static bool take_alias(struct reader *r, const char *name, struct yaml_node *out)
{
	size_t i = r->anchor_count;
	while (i > 0 && strcmp(r->anchors[i - 1].name, name) != 0)
		i--;
	if (i == 0)
		return REFUSE(
		    r, out, "`*%s` without a `&%s` before it", value_shown(name).text, value_shown(name).text);
	const struct anchor *anchor = &r->anchors[i - 1];
	if (anchor->is_open)
		return REFUSE(r, out, "`*%s` inside the value that it stands for", value_shown(name).text);
	r->aliased += anchor->weight;
	r->values += anchor->weight;
	if (r->aliased > YAML_ALIASED_MAX)
		return errs_add(r->errs, out->at, "aliases that stand for more than %d values", YAML_ALIASED_MAX);
	*out = anchor->value; /* with its place, where a mistake must be corrected */
	return true;
}

static const char *anchor_of(const yaml_event_t *event)
{
	const yaml_char_t *name = event->type == YAML_SCALAR_EVENT ? event->data.scalar.anchor
	    : event->type == YAML_MAPPING_START_EVENT              ? event->data.mapping_start.anchor
								   : event->data.sequence_start.anchor;
	return (const char *)name;
}

static bool open_anchor(struct reader *r, const char *name, struct place at)
{
	size_t n = r->anchor_count;
	if (n == YAML_ANCHORS_MAX)
		return errs_add(r->errs, at, "more than %d anchors (&)", YAML_ANCHORS_MAX);
	r->anchors = mem_resized(r->anchors, (n + 1) * sizeof *r->anchors);
	r->anchors[n] = (struct anchor){.name = keep(r, name, strlen(name)), .weight = r->values, .is_open = true};
	r->anchor_count++;
	return true;
}

static void close_anchor(struct reader *r, size_t i, const struct yaml_node *value)
{
	struct anchor *anchor = &r->anchors[i];
	anchor->value = *value;
	anchor->weight = r->values - anchor->weight + 1;
	anchor->is_open = false;
}

/* Collections. */

static bool read_node(struct reader *r, const yaml_event_t *event, int depth, struct yaml_node *out);

static bool read_list(struct reader *r, int depth, struct yaml_node *out)
{
	for (;;) {
		yaml_event_t event;
		if (!next(r, &event))
			return false;
		bool is_end = event.type == YAML_SEQUENCE_END_EVENT;
		bool ok = is_end || read_node(r, &event, depth, append(r, out));
		yaml_event_delete(&event);
		if (is_end || !ok)
			return ok;
	}
}

static bool has_room(struct reader *r, const struct yaml_node *map, struct place at)
{
	return r->manner != YAML_STRICT || map->count < YAML_KEYS_MAX ||
	    errs_add(r->errs, at, "a mapping with more than %d keys", YAML_KEYS_MAX);
}

/* Appends the members of one mapping to another. False when there are too many. An alias in `<<` is counted as such. */
static bool merge_map(struct reader *r, const struct yaml_node *from, struct yaml_node *map)
{
	for (size_t i = 0; i < from->count; i++) {
		const char *key = from->items[i].key;
		const struct yaml_node *twin = r->manner == YAML_STRICT ? yaml_find(map, key, strlen(key)) : NULL;
		if (twin && !twin->is_merged)
			continue;
		if (!has_room(r, map, from->at))
			return false;
		struct yaml_node *member = append(r, map);
		*member = from->items[i];
		member->is_merged = true;
	}
	return true;
}

/* `<<: *a` or `<<: [*a, *b]`. The first mapping of the list has priority, so it is appended last. */
static bool merge(struct reader *r, const struct yaml_node *from, struct yaml_node *map)
{
	bool is_list = from->kind == YAML_LIST;
	for (size_t i = is_list ? from->count : 1; i-- > 0;) {
		const struct yaml_node *part = is_list ? &from->items[i] : from;
		if (part->kind == YAML_REFUSED)
			continue;
		if (part->kind != YAML_MAP)
			errs_add(r->errs, part->at, "`<<`: %s; expected a mapping, or a list of mappings",
			    yaml_scalar_kind_text(part->kind));
		else if (!merge_map(r, part, map))
			return false;
	}
	return true;
}

static bool is_merge(const yaml_event_t *event)
{
	if (event->type != YAML_SCALAR_EVENT || strcmp((const char *)event->data.scalar.value, "<<") != 0)
		return false;
	const char *tag = (const char *)event->data.scalar.tag;
	return tag ? strcmp(tag, TAG("merge")) == 0 : event->data.scalar.plain_implicit;
}

/* The node for the value of `key`: a new member of `map`, or `nowhere` after a mistake, which is reported. */
static struct yaml_node *member_for(
    struct reader *r, const struct yaml_node *key, struct yaml_node *map, struct yaml_node *nowhere)
{
	if (key->kind == YAML_REFUSED)
		return nowhere;
	if (key->kind != YAML_TEXT && key->kind != YAML_BOOLEAN && key->kind != YAML_NUMBER) {
		errs_add(r->errs, key->at, "%s as a key; expected a text", yaml_scalar_kind_text(key->kind));
		return nowhere;
	}
	const struct yaml_node *twin = r->manner == YAML_STRICT ? yaml_find(map, key->text, strlen(key->text)) : NULL;
	if (!twin || twin->is_merged)
		return append(r, map);
	errs_add(r->errs, key->at, "`%s` is already in line %zu; expected each key once", value_shown(key->text).text,
	    twin->key_at.line);
	return nowhere;
}

/* Reads one key and its value into `map`, or reports a mistake and skips them. */
static bool read_pair(struct reader *r, const yaml_event_t *event, int depth, struct yaml_node *map)
{
	struct yaml_node key = {0}, nowhere = {0}, *value = &nowhere;
	yaml_event_t after;
	bool merges = is_merge(event);
	if (!has_room(r, map, place_of(r, event->start_mark)) || (!merges && !read_node(r, event, depth, &key)) ||
	    !next(r, &after))
		return false;
	key.at = place_of(r, event->start_mark); /* also of an alias */
	if (!merges)
		value = member_for(r, &key, map, &nowhere);
	bool ok = read_node(r, &after, depth, value);
	yaml_event_delete(&after);
	value->key = key.text;
	value->key_at = key.at;
	return ok && (!merges || merge(r, value, map));
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

static bool read_collection(struct reader *r, const yaml_event_t *event, int depth, struct yaml_node *out)
{
	bool is_map = event->type == YAML_MAPPING_START_EVENT;
	const yaml_char_t *tag = is_map ? event->data.mapping_start.tag : event->data.sequence_start.tag;
	if (depth >= YAML_DEPTH_MAX)
		return errs_add(r->errs, out->at, "more than %d levels deep", YAML_DEPTH_MAX);
	if (tag && r->manner == YAML_STRICT && strcmp((const char *)tag, is_map ? TAG("map") : TAG("seq")) != 0)
		errs_add(r->errs, out->at, "an unknown tag (!); expected a value without it");
	out->kind = is_map ? YAML_MAP : YAML_LIST;
	return (is_map ? read_map : read_list)(r, depth + 1, out);
}

/* Reads the value that begins with `event`. False when reading cannot continue. */
static bool read_node(struct reader *r, const yaml_event_t *event, int depth, struct yaml_node *out)
{
	out->at = place_of(r, event->start_mark);
	if (r->values++ >= YAML_VALUES_MAX)
		return errs_add(r->errs, out->at, "more than %d values", YAML_VALUES_MAX);
	if (event->type == YAML_ALIAS_EVENT)
		return take_alias(r, (const char *)event->data.alias.anchor, out);
	const char *name = anchor_of(event);
	size_t anchor = r->anchor_count;
	if (name && !open_anchor(r, name, out->at))
		return false;
	bool ok = event->type == YAML_SCALAR_EVENT ? take_scalar(r, event, out) : read_collection(r, event, depth, out);
	if (name)
		close_anchor(r, anchor, out);
	return ok;
}

/* The stream's frame: begin, documents with one value each, end. An empty document after the first is accepted. */
static bool read_stream(struct reader *r, struct yaml_node *root)
{
	root->at = (struct place){r->file, 1, 1};
	for (size_t documents = 0;;) {
		yaml_event_t event;
		if (!next(r, &event))
			return false;
		yaml_event_type_t type = event.type;
		bool ok = true;
		if (type == YAML_DOCUMENT_START_EVENT) {
			documents++;
		} else if (type != YAML_STREAM_START_EVENT && type != YAML_STREAM_END_EVENT &&
		    type != YAML_DOCUMENT_END_EVENT) {
			struct yaml_node other = {0}, *value = documents == 1 ? root : &other;
			ok = read_node(r, &event, 0, value);
			if (ok && value == &other && other.kind != YAML_NULL)
				ok = errs_add(r->errs, other.at, "a second document; expected one per file");
		}
		yaml_event_delete(&event);
		bool is_enough = type == YAML_DOCUMENT_END_EVENT && r->manner == YAML_AS_KUBECTL;
		if (!ok || is_enough || type == YAML_STREAM_END_EVENT)
			return ok;
	}
}

struct yaml_node *yaml_tree_parse(
    const char *file, const char *bytes, size_t len, enum yaml_manner manner, struct errs *errs)
{
	if (len > YAML_BYTES_MAX) {
		errs_add(errs, (struct place){.file = file}, "larger than 8 MiB; expected a YAML file");
		return NULL;
	}
	struct reader r = {.file = file, .bytes = bytes, .manner = manner, .errs = errs};
	r.tree = mem_zeroed(1, sizeof *r.tree);
	if (!yaml_parser_initialize(&r.parser))
		mem_end();
	yaml_parser_set_input_string(&r.parser, (const unsigned char *)bytes, len);
	struct yaml_node *root = &r.tree->root;
	if (!read_stream(&r, root))
		yaml_tree_free(&root);
	yaml_parser_delete(&r.parser);
	free(r.anchors);
	return root;
}

void yaml_tree_free(struct yaml_node **root)
{
	struct tree *tree = (struct tree *)(void *)*root;
	for (struct block *block; tree && (block = tree->blocks);) {
		tree->blocks = block->next;
		mem_free_secret_bytes(block, block->size);
	}
	free(tree);
	*root = NULL;
}

/* Searches from the end: of equal keys the last one counts. */
const struct yaml_node *yaml_find(const struct yaml_node *map, const char *key, size_t len)
{
	for (size_t i = map->count; i-- > 0;) {
		const char *other = map->items[i].key;
		if (other && strlen(other) == len && memcmp(other, key, len) == 0)
			return &map->items[i];
	}
	return NULL;
}
