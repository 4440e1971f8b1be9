/*
 * Small objects as the tree that cJSON makes of them, in one piece of memory: the library asks for two or three pieces
 * for each member, which was about a fifth of the time that a list of pods took.
 */
#pragma once

#include <stddef.h>

struct cJSON;

/*
 * The tree of the object in exactly `len` bytes; the caller frees it with free(), not with cJSON_Delete(). It may be
 * walked from parent to child and from one to the next only. NULL, where json_parse_object() has to look: the object is
 * large, deep or not JSON, or has white space, an escape, or a number that is not a short whole one.
 */
struct cJSON *small_parse(const char *json, size_t len) __attribute__((warn_unused_result));
