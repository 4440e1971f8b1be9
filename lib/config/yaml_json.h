/* A part of a YAML tree as JSON, as kubectl converts it. */
#pragma once

#include "base/json_out.h"
#include "config/yaml.h"

/*
 * Writes `node` as the member `name`; NULL for an element or the document. Returns false after reporting in `errs` a
 * value that JSON does not have: an infinite number, no number, or bytes that are no text.
 */
bool yaml_put_json(const struct yaml_node *node, const char *name, struct json_out *json, struct errs *errs);
