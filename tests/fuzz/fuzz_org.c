/* Spot's list of organizations, and namespaces. */
#include "decode/org.h"
#include "fuzz.h"

static void check_namespace(const char *text)
{
	size_t len = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-");
	PROMISE(len == strlen(text) && len < NAMESPACE_MAX);
}

static void try_page(const char *json, size_t len, const char *wanted)
{
	static const char legal[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~%&=+:,/";
	struct org_page page;
	struct err e = ERR_UNSET;
	memset(&page, UNTOUCHED, sizeof page);
	if (!org_page_read(json, len, wanted, &page, &e)) {
		PROMISE_ERR(e);
		PROMISE_UNTOUCHED(page);
		return;
	}
	PROMISE(memchr(page.next, '\0', sizeof page.next) && memchr(page.why, '\0', sizeof page.why));
	PROMISE(strspn(page.next, legal) == strlen(page.next));
	/* There is an end: a page without organizations is the last. */
	PROMISE(page.count >= 0 && (page.count > 0 || (!page.next[0] && !page.is_found)));
	PROMISE(page.unreadable >= 0 && page.unreadable <= page.count && !page.unreadable == !page.why[0]);
	PROMISE_SHOWN(page.why);
	check_namespace(page.namespace);
	PROMISE(!page.is_found || page.namespace[0]);
	PROMISE(!page.is_found || wanted || (page.count == 1 && !page.next[0]));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	const char *json = (const char *)bytes;
	char namespace[NAMESPACE_MAX], again[NAMESPACE_MAX];
	char *text = fuzz_text(bytes, len);
	try_page(json, len, NULL);
	try_page(json, len, "acme");
	if (spot_namespace(text, namespace)) {
		check_namespace(namespace);
		PROMISE(namespace[0] && strlen(namespace) == strlen(text));
		PROMISE(spot_namespace(namespace, again) && strcmp(again, namespace) == 0);
		try_page("{\"organizations\":[]}", 20, text);
	}
	free(text);
	return 0;
}
