/*
 * hawatchd's JSON, read with distrust: whatever is absent or of another type is "not told", and
 * what is needed is checked by who needs it. The only user of cJSON in `hawatch`.
 */
#ifndef HAWATCH_CLI_ANSWER_H
#define HAWATCH_CLI_ANSWER_H

#include "base/units.h"

#include <stdbool.h>
#include <stddef.h>

struct cJSON;

/* Parses `len` bytes as one JSON object; NULL when they are anything else. answer_free() releases.
 */
struct cJSON *answer_parse(const char *json, size_t len);

void answer_free(struct cJSON *answer);

/* The member at a dotted path, "node_balance.effective_each"; NULL when there is none. */
const struct cJSON *answer_at(const struct cJSON *from, const char *path);

/* The text at `path`, or NULL. Borrowed from the answer. */
const char *answer_text(const struct cJSON *from, const char *path);

/* The count at `path`, or -1 when there is none: absent, null, negative, beyond a billion. */
long answer_count(const struct cJSON *from, const char *path);

/* Whether there is a true at `path`. */
bool answer_true(const struct cJSON *from, const char *path);

/* Whether there is a false at `path`. */
bool answer_false(const struct cJSON *from, const char *path);

/* The number at `path`, or `fallback` when there is none that is finite. */
double answer_number(const struct cJSON *from, const char *path, double fallback);

/* The moment at `path`, or WALL_UNKNOWN when there is none. */
wall_ms answer_time(const struct cJSON *from, const char *path);

/* The members of an object or array one after the other: start with NULL. NULL after the last. */
const struct cJSON *answer_next(const struct cJSON *whole, const struct cJSON *member);

/* Whether there is an object at `path`. */
bool answer_is_object(const struct cJSON *from, const char *path);

/* A member's own name, never NULL. */
const char *answer_name(const struct cJSON *member);

/* A part of the answer as JSON on one line. free() it. */
char *answer_json(const struct cJSON *part);

/* Takes the members of the array at `path` out that `is_kept` refuses. */
void answer_filter(struct cJSON *from, const char *path,
    bool (*is_kept)(const struct cJSON *member, const void *with), const void *with);

/* The texts at `paths` (ended by NULL) as an object on one line; absent ones are null. free() it.
 */
char *answer_excerpt(const struct cJSON *from, const char *const paths[]);

#endif
