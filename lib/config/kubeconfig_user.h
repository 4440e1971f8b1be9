/* The user half of a kubeconfig, and what both halves read with. Private to kubeconfig*.c. */
#ifndef HAWATCH_CONFIG_KUBECONFIG_USER_H
#define HAWATCH_CONFIG_KUBECONFIG_USER_H

#include "config/kubeconfig.h"
#include "config/yaml.h"

/* Reads a user into `out`; mistakes go to `errs`. */
void kube_read_user(
    const struct yaml_node *user, bool allows_exec, struct kubeconfig *out, struct errs *errs);

/* A member that says something; kubectl writes "", null and {} for what is not set. */
const struct yaml_node *kube_find(const struct yaml_node *map, const char *key);

/* Like kube_find(), and reports a member that is no `kind`. */
const struct yaml_node *kube_find_kind(
    const struct yaml_node *map, const char *key, enum yaml_kind kind, struct errs *errs);

/* true or false; `out` stays as it is where the member says nothing. False when it is reported. */
bool kube_read_flag(const struct yaml_node *map, const char *key, bool *out, struct errs *errs);

/* A path, resolved against the folder of the file that it stands in. */
void kube_read_path(const struct yaml_node *map, const char *key, char **out, struct errs *errs);

/* KEY-data into `pem`, or else the path KEY into `file`. */
void kube_read_pem(const struct yaml_node *map, const char *key, enum pem_kind kind, char **file,
    char **pem, struct errs *errs);

/* Members that change how one must connect; all but these and those that are read are ignored. */
struct kube_unsupported {
	const char *name, *remedy;
};

void kube_refuse(const struct yaml_node *map, const char *what,
    const struct kube_unsupported *fields, size_t count, struct errs *errs);

#endif
