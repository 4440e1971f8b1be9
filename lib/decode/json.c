#include "decode/json.h"

#include "base/mem.h"
#include "base/rfc3339.h"
#include "base/text.h"

#include <cJSON.h>
#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum { COUNT_MAX = 1000000 };

enum { ESCAPE_BYTES = 6 }; /* of \uXXXX */

/* The code of the escape \uXXXX at `p`; -1: there is another escape. */
static long escaped(const char *p, const char *end)
{
	char digits[5] = "";
	if (end - p < ESCAPE_BYTES || p[0] != '\\' || p[1] != 'u')
		return -1;
	memcpy(digits, p + 2, 4);
	return strspn(digits, "0123456789ABCDEFabcdef") == 4 ? strtol(digits, NULL, 16) : -1;
}

static bool is_between(long code, long first, long last)
{
	return code >= first && code <= last;
}

/*
 * Replaces escapes that are no character by U+FFFD, as Go's decoder does with the halves of a pair: cJSON refuses
 * those, and ends a text at \u0000, so that "Ready\u0000x" would read as "Ready".
 */
static void mend_escapes(char *json, size_t len)
{
	char *end = json + len;
	for (char *p = json; (p = memchr(p, '\\', (size_t)(end - p)));) {
		long code = escaped(p, end), next = code >= 0 ? escaped(p + ESCAPE_BYTES, end) : -1;
		bool is_pair = is_between(code, 0xD800, 0xDBFF) && is_between(next, 0xDC00, 0xDFFF);
		if (!is_pair && (code == 0 || is_between(code, 0xD800, 0xDFFF)))
			memcpy(p, "\\ufffd", ESCAPE_BYTES);
		ptrdiff_t bytes = is_pair ? 2 * ESCAPE_BYTES : code >= 0 ? ESCAPE_BYTES : 2;
		if (end - p <= bytes)
			return;
		p += bytes;
	}
}

/* Most texts have few backslashes, so this costs little beside the parser. */
static bool has_escaped_nul(const char *json, size_t len)
{
	const char *end = json + len, *p = json;
	while ((p = memchr(p, '\\', (size_t)(end - p))) && end - p > 2 && escaped(p, end) != 0)
		p += 2;
	return p && end - p > 2;
}

/* A document that needs no mending, nearly all, is parsed once, without a copy. */
static cJSON *parse(const char *json, size_t len, size_t *end)
{
	const char *stop = NULL;
	bool has_nul = has_escaped_nul(json, len);
	cJSON *root = has_nul ? NULL : cJSON_ParseWithLengthOpts(json, len, &stop, 0);
	*end = stop ? (size_t)(stop - json) : 0;
	if (root || (!has_nul && !memchr(json, '\\', len)))
		return root;
	char *copy = mem_copy_text(json, len);
	mend_escapes(copy, len);
	root = cJSON_ParseWithLengthOpts(copy, len, &stop, 0);
	*end = stop ? (size_t)(stop - copy) : 0;
	mem_free_secret_bytes(copy, len); /* it may have a token */
	return root;
}

struct cJSON *json_parse_object(const char *json, size_t len, struct err *e)
{
	const char *nul = memchr(json, '\0', len);
	size_t end = nul ? (size_t)(nul - json) : 0;
	cJSON *root = nul ? NULL : parse(json, len, &end);
	if (!root) {
		err_set(e, "not JSON at byte %zu of the object", end);
		return NULL;
	}
	while (end < len && strchr(" \t\r\n", json[end]))
		end++;
	if (end != len || !cJSON_IsObject(root)) {
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
		if (!child->string || *child->string != *name || strcmp(child->string, name) != 0)
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

int json_word(struct json *j, const struct cJSON *object, const char *name, const char *const *words, int count)
{
	const char *text = json_text(j, object, name);
	for (int i = 0; text && i < count; i++)
		if (strcmp(text, words[i]) == 0)
			return i;
	json_fail(j, name, "is not a known word");
	return 0;
}

int64_t json_whole(struct json *j, const struct cJSON *object, const char *name)
{
	const cJSON *m = json_member(j, object, name);
	double v = m && cJSON_IsNumber(m) ? m->valuedouble : -1;
	if (v >= 0 && v <= 9007199254740992.0 && v == floor(v))
		return (int64_t)v;
	json_fail(j, name, "is not a whole number");
	return 0;
}

void json_copy_line(struct json *j, const struct cJSON *object, const char *name, char *out, size_t size)
{
	const char *text = json_text(j, object, name);
	if (text && (strlen(text) >= size || !text_is_line(text)))
		json_fail(j, name, "is too long, or not one line of text");
	json_copy(j, object, name, out, size);
}
