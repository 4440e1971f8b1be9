/*
 * --web.external-url and --web.route-prefix: what people write there, and what it means. Where Prometheus takes the
 * same, it means the same; tests/field/prefix.sh asks it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "config/web_url.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *source, *external_url, *route_prefix;
	const char *prefix, *page_path, *page; /* the right values */
} good[] = {
    {"no option", NULL, NULL, "", "/", NULL},
    {"options of a container's environment that is not set", "", "", "", "/", NULL},
    {"Prometheus' manual", "https://mon.example/hawatch", NULL, "/hawatch", "/hawatch/",
	"https://mon.example/hawatch/"},
    {"a slash at the end", "https://mon.example/hawatch/", NULL, "/hawatch", "/hawatch/",
	"https://mon.example/hawatch/"},
    {"doubled slashes of a template", "https://mon.example//ops///hawatch//", NULL, "/ops/hawatch", "/ops/hawatch/",
	"https://mon.example/ops/hawatch/"},
    {"no path", "https://mon.example", NULL, "", "/", "https://mon.example/"},
    {"a slash alone", "https://mon.example/", NULL, "", "/", "https://mon.example/"},
    {"a proxy that strips", "https://mon.example/hawatch", "/", "", "/hawatch/", "https://mon.example/hawatch/"},
    {"a proxy that adds", "https://mon.example", "/hawatch", "/hawatch", "/", "https://mon.example/"},
    {"a proxy that maps", "https://mon.example/a", "/b", "/b", "/a/", "https://mon.example/a/"},
    {"a prefix alone", NULL, "/hawatch", "/hawatch", "/hawatch/", NULL},
    {"a prefix without slashes", NULL, "hawatch", "/hawatch", "/hawatch/", NULL},
    {"a prefix of slashes", NULL, "//", "", "/", NULL},
    {"a path for a URL", "/hawatch", NULL, "/hawatch", "/hawatch/", NULL},
    {"a word for a URL", "hawatch", NULL, "/hawatch", "/hawatch/", NULL},
    {"a forgotten scheme: all of it is a path", "mon.example/hawatch", NULL, "/mon.example/hawatch",
	"/mon.example/hawatch/", NULL},
    {"the scheme of the page that links here", "//mon.example/hawatch", NULL, "/hawatch", "/hawatch/",
	"//mon.example/hawatch/"},
    {"a colon in a path", "/ops:1/hawatch", NULL, "/ops:1/hawatch", "/ops:1/hawatch/", NULL},
    {"capitals", "HTTPS://Mon.Example/Hawatch", NULL, "/Hawatch", "/Hawatch/", "HTTPS://Mon.Example/Hawatch/"},
    {"a port", "http://mon.example:8080/hawatch", NULL, "/hawatch", "/hawatch/", "http://mon.example:8080/hawatch/"},
    {"a port that a template left empty", "http://mon.example:/hawatch", NULL, "/hawatch", "/hawatch/",
	"http://mon.example:/hawatch/"},
    {"IPv6", "http://[2001:db8::1]:8080/hawatch", NULL, "/hawatch", "/hawatch/", "http://[2001:db8::1]:8080/hawatch/"},
    {"IPv6 with a zone", "http://[fe80::1%25eth0]/hawatch", NULL, "/hawatch", "/hawatch/",
	"http://[fe80::1%25eth0]/hawatch/"},
    {"a name of another alphabet", "http://überwachung.example/h", NULL, "/h", "/h/", "http://überwachung.example/h/"},
    {"encoded space", "https://mon.example/on%20call", NULL, "/on call", "/on%20call/",
	"https://mon.example/on%20call/"},
    {"bare space", "https://mon.example/on call", NULL, "/on call", "/on%20call/", "https://mon.example/on%20call/"},
    {"encoded UTF-8", "https://mon.example/%c3%bc", NULL, "/ü", "/%C3%BC/", "https://mon.example/%C3%BC/"},
    {"bare UTF-8", "https://mon.example/ü", NULL, "/ü", "/%C3%BC/", "https://mon.example/%C3%BC/"},
    {"encoded slash", "https://mon.example/a%2Fb", NULL, "/a/b", "/a/b/", "https://mon.example/a/b/"},
    {"encoded percent", "https://mon.example/a%2520b", NULL, "/a%20b", "/a%2520b/", "https://mon.example/a%2520b/"},
    {"what HTML escapes", "https://mon.example/a&b'c\"d<e", NULL, "/a&b'c\"d<e", "/a%26b%27c%22d%3Ce/",
	"https://mon.example/a%26b%27c%22d%3Ce/"},
    {"other legal characters", "https://mon.example/a;b=c,d@e:f~g+h!i$j(k)*", NULL, "/a;b=c,d@e:f~g+h!i$j(k)*",
	"/a;b=c,d@e:f~g+h!i$j(k)*/", "https://mon.example/a;b=c,d@e:f~g+h!i$j(k)*/"},
    {"a prefix is not encoded", NULL, "/a%20b", "/a%20b", "/a%2520b/", NULL},
    {"a prefix with a space", NULL, "/a b", "/a b", "/a%20b/", NULL},
    {"a name with dots", "https://mon.example/.hawatch/...", NULL, "/.hawatch/...", "/.hawatch/.../",
	"https://mon.example/.hawatch/.../"},
};

