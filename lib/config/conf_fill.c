#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"
#include "config/conf_table.h"
#include "config/value.h"

#include <stdlib.h>
#include <string.h>

enum { NAME_LONGEST = 32 };

struct fill {
	const char *file;
	struct errs *errs;
};

/* Rows of the table that belong to one section. The first `skip` bytes of their paths are its name. */
struct scope {
	const struct conf_key *rows;
	size_t count, skip;
};

/* A word that YAML reads as a boolean or a number, and as a text only in quotes. */
static bool is_word(const struct yaml_node *node)
{
	return node->kind == YAML_BOOLEAN || node->kind == YAML_NUMBER;
}

static bool parse_list(const struct conf_key *key, const struct yaml_node *node, struct conf_list *list, struct err *e)
{
	bool (*parse)(const char *, char **, struct err *) = key->type == CONF_URLS ? value_url
	    : key->type == CONF_PEERS                                               ? value_peer
										    : value_text;
	struct err why;
	if (key->max && node->count > (size_t)key->max)
		return err_set(e, "%zu items; expected at most %lld", node->count, (long long)key->max);
	if (node->count)
		list->v = mem_zeroed(node->count, sizeof *list->v);
	for (; list->count < node->count; list->count++) {
		const struct yaml_node *item = &node->items[list->count];
		if (item->kind == YAML_REFUSED)
			continue;
		if (item->kind != YAML_TEXT)
			return err_set(e, "%s as item %zu; expected a text%s", yaml_scalar_kind_text(item->kind),
			    list->count + 1, yaml_scalar_quotes(item->kind));
		char **out = &list->v[list->count];
		if (!parse(item->text, out, &why))
			return err_set(e, "item %zu: %.400s", list->count + 1, why.text);
	}
	return true;
}

static bool parse_bounded(const struct conf_key *key, const char *text, int64_t *out, struct err *e)
{
	bool is_duration = key->type == CONF_DURATION;
	int64_t n;
	if (!(is_duration ? value_duration(text, &n, e) : value_integer(text, &n, e)))
		return false;
	if (n < key->min || n > key->max)
		return is_duration ? err_set(e, "`%s` is out of range; expected %s to %s", value_shown(text).text,
					 value_duration_text(key->min).text, value_duration_text(key->max).text)
				   : err_set(e, "`%s` is out of range; expected %lld to %lld", value_shown(text).text,
					 (long long)key->min, (long long)key->max);
	*out = n;
	return true;
}

static bool parse_text(const struct fill *f, const struct conf_key *key, const char *text, void *out, struct err *e)
{
	switch (key->type) {
	case CONF_TEXT: return value_text(text, out, e);
	case CONF_PATH: return value_path(f->file, text, out, e);
	case CONF_PATHS: return value_paths(f->file, text, out, e);
	case CONF_URL: return value_url(text, out, e);
	case CONF_NAME: return value_name(text, out, e);
	case CONF_LABEL: return value_label(text, out, e);
	case CONF_SUBDOMAIN: return value_subdomain(text, out, e);
	case CONF_BOOLEAN: return value_boolean(text, out, e);
	case CONF_INTEGER:
	case CONF_DURATION: return parse_bounded(key, text, out, e);
	case CONF_LIST: /* the only default of a list is the empty list */
	case CONF_URLS:
	case CONF_PEERS:
	case CONF_TYPES: break;
	}
	return true;
}

static bool parse_node(
    const struct fill *f, const struct conf_key *key, const struct yaml_node *node, void *out, struct err *e)
{
	static const char *const expected[CONF_TYPES] = {
	    [CONF_TEXT] = "a text",
	    [CONF_PATH] = "the path of a file",
	    [CONF_PATHS] = "the path of a file, or several, separated by colons",
	    [CONF_URL] = "https://host[:port][/path]",
	    [CONF_NAME] = "a name",
	    [CONF_LABEL] = "a namespace's name",
	    [CONF_SUBDOMAIN] = "a cloudspace's name",
	    [CONF_LIST] = "a list of texts, such as [a, b]",
	    [CONF_URLS] = "a list of URLs, such as [https://host/path]",
	    [CONF_PEERS] = "a list of URLs, such as ['http://host:29164']",
	    [CONF_DURATION] = "a duration such as 15s",
	    [CONF_INTEGER] = "a whole number",
	    [CONF_BOOLEAN] = "true or false",
	};
	bool is_list = conf_is_list(key->type);
	bool wants_word = key->type == CONF_INTEGER || key->type == CONF_BOOLEAN || key->type == CONF_DURATION;
	if (is_list ? node->kind != YAML_LIST : node->kind != YAML_TEXT && !is_word(node))
		return err_set(e, "%s; expected %s", yaml_scalar_kind_text(node->kind), expected[key->type]);
	if (is_word(node) && !wants_word)
		return err_set(e, "`%s` is %s in YAML; expected %s, in quotes", value_shown(node->text).text,
		    yaml_scalar_kind_text(node->kind), expected[key->type]);
	if ((key->type == CONF_INTEGER || key->type == CONF_BOOLEAN) && node->kind == YAML_TEXT && !node->is_plain)
		return err_set(e, "a text in quotes; expected %s, without quotes", expected[key->type]);
	return is_list ? parse_list(key, node, out, e) : parse_text(f, key, node->text, out, e);
}

