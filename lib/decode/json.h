/*
 * Strict reading on top of cJSON. An answer in which a member appears twice says two things at once, and
 * a member of the wrong type says nothing: both are errors, never a default. Absent and null are the
 * same, as Kubernetes has it.
 */
#ifndef HAWATCH_DECODE_JSON_H
#define HAWATCH_DECODE_JSON_H

#include "base/err.h"
#include "base/units.h"

#include <stdbool.h>
#include <stddef.h>

struct cJSON;

/* Parses exactly `len` bytes as one JSON object. The caller frees with cJSON_Delete(). */
struct cJSON *json_parse_object(const char *json, size_t len, struct err *e)
    __attribute__((warn_unused_result));

/*
 * Readers of a document that latch the first error, so that a decoder reads its members in a row and
 * asks once. Initialise with `{0}`.
 */
struct json {
	bool has_failed;
	struct err err;
};

/* Latches that the member `name` is not what it should be, unless something is latched already. */
void json_fail(struct json *j, const char *name, const char *what);

/* The member `name`, or NULL when `object` is NULL or the member is absent or null. Case-sensitive. */
const struct cJSON *json_member(struct json *j, const struct cJSON *object, const char *name);

/* The same, of a given type; NULL when absent or null, an error latched when of another type. */
const struct cJSON *json_object(struct json *j, const struct cJSON *object, const char *name);
const struct cJSON *json_array(struct json *j, const struct cJSON *object, const char *name);
const char *json_text(struct json *j, const struct cJSON *object, const char *name);
bool json_bool(struct json *j, const struct cJSON *object, const char *name);

/* A count: an integer from 0 to 1,000,000; `fallback` when absent or null. */
int json_count(struct json *j, const struct cJSON *object, const char *name, int fallback);

/* The same up to INT32_MAX, for limits that may be written out where there is none. */
int json_int(struct json *j, const struct cJSON *object, const char *name, int fallback);

/* A timestamp; unknown when absent, empty, or the year 0001 that Go writes for unset. */
wall_ms json_time(struct json *j, const struct cJSON *object, const char *name);

/* Copies a text member, cut to `size` on a UTF-8 boundary; "" when absent. */
void json_copy(struct json *j, const struct cJSON *object, const char *name, char *out, size_t size);

#endif
