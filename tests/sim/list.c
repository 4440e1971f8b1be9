#define _GNU_SOURCE
#include "list.h"

#include "kube.h"
#include "state.h"
#include "text.h"

#include <cjson/cJSON.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

static const char EXPIRED[] =
    "The provided continue parameter is too old to display a consistent list result. You can start "
    "a new list without the continue parameter, or use the continue token in this response to "
    "retrieve the remainder of the results. Continuing with the provided token results in an "
    "inconsistent list - objects that were created, modified, or deleted between the time the "
    "first chunk was returned and now may show up in the list.";

/* The token of the API server's own storage layer, NUL of the key range and all. */
static char *make_token(int64_t revision, const char *slash, const char *last_name)
{
	struct text t;
	size_t len;
	text_open(&t);
	text_put(t.out, "{'v':'meta.k8s.io/v1','rv':%" PRId64 ",'start':'%s%s\\u0000'}", revision, slash, last_name);
	char *plain = text_take(&t, &len);
	char *token = text_base64url(plain, len);
	free(plain);
	return token;
}

static void bad_token(struct answer *a, const char *why)
{
	char *message = text_format("invalid continue token: %s", why);
	kube_status(a, 400, "BadRequest", message, NULL);
	free(message);
}

static void not_json(struct answer *a, const char *plain)
{
	/* Go names the offending byte as if it were a code point. */
	unsigned char c = (unsigned char)*plain;
	char shown[3] = {(char)c, 0, 0};
	if (c >= 0x80) {
		shown[0] = (char)(0xc0 | c >> 6);
		shown[1] = (char)(0x80 | (c & 0x3f));
	}
	char *why = text_format("continue key is not valid: invalid character '%s' looking for "
				"beginning of value",
	    shown);
	bad_token(a, why);
	free(why);
}

static void expired(struct answer *a, const char *last_name)
{
	char *token = make_token(-1, "", last_name);
	kube_begin_json(a, 410);
	answer_json(a,
	    "{'kind':'Status','apiVersion':'v1','metadata':{'continue':'%s'},'status':'Failure',"
	    "'message':'%s','reason':'Expired','code':410}\n",
	    token, EXPIRED);
	free(token);
}

/* The first item behind `last_name`, which may be gone by now. */
static size_t position_after(const struct list *list, const char *last_name)
{
	char name[LIST_NAME_MAX];
	for (size_t i = 0; i < list->count; i++) {
		list->name(list->cls, i, name);
		if (strcmp(name, last_name) == 0)
			return i + 1;
	}
	return list->count;
}

/*
 * Reads a continue token into the index of the page's first item. The past is not kept here, so a
 * token of another revision is one that was compacted away; rv -1 asks for the inconsistent rest.
 */
static bool read_token(struct target *t, struct answer *a, const struct list *list, const char *token, size_t *first)
{
	size_t len;
	char *plain = text_unbase64url(token, &len);
	if (!plain) {
		bad_token(a, "illegal base64 data");
		return false;
	}
	cJSON *json = cJSON_ParseWithLength(plain, len);
	const cJSON *rv = cJSON_GetObjectItemCaseSensitive(json, "rv");
	const cJSON *start = cJSON_GetObjectItemCaseSensitive(json, "start");
	bool good = false;
	if (!json) {
		not_json(a, plain);
	} else if (!cJSON_IsNumber(rv) || !cJSON_IsString(start)) {
		bad_token(a, "continue key is not valid: incomplete");
	} else {
		const char *last = start->valuestring + (*start->valuestring == '/');
		struct knobs *k = &t->knobs;
		bool is_compacted = k->expire > 0;
		k->expire -= is_compacted;
		good = !is_compacted && (rv->valuedouble < 0 || rv->valuedouble == (double)list->revision);
		if (good)
			*first = position_after(list, last);
		else
			expired(a, last);
	}
	cJSON_Delete(json);
	free(plain);
	return good;
}

static void write_items(struct text *t, const struct list *list, size_t first, size_t end, struct answer *a)
{
	text_put(t->out, "'items':[");
	fflush(t->out);
	a->items_at = t->len;
	for (size_t i = first; i < end; i++) {
		if (i > first)
			fputc(',', t->out);
		list->item(t->out, list->cls, i);
	}
	fflush(t->out);
	a->items_end = t->len;
	fputc(']', t->out);
}

static void write_metadata(FILE *out, const struct list *list, size_t end)
{
	char name[LIST_NAME_MAX], *token = NULL;
	size_t left = list->count - end;
	if (left) {
		list->name(list->cls, end - 1, name);
		token = make_token((int64_t)list->revision, "/", name);
	}
	text_put(out, "'metadata':{");
	if (!list->custom)
		text_put(out, "'resourceVersion':'%" PRIu64 "'%s", list->revision, left ? "," : "");
	if (left || list->custom)
		text_put(out, "'continue':'%s'", token ? token : "");
	if (left && !list->selected)
		text_put(out, ",'remainingItemCount':%zu", left);
	if (list->custom)
		text_put(out, ",'resourceVersion':'%" PRIu64 "'", list->revision);
	fputc('}', out);
	free(token);
}

static void write_page(struct answer *a, const struct list *list, size_t first, size_t end)
{
	struct text t;
	text_open(&t);
	size_t len;
	if (list->custom) {
		text_put(t.out, "{'apiVersion':'%s',", list->api_version);
		write_items(&t, list, first, end, a);
		text_put(t.out, ",'kind':'%s',", list->kind);
		write_metadata(t.out, list, end);
	} else {
		text_put(t.out, "{'kind':'%s','apiVersion':'%s',", list->kind, list->api_version);
		write_metadata(t.out, list, end);
		fputc(',', t.out);
		write_items(&t, list, first, end, a);
	}
	text_put(t.out, "}\n");
	char *body = text_take(&t, &len);
	answer_body_take(a, body, len);
}

/* Whether this is the first list of a custom resource since its storage began. */
static bool is_cold(const struct request *r, const struct list *list)
{
	struct path_stat *stat = state_path(r->target, r->path);
	long starts = r->target->knobs.storage_starts;
	if (!list->custom || !stat || stat->storage_starts == starts)
		return false;
	stat->storage_starts = starts;
	return true;
}

void list_answer(const struct request *r, struct answer *a, const struct list *list)
{
	const char *limit_text = request_query(r, "limit");
	const char *token = request_query(r, "continue");
	const char *version = request_query(r, "resourceVersion");
	bool any_version = version && strcmp(version, "0") == 0;
	size_t first = 0, end = list->count;
	size_t page = (size_t)r->target->knobs.page;
	struct path_stat *stat = state_path(r->target, r->path);
	long limit = 0;

	if (stat)
		stat->cached += any_version;

	if (token && *token && version && *version && !any_version) {
		kube_status(
		    a, 400, "BadRequest", "specifying resource version is not allowed when using continue", NULL);
		return;
	}
	if (token && *token && !read_token(r->target, a, list, token, &first))
		return;
	if (is_cold(r, list)) {
		kube_failure(a, 429);
		return;
	}
	/* From the watch cache a list comes whole: resourceVersion=0 makes the limit void. */
	if (!any_version && limit_text && text_number(limit_text, 1, LONG_MAX, &limit) && (size_t)limit < end - first)
		end = first + (size_t)limit;
	if (page && page < end - first)
		end = first + page;
	kube_begin_json(a, 200);
	write_page(a, list, first, end);
}
