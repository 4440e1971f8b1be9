/* The user half of a kubeconfig. Private to kubeconfig_*.c. */
#pragma once

#include "config/kubeconfig.h"
#include "config/kubeconfig_read.h"

/* Reads a user into `out`; mistakes go to `errs`. */
void kubeconfig_user_read(const struct yaml_node *user, bool allows_exec, struct kubeconfig *out, struct errs *errs);

/* The headers of a user who acts as another (`as`, `as-uid`, `as-groups`, `as-user-extra`). */
void kubeconfig_impersonate_read(const struct yaml_node *user, struct kubeconfig *out, struct errs *errs);
