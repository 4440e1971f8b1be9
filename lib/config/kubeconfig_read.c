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

static void read_data(const struct yaml_node *data, char **pem, char **name, struct errs *errs)
{
	size_t len = 0;
	char *text = base64_decode(data->text, &len);
	if (!text || strlen(text) != len) {
		errs_add(errs, data->at, "%s: %s; expected PEM in base64", data->key,
		    text ? "no PEM inside, but binary data" : "not base64");
		mem_free_secret(&text);
		return;
	}
	struct buf place = buf_of(8192);
	buf_printf(&place, "%s:%zu:%zu: %s", data->at.file, data->at.line, data->at.column, data->key);
	*name = mem_copy_text(buf_text(&place), place.len);
	*pem = text;
	buf_fini(&place);
}

void kubeconfig_read_pem(
    const struct yaml_node *map, const char *key, char **file, char **pem, char **name, struct errs *errs)
{
	struct buf data_key = buf_of(64);
	buf_printf(&data_key, "%s-data", key);
	const struct yaml_node *path = kubeconfig_find(map, key), *data = kubeconfig_find(map, buf_text(&data_key));
	if (path && data)
		errs_add(errs, data->key_at,
		    "%s together with %s in line %zu; expected only one of them, as kubectl does", data->key, key,
		    path->key_at.line);
	else if (!data)
		kubeconfig_read_path(map, key, file, errs);
	else if ((data = kubeconfig_find_kind(map, buf_text(&data_key), YAML_TEXT, errs)))
		read_data(data, pem, name, errs);
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
