#define _GNU_SOURCE /* memrchr */
#include "base/url.h"

#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DIGITS "0123456789"
#define HEX DIGITS "abcdefABCDEF"
#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

enum {
	URL_MAX_BYTES = 2048, /* pollers append paths and queries in buffers of 4096 */
	HOST_MAX_BYTES = 253, /* RFC 1035, 3.1 */
	LABEL_MAX_BYTES = 63,
	SCHEME_SHOWN_MAX = 16, /* longer texts are not schemes */
	PORT_MAX = 65535,
};

#define PAGE_EXPECTED "https://host[:port][/path]"
#define DAEMON_EXPECTED "http[s]://host[:port][/path]"
#define IN_FILES "a user or password in a URL; credentials come from files"
#define IN_PROCESS_LIST                                                                                                \
	"a user or password in a URL, which every user of this machine can read in the process list; use --user-file"

static const struct rule {
	const char *schemes; /* for text_is_among() */
	const char *meant;   /* the scheme of a URL without one; NULL: a scheme is required */
	bool is_base;        /* paths are appended: repeated slashes become one */
	bool permits_plain;  /* http:// to any machine */
	bool drops_query;
	bool is_proxy;
	const char *has_user; /* the fault of a URL with a user; NULL: IN_FILES */
	const char *expected;
} rules[URL_KINDS] = {
    [URL_CONFIGURED] = {.schemes = "https http ", .expected = PAGE_EXPECTED},
    [URL_SERVER] =
	{.schemes = "https http ", .meant = "http", .is_base = true, .drops_query = true, .expected = PAGE_EXPECTED},
    [URL_ENDPOINT] = {.schemes = "https ", .meant = "https", .is_base = true, .expected = PAGE_EXPECTED},
    [URL_PROXY] = {.schemes = "http https socks5 socks5h ",
	.is_proxy = true,
	.expected = "http://, https:// or socks5://[user:password@]host[:port]"},
    [URL_DAEMON] = {.schemes = "https http ",
	.meant = "http",
	.is_base = true,
	.permits_plain = true,
	.has_user = IN_PROCESS_LIST,
	.expected = DAEMON_EXPECTED},
    [URL_DAEMON_WITH_CREDENTIAL] = {.schemes = "https http ",
	.meant = "http",
	.is_base = true,
	.has_user = IN_PROCESS_LIST,
	.expected = DAEMON_EXPECTED},
    [URL_PEER] = {.schemes = "https http ",
	.meant = "http",
	.is_base = true,
	.permits_plain = true,
	.expected = DAEMON_EXPECTED},
};

/* A part of a text. */
struct part {
	const char *at;
	size_t len;
};

struct url {
	const struct rule *rule;
	char scheme[SCHEME_SHOWN_MAX];
	bool has_scheme;
	struct part user, host, rest; /* rest: path, query and fragment */
	bool is_bracketed;
	int port; /* 0: none */
};

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool fault(const struct url *u, struct err *e, const char *what)
{
	return err_set(e, "%s; expected %s", what, u->rule->expected);
}

/* Sets the scheme and moves `*text` past `://`. */
static bool take_scheme(struct url *u, const char **text, struct err *e)
{
	const struct rule *rule = u->rule;
	size_t len = strspn(*text, LETTERS DIGITS "+-.");
	char word[SCHEME_SHOWN_MAX] = "", what[64];
	for (size_t i = 0; i < len && i + 1 < sizeof word; i++)
		word[i] = lower((*text)[i]);
	bool is_word = len > 0 && len < sizeof word, knows = is_word && text_is_among(rule->schemes, word, len);
	const char *behind = *text + len;
	u->has_scheme = strncmp(behind, "://", 3) == 0;
	if (u->has_scheme && knows) {
		*text = behind + 3;
		snprintf(u->scheme, sizeof u->scheme, "%s", word);
		return true;
	}
	if (u->has_scheme) {
		snprintf(what, sizeof what, is_word ? "the scheme `%s`" : "an unknown scheme", word);
		return fault(u, e, what);
	}
	size_t digits = *behind == ':' ? strspn(behind + 1, DIGITS) : 0;
	bool is_port = digits && (!behind[digits + 1] || behind[digits + 1] == '/');
	if (knows && (*behind == ':' || *behind == '/') && !is_port) {
		snprintf(what, sizeof what, "`%s` without `://`", word);
		return fault(u, e, what);
	}
	if (!rule->meant || strncmp(*text, "//", 2) == 0)
		return fault(u, e, "a URL without a scheme");
	snprintf(u->scheme, sizeof u->scheme, "%s", rule->meant);
	return true;
}

