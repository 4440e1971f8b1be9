#include "config/web_url.h"

#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define DIGITS "0123456789"
#define HEX DIGITS "abcdefABCDEF"
#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

/* What may stand in a path as it is (RFC 3986, 3.3), but for the characters that HTML wants escaped. */
static const char path_characters[] = LETTERS DIGITS "-._~!$()*+,;=:@/";

/* `path` percent-encoded, with `end` after it. The caller frees it. */
static char *encoded(const char *path, const char *end)
{
	struct buf out = buf_of(3 * strlen(path) + 1);
	for (; *path; path++)
		if (strchr(path_characters, *path))
			buf_putc(&out, *path);
		else
			buf_printf(&out, "%%%02X", (unsigned char)*path);
	buf_puts(&out, end);
	char *text = mem_copy_text(buf_text(&out), out.len);
	buf_fini(&out);
	return text;
}

static char byte_of(const char hex[2])
{
	return (char)strtol((const char[]){hex[0], hex[1], '\0'}, NULL, 16);
}

/* In place. False for a % without two hexadecimal digits, and for the byte 0. */
static bool decode(char *text)
{
	char *to = text;
	for (const char *from = text; *from; from++) {
		bool is_escape = *from == '%';
		if (is_escape && (strspn(from + 1, HEX) < 2 || !byte_of(from + 1)))
			return false;
		*to++ = is_escape ? byte_of(from + 1) : *from;
		from += is_escape ? 2 : 0;
	}
	*to = '\0';
	return true;
}

/* `path` after a slash, with one slash for several, and none at the end: "/a/b", or "". The caller frees it. */
static char *tidied(const char *path)
{
	char *out = mem_zeroed(strlen(path) + 2, 1);
	size_t len = 0;
	while (*path) {
		size_t part = strcspn(path, "/");
		if (part > 0)
			out[len++] = '/';
		memcpy(out + len, path, part);
		len += part;
		path += part + (path[part] == '/');
	}
	return out;
}

/* Dots are resolved by the clients, so nobody could ask for such a path. */
static bool has_dots(const char *path)
{
	for (; (path = strchr(path, '/')); path++) {
		size_t len = strcspn(path + 1, "/");
		if ((len == 1 || len == 2) && strncmp(path + 1, "..", len) == 0)
			return true;
	}
	return false;
}

static bool is_port(const char *text, size_t len)
{
	long port = strtol(text, NULL, 10);
	return len == 0 || (len <= 5 && strspn(text, DIGITS) >= len && port > 0 && port <= 65535);
}

/* The length of NAME or [IPV6] at the start, as far as a host's characters go. */
static size_t host_length(const char *text)
{
	if (*text != '[')
		return strcspn(text, ":/ \"'<>[\\]^`{|}");
	size_t address = 1 + strspn(text + 1, HEX ":.");
	size_t zone = text[address] == '%' ? strspn(text + address, LETTERS DIGITS "%-._~") : 0;
	return text[address + zone] == ']' && address >= strlen("[::") ? address + zone + 1 : 0;
}

static bool refuse_url(struct err *e, const char *why)
{
	return err_set(e,
	    "--web.external-url: %s; expected a URL such as https://mon.example/hawatch, or a path such as /hawatch",
	    why);
}

static bool check_authority(const char *text, size_t len, struct err *e)
{
	size_t host = host_length(text);
	if (memchr(text, '@', len))
		return refuse_url(e, "a user or password, which every user of this machine could read");
	if (host == 0 || (host < len && text[host] != ':'))
		return refuse_url(e, "no usable host");
	return host == len || is_port(text + host + 1, len - host - 1) || refuse_url(e, "no usable port");
}

/* The length of "https:" at the start; 0 without a scheme. A colon after a slash belongs to a path. */
static size_t scheme_length(const char *text)
{
	size_t len = strspn(text, LETTERS DIGITS "+-.");
	return len && text[len] == ':' ? len + 1 : 0;
}

/* `origin` becomes the length of "https://mon.example:8443" or "//mon.example"; 0 if `url` is a path alone. */
static bool check_url(const char *url, size_t *origin, struct err *e)
{
	size_t scheme = scheme_length(url), len = strlen(url);
	bool is_web = strncasecmp(url, "http:", scheme) == 0 || strncasecmp(url, "https:", scheme) == 0;
	bool has_host = strncmp(url + scheme, "//", 2) == 0;
	*origin = has_host ? scheme + 2 + strcspn(url + scheme + 2, "/") : 0;
	if (len > WEB_URL_MAX_BYTES || !text_is_line(url))
		return refuse_url(e, "more than 512 bytes, or more than one line");
	if (strchr("\"'", url[0]) || strchr("\"'", url[len - 1]))
		return refuse_url(e, "quotes at the start or end");
	if (scheme && !(is_web && has_host))
		return refuse_url(e, "neither http:// nor https://");
	if (strpbrk(url, "?#"))
		return refuse_url(e, "a query or a fragment");
	return !has_host || check_authority(url + scheme + 2, *origin - scheme - 2, e);
}

