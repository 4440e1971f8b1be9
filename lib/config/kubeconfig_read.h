/* The members of a kubeconfig's mappings, read one by one. Private to kubeconfig_*.c. */
#pragma once

#include "config/yaml.h"

/* A member with a value; NULL for "", null and {}, which kubectl writes for a member that is not set. */
const struct yaml_node *kubeconfig_find(const struct yaml_node *map, const char *key);

/* Like kubeconfig_find(); a member of another kind than `kind` is reported, and the result is NULL. */
const struct yaml_node *kubeconfig_find_kind(
    const struct yaml_node *map, const char *key, enum yaml_kind kind, struct errs *errs);

/* Reads true or false; `out` keeps its value when the member is not set. Returns false after reporting a mistake. */
bool kubeconfig_read_flag(const struct yaml_node *map, const char *key, bool *out, struct errs *errs);

/* A path, resolved against the folder of the file that contains it. */
void kubeconfig_read_path(const struct yaml_node *map, const char *key, char **out, struct errs *errs);

/*
 * Reads the path KEY into `file`, or KEY-data into `pem` and the place of that into `name`. Both set is a mistake, as
 * it is to kubectl.
 */
void kubeconfig_read_pem(
    const struct yaml_node *map, const char *key, char **file, char **pem, char **name, struct errs *errs);

/* Members that change how to connect, and that are not supported. All other unknown members are ignored. */
struct kubeconfig_unsupported {
	const char *name, *remedy;
};

void kubeconfig_refuse(const struct yaml_node *map, const char *what, const struct kubeconfig_unsupported *fields,
    size_t count, struct errs *errs);
