#include "cli/answer.h"

#include "base/rfc3339.h"

#include <cjson/cJSON.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double count_max = 1e9;

struct cJSON *answer_parse(const char *json, size_t len)
{
	const char *end = NULL;
	struct cJSON *answer = cJSON_ParseWithLengthOpts(json, len, &end, 0);
	/* Exactly one object, then only white space: a truncated or doubled answer is invalid. */
	bool whole = answer && cJSON_IsObject(answer);
	while (whole && end < json + len && strchr(" \t\r\n", *end) && *end)
		end++;
	if (whole && end == json + len)
		return answer;
	cJSON_Delete(answer);
	return NULL;
}

void answer_free(struct cJSON *answer)
{
	cJSON_Delete(answer);
}

const struct cJSON *answer_at(const struct cJSON *from, const char *path)
{
	char name[64];
	while (from && *path) {
		size_t len = strcspn(path, ".");
		if (len >= sizeof name)
			return NULL;
		memcpy(name, path, len);
		name[len] = '\0';
		from = cJSON_IsObject(from) ? cJSON_GetObjectItemCaseSensitive(from, name) : NULL;
		path += len + (path[len] == '.');
	}
	return from;
}

const char *answer_text(const struct cJSON *from, const char *path)
{
	return cJSON_GetStringValue(answer_at(from, path));
}

long answer_count(const struct cJSON *from, const char *path)
{
	const struct cJSON *at = answer_at(from, path);
	bool is_count = cJSON_IsNumber(at) && at->valuedouble >= 0 && at->valuedouble <= count_max;
	return is_count ? (long)at->valuedouble : -1;
}

bool answer_true(const struct cJSON *from, const char *path)
{
	return cJSON_IsTrue(answer_at(from, path));
}

bool answer_false(const struct cJSON *from, const char *path)
{
	return cJSON_IsFalse(answer_at(from, path));
}

double answer_number(const struct cJSON *from, const char *path, double fallback)
{
	const struct cJSON *at = answer_at(from, path);
	return cJSON_IsNumber(at) && isfinite(at->valuedouble) ? at->valuedouble : fallback;
}

wall_ms answer_time(const struct cJSON *from, const char *path)
{
	const char *text = answer_text(from, path);
	wall_ms time = WALL_UNKNOWN;
	return text && rfc3339_parse(text, &time) ? time : WALL_UNKNOWN;
}

const struct cJSON *answer_next(const struct cJSON *whole, const struct cJSON *member)
{
	if (member)
		return member->next;
	return cJSON_IsObject(whole) || cJSON_IsArray(whole) ? whole->child : NULL;
}

bool answer_is_object(const struct cJSON *from, const char *path)
{
	return cJSON_IsObject(answer_at(from, path));
}

const char *answer_name(const struct cJSON *member)
{
	return member->string ? member->string : "";
}

char *answer_json(const struct cJSON *part)
{
	char *json = cJSON_PrintUnformatted(part);
	if (!json)
		abort();
	return json;
}

void answer_filter(struct cJSON *from, const char *path, bool (*is_kept)(const struct cJSON *member, const void *with),
    const void *with)
{
	struct cJSON *array = cJSON_GetObjectItemCaseSensitive(from, path), *next;
	for (struct cJSON *at = cJSON_IsArray(array) ? array->child : NULL; at; at = next) {
		next = at->next;
		if (!is_kept(at, with))
			cJSON_Delete(cJSON_DetachItemViaPointer(array, at));
	}
}

void answer_adopt(struct cJSON *into, const char *name, struct cJSON *member)
{
	cJSON_DeleteItemFromObjectCaseSensitive(into, name);
	cJSON_AddItemToObject(into, name, member);
}

void answer_append(struct cJSON *into, struct cJSON *from, const char *name)
{
	struct cJSON *to = cJSON_GetObjectItemCaseSensitive(into, name), *array;
	array = cJSON_GetObjectItemCaseSensitive(from, name);
	while (cJSON_IsArray(to) && cJSON_IsArray(array) && array->child)
		cJSON_AddItemToArray(to, cJSON_DetachItemViaPointer(array, array->child));
}

void answer_take(struct cJSON *into, struct cJSON *from, const char *name)
{
	struct cJSON *member = cJSON_DetachItemFromObjectCaseSensitive(from, name);
	if (!member)
		return;
	answer_adopt(into, name, member);
}

char *answer_excerpt(const struct cJSON *from, const char *const paths[])
{
	struct cJSON *excerpt = cJSON_CreateObject();
	for (; *paths; paths++) {
		const char *text = answer_text(from, *paths);
		if (text)
			cJSON_AddStringToObject(excerpt, *paths, text);
		else
			cJSON_AddNullToObject(excerpt, *paths);
	}
	char *json = answer_json(excerpt);
	cJSON_Delete(excerpt);
	return json;
}
