#include "config/conf.h"

#include "base/mem.h"
#include "config/conf_table.h"

#include <stdlib.h>
#include <string.h>

struct conf *conf_parse(const char *name, const char *bytes, size_t len, struct errs *errs)
{
	size_t before = errs->count;
	struct yaml_node *root = yaml_tree_parse(name, bytes, len, errs);
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

const struct conf_side *conf_pair_side(const struct conf_pair *pair, size_t index)
{
	return index == 0 ? &pair->primary : index == 1 ? &pair->secondary : &pair->extras[index - 2];
}

size_t conf_pair_sides(const struct conf_pair *pair)
{
	return 2 + pair->extra_count;
}

static void free_value(const struct conf_key *key, char *base)
{
	if (key->type == CONF_LIST) {
		struct conf_list *list = (void *)(base + key->offset);
		for (size_t i = 0; i < list->count; i++)
			free(list->v[i]);
		free(list->v);
	} else if (key->type < CONF_LIST) {
		free(*(char **)(void *)(base + key->offset));
	}
}

void conf_free(struct conf **conf)
{
	struct conf *c = *conf;
	if (!c)
		return;
	for (size_t i = 0; i < conf_key_count; i++) {
		const struct conf_key *key = &conf_key_table[i];
		bool is_pairs = strncmp(key->path, "pairs[]", strlen("pairs[]")) == 0;
		if (!is_pairs)
			free_value(key, (char *)c);
		for (size_t p = 0; is_pairs && p < c->pair_count; p++)
			free_value(key, (char *)&c->pairs[p]);
	}
	free(c->pairs);
	free(c);
	*conf = NULL;
}
