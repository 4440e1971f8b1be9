/*
 * Strict reading on top of cJSON. A member that appears twice, or that has the wrong type, is an error and never gets a
 * default. Absent and null are the same, as in Kubernetes.
 */
#pragma once

#include "base/err.h"
#include "base/units.h"

#include <stdbool.h>
#include <stddef.h>

struct cJSON;

/*
 * Parses exactly `len` bytes as one JSON object. The caller frees with cJSON_Delete(). An escape that is no character
 * (\u0000, half of a pair) reads as U+FFFD, as in Go.
 */
struct cJSON *json_parse_object(const char *json, size_t len, struct err *e) __attribute__((warn_unused_result));

/*
 * A reader of one document that keeps the first error, so that a decoder reads all members and checks for an error
 * once. Initialise with `{0}`.
 */
struct json {
	bool has_failed;
	struct err err;
};

/* Keeps the error that the member `name` is not valid, unless an earlier error is kept already. */
void json_fail(struct json *j, const char *name, const char *what);

/* The member `name`, or NULL when `object` is NULL or the member is absent or null. Case-sensitive. */
const struct cJSON *json_member(struct json *j, const struct cJSON *object, const char *name);

/* The same, with a given type; NULL when absent or null, and an error when it has another type. */
const struct cJSON *json_object(struct json *j, const struct cJSON *object, const char *name);
const struct cJSON *json_array(struct json *j, const struct cJSON *object, const char *name);
const char *json_text(struct json *j, const struct cJSON *object, const char *name);
bool json_bool(struct json *j, const struct cJSON *object, const char *name);

/* A count: an integer from 0 to 1,000,000; `fallback` when absent or null. */
int json_count(struct json *j, const struct cJSON *object, const char *name, int fallback);

/* The same up to INT32_MAX, for limits: some objects write this value when there is no limit. */
int json_int(struct json *j, const struct cJSON *object, const char *name, int fallback);

/* A timestamp; unknown when absent, empty, or in the year 0001, which Go writes for unset. */
wall_ms json_time(struct json *j, const struct cJSON *object, const char *name);

/* Copies a text member, cut to `size` on a UTF-8 boundary; "" when absent. */
void json_copy(struct json *j, const struct cJSON *object, const char *name, char *out, size_t size);

/* The index of a text among `words`; a text that is missing or none of these is an error, and gives 0. */
int json_word(struct json *j, const struct cJSON *object, const char *name, const char *const *words, int count);

/* A whole number from 0 to 2^53, all of which a double holds exactly; anything else is an error, and gives 0. */
int64_t json_whole(struct json *j, const struct cJSON *object, const char *name);

/*
 * Copies a text member of our own files as it was written: one that is too long, or not text_is_line(), is an error,
 * because cut it would be another one. "" when absent.
 */
void json_copy_line(struct json *j, const struct cJSON *object, const char *name, char *out, size_t size);
