/* One Kubernetes object that is being read: the common part of all readers of items. */
#pragma once

#include "decide/unreadable.h"
#include "decode/json.h"

struct object {
	struct json j; /* keeps the first error; object_close() returns it */
	struct cJSON *root;
	bool is_small;                                         /* small_parse() made it */
	const struct cJSON *metadata, *labels, *spec, *status; /* NULL where absent */
};

/* Opens exactly `len` bytes. After success the caller must call object_close(). */
bool object_open(struct object *o, const char *json, size_t len, struct err *e) __attribute__((warn_unused_result));

/* metadata.name, which every object must have; a missing or too long name is an error, kept in `j`. */
void object_name(struct object *o, char *out, size_t size);

/*
 * Fills name and namespace of an object that cannot be read otherwise, from `len` bytes of its JSON. What of them is
 * missing, of another type, too long, or not a line of UTF-8 stays as it is.
 */
void object_identify(const char *json, size_t len, struct unreadable *out);

/* Frees the object. False when anything in it was not valid; then `e` names the `kind`. */
bool object_close(struct object *o, const char *kind, struct err *e) __attribute__((warn_unused_result));

/*
 * The cpu of a resource list such as {"cpu": "1500m"}, in thousandths of a core; 0 without one. A custom resource may
 * have a plain number.
 */
int64_t object_cpu_milli(struct json *j, const struct cJSON *resources);
