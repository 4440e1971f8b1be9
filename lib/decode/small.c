#include "decode/small.h"

#include "base/mem.h"

#include <cJSON.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum {
	SMALL_MAX_BYTES = 2048,
	LEVELS = 16,
	DIGITS_MAX = 15 /* that a double holds without loss */
};

/* Ends the text at its closing quote; `p` is at its opening one. Returns the byte behind it, NULL without one. */
static char *end_text(char *p, const char *end)
{
	char *quote = memchr(p + 1, '"', (size_t)(end - p - 1));
	if (!quote)
		return NULL;
	*quote = '\0';
	return quote + 1;
}

static char *read_number(struct cJSON *node, char *p)
{
	int digits = 0;
	node->type = cJSON_Number;
	for (; *p >= '0' && *p <= '9' && digits <= DIGITS_MAX; p++, digits++)
		node->valuedouble = 10 * node->valuedouble + (*p - '0');
	node->valueint = node->valuedouble < INT_MAX ? (int)node->valuedouble : INT_MAX;
	return digits > 0 && digits <= DIGITS_MAX ? p : NULL;
}

/* Anything but an object or array. Returns the byte behind it, NULL when it is something else. */
static char *read_scalar(struct cJSON *node, char *p, const char *end)
{
	static const struct {
		const char *word;
		int type;
	} words[] = {{"true", cJSON_True}, {"false", cJSON_False}, {"null", cJSON_NULL}};
	if (*p == '"') {
		node->type = cJSON_String;
		node->valuestring = p + 1;
		return end_text(p, end);
	}
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (strncmp(p, words[i].word, strlen(words[i].word)) == 0) {
			node->type = words[i].type;
			node->valueint = node->type == cJSON_True;
			return p + strlen(words[i].word);
		}
	return read_number(node, p);
}

/* Fills the nodes from the text, into which the tree points. */
static bool fill(struct cJSON *node, char *p, const char *end)
{
	struct {
		struct cJSON **next; /* where the next member or value is linked */
		bool is_object;
	} level[LEVELS];
	struct cJSON *root = NULL;
	size_t depth = 0;
	level[0].next = &root;
	level[0].is_object = false;
	for (;; node++) {
		*node = (struct cJSON){0};
		if (level[depth].is_object) {
			node->string = p + 1;
			p = *p == '"' ? end_text(p, end) : NULL;
			if (!p || *p++ != ':')
				return false;
		}
		*level[depth].next = node;
		level[depth].next = &node->next;
		if (*p == '{' || *p == '[') {
			if (++depth == LEVELS)
				return false;
			level[depth].is_object = *p == '{';
			level[depth].next = &node->child;
			node->type = *p == '{' ? cJSON_Object : cJSON_Array;
			if (p[1] != *p + 2) { /* its closing bracket */
				p++;
				continue;
			}
			p++;
		} else if (!(p = read_scalar(node, p, end)))
			return false;
		for (; depth > 0 && *p == (level[depth].is_object ? '}' : ']'); p++)
			depth--;
		if (depth == 0)
			return p == end;
		if (*p++ != ',')
			return false;
	}
}

struct cJSON *small_parse(const char *json, size_t len)
{
	if (len < 2 || len > SMALL_MAX_BYTES || *json != '{' || memchr(json, '\\', len) || memchr(json, '\0', len))
		return NULL;
	size_t nodes = len / 2 + LEVELS; /* two bytes each at least, except brackets that are still open */
	struct cJSON *tree = mem_resized(NULL, nodes * sizeof *tree + len + 1);
	char *text = (char *)(tree + nodes);
	memcpy(text, json, len);
	text[len] = '\0';
	if (fill(tree, text, text + len))
		return tree;
	free(tree);
	return NULL;
}
