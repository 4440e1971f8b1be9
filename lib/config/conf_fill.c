#include "base/buf.h"
#include "base/mem.h"
#include "config/conf_table.h"
#include "config/value.h"

#include <string.h>

enum { NAME_LONGEST = 32 };

struct fill {
	const char *file;
	struct errs *errs;
	struct conf *conf;
};

/* Rows of the table that share a section, the first `skip` bytes of their paths being its name. */
struct scope {
	const struct conf_key *rows;
	size_t count, skip;
};

static bool parse_list(const struct yaml_node *node, struct conf_list *list, struct err *e)
{
	list->v = mem_zeroed(node->count, sizeof *list->v);
	for (; list->count < node->count; list->count++) {
		const struct yaml_node *item = &node->items[list->count];
		if (item->kind == YAML_REFUSED)
			continue;
		if (item->kind != YAML_TEXT)
			return err_set(e, "%s as item %zu; expected a text",
			    yaml_kind_text(item->kind), list->count + 1);
		if (!value_text(item->text, &list->v[list->count], e))
			return false;
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
		return is_duration
			   ? err_set(e, "`%s` is out of range; expected %s to %s",
				 value_shown(text).text, value_duration_text(key->min).text,
				 value_duration_text(key->max).text)
			   : err_set(e, "`%s` is out of range; expected %lld to %lld",
				 value_shown(text).text, (long long)key->min, (long long)key->max);
	*out = n;
	return true;
}

static bool parse_text(
    const struct fill *f, const struct conf_key *key, const char *text, void *out, struct err *e)
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
	case CONF_LIST: /* its only default is the empty one */
	case CONF_TYPES: break;
	}
	return true;
}

static bool parse_node(const struct fill *f, const struct conf_key *key,
    const struct yaml_node *node, void *out, struct err *e)
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
	    [CONF_DURATION] = "a duration such as 15s",
	    [CONF_INTEGER] = "a whole number",
	    [CONF_BOOLEAN] = "true or false",
	};
	bool is_list = key->type == CONF_LIST;
	if (node->kind != (is_list ? YAML_LIST : YAML_TEXT))
		return err_set(
		    e, "%s; expected %s", yaml_kind_text(node->kind), expected[key->type]);
	if ((key->type == CONF_INTEGER || key->type == CONF_BOOLEAN) && !node->is_plain)
		return err_set(
		    e, "a text in quotes; expected %s, without quotes", expected[key->type]);
	return is_list ? parse_list(node, out, e) : parse_text(f, key, node->text, out, e);
}

static void fill_value(const struct fill *f, const struct conf_key *key,
    const struct yaml_node *node, struct place section, char *base)
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

