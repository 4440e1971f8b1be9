#include "config/kubeconfig_read.h"

#include "base/base64.h"
#include "base/buf.h"
#include "base/mem.h"
#include "config/value.h"

#include <string.h>

const struct yaml_node *kubeconfig_find(const struct yaml_node *map, const char *key)
{
	const struct yaml_node *node = map ? yaml_find(map, key, strlen(key)) : NULL;
	if (!node || node->kind == YAML_NULL || node->kind == YAML_REFUSED)
		return NULL;
	bool is_empty = node->kind == YAML_TEXT ? !*node->text : node->kind >= YAML_LIST && !node->count;
	return is_empty ? NULL : node;
}

const struct yaml_node *kubeconfig_find_kind(
    const struct yaml_node *map, const char *key, enum yaml_kind kind, struct errs *errs)
{
	const struct yaml_node *node = kubeconfig_find(map, key);
	if (!node || node->kind == kind)
		return node;
	errs_add(errs, node->at, "%s: %s; expected %s%s", key, yaml_scalar_kind_text(node->kind),
	    yaml_scalar_kind_text(kind), kind == YAML_TEXT ? yaml_scalar_quotes(node->kind) : "");
	return NULL;
}

bool kubeconfig_read_flag(const struct yaml_node *map, const char *key, bool *out, struct errs *errs)
{
	const struct yaml_node *node = yaml_find(map, key, strlen(key));
	if (!node || node->kind == YAML_NULL || node->kind == YAML_REFUSED)
		return true;
	if (node->kind != YAML_BOOLEAN)
		return errs_add(errs, node->at, "%s: %s; expected true or false%s", key,
		    yaml_scalar_kind_text(node->kind), node->kind == YAML_TEXT ? ", without quotes" : "");
	*out = yaml_scalar_is_true(node->text);
	return true;
}

void kubeconfig_read_path(const struct yaml_node *map, const char *key, char **out, struct errs *errs)
{
	const struct yaml_node *node = kubeconfig_find_kind(map, key, YAML_TEXT, errs);
	struct err e;
	if (node && !value_path(node->at.file, node->text, out, &e))
		errs_add(errs, node->at, "%s: %s", key, e.text);
}

void kubeconfig_read_pem(
    const struct yaml_node *map, const char *key, enum pem_kind kind, char **file, char **pem, struct errs *errs)
{
	struct buf data_key = buf_of(64);
	buf_printf(&data_key, "%s-data", key);
	const struct yaml_node *data = kubeconfig_find_kind(map, buf_text(&data_key), YAML_TEXT, errs);
	if (!kubeconfig_find(map, buf_text(&data_key)))
		kubeconfig_read_path(map, key, file, errs);
	else if (data) {
		size_t len = 0;
		const char *mistake;
		char *text = base64_decode(data->text, &len);
		if (!text)
			errs_add(
			    errs, data->at, "%s: not base64; expected %s in base64", data->key, pem_kind_called(kind));
		else if ((mistake = pem_mistake(kind, strlen(text) == len ? text : "")))
			errs_add(errs, data->at, "%s: %s", data->key, mistake);
		else {
			*pem = text;
			text = NULL;
		}
		mem_free_secret(&text);
	}
	buf_fini(&data_key);
}

void kubeconfig_refuse(const struct yaml_node *map, const char *what, const struct kubeconfig_unsupported *fields,
    size_t count, struct errs *errs)
{
	for (size_t i = 0; i < count; i++) {
		const struct yaml_node *node = kubeconfig_find(map, fields[i].name);
		if (node)
			errs_add(
			    errs, node->key_at, "%s: %s is not supported; %s", what, fields[i].name, fields[i].remedy);
	}
}