/* Moves `authority` past user:password@. */
static bool take_user(struct url *u, struct part *authority, struct err *e)
{
	const char *end = memrchr(authority->at, '@', authority->len);
	if (!end)
		return true;
	if (!u->rule->is_proxy)
		return fault(u, e, u->rule->has_user ? u->rule->has_user : IN_FILES);
	u->user = (struct part){authority->at, (size_t)(end - authority->at)};
	if (strspn(u->user.at, LETTERS DIGITS "-._~!$&'()*+,;=%:@") < u->user.len)
		return fault(u, e, "a user or password with a character that must be percent-encoded");
	authority->at = end + 1;
	authority->len -= u->user.len + 1;
	return true;
}

static bool take_port(struct url *u, struct part port, struct err *e)
{
	long number = 0;
	if (strspn(port.at, DIGITS) < port.len)
		return fault(u, e, "a port that is not a number");
	for (size_t i = 0; i < port.len && number <= PORT_MAX; i++)
		number = 10 * number + (port.at[i] - '0');
	if (port.len && (number == 0 || number > PORT_MAX))
		return fault(u, e, "a port that is not from 1 to 65535");
	u->port = (int)number;
	return true;
}

/* Splits the text between scheme and path. */
static bool take_host(struct url *u, struct part authority, struct err *e)
{
	struct part port = {"", 0};
	const char *colon = memchr(authority.at, ':', authority.len);
	if (authority.len && *authority.at == '[') {
		const char *close = memchr(authority.at, ']', authority.len);
		if (!close)
			return fault(u, e, "a `[` without its `]`");
		size_t len = (size_t)(close - authority.at) + 1;
		u->is_bracketed = true;
		u->host = (struct part){authority.at + 1, len - 2};
		if (len < authority.len && authority.at[len] != ':')
			return fault(u, e, "no `:` between `]` and the port");
		if (len < authority.len)
			port = (struct part){authority.at + len + 1, authority.len - len - 1};
	} else if (colon && memchr(colon + 1, ':', authority.len - (size_t)(colon + 1 - authority.at))) {
		size_t address = strspn(authority.at, HEX ":.");
		bool is_v6 = address >= authority.len || authority.at[address] == '%';
		return fault(
		    u, e, is_v6 ? "an IPv6 address without brackets, as in https://[::1]:6443" : "more than one port");
	} else {
		u->host = (struct part){authority.at, colon ? (size_t)(colon - authority.at) : authority.len};
		if (colon)
			port = (struct part){colon + 1, authority.len - u->host.len - 1};
	}
	return take_port(u, port, e);
}

/* The family that `host` is an address of; 0: it is none. */
static int family_of(const char *host, unsigned char address[16])
{
	return inet_pton(AF_INET6, host, address) == 1 ? AF_INET6
	    : inet_pton(AF_INET, host, address) == 1   ? AF_INET
						       : 0;
}

