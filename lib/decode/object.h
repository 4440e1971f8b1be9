/* One Kubernetes object, open for reading: what the readers of items have in common. */
#ifndef HAWATCH_DECODE_OBJECT_H
#define HAWATCH_DECODE_OBJECT_H

#include "decode/json.h"

struct object {
	struct json j; /* the first error is latched here; object_close() hands it over */
	struct cJSON *root;
	const struct cJSON *metadata, *labels, *spec, *status; /* NULL where absent */
};

/* Opens exactly `len` bytes. On success object_close() is due. */
bool object_open(struct object *o, const char *json, size_t len, struct err *e)
    __attribute__((warn_unused_result));

/* metadata.name, which every object has; an error is latched where it does not fit. */
void object_name(struct object *o, char *out, size_t size);

/* Frees the object. False, with `e` naming the `kind`, when anything in it was not as it should be. */
bool object_close(struct object *o, const char *kind, struct err *e)
    __attribute__((warn_unused_result));

/*
 * The cpu of a resource list such as {"cpu": "1500m"}, in thousandths of a core; 0 where it says none. A
 * custom resource may hold a bare number.
 */
int64_t object_cpu_milli(struct json *j, const struct cJSON *resources);

#endif
