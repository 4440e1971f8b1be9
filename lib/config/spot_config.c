#include "config/spot_config.h"

#include "base/mem.h"
#include "base/text.h"
#include "config/yaml.h"

#include <stdlib.h>
#include <string.h>

char *spot_config_refresh_token(const char *file, const char *bytes, size_t len, struct err *e)
{
	static const char key[] = "refreshToken";
	struct errs *errs = mem_zeroed(1, sizeof *errs);
	struct yaml_node *root = yaml_tree_parse(file, bytes, len, YAML_STRICT, errs);
	const struct yaml_node *node = root && root->kind == YAML_MAP ? yaml_find(root, key, strlen(key)) : NULL;
	char *token = NULL;
	if (errs->count)
		err_set(e, "%s", errs->kept[0].text);
	else if (!node)
		err_set(e, "%s: no %s in it", file, key);
	else if (node->kind != YAML_TEXT || !text_is_token(node->text))
		err_set(e, "%s:%zu:%zu: %s: expected a token, on one line", file, node->at.line, node->at.column, key);
	else
		token = mem_copy_secret(node->text, strlen(node->text));
	yaml_tree_free(&root);
	free(errs);
	return token;
}
