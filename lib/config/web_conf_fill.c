#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"
#include "config/value.h"
#include "config/web_conf_table.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DAY_NS 86400e9

static bool is_scalar(const struct yaml_node *node)
{
	return node->kind == YAML_TEXT || node->kind == YAML_BOOLEAN || node->kind == YAML_NUMBER;
}

static bool is_blank(const struct yaml_node *node)
{
	return node->kind == YAML_NULL || (node->kind == YAML_TEXT && !*node->text);
}

/* Says that `word` is none of `names`, and which of them is like it. */
static bool refuse_word(const char *word, const char *const *names, size_t count, struct err *e)
{
	const char *nearest = NULL;
	size_t least = TEXT_UNLIKE;
	struct buf all = buf_of(300);
	for (size_t i = 0; i < count; i++) {
		size_t distance = text_distance(word, names[i], strlen(names[i]));
		buf_printf(&all, "%s%s", i ? ", " : "", names[i]);
		if (distance < least) {
			least = distance;
			nearest = names[i];
		}
	}
	struct shown shown = value_name_shown(word);
	if (nearest)
		err_set(e, "`%s` is not known; did you mean `%s`?", shown.text, nearest);
	else if (all.overflow)
		err_set(e, "`%s` is not known; expected a name of Go's crypto/tls, such as %s", shown.text, names[0]);
	else
		err_set(e, "`%s` is not known; expected one of: %s", shown.text, buf_text(&all));
	buf_fini(&all);
	return false;
}

static bool parse_word(const struct web_key *key, const char *word, size_t *out, struct err *e)
{
	for (size_t i = 0; i < key->word_count; i++)
		if (strcmp(key->words[i], word) == 0) {
			*out = i;
			return true;
		}
	return refuse_word(word, key->words, key->word_count, e);
}

static bool parse_text(const struct web_key *key, const struct yaml_node *node, char **out, struct err *e)
{
	size_t unused;
	if (is_blank(node))
		return true;
	if (!is_scalar(node))
		return err_set(e, "%s; expected a text", yaml_scalar_kind_text(node->kind));
	if (key->word_count && !parse_word(key, node->text, &unused, e))
		return false;
	if (strlen(node->text) > WEB_CONF_HEADER_BYTES_MAX)
		return err_set(e, "%zu bytes; expected at most %d", strlen(node->text), WEB_CONF_HEADER_BYTES_MAX);
	return value_text(node->text, out, e);
}

static bool parse_pem(const struct web_key *key, const struct yaml_node *node, struct web_pem *pem, struct err *e)
{
	if (is_blank(node))
		return true;
	if (node->kind != YAML_TEXT)
		return err_set(e, "%s; expected %s", yaml_scalar_kind_text(node->kind),
		    key->type == WEB_TYPE_FILE ? "the path of a file" : "PEM");
	if (pem->name)
		return err_set(e, "a file and also a text of the same; expected one of them");
	if (key->type == WEB_TYPE_FILE && !value_path(node->at.file, node->text, &pem->file, e))
		return false;
	struct buf name = buf_of(8192);
	if (key->type == WEB_TYPE_FILE) {
		buf_puts(&name, pem->file);
	} else {
		pem->text = mem_copy_text(node->text, strlen(node->text));
		buf_printf(&name, "%s:%zu:%zu: %s", node->at.file, node->at.line, node->at.column, key->name);
	}
	pem->name = mem_copy_text(buf_text(&name), name.len);
	buf_fini(&name);
	return true;
}

/* Calls `take` for each item of a list of texts. */
static bool parse_items(const struct web_key *key, const struct yaml_node *node, void *out,
    bool (*take)(const struct web_key *, const char *, void *, struct err *), struct err *e)
{
	struct err why;
	if (node->kind == YAML_NULL)
		return true;
	if (node->kind != YAML_LIST)
		return err_set(e, "%s; expected a list of texts", yaml_scalar_kind_text(node->kind));
	for (size_t i = 0; i < node->count; i++) {
		const struct yaml_node *item = &node->items[i];
		if (!is_scalar(item))
			return err_set(e, "%s as item %zu; expected a text", yaml_scalar_kind_text(item->kind), i + 1);
		if (!take(key, item->text, out, &why))
			return err_set(e, "item %zu: %.400s", i + 1, why.text);
	}
	return true;
}

