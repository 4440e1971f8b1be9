/*
 * Kubernetes list mechanics: limit, continue tokens, remainingItemCount, and the two ways in which
 * lists are written. A built-in kind comes from Go structs (kind first), a custom resource from a
 * map (members sorted).
 */
#pragma once

#include "answer.h"

#include <stdint.h>
#include <stdio.h>

enum { LIST_NAME_MAX = 128 };

struct list {
	const char *kind, *api_version;
	bool custom;
	bool selected; /* a selector is in force: the server then does not count what remains */
	uint64_t revision;
	size_t count;
	const void *cls;
	void (*name)(const void *cls, size_t i, char out[LIST_NAME_MAX]);
	void (*item)(FILE *out, const void *cls, size_t i);
};

/* Answers with the page that the request asks for, or 400 or 410 for its continue token. */
void list_answer(const struct request *r, struct answer *a, const struct list *list);
