#include "decode/json.h"

#include "base/rfc3339.h"
#include "base/text.h"

#include <cJSON.h>
#include <math.h>
#include <string.h>

enum { COUNT_MAX = 1000000 };

struct cJSON *json_parse_object(const char *json, size_t len, struct err *e)
{
	const char *end = NULL;
	cJSON *root = cJSON_ParseWithLengthOpts(json, len, &end, 0);
	if (!root) {
		err_set(e, "not JSON at byte %zu of the object", end ? (size_t)(end - json) : 0);
		return NULL;
	}
	while (end < json + len && strchr(" \t\r\n", *end) && *end)
		end++;
	if (end != json + len || !cJSON_IsObject(root)) {
		err_set(e, "not exactly one JSON object");
		cJSON_Delete(root);
		return NULL;
	}
	return root;
}

void json_fail(struct json *j, const char *name, const char *what)
{
	if (!j->has_failed)
		err_set(&j->err, "member \"%s\" %s", name, what);
	j->has_failed = true;
}

const struct cJSON *json_member(struct json *j, const struct cJSON *object, const char *name)
{
	const cJSON *found = NULL, *child;
	if (object && !cJSON_IsObject(object)) {
		json_fail(j, name, "belongs in an object, but this is not one");
		return NULL;
	}
	cJSON_ArrayForEach(child, object)
	{
		if (!child->string || strcmp(child->string, name) != 0)
			continue;
		if (found) {
			json_fail(j, name, "appears twice");
			return NULL;
		}
		found = child;
	}
	return found && !cJSON_IsNull(found) ? found : NULL;
}

/* A member that must satisfy `is_type` if it is there. */
static const cJSON *typed(
    struct json *j, const cJSON *object, const char *name, cJSON_bool (*is_type)(const cJSON *), const char *type)
{
	const cJSON *m = json_member(j, object, name);
	if (!m || is_type(m))
		return m;
	json_fail(j, name, type);
	return NULL;
}

const struct cJSON *json_object(struct json *j, const struct cJSON *object, const char *name)
{
	return typed(j, object, name, cJSON_IsObject, "is not an object");
}

const struct cJSON *json_array(struct json *j, const struct cJSON *object, const char *name)
{
	return typed(j, object, name, cJSON_IsArray, "is not an array");
}

const char *json_text(struct json *j, const struct cJSON *object, const char *name)
{
	const cJSON *m = typed(j, object, name, cJSON_IsString, "is not a string");
	return m ? m->valuestring : NULL;
}

bool json_bool(struct json *j, const struct cJSON *object, const char *name)
{
	return cJSON_IsTrue(typed(j, object, name, cJSON_IsBool, "is not true or false"));
}

static int whole(struct json *j, const cJSON *object, const char *name, int most, int fallback)
{
	const cJSON *m = typed(j, object, name, cJSON_IsNumber, "is not a number");
	if (!m)
		return fallback;
	double v = m->valuedouble;
	if (!(v >= 0 && v <= most) || v != floor(v)) {
		json_fail(j, name, "is not a count");
		return fallback;
	}
	return (int)v;
}

int json_count(struct json *j, const struct cJSON *object, const char *name, int fallback)
{
	return whole(j, object, name, COUNT_MAX, fallback);
}

int json_int(struct json *j, const struct cJSON *object, const char *name, int fallback)
{
	return whole(j, object, name, INT32_MAX, fallback);
}

wall_ms json_time(struct json *j, const struct cJSON *object, const char *name)
{
	const char *text = json_text(j, object, name);
	wall_ms t;
	if (!text || !*text)
		return WALL_UNKNOWN;
	if (!rfc3339_parse(text, &t)) {
		json_fail(j, name, "is not a timestamp"); /* if it were read as unset, an old object would look new */
		return WALL_UNKNOWN;
	}
	return t.ms > 0 ? t : WALL_UNKNOWN;
}

void json_copy(struct json *j, const struct cJSON *object, const char *name, char *out, size_t size)
{
	const char *text = json_text(j, object, name);
	if (text && !text_is_utf8(text)) {
		json_fail(j, name, "is not UTF-8");
		text = NULL;
	}
	text_copy(out, size, text ? text : "");
}