static bool take_san(const struct web_key *key, const char *text, void *out, struct err *e)
{
	struct conf_list *list = out;
	(void)key;
	if (list->count == WEB_CONF_SANS_MAX)
		return err_set(e, "too many; expected at most %d", WEB_CONF_SANS_MAX);
	if (!list->v)
		list->v = mem_zeroed(WEB_CONF_SANS_MAX, sizeof *list->v);
	if (!value_text(text, &list->v[list->count], e))
		return false;
	list->count++;
	return true;
}

static bool take_word(const struct web_key *key, const char *text, void *out, struct err *e)
{
	struct web_words *words = out;
	size_t word;
	if (!parse_word(key, text, &word, e))
		return false;
	if (!memchr(words->v, (int)word, words->count))
		words->v[words->count++] = (unsigned char)word;
	return true;
}

static bool parse_sans(const struct web_key *key, const struct yaml_node *node, struct conf_list *out, struct err *e)
{
	if (!parse_items(key, node, out, take_san, e))
		return false;
	return node->kind == YAML_NULL || out->count ||
	    err_set(e, "an empty list, which no certificate satisfies; expected at least one name");
}

/* As Go writes them: decimal numbers with the units ns, us, ms, s, m and h. */
static bool parse_go_duration(const char *text, int64_t *out, struct err *e)
{
	static const struct {
		const char *name;
		double ns;
	} units[] = {{"ns", 1}, {"us", 1e3}, {"\u00b5s", 1e3}, {"\u03bcs", 1e3}, {"ms", 1e6}, {"s", 1e9}, {"m", 60e9},
	    {"h", 3600e9}};
	double all = 0;
	const char *p = text;
	do {
		size_t len = strspn(p, "0123456789."), unit_len = strcspn(p + len, "0123456789."), i = 0;
		char *end;
		double number = strtod(p, &end);
		for (; i < sizeof units / sizeof *units; i++)
			if (strlen(units[i].name) == unit_len && strncmp(units[i].name, p + len, unit_len) == 0)
				break;
		if (!len || end != p + len || i == sizeof units / sizeof *units)
			return err_set(e, "`%s` is not a duration; expected numbers with units, such as 1s or 100ms",
			    value_shown(text).text);
		all += number * units[i].ns;
		p += len + unit_len;
	} while (*p);
	if (all > DAY_NS)
		return err_set(e, "`%s` is too long; expected at most 24h", value_shown(text).text);
	*out = llround(all);
	return true;
}

static bool parse_duration(const struct yaml_node *node, int64_t *out, struct err *e)
{
	if (node->kind == YAML_NULL || (is_scalar(node) && strcmp(node->text, "0") == 0))
		return true;
	return is_scalar(node) ? parse_go_duration(node->text, out, e)
			       : err_set(e, "%s; expected a duration such as 1s", yaml_scalar_kind_text(node->kind));
}

static bool parse_count(const struct yaml_node *node, int64_t *out, struct err *e)
{
	int64_t n = 0;
	if (node->kind == YAML_NULL)
		return true;
	if (node->kind != YAML_NUMBER)
		return err_set(e, "%s; expected a whole number", yaml_scalar_kind_text(node->kind));
	if (!value_integer(node->text, &n, e))
		return false;
	if (n < 0 || n > INT32_MAX)
		return err_set(e, "`%lld` is out of range; expected 0 to %d", (long long)n, INT32_MAX);
	*out = n;
	return true;
}

static bool parse_boolean(const struct yaml_node *node, bool *out, struct err *e)
{
	if (node->kind == YAML_NULL)
		return true;
	if (node->kind != YAML_BOOLEAN)
		return err_set(e, "%s; expected true or false", yaml_scalar_kind_text(node->kind));
	*out = yaml_scalar_is_true(node->text);
	return true;
}

