#include "config/yaml_json.h"

#include "base/buf.h"

static bool put_number(const struct yaml_node *node, const char *name, struct json_out *json, struct errs *errs)
{
	struct buf number = buf_of(YAML_NUMBER_MAX_BYTES);
	bool is_good = yaml_scalar_put_number(node->text, &number);
	json_put_raw(json, name, is_good ? buf_text(&number) : "null");
	buf_fini(&number);
	return is_good || errs_add(errs, node->at, "a number that JSON does not have; expected a finite one");
}

static bool put_items(const struct yaml_node *node, const char *name, struct json_out *json, struct errs *errs)
{
	bool is_map = node->kind == YAML_MAP, is_good = true;
	json_open(json, name, is_map ? '{' : '[');
	for (size_t i = 0; i < node->count; i++)
		is_good &= yaml_put_json(&node->items[i], is_map ? node->items[i].key : NULL, json, errs);
	json_close(json, is_map ? '}' : ']');
	return is_good;
}

bool yaml_put_json(const struct yaml_node *node, const char *name, struct json_out *json, struct errs *errs)
{
	switch (node->kind) {
	case YAML_TEXT: json_put_text(json, name, node->text); return true;
	case YAML_BOOLEAN: json_put_bool(json, name, yaml_scalar_is_true(node->text)); return true;
	case YAML_NUMBER: return put_number(node, name, json, errs);
	case YAML_LIST:
	case YAML_MAP: return put_items(node, name, json, errs);
	case YAML_BYTES: return errs_add(errs, node->at, "bytes that are no text; expected what JSON has");
	case YAML_NULL:
	case YAML_REFUSED: json_put_null(json, name); return true;
	}
	return false;
}
