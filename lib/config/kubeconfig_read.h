/* The members of a kubeconfig's mappings, read one by one. Private to kubeconfig_*.c. */
#ifndef HAWATCH_CONFIG_KUBECONFIG_READ_H
#define HAWATCH_CONFIG_KUBECONFIG_READ_H

#include "config/pem.h"
#include "config/yaml.h"

/* A member that says something; kubectl writes "", null and {} for what is not set. */
const struct yaml_node *kubeconfig_find(const struct yaml_node *map, const char *key);

/* Like kubeconfig_find(), and reports a member that is no `kind`. */
const struct yaml_node *kubeconfig_find_kind(
    const struct yaml_node *map, const char *key, enum yaml_kind kind, struct errs *errs);

/* true or false; `out` stays as it is where the member says nothing. False when it is reported. */
bool kubeconfig_read_flag(const struct yaml_node *map, const char *key, bool *out, struct errs *errs);

/* A path, resolved against the folder of the file that it stands in. */
void kubeconfig_read_path(const struct yaml_node *map, const char *key, char **out, struct errs *errs);

/* KEY-data into `pem`, or else the path KEY into `file`. */
void kubeconfig_read_pem(const struct yaml_node *map, const char *key, enum pem_kind kind, char **file,
    char **pem, struct errs *errs);

/* Members that change how one must connect; all but these and those that are read are ignored. */
struct kubeconfig_unsupported {
	const char *name, *remedy;
};

void kubeconfig_refuse(const struct yaml_node *map, const char *what,
    const struct kubeconfig_unsupported *fields, size_t count, struct errs *errs);

#endif