static void fill_value(
    const struct fill *f, const struct conf_key *key, const struct yaml_node *node, struct place section, char *base)
{
	void *out = base + key->offset;
	struct err e;
	if (node && node->kind == YAML_REFUSED)
		return;
	if (node) {
		if (!parse_node(f, key, node, out, &e))
			errs_add(f->errs, node->at, "%s: %s", key->path, e.text);
	} else if (key->need == CONF_OPTIONAL && *key->fallback) {
		if (!parse_text(f, key, key->fallback, out, &e))
			errs_add(f->errs, section, "%s: default: %s", key->path, e.text);
	} else if (key->need == CONF_REQUIRED && section.line) {
		errs_add(f->errs, section, "%s is missing; it is required here", key->path);
	}
}

/* The name that `path` has within its section, and its length without "[]". */
static const char *name_in(const struct scope *s, size_t i, size_t *len)
{
	const char *name = s->rows[i].path + s->skip;
	*len = strcspn(name, ".[");
	return name;
}

/* The section that has a key of this name, such as "poll"; "" for the file itself; NULL when there is none. */
static const char *home_of(const char *key, size_t *len)
{
	for (size_t i = 0; i < conf_key_count; i++) {
		const char *path = conf_key_table[i].path, *dot = strrchr(path, '.');
		if (strcmp(dot ? dot + 1 : path, key) == 0) {
			*len = dot ? (size_t)(dot - path) : 0;
			return path;
		}
	}
	return NULL;
}

static void report_unknown(const struct fill *f, const struct scope *s, const struct yaml_node *node)
{
	struct buf known = buf_of(400);
	const char *nearest = NULL, *last = "", *home;
	size_t least = 3, nearest_len = 0, len, home_len;
	for (size_t i = 0; i < s->count; i++) {
		const char *name = name_in(s, i, &len);
		if (strncmp(last, name, len + 1) == 0) /* the next key of the same section */
			continue;
		last = name;
		buf_printf(&known, "%s%.*s", known.len ? ", " : "", (int)len, name);
		size_t n = text_distance(node->key, name, len);
		if (n < least) {
			least = n;
			nearest = name;
			nearest_len = len;
		}
	}
	struct shown shown = value_shown(node->key);
	if (nearest)
		errs_add(f->errs, node->key_at, "unknown key `%s`; did you mean `%.*s`?", shown.text, (int)nearest_len,
		    nearest);
	else if ((home = home_of(node->key, &home_len)) && !home_len)
		errs_add(f->errs, node->key_at, "unknown key `%s` here; it belongs at the top level, like `pairs`",
		    shown.text);
	else if (home)
		errs_add(f->errs, node->key_at, "unknown key `%s` here; it belongs under `%.*s`", shown.text,
		    (int)home_len, home);
	else
		errs_add(f->errs, node->key_at, "unknown key `%s`; expected one of: %s", shown.text, buf_text(&known));
	buf_fini(&known);
}

static void report_unknowns(const struct fill *f, const struct scope *s, const struct yaml_node *map)
{
	for (size_t i = 0; i < map->count; i++) {
		bool is_known = false;
		for (size_t row = 0, len; row < s->count && !is_known; row++) {
			const char *name = name_in(s, row, &len);
			is_known = strlen(map->items[i].key) == len && strncmp(map->items[i].key, name, len) == 0;
		}
		if (!is_known)
			report_unknown(f, s, &map->items[i]);
	}
}

static void fill_rows(const struct fill *f, struct scope s, const struct yaml_node *map, struct place at, char *base);

