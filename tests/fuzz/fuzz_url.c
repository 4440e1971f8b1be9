/* URLs: what comes out is in normal form, goes where it says, and carries no password but a proxy's. */
#include "base/url.h"
#include "fuzz.h"

/* What may stand in a URL and in a header: printable ASCII without spaces. */
static void check_graphic(const char *text)
{
	for (; *text; text++)
		PROMISE(*text > ' ' && *text <= '~');
}

static void check_url(enum url_kind kind, const char *url)
{
	char *again = NULL;
	struct err e;
	const char *host = strstr(url, "://");
	PROMISE(host && strlen(url) < 2048);
	check_graphic(url);
	host += 3;
	for (const char *user; kind == URL_PROXY && (user = strchr(host, '@'));)
		host = user + 1;
	PROMISE(*host && *host != '/' && *host != ':');
	PROMISE(!memchr(host, '@', strcspn(host, "/")));
	PROMISE(!strpbrk(url, "?#\\\"<>"));
	if (kind != URL_PROXY) {
		PROMISE(url[strlen(url) - 1] != '/');
		PROMISE(strncmp(url, "https://", 8) == 0 || strncmp(url, "http://localhost", 16) == 0 ||
		    strncmp(url, "http://127.", 11) == 0 || strncmp(url, "http://[", 8) == 0 ||
		    ((kind == URL_DAEMON || kind == URL_PEER) && strncmp(url, "http://", 7) == 0));
		PROMISE(kind != URL_ENDPOINT || url[4] == 's');
	}
	PROMISE(url_normal(kind, url, &again, &e) && strcmp(url, again) == 0);
	free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	char *text = fuzz_text(bytes, len), *out = NULL;
	for (int kind = 0; kind < URL_KINDS; kind++) {
		struct err e = ERR_UNSET;
		if (url_normal((enum url_kind)kind, text, &out, &e)) {
			check_url((enum url_kind)kind, out);
			free(out);
		} else {
			PROMISE_ERR(e);
		}
		out = NULL;
	}
	struct err e = ERR_UNSET;
	if (url_host(text, &out, &e)) {
		check_graphic(out);
		PROMISE(*out && !strpbrk(out, "/@[]%"));
		free(out);
	} else {
		PROMISE_ERR(e);
	}
	free(text);
	return 0;
}
