#include "decode/org.h"

#include "base/text.h"
#include "decode/json.h"

#include <cJSON.h>
#include <stdio.h>
#include <string.h>

static void note_name(struct org_page *page, const char *name)
{
	size_t len = strlen(page->names);
	text_copy_shown(page->names + len, sizeof page->names - len, len ? ", " : "");
	len = strlen(page->names);
	text_copy_shown(page->names + len, sizeof page->names - len, name);
}

/* Each has an error state of its own: one that cannot be read does not hide the others. */
static void match(const cJSON *org, const char *wanted, struct org_page *page)
{
	struct json j = {0};
	char namespace[NAMESPACE_MAX];
	const char *id = json_text(&j, org, "id"), *name = json_text(&j, org, "name");
	if (j.has_failed && page->unreadable++ == 0)
		text_copy(page->why, sizeof page->why, j.err.text);
	if (name || id)
		note_name(page, name ? name : id);
	if (page->is_found || !id || !spot_namespace(id, namespace))
		return;
	page->is_found =
	    !wanted || strcmp(id, wanted) == 0 || strcmp(namespace, wanted) == 0 || (name && strcmp(name, wanted) == 0);
	if (page->is_found)
		memcpy(page->namespace, namespace, sizeof namespace);
}

/* The query of `next`; NULL when there is none, or when it has characters that a URL must not have. */
static const char *query_of(const char *next)
{
	static const char legal[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~%&=+:,/";
	const char *mark = next ? strchr(next, '?') : NULL;
	size_t len = mark ? strlen(mark + 1) : 0;
	return len > 0 && len < ORG_QUERY_MAX && strspn(mark + 1, legal) == len ? mark + 1 : NULL;
}

static void read_next(struct json *j, const cJSON *root, struct org_page *page)
{
	const char *next = json_text(j, root, "next"), *query = query_of(next);
	int seen = json_count(j, root, "start", 0) + page->count;
	bool has_more = (next && *next) || json_count(j, root, "total", 0) > seen;
	if (!has_more || page->count == 0)
		page->next[0] = '\0';
	else if (query)
		snprintf(page->next, sizeof page->next, "%s", query);
	else
		snprintf(page->next, sizeof page->next, "start=%d", seen);
}

bool org_page_read(const char *json, size_t len, const char *wanted, struct org_page *out, struct err *e)
{
	cJSON *root = json_parse_object(json, len, e);
	if (!root)
		return false;
	struct json j = {0};
	struct org_page page = {0};
	const cJSON *orgs = json_array(&j, root, "organizations"), *org;
	cJSON_ArrayForEach(org, orgs)
	{
		match(org, wanted, &page);
		page.count++;
	}
	read_next(&j, root, &page);
	if (!wanted && (page.count > 1 || page.next[0]))
		page.is_found = false; /* which one is meant is not known */
	bool is_good = !j.has_failed && orgs;
	if (j.has_failed)
		err_set(e, "%s", j.err.text);
	else if (!is_good)
		err_set(e, "not a list of organizations");
	else
		*out = page;
	cJSON_Delete(root);
	return is_good;
}
