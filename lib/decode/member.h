/*
 * Which members of an object are read. Whatever is not listed never reaches a reader, so it may be of any size, depth
 * and type; each reader's table stands beside it. An array is read as the members of the objects in it.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct member {
	const char *name;
	size_t len;                   /* of the name */
	const struct member *members; /* of the object, ended by MEMBERS_END; NULL: a scalar is expected */
	bool is_set;                  /* of an array: equal objects in it are kept once */
};

/* The member of that name, which has `len` bytes; NULL: it is not read. */
static inline const struct member *member_find(const struct member *m, const char *name, size_t len)
{
	while (m->name && (m->len != len || memcmp(m->name, name, len) != 0))
		m++;
	return m->name ? m : NULL;
}

#define MEMBERS_END                                                                                                    \
	{                                                                                                              \
		NULL, 0, NULL, false                                                                                   \
	}
#define READ(name)                                                                                                     \
	{                                                                                                              \
		name, sizeof name - 1, NULL, false                                                                     \
	}
#define READ_IN(name, ...)                                                                                             \
	{                                                                                                              \
		name, sizeof name - 1, (const struct member[]){__VA_ARGS__, MEMBERS_END}, false                        \
	}
#define READ_SET(name, ...)                                                                                            \
	{                                                                                                              \
		name, sizeof name - 1, (const struct member[]){__VA_ARGS__, MEMBERS_END}, true                         \
	}

/* The metadata of every object: its name; its name and what else is read of it. */
#define READ_NAME READ_IN("metadata", READ("name"), READ("namespace"))
#define READ_METADATA(...) READ_IN("metadata", READ("name"), READ("namespace"), __VA_ARGS__)