static const char *mistake_in_name(const char *name)
{
	const char *last = name;
	size_t len = strlen(name), label;
	for (const char *p = name; *p; p++)
		if ((unsigned char)*p >= 0x80)
			return "a host name that is not ASCII; write its ASCII form, which has xn-- in it";
	if (strchr(name, ':'))
		return "a `:` in the host";
	if (strspn(name, LETTERS DIGITS "-._") < len)
		return "a character that a host name cannot have";
	for (const char *p = name;; p += label + 1) {
		label = strcspn(p, ".");
		if (label == 0 || label > LABEL_MAX_BYTES || len > HOST_MAX_BYTES)
			return label ? "a host name that is too long" : "an empty part between the dots of a host name";
		last = p;
		if (!p[label] || !p[label + 1]) /* a name may end with a dot */
			break;
	}
	/* libcurl would read 010.0.0.1 as 8.0.0.1, and 10.1 as 10.0.0.1. */
	bool is_number =
	    strspn(last, DIGITS) == label || (strncmp(last, "0x", 2) == 0 && strspn(last + 2, HEX) == label - 2);
	return is_number ? "an IPv4 address that is not four decimal numbers from 0 to 255" : NULL;
}

static const char *mistake_in_zone(const char *zone)
{
	if (strncmp(zone, "%25", 3) != 0)
		return "a zone after `%`; write it after %25";
	size_t len = strlen(zone + 3);
	return len == 0                                     ? "an empty zone after %25"
	    : strspn(zone + 3, LETTERS DIGITS "-._~") < len ? "a zone with a character that it cannot have"
							    : NULL;
}

/*
 * Makes a host lower case and returns what is wrong with it, or NULL. `family` is set to its kind of address. Some
 * installers put brackets around every address, so brackets around an IPv4 address are accepted.
 */
static const char *mistake_in_host(char *host, bool is_bracketed, int *family)
{
	unsigned char address[16];
	char *zone = is_bracketed ? strchr(host, '%') : NULL;
	for (char *p = host; *p && p != zone; p++)
		*p = lower(*p);
	if (zone)
		*zone = '\0';
	*family = family_of(host, address);
	if (zone)
		*zone = '%';
	if (!*host)
		return "a URL without a host";
	if (*family == AF_INET6 && zone)
		return mistake_in_zone(zone);
	if (*family && !zone)
		return NULL;
	return is_bracketed ? "brackets around a text that is not an IPv6 address" : mistake_in_name(host);
}

/* Names are not resolved, so only these are accepted. */
static bool is_this_machine(const char *host)
{
	static const unsigned char mapped[13] = {[10] = 0xff, [11] = 0xff, [12] = 127}, one[16] = {[15] = 1};
	unsigned char address[16];
	switch (family_of(host, address)) {
	case AF_INET: return address[0] == 127;
	case AF_INET6: return memcmp(address, one, sizeof one) == 0 || memcmp(address, mapped, sizeof mapped) == 0;
	default: return strcmp(host, "localhost") == 0 || strcmp(host, "localhost.") == 0;
	}
}

static bool check_plain(const struct url *u, const char *host, struct err *e)
{
	if (strcmp(u->scheme, "http") != 0 || u->rule->is_proxy || u->rule->permits_plain || is_this_machine(host))
		return true;
	if (!u->has_scheme)
		return fault(u, e, "a URL without a scheme, which means http:// here");
	return err_set(e,
	    "http:// to another machine would send credentials unencrypted; expected https:// (http:// is "
	    "for loopback addresses only)");
}

/* Appends the path. What a URL cannot contain is percent-encoded, as in kubectl. */
static bool put_path(const struct url *u, struct buf *out, struct err *e)
{
	static const char legal[] = LETTERS DIGITS "-._~!$&'()*+,;=:@%/";
	const char *p = u->rest.at;
	for (; *p && *p != '?' && *p != '#'; p++) {
		if (*p == '%' && strspn(p + 1, HEX) < 2)
			return fault(u, e, "a `%` in the path without two hex digits after it");
		if (*p == '/' && u->rule->is_base && out->len && out->data[out->len - 1] == '/')
			continue;
		if (strchr(legal, *p))
			buf_putc(out, *p);
		else
			buf_printf(out, "%%%02X", (unsigned)(unsigned char)*p);
	}
	if (*p == '#')
		return fault(u, e, "a fragment (`#`) in a URL");
	return !*p || u->rule->drops_query || fault(u, e, "a query (`?`) in a URL");
}

