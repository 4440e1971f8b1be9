/*
 * What every Kubernetes API server says in the same words: headers and Status objects.
 */
#pragma once

#include "answer.h"

/* Begins an answer with the API server's headers. Plain text also forbids sniffing. */
void kube_begin_json(struct answer *a, unsigned status);
void kube_begin_text(struct answer *a, unsigned status);

/* A metav1.Status failure. `details` is a JSON object or NULL. */
void kube_status(struct answer *a, unsigned code, const char *reason, const char *message, const char *details);

/* `NotFound` of a named object; `group` is "" for the core. */
void kube_not_found(struct answer *a, const char *group, const char *resource, const char *name);

/* `Forbidden`, to list or, with a `name`, to get; `group`, `ns` and `name` may be "". */
void kube_forbidden(struct answer *a, const char *group, const char *resource, const char *ns, const char *name);

/* The Status that a server in trouble gives with this code. */
void kube_failure(struct answer *a, unsigned code);

/* The plain-text 404 for a path that nobody serves. */
void kube_no_such_path(struct answer *a);