/* The decoded path, which the caller frees; NULL if it is unusable. */
static char *decoded_path(const char *path)
{
	char *raw = mem_copy_text(path, strlen(path)), *tidy = decode(raw) ? tidied(raw) : NULL;
	free(raw);
	if (tidy && (has_dots(tidy) || !text_is_line(tidy))) {
		free(tidy);
		tidy = NULL;
	}
	return tidy;
}

static bool take_external(const char *url, struct web_url *out, struct err *e)
{
	size_t origin;
	if (!check_url(url, &origin, e))
		return false;
	out->prefix = decoded_path(url + origin);
	if (!out->prefix)
		return refuse_url(e, "an unusable % or character, or . or .. in the path");
	out->page_path = encoded(out->prefix, "/");
	if (origin) {
		struct buf page = buf_of(4 * WEB_URL_MAX_BYTES);
		buf_put(&page, url, origin);
		buf_puts(&page, out->page_path);
		out->page = mem_copy_text(buf_text(&page), page.len);
		buf_fini(&page);
	}
	return true;
}

static bool take_prefix(const char *text, struct web_url *out, struct err *e)
{
	char *prefix = tidied(text);
	if (strlen(prefix) > WEB_URL_MAX_BYTES || !text_is_line(prefix) || strstr(text, "://") || has_dots(prefix)) {
		free(prefix);
		return err_set(e, "--web.route-prefix: not the path of a URL; expected one such as /hawatch");
	}
	out->is_rewritten = out->prefix && strcmp(prefix, out->prefix) != 0;
	free(out->prefix);
	out->prefix = prefix;
	return true;
}

bool web_url_set_metrics_path(struct web_url *url, const char *path, struct err *e)
{
	char *tidy = tidied(path);
	if (*path != '/' || !*tidy || strlen(tidy) > WEB_URL_MAX_BYTES || !text_is_line(tidy) || has_dots(tidy) ||
	    strpbrk(tidy, "?#%")) {
		free(tidy);
		return err_set(
		    e, "--web.telemetry-path: not a path that can be asked for; expected one such as /metrics");
	}
	char *coded = encoded(tidy, "");
	free(url->metrics_path);
	free(url->metrics_link);
	url->metrics_path = tidy;
	url->metrics_link = mem_copy_text(coded + 1, strlen(coded + 1));
	free(coded);
	return true;
}

static bool is_given(const char *option)
{
	return option && *option;
}

bool web_url_parse(const char *external_url, const char *route_prefix, struct web_url *out, struct err *e)
{
	*out = (struct web_url){0};
	if (is_given(external_url) && !take_external(external_url, out, e))
		return false;
	if (is_given(route_prefix) && !take_prefix(route_prefix, out, e))
		return false;
	if (!out->prefix)
		out->prefix = tidied("");
	if (!out->page_path)
		out->page_path = encoded(out->prefix, "/");
	out->prefix_encoded = encoded(out->prefix, "");
	return web_url_set_metrics_path(out, "/metrics", e);
}

void web_url_fini(struct web_url *url)
{
	free(url->prefix);
	free(url->prefix_encoded);
	free(url->page_path);
	free(url->page);
	free(url->metrics_path);
	free(url->metrics_link);
	*url = (struct web_url){0};
}

/* What follows the prefix in a tidy path; NULL outside of the prefix. */
static const char *below(const char *prefix, const char *path)
{
	size_t len = strlen(prefix);
	return strncmp(path, prefix, len) == 0 && (!path[len] || path[len] == '/') ? path + len : NULL;
}

char *web_url_path(const struct web_url *url, const char *path)
{
	if (*path != '/')
		return NULL;
	char *tidy = tidied(path);
	const char *rest = below(url->prefix, tidy);
	if (!*tidy && *url->prefix)
		rest = WEB_URL_ABOVE;
	else if (rest && !*rest)
		rest = url->is_rewritten || path[strlen(path) - 1] == '/' ? "/" : WEB_URL_UNENDED;
	char *found = rest ? mem_copy_text(rest, strlen(rest)) : NULL;
	free(tidy);
	return found;
}