static bool parse_one_word(const struct web_key *key, const struct yaml_node *node, int *out, struct err *e)
{
	size_t word;
	if (node->kind == YAML_NULL || (is_blank(node) && key->words == web_conf_client_auths)) /* as in Go */
		return true;
	if (!is_scalar(node))
		return err_set(e, "%s; expected a word such as %s", yaml_scalar_kind_text(node->kind), key->words[0]);
	if (!parse_word(key, node->text, &word, e))
		return false;
	*out = (int)word;
	return true;
}

static void fill_map(
    struct web_conf *conf, const char *section, const struct yaml_node *map, const char *path, struct errs *errs);

static bool fill_value(struct web_conf *conf, const struct web_key *key, const struct yaml_node *node, struct err *e)
{
	void *out = (char *)conf + key->offset;
	switch (key->type) {
	case WEB_TYPE_TEXT: return parse_text(key, node, out, e);
	case WEB_TYPE_FILE:
	case WEB_TYPE_PEM: return parse_pem(key, node, out, e);
	case WEB_TYPE_TEXTS: return parse_sans(key, node, out, e);
	case WEB_TYPE_WORD: return parse_one_word(key, node, out, e);
	case WEB_TYPE_WORDS: return parse_items(key, node, out, take_word, e);
	case WEB_TYPE_BOOLEAN: return parse_boolean(node, out, e);
	case WEB_TYPE_COUNT: return parse_count(node, out, e);
	case WEB_TYPE_DURATION: return parse_duration(node, out, e);
	case WEB_TYPE_MAP: /* see fill_key() */
	case WEB_TYPE_USERS:
	case WEB_TYPES: break;
	}
	return true;
}

static void fill_key(
    struct web_conf *conf, const struct web_key *key, const struct yaml_node *node, const char *path, struct errs *errs)
{
	struct err e;
	char inner[64];
	snprintf(inner, sizeof inner, "%s%s%s", path, *path ? "." : "", key->name);
	if (node->kind == YAML_REFUSED)
		return;
	if (key->type == WEB_TYPE_MAP)
		fill_map(conf, key->name, node, inner, errs);
	else if (key->type == WEB_TYPE_USERS)
		web_conf_users_fill(conf, node, errs);
	else if (!fill_value(conf, key, node, &e))
		errs_add(errs, node->at, "%s: %s", inner, e.text);
}

static void refuse_key(const char *section, const struct yaml_node *node, const char *path, struct errs *errs)
{
	const char *names[16];
	size_t count = 0;
	struct err e;
	for (size_t i = 0; i < web_conf_key_count; i++)
		if (strcmp(web_conf_keys[i].section, section) == 0)
			names[count++] = web_conf_keys[i].name;
	refuse_word(node->key, names, count, &e);
	errs_add(errs, node->key_at, "%s%skey %s", path, *path ? ": " : "", e.text);
}

static void fill_map(
    struct web_conf *conf, const char *section, const struct yaml_node *map, const char *path, struct errs *errs)
{
	if (map->kind == YAML_NULL)
		return;
	if (map->kind != YAML_MAP) {
		errs_add(errs, map->at, "%s%s%s; expected a mapping of keys to values", path, *path ? ": " : "",
		    yaml_scalar_kind_text(map->kind));
		return;
	}
	for (size_t i = 0; i < map->count; i++) {
		const struct yaml_node *node = &map->items[i];
		const struct web_key *key = NULL;
		for (size_t k = 0; k < web_conf_key_count && !key; k++)
			if (strcmp(web_conf_keys[k].section, section) == 0 &&
			    strcmp(web_conf_keys[k].name, node->key) == 0)
				key = &web_conf_keys[k];
		if (key)
			fill_key(conf, key, node, path, errs);
		else
			refuse_key(section, node, path, errs);
	}
}

void web_conf_fill(struct web_conf *conf, const struct yaml_node *root, struct errs *errs)
{
	if (root->kind != YAML_REFUSED)
		fill_map(conf, "", root, "", errs);
}
