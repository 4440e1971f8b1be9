#include "base/mem.h"
#include "config/conf_table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct conf *conf_parse(const char *name, const char *bytes, size_t len, struct errs *errs)
{
	size_t before = errs->count;
	struct yaml_node *root = yaml_tree_parse(name, bytes, len, YAML_STRICT, errs);
	if (!root)
		return NULL;
	struct conf *conf = mem_zeroed(1, sizeof *conf);
	conf->has_spot = yaml_find(root, "spot", strlen("spot"));
	conf_fill(conf, name, root, errs);
	conf_check(conf, root, errs);
	yaml_tree_free(&root);
	if (errs->count > before)
		conf_free(&conf);
	return conf;
}

static void free_value(const struct conf_key *key, char *base)
{
	if (conf_is_list(key->type)) {
		struct conf_list *list = (void *)(base + key->offset);
		for (size_t i = 0; i < list->count; i++)
			free(list->v[i]);
		free(list->v);
	} else if (key->type < CONF_LIST) {
		free(*(char **)(void *)(base + key->offset));
	}
}

static void free_sections(const struct conf_sections *list, char *base);

void conf_free_section(const char *name, char *base)
{
	size_t len = strlen(name);
	for (size_t i = 0; i < conf_key_count; i++)
		if (conf_is_in_section(conf_key_table[i].path, name, len))
			free_value(&conf_key_table[i], base);
	for (size_t i = 0; i < conf_sections_count; i++)
		if (conf_is_in_section(conf_sections_table[i].path, name, len))
			free_sections(&conf_sections_table[i], base);
}

static void free_sections(const struct conf_sections *list, char *base)
{
	char name[64], *items;
	size_t count;
	memcpy(&items, base + list->items, sizeof items);
	memcpy(&count, base + list->count, sizeof count);
	snprintf(name, sizeof name, "%s[].", list->path);
	for (size_t i = 0; i < count; i++)
		conf_free_section(name, items + i * list->size);
	free(items);
}

void conf_free(struct conf **conf)
{
	if (!*conf)
		return;
	conf_free_section("", (char *)*conf);
	free((*conf)->elsewhere);
	free(*conf);
	*conf = NULL;
}