static void meanings(void **state)
{
	struct web_url url;
	struct err e;
	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		print_message("         %s\n", good[i].source);
		if (!web_url_parse(good[i].external_url, good[i].route_prefix, &url, &e))
			fail_msg("%s: %s", good[i].source, e.text);
		assert_string_equal(url.prefix, good[i].prefix);
		assert_string_equal(url.page_path, good[i].page_path);
		assert_string_equal(url.page ? url.page : "none", good[i].page ? good[i].page : "none");
		web_url_fini(&url);
	}
}

static const struct {
	const char *source, *external_url, *route_prefix;
	const char *why; /* in the error */
} bad[] = {
    {"a password", "https://me:hunter2@mon.example/hawatch", NULL, "--web.external-url: a user or password"},
    {"a user", "https://me@mon.example/hawatch", NULL, "a user or password"},
    {"a query", "https://mon.example/hawatch?pair=prod", NULL, "a query or a fragment"},
    {"a fragment, copied from a browser", "https://mon.example/hawatch/#prod", NULL, "a query or a fragment"},
    {"a query on a path", "/hawatch?", NULL, "a query or a fragment"},
    {"quotes of a shell, inside of a unit file", "\"https://mon.example/hawatch\"", NULL, "quotes"},
    {"a quote at the end", "https://mon.example/hawatch'", NULL, "quotes"},
    {"host and port without a scheme", "mon.example:9090/hawatch", NULL, "neither http:// nor https://"},
    {"localhost and port", "localhost:29164", NULL, "neither http:// nor https://"},
    {"another scheme", "ftp://mon.example/hawatch", NULL, "neither http:// nor https://"},
    {"one slash", "https:/mon.example/hawatch", NULL, "neither http:// nor https://"},
    {"no host", "https:///hawatch", NULL, "no usable host"},
    {"a port alone", "https://:8080/hawatch", NULL, "no usable host"},
    {"a space in the host", "https://mon example/hawatch", NULL, "no usable host"},
    {"a bracket that stays open", "https://[::1/hawatch", NULL, "no usable host"},
    {"a name in brackets", "https://[mon.example]/hawatch", NULL, "no usable host"},
    {"IPv6 without brackets", "https://2001:db8::1/hawatch", NULL, "no usable port"},
    {"a port's name", "https://mon.example:https/hawatch", NULL, "no usable port"},
    {"a port too large", "https://mon.example:99999/hawatch", NULL, "no usable port"},
    {"port 0", "https://mon.example:0/hawatch", NULL, "no usable port"},
    {"a % that is none", "https://mon.example/100%", NULL, "an unusable %"},
    {"a % with one digit", "https://mon.example/%2", NULL, "an unusable %"},
    {"a % with letters", "https://mon.example/%zz", NULL, "an unusable %"},
    {"an encoded NUL", "https://mon.example/a%00b", NULL, "an unusable %"},
    {"an encoded line end", "https://mon.example/a%0d%0ab", NULL, "an unusable %"},
    {"Latin-1", "https://mon.example/%fc", NULL, "an unusable %"},
    {"the folder above", "https://mon.example/a/../b", NULL, ". or .."},
    {"the folder above, encoded", "https://mon.example/%2e%2e/b", NULL, ". or .."},
    {"this folder", "https://mon.example/a/./b", NULL, ". or .."},
    {"a line end", "https://mon.example/hawatch\n", NULL, "more than one line"},
    {"a URL for the prefix", NULL, "https://mon.example/hawatch", "--web.route-prefix: not the path"},
    {"a line end in the prefix", NULL, "/hawatch\n", "--web.route-prefix: not the path"},
    {"the folder above in the prefix", "https://mon.example/hawatch", "/..", "--web.route-prefix: not the path"},
};

