/* Spot's list of organizations: which namespace belongs to the one that the configuration names. */
#ifndef HAWATCH_DECODE_ORG_H
#define HAWATCH_DECODE_ORG_H

#include "base/err.h"
#include "decode/spot_token.h"

enum { ORG_QUERY_MAX = 512 };

/* What one page of GET .../organizations says. */
struct org_page {
	bool is_found;
	char namespace[NAMESPACE_MAX]; /* of the organization that was asked for, where found */
	int count;                     /* organizations on this page */
	char next[ORG_QUERY_MAX];      /* the query that asks for the next page; "" on the last */
};

/*
 * Reads one page. `wanted` is an organization's name, its id, or the namespace that follows from the id;
 * the first that matches counts, by name in its exact spelling. The namespace is computed from the id, as
 * existing tools do: `metadata` may be missing. There is a next page where `next` is not empty or `total`
 * promises more; `next` gives its query where it has one (a URL's other parts are ignored, so that nobody
 * is led elsewhere), and `start` does otherwise. False when the body is no such page.
 */
bool org_page_read(const char *json, size_t len, const char *wanted, struct org_page *out,
    struct err *e) __attribute__((warn_unused_result));

#endif