/* Number of edits between two names (Levenshtein); large when one is longer than any key. */
static size_t edits(const char *a, size_t a_len, const char *b, size_t b_len)
{
	size_t row[NAME_LONGEST + 1];
	if (a_len > NAME_LONGEST || b_len > NAME_LONGEST)
		return NAME_LONGEST;
	for (size_t j = 0; j <= b_len; j++)
		row[j] = j;
	for (size_t i = 1; i <= a_len; i++) {
		size_t diagonal = row[0];
		row[0] = i;
		for (size_t j = 1; j <= b_len; j++) {
			size_t best = diagonal + (a[i - 1] != b[j - 1]);
			diagonal = row[j];
			if (row[j] + 1 < best)
				best = row[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			row[j] = best;
		}
	}
	return row[b_len];
}

/* The name that `path` has within its section, and its length without "[]". */
static const char *name_in(const struct scope *s, size_t i, size_t *len)
{
	const char *name = s->rows[i].path + s->skip;
	*len = strcspn(name, ".[");
	return name;
}

/* The section where a key of this name is at home, such as "poll"; NULL when there is none. */
static const char *home_of(const char *key, size_t *len)
{
	for (size_t i = 0; i < conf_key_count; i++) {
		const char *path = conf_key_table[i].path, *dot = strrchr(path, '.');
		if (strcmp(dot + 1, key) == 0) {
			*len = (size_t)(dot - path);
			return path;
		}
	}
	return NULL;
}

static void report_unknown(
    const struct fill *f, const struct scope *s, const struct yaml_node *node)
{
	struct buf known = buf_of(400);
	const char *nearest = NULL, *last = "", *home;
	size_t least = 3, nearest_len = 0, len, key_len = strlen(node->key), home_len;
	for (size_t i = 0; i < s->count; i++) {
		const char *name = name_in(s, i, &len);
		if (strncmp(last, name, len + 1) == 0) /* the next key of the same section */
			continue;
		last = name;
		buf_printf(&known, "%s%.*s", known.len ? ", " : "", (int)len, name);
		size_t n = edits(node->key, key_len, name, len);
		if (n < least) {
			least = n;
			nearest = name;
			nearest_len = len;
		}
	}
	struct shown shown = value_shown(node->key);
	if (nearest)
		errs_add(f->errs, node->key_at, "unknown key `%s`; did you mean `%.*s`?",
		    shown.text, (int)nearest_len, nearest);
	else if ((home = home_of(node->key, &home_len)))
		errs_add(f->errs, node->key_at, "unknown key `%s` here; it belongs under `%.*s`",
		    shown.text, (int)home_len, home);
	else
		errs_add(f->errs, node->key_at, "unknown key `%s`; expected one of: %s", shown.text,
		    buf_text(&known));
	buf_fini(&known);
}

static void report_unknowns(
    const struct fill *f, const struct scope *s, const struct yaml_node *map)
{
	for (size_t i = 0; i < map->count; i++) {
		bool is_known = false;
		for (size_t row = 0, len; row < s->count && !is_known; row++) {
			const char *name = name_in(s, row, &len);
			is_known = yaml_find(map, name, len) == &map->items[i];
		}
		if (!is_known)
			report_unknown(f, s, &map->items[i]);
	}
}

static void fill_rows(
    const struct fill *f, struct scope s, const struct yaml_node *map, struct place at, char *base);

static bool is_mapping(const struct fill *f, const struct scope *s, const struct yaml_node *node)
{
	if (node->kind == YAML_MAP || node->kind == YAML_NULL)
		return true;
	if (node->kind != YAML_REFUSED)
		errs_add(f->errs, node->at, "%.*s: %s; expected a mapping of keys to values",
		    (int)s->skip - 1, s->rows->path, yaml_kind_text(node->kind));
	return false;
}

static void fill_section(const struct fill *f, struct scope s, const struct yaml_node *node,
    struct place parent, char *base)
{
	bool is_required = false;
	for (size_t i = 0; i < s.count; i++)
		is_required |= s.rows[i].need == CONF_REQUIRED;
	if (!node && is_required)
		errs_add(f->errs, parent, "%.*s is missing; it is required here", (int)s.skip - 1,
		    s.rows->path);
	if (node && !is_mapping(f, &s, node))
		return;
	fill_rows(f, s, node, node ? node->at : (struct place){0}, base);
}

/* `pairs`, the one list of sections. Pair i of the conf is item i of the list, good or bad. */
static void fill_pairs(
    const struct fill *f, struct scope s, const struct yaml_node *node, struct place parent)
{
	if (!node || (node->count == 0 && (node->kind == YAML_NULL || node->kind == YAML_LIST))) {
		errs_add(f->errs, node ? node->at : parent,
		    "pairs: none; expected a list with at least one pair");
		return;
	}
	if (node->kind != YAML_LIST) {
		if (node->kind != YAML_REFUSED)
			errs_add(f->errs, node->at,
			    "pairs: %s; expected a list, each item beginning with `-`",
			    yaml_kind_text(node->kind));
		return;
	}
	struct conf *conf = f->conf;
	conf->pairs = mem_zeroed(node->count, sizeof *conf->pairs);
	for (; conf->pair_count < node->count; conf->pair_count++)
		fill_section(f, s, &node->items[conf->pair_count], node->at,
		    (char *)&conf->pairs[conf->pair_count]);
}

/* Fills the keys of one section; `map` is NULL and `at` without a line where it does not stand. */
static void fill_rows(
    const struct fill *f, struct scope s, const struct yaml_node *map, struct place at, char *base)
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
		while (i + run < s.count &&
		       strncmp(s.rows[i + run].path + s.skip, name, with_dot) == 0)
			run++;
		struct scope inner = {&s.rows[i], run, s.skip + with_dot};
		if (name[len] == '[')
			fill_pairs(f, inner, node, at);
		else
			fill_section(f, inner, node, at, base);
	}
	if (map)
		report_unknowns(f, &s, map);
}

void conf_fill(struct conf *conf, const char *file, const struct yaml_node *root, struct errs *errs)
{
	struct fill f = {file, errs, conf};
	if (root->kind == YAML_MAP)
		fill_rows(&f, (struct scope){conf_key_table, conf_key_count, 0}, root, root->at,
		    (char *)conf);
	else if (root->kind != YAML_REFUSED)
		errs_add(errs, root->at,
		    "%s; expected a mapping with the keys spot, poll and pairs",
		    yaml_kind_text(root->kind));
}