static void refusals(void **state)
{
	struct web_url url;
	struct err e;
	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		print_message("         %s\n", bad[i].source);
		if (web_url_parse(bad[i].external_url, bad[i].route_prefix, &url, &e))
			fail_msg("%s: taken", bad[i].source);
		if (!strstr(e.text, bad[i].why) || !strstr(e.text, "expected") || strstr(e.text, "hunter2"))
			fail_msg("%s: %s", bad[i].source, e.text);
		web_url_fini(&url);
	}
}

/* 512 bytes are taken, also if each of them is encoded; 513 are not. */
static void lengths(void **state)
{
	static const char start[] = "https://mon.example/";
	char text[600];
	struct web_url url;
	struct err e;
	(void)state;
	for (size_t len = 511; len <= 513; len++) {
		memset(text, '<', len);
		text[len] = '\0';
		memcpy(text, start, strlen(start));
		bool is_good = web_url_parse(text, NULL, &url, &e);
		assert_int_equal(is_good, len <= WEB_URL_MAX_BYTES);
		if (is_good)
			assert_int_equal(strlen(url.page), strlen(start) + 3 * (len - strlen(start)) + 1);
		web_url_fini(&url);
		memset(text, 'a', len);
		text[0] = '/';
		assert_int_equal(web_url_parse(NULL, text, &url, &e), len <= WEB_URL_MAX_BYTES);
		web_url_fini(&url);
	}
}

static const struct {
	const char *external_url, *route_prefix, *path;
	const char *below; /* NULL: outside of the prefix */
} paths[] = {
    {NULL, NULL, "/", "/"},
    {NULL, NULL, "/metrics", "/metrics"},
    {NULL, NULL, "//metrics", "/metrics"},
    {NULL, NULL, "/metrics/", "/metrics"},
    {NULL, NULL, "//", "/"},
    {NULL, NULL, "metrics", NULL},
    {NULL, NULL, "*", NULL},
    {NULL, NULL, "", NULL},
    {"/a", NULL, "/a/metrics", "/metrics"},
    {"/a", NULL, "/a//metrics//", "/metrics"},
    {"/a", NULL, "//a/metrics", "/metrics"},
    {"/a", NULL, "/a/", "/"},
    {"/a", NULL, "/a//", "/"},
    {"/a", NULL, "/a", WEB_URL_UNENDED},
    {"/a", NULL, "//a", WEB_URL_UNENDED},
    {"/a", NULL, "/", WEB_URL_ABOVE},
    {"/a", NULL, "//", WEB_URL_ABOVE},
    {"/a", NULL, "/metrics", NULL},
    {"/a", NULL, "/ab/metrics", NULL},
    {"/a", NULL, "/A/metrics", NULL},
    {"/a", NULL, "/x/../a/metrics", NULL},
    {"/a/b", NULL, "/a/b/metrics", "/metrics"},
    {"/a/b", NULL, "/a", NULL},
    {"/a/b", NULL, "/a/bc", NULL},
    {"/a%20b", NULL, "/a b/metrics", "/metrics"},
    {"/a", "/b", "/b", "/"}, /* the links are those of a proxy: with or without a slash they lead there */
    {"/a", "/b", "/a", NULL},
    {"/a", "/", "/", "/"},
    {"/a", "/", "/a/metrics", "/a/metrics"},
};

static void requests(void **state)
{
	struct web_url url;
	struct err e;
	(void)state;
	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
		assert_true(web_url_parse(paths[i].external_url, paths[i].route_prefix, &url, &e));
		char *below = web_url_path(&url, paths[i].path);
		if (strcmp(below ? below : "outside", paths[i].below ? paths[i].below : "outside") != 0)
			fail_msg("%s below %s is %s", paths[i].path, url.prefix, below ? below : "outside");
		free(below);
		web_url_fini(&url);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(meanings),
	    cmocka_unit_test(refusals),
	    cmocka_unit_test(lengths),
	    cmocka_unit_test(requests),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
