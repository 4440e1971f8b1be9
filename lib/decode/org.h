/* Spot's list of organizations: finds the namespace of the configured organization, or of the only one. */
#pragma once

#include "base/err.h"
#include "decode/spot_token.h"

enum { ORG_QUERY_MAX = 512, ORG_NAMES_MAX = 128 };

/* The content of one page of GET .../organizations. */
struct org_page {
	bool is_found;
	char namespace[NAMESPACE_MAX]; /* of the organization, if found */
	char names[ORG_NAMES_MAX];     /* of those on this page, "acme, other"; not all of very many */
	int count;                     /* organizations on this page */
	int unreadable;                /* organizations whose id or name cannot be read; the others are */
	char why[128];                 /* of the first of these; names a member, never shows its value */
	char next[ORG_QUERY_MAX];      /* the query that asks for the next page; "" on the last */
};

/*
 * Reads one page. `wanted` is an organization's name (exact spelling), its id, or the namespace that follows from the
 * id; the first match wins. NULL: the only one that the list has. The namespace is computed from the id, as existing
 * tools do, because `metadata` may be missing. There is a next page when `next` is not empty or `total` is larger than
 * what was seen. Its query comes from `next` if that has one (other parts of the URL are ignored, so that an answer
 * cannot redirect us to another server), else from `start`. False when the body is not such a page.
 */
bool org_page_read(const char *json, size_t len, const char *wanted, struct org_page *out, struct err *e)
    __attribute__((warn_unused_result));
