/*
 * Reads hawatchd's JSON defensively. A member that is missing or has another type counts as "no value";
 * callers check what they need. The only user of cJSON in `hawatch`.
 */
#pragma once

#include "base/units.h"

#include <stdbool.h>
#include <stddef.h>

struct cJSON;

/* Parses `len` bytes as one JSON object; NULL if they are anything else. Release with answer_free(). */
struct cJSON *answer_parse(const char *json, size_t len);

void answer_free(struct cJSON *answer);

/* The member at a dotted path such as "node_balance.effective_each"; NULL if there is none. */
const struct cJSON *answer_at(const struct cJSON *from, const char *path);

/* The text at `path`, or NULL. Borrowed from the answer. */
const char *answer_text(const struct cJSON *from, const char *path);

/* The count at `path`; -1 if it is missing, null, negative, or over a billion. */
long answer_count(const struct cJSON *from, const char *path);

/* True if the value at `path` is true. */
bool answer_true(const struct cJSON *from, const char *path);

/* True if the value at `path` is false. */
bool answer_false(const struct cJSON *from, const char *path);

/* The number at `path`; `fallback` if there is no finite number. */
double answer_number(const struct cJSON *from, const char *path, double fallback);

/* The time at `path`; WALL_UNKNOWN if there is none. */
wall_ms answer_time(const struct cJSON *from, const char *path);

/* Iterates over the members of an object or array: start with NULL. NULL after the last. */
const struct cJSON *answer_next(const struct cJSON *whole, const struct cJSON *member);

/* True if there is an object at `path`. */
bool answer_is_object(const struct cJSON *from, const char *path);

/* A member's name, never NULL. */
const char *answer_name(const struct cJSON *member);

/* A part of the answer as JSON on one line. Release with free(). */
char *answer_json(const struct cJSON *part);

/* Removes the members of the array at `path` for which `is_kept` returns false. */
void answer_filter(struct cJSON *from, const char *path, bool (*is_kept)(const struct cJSON *member, const void *with),
    const void *with);

/* Moves the members of the array `name` of `from` behind those of `into`. */
void answer_append(struct cJSON *into, struct cJSON *from, const char *name);

/* Moves the member `name` of `from` into the place of that of `into`, where there are both or `from` has one. */
void answer_take(struct cJSON *into, struct cJSON *from, const char *name);

/* Makes `member` the member `name` of `into`, which owns it then. */
void answer_adopt(struct cJSON *into, const char *name, struct cJSON *member);

/* The texts at `paths` (ended by NULL) as an object on one line; missing ones are null. Release with free(). */
char *answer_excerpt(const struct cJSON *from, const char *const paths[]);