static bool put_url(const struct url *u, const char *host, int family, struct buf *out, struct err *e)
{
	bool is_socks = strncmp(u->scheme, "socks5", 6) == 0;
	const char *brackets = family == AF_INET6 ? "[]" : "";
	int usual = is_socks ? 1080 : strcmp(u->scheme, "https") == 0 ? 443 : 80;
	/* The SOCKS proxy resolves names, as in kubectl. libcurl calls this socks5h. */
	buf_printf(out, "%s://", is_socks ? "socks5h" : u->scheme);
	if (u->user.len)
		buf_printf(out, "%.*s@", (int)u->user.len, u->user.at);
	buf_printf(out, "%.1s%s%s", brackets, host, *brackets ? "]" : "");
	if (u->port || u->rule->is_proxy)
		buf_printf(out, ":%d", u->port ? u->port : usual);
	if (u->rule->is_proxy)
		return true;
	size_t authority = out->len;
	if (!put_path(u, out, e))
		return false;
	while (out->len > authority && out->data[out->len - 1] == '/')
		out->data[--out->len] = '\0';
	return true;
}

static bool read_url(struct url *u, const char *text, struct buf *out, struct err *e)
{
	if (!*text)
		return fault(u, e, "an empty URL");
	if (strlen(text) >= URL_MAX_BYTES)
		return fault(u, e, "a URL longer than 2047 bytes");
	if (!text_is_line(text))
		return fault(u, e, "a control character or line break in a URL");
	if (strchr(text, ' '))
		return fault(u, e, "a space in a URL");
	if (!take_scheme(u, &text, e))
		return false;
	struct part authority = {text, strcspn(text, "/?#")};
	u->rest = (struct part){text + authority.len, strlen(text) - authority.len};
	if (!take_user(u, &authority, e) || !take_host(u, authority, e))
		return false;
	char host[URL_MAX_BYTES];
	int family;
	snprintf(host, sizeof host, "%.*s", (int)u->host.len, u->host.at);
	const char *mistake = mistake_in_host(host, u->is_bracketed, &family);
	if (mistake)
		return fault(u, e, mistake);
	if (!u->port && text_is_among(rules[URL_PROXY].schemes, host, strlen(host)) &&
	    strncmp(u->rest.at, "//", 2) == 0)
		return fault(u, e, "a URL with two schemes");
	return check_plain(u, host, e) && put_url(u, host, family, out, e);
}

bool url_normal(enum url_kind kind, const char *text, char **out, struct err *e)
{
	struct url u = {.rule = &rules[kind]};
	struct buf normal = buf_of_secret(URL_MAX_BYTES - 1);
	bool is_good =
	    read_url(&u, text, &normal, e) && (!normal.overflow || fault(&u, e, "a URL longer than 2047 bytes"));
	if (is_good)
		*out = mem_copy_text(buf_text(&normal), normal.len);
	buf_fini(&normal);
	return is_good;
}

bool url_host(const char *text, char **out, struct err *e)
{
	size_t len = strlen(text);
	bool is_bracketed = len > 1 && text[0] == '[' && text[len - 1] == ']';
	char *host = mem_copy_text(text + is_bracketed, len - 2 * is_bracketed);
	int family;
	const char *mistake = mistake_in_host(host, is_bracketed, &family);
	if (!mistake && strchr(host, '%'))
		mistake = "an address with a zone";
	if (!mistake) {
		*out = host;
		return true;
	}
	free(host);
	return err_set(e, "%s; expected a host's name or address", mistake);
}
