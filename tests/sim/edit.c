#define _GNU_SOURCE
#include "edit.h"

#include "answer.h"
#include "state.h"
#include "text.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Takes the next token of a pointer, with ~1 and ~0 read. NULL at its end; the caller frees. */
static char *next_token(const char **pointer)
{
	if (**pointer != '/')
		return NULL;
	size_t len = strcspn(*pointer + 1, "/");
	char *token = text_format("%.*s", (int)len, *pointer + 1), *out = token;
	*pointer += 1 + len;
	for (const char *in = token; *in; in++, out++) {
		*out = *in;
		if (*in == '~')
			*out = *++in == '1' ? '/' : '~';
	}
	*out = '\0';
	return token;
}

static cJSON *child_of(cJSON *parent, const char *token)
{
	return cJSON_IsArray(parent) ? cJSON_GetArrayItem(parent, atoi(token))
				     : cJSON_GetObjectItemCaseSensitive(parent, token);
}

static void put_child(cJSON *parent, const char *token, cJSON *child)
{
	if (cJSON_IsArray(parent) && child_of(parent, token))
		cJSON_ReplaceItemInArray(parent, atoi(token), child);
	else if (cJSON_IsArray(parent))
		cJSON_AddItemToArray(parent, child);
	else if (child_of(parent, token))
		cJSON_ReplaceItemInObjectCaseSensitive(parent, token, child);
	else
		cJSON_AddItemToObject(parent, token, child);
}

static void set_member(cJSON *root, const char *pointer, const char *value)
{
	char *token = next_token(&pointer);
	for (cJSON *at = root; token;) {
		char *next = next_token(&pointer);
		if (!next)
			put_child(at, token, cJSON_CreateRaw(value));
		else if (!child_of(at, token))
			put_child(at, token, cJSON_CreateObject());
		at = child_of(at, token);
		free(token);
		token = next;
	}
}

/* An answer borrows the names of its headers. */
static void set_header(struct answer *a, const char *name, const char *value)
{
	static const char *const NAMES[] = {
	    "Content-Encoding", "Content-Type", "Date", "Location", "Retry-After", "Warning"};
	for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++)
		if (strcmp(NAMES[i], name) == 0) {
			answer_header(a, NAMES[i], "%s", value);
			return;
		}
	fatal("edits: no header \"%s\"; see set_header()", name);
}

/* `root` is the body while members are set: once there are bytes that are no JSON, it cannot be read again. */
static void edit(struct answer *a, cJSON **root, const char *what, const char *value)
{
	if (*what == '@')
		set_header(a, what + 1, value);
	else if (*what == '=')
		answer_printf(a, "%s", value);
	else if (*root || (*root = cJSON_ParseWithLength(a->body, a->len)))
		set_member(*root, what, value);
}

static void put_body(struct answer *a, cJSON *root)
{
	char *body = cJSON_PrintUnformatted(root);
	answer_body_take(a, body, strlen(body));
	a->items_at = a->items_end = 0; /* no longer known */
	cJSON_Delete(root);
}

static bool is_meant(const char *path, const char *prefix)
{
	size_t len = strcspn(prefix, "$");
	return strncmp(path, prefix, len) == 0 && (!prefix[len] || !path[len]);
}

void edit_answer(const struct request *r, struct answer *a)
{
	char file[sizeof r->target->knobs.edits], *line = NULL;
	size_t room = 0;
	cJSON *root = NULL;
	state_lock(r->sim);
	memcpy(file, r->target->knobs.edits, sizeof file);
	state_unlock(r->sim);
	if (!*file)
		return;
	FILE *in = fopen(file, "re");
	if (!in)
		fatal("edits=%s: %s", file, strerror(errno));
	while (getline(&line, &room, in) > 0) {
		char *save = NULL;
		const char *prefix = strtok_r(line, " ", &save), *what = strtok_r(NULL, " ", &save);
		const char *value = strtok_r(NULL, "\n", &save);
		if (prefix && what && is_meant(r->path, prefix))
			edit(a, &root, what, value ? value : "");
	}
	if (root)
		put_body(a, root);
	free(line);
	fclose(in);
}