static bool is_mapping(const struct fill *f, const struct scope *s, const struct yaml_node *node)
{
	if (node->kind == YAML_MAP || node->kind == YAML_NULL)
		return true;
	if (node->kind != YAML_REFUSED)
		errs_add(f->errs, node->at, "%.*s: %s; expected a mapping of keys to values", (int)s->skip - 1,
		    s->rows->path, yaml_scalar_kind_text(node->kind));
	return false;
}

static void fill_section(
    const struct fill *f, struct scope s, const struct yaml_node *node, struct place parent, char *base)
{
	bool is_required = false;
	for (size_t i = 0; i < s.count; i++)
		is_required |= s.rows[i].need == CONF_REQUIRED;
	if (!node && is_required)
		errs_add(f->errs, parent, "%.*s is missing; it is required here", (int)s.skip - 1, s.rows->path);
	if (node && !is_mapping(f, &s, node))
		return;
	fill_rows(f, s, node, node ? node->at : (struct place){0}, base);
}

static const struct conf_sections *sections_of(const struct scope *s)
{
	for (size_t i = 0; i < conf_sections_count; i++) {
		size_t len = strlen(conf_sections_table[i].path);
		if (len + strlen("[].") == s->skip && strncmp(conf_sections_table[i].path, s->rows->path, len) == 0)
			return &conf_sections_table[i];
	}
	abort(); /* the two tables of conf_keys.c contradict each other */
}

/* A list of sections, such as `pairs`. Item i of the array is item i of the list, even when it has a mistake. */
static void fill_sections(
    const struct fill *f, struct scope s, const struct yaml_node *node, struct place parent, char *base)
{
	const struct conf_sections *list = sections_of(&s);
	bool is_list = node && (node->kind == YAML_LIST || node->kind == YAML_NULL);
	size_t wanted = is_list ? node->count : 0;
	if (node && node->kind == YAML_REFUSED)
		return;
	if (node && !is_list)
		errs_add(f->errs, node->at, "%s: %s; expected a list, each item beginning with `-`", list->path,
		    yaml_scalar_kind_text(node->kind));
	else if (wanted < list->least)
		errs_add(f->errs, node ? node->at : parent, "%s: none; expected a list with at least one %s",
		    list->path, list->singular);
	else if (wanted > list->most)
		errs_add(f->errs, node->items[list->most].at, "%s: %zu items; expected at most %zu %ss", list->path,
		    wanted, list->most, list->singular);
	if (!wanted || wanted > list->most)
		return;
	char *items = mem_zeroed(wanted, list->size);
	memcpy(base + list->items, &items, sizeof items);
	memcpy(base + list->count, &wanted, sizeof wanted);
	for (size_t i = 0; i < wanted; i++)
		fill_section(f, s, &node->items[i], node->at, items + i * list->size);
}

/* Fills the keys of one section. When the file does not have it, `map` is NULL and `at` has no line. */
static void fill_rows(const struct fill *f, struct scope s, const struct yaml_node *map, struct place at, char *base)
{
	for (size_t i = 0, run; i < s.count; i += run) {
		const char *name = s.rows[i].path + s.skip;
		size_t len, with_dot = strcspn(name, ".") + 1;
		name_in(&s, i, &len);
		const struct yaml_node *node = map ? yaml_find(map, name, len) : NULL;
		run = 1;
		if (!name[with_dot - 1]) {
			fill_value(f, &s.rows[i], node, at, base);
			continue;
		}
		while (i + run < s.count && strncmp(s.rows[i + run].path + s.skip, name, with_dot) == 0)
			run++;
		struct scope inner = {&s.rows[i], run, s.skip + with_dot};
		if (name[len] == '[')
			fill_sections(f, inner, node, at, base);
		else
			fill_section(f, inner, node, at, base);
	}
	if (map)
		report_unknowns(f, &s, map);
}

void conf_fill(struct conf *conf, const char *file, const struct yaml_node *root, struct errs *errs)
{
	struct fill f = {file, errs};
	if (root->kind == YAML_MAP)
		fill_rows(&f, (struct scope){conf_key_table, conf_key_count, 0}, root, root->at, (char *)conf);
	else if (root->kind != YAML_REFUSED)
		errs_add(errs, root->at, "%s; expected a mapping with the keys spot, poll and pairs",
		    yaml_scalar_kind_text(root->kind));
}
