#include "config/value.h"

#include "base/buf.h"
#include "base/duration.h"
#include "base/mem.h"
#include "base/text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DIGITS "0123456789"
#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

enum {
	MIXED_LIKELY = 20, /* a mix of A-Z, a-z and 0-9 of this length is rarely a word */
	FILE_NAME_LIKELY = 32,
	DOTTED_NAME_LIKELY = 48,
	NAME_MAX_LEN = 63,
	SUBDOMAIN_MAX_LEN = 253,
};

static bool is_jwt_like(const char *text)
{
	return strncmp(text, "eyJ", 3) == 0; /* base64 of `{"`, the start of every JWT */
}

static bool is_mixed(const char *text, size_t len)
{
	return len >= MIXED_LIKELY && strpbrk(text, UPPER) && strpbrk(text, LOWER) && strpbrk(text, DIGITS);
}

struct shown value_shown(const char *text)
{
	struct shown s;
	size_t len = strlen(text);
	if (len >= sizeof s.text || is_jwt_like(text) || is_mixed(text, len) || !text_is_line(text))
		snprintf(s.text, sizeof s.text, "(%zu characters, not shown)", len);
	else
		snprintf(s.text, sizeof s.text, "%s", text);
	return s;
}

bool value_is_secret_like(const char *text)
{
	size_t likely = strchr(text, '.') ? DOTTED_NAME_LIKELY : FILE_NAME_LIKELY;
	return is_jwt_like(text) || strstr(text, "-----BEGIN") || (!strchr(text, '/') && strlen(text) > likely);
}

struct shown value_duration_text(int64_t ms)
{
	struct shown s;
	struct buf text = buf_of(sizeof s.text - 1);
	duration_put_exact(&text, ms);
	snprintf(s.text, sizeof s.text, "%s", buf_text(&text));
	buf_fini(&text);
	return s;
}

bool value_duration(const char *text, int64_t *ms, struct err *e)
{
	switch (duration_parse(text, ms)) {
	case DURATION_WITHOUT_UNIT:
		return err_set(e, "`%s` has no unit; expected a duration such as 15s", value_shown(text).text);
	case DURATION_NONE:
		return err_set(e, "`%s` is not a duration; expected numbers with units, such as 1h30m or 500ms",
		    value_shown(text).text);
	case DURATION_TOO_LONG: return err_set(e, "`%s` is too long", value_shown(text).text);
	case DURATION_GOOD: break;
	}
	return true;
}

bool value_integer(const char *text, int64_t *n, struct err *e)
{
	const char *digits = *text == '-' ? text + 1 : text;
	if (!*digits || digits[strspn(digits, DIGITS)])
		return err_set(e, "`%s` is not a number; expected a whole number", value_shown(text).text);
	errno = 0;
	long long value = strtoll(text, NULL, 10);
	if (errno)
		return err_set(e, "`%s` is too large", value_shown(text).text);
	*n = value;
	return true;
}

bool value_boolean(const char *text, bool *b, struct err *e)
{
	*b = strcmp(text, "true") == 0;
	return *b || strcmp(text, "false") == 0 ||
	    err_set(e, "`%s` is not a boolean; expected true or false", value_shown(text).text);
}

bool value_text(const char *text, char **out, struct err *e)
{
	if (!*text)
		return err_set(e, "an empty text; expected a value, or the key left out");
	if (!text_is_line(text))
		return err_set(e, "a control character or line break; expected one line of text");
	*out = mem_copy_text(text, strlen(text));
	return true;
}

/* Plain http is for a simulator or proxy on this machine. Names are not resolved, so only these are accepted. */
static bool is_loopback(const char *host, size_t len)
{
	static const char *const names[] = {"localhost", "[::1]"};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (len == strlen(names[i]) && memcmp(host, names[i], len) == 0)
			return true;
	return len > 4 && memcmp(host, "127.", 4) == 0 && strspn(host, DIGITS ".") >= len;
}

static bool is_port(const char *text, size_t len)
{
	if (len == 0 || len > 5 || strspn(text, DIGITS) < len)
		return false;
	long port = strtol(text, NULL, 10);
	return port > 0 && port <= 65535;
}

static bool check_authority(const char *authority, size_t len, bool is_tls, struct err *e)
{
	if (memchr(authority, '@', len))
		return err_set(e,
		    "a user or password in a URL; expected https://host[:port][/path], "
		    "credentials come from files");
	bool is_v6 = *authority == '[';
	size_t host =
	    is_v6 ? strspn(authority + 1, DIGITS "abcdefABCDEF:.") + 2 : strspn(authority, DIGITS LOWER UPPER ".-_");
	if (host == 0 || host > len || (is_v6 && (host < 4 || authority[host - 1] != ']')))
		return err_set(e, "a URL without a usable host; expected https://host[:port][/path]");
	if (host < len && (authority[host] != ':' || !is_port(authority + host + 1, len - host - 1)))
		return err_set(e,
		    "a URL with an unusable port; expected https://host[:port][/path], "
		    "the port from 1 to 65535");
	if (!is_tls && !is_loopback(authority, host))
		return err_set(e,
		    "http:// to another machine would send credentials unencrypted; "
		    "expected https:// (http:// is for loopback addresses only)");
	return true;
}

bool value_url(const char *text, char **out, struct err *e)
{
	bool is_tls = strncmp(text, "https://", 8) == 0;
	if (!is_tls && strncmp(text, "http://", 7) != 0)
		return err_set(e, "not a URL; expected https://host[:port][/path]");
	size_t len = strlen(text);
	if (!text_is_line(text) || strcspn(text, " \"<>\\^`{|}") < len)
		return err_set(e,
		    "a URL with a space or an illegal character; expected "
		    "https://host[:port][/path]");
	const char *authority = text + (is_tls ? 8 : 7);
	if (!check_authority(authority, strcspn(authority, "/?#"), is_tls, e))
		return false;
	if (strcspn(text, "?#") < len)
		return err_set(e, "a URL with a query or fragment; expected https://host[:port][/path]");
	while (text[len - 1] == '/')
		len--;
	*out = mem_copy_text(text, len);
	return true;
}

bool value_path(const char *file, const char *text, char **out, struct err *e)
{
	if (value_is_secret_like(text))
		return err_set(e,
		    "this looks like a secret (%zu characters, not shown); expected the "
		    "path of the file with the secret, such as ./NAME",
		    strlen(text));
	if (!*text || !text_is_line(text))
		return err_set(e, "not a usable path; expected the path of a file, on one line");
	if (*text == '~')
		return err_set(e, "`~` is not expanded; expected the whole path");
	const char *slash = *text == '/' ? NULL : strrchr(file, '/');
	int folder = slash ? (int)(slash - file + 1) : 0;
	size_t size = (size_t)folder + strlen(text) + 1;
	*out = mem_zeroed(size, 1);
	snprintf(*out, size, "%.*s%s", folder, file, text);
	return true;
}

bool value_paths(const char *file, const char *text, char **out, struct err *e)
{
	struct buf all = buf_of(64 << 10);
	bool is_good = true;
	int count = 0;
	for (const char *p = text; is_good && (*p || p == text);) {
		size_t len = strcspn(p, ":");
		bool is_last = !p[len];
		char *one = mem_copy_text(p, len), *resolved = NULL;
		if (len || (is_last && !all.len))
			is_good = value_path(file, one, &resolved, e);
		if (resolved && ++count > VALUE_PATHS_MAX)
			is_good = err_set(e, "too many files; expected at most %d", VALUE_PATHS_MAX);
		if (resolved)
			buf_printf(&all, "%s%s", all.len ? ":" : "", resolved);
		free(resolved);
		free(one);
		p += len + !is_last;
	}
	if (is_good)
		*out = mem_copy_text(buf_text(&all), all.len);
	buf_fini(&all);
	return is_good;
}

bool value_name(const char *text, char **out, struct err *e)
{
	size_t len = strlen(text);
	if (len == 0 || len > NAME_MAX_LEN || strspn(text, DIGITS LOWER UPPER "._-") < len)
		return err_set(e, "`%s` is not a usable name; expected 1 to 63 letters, digits, `.`, `_` or `-`",
		    value_shown(text).text);
	*out = mem_copy_text(text, len);
	return true;
}

/* Length of the DNS label at the start of `text`; 0 when there is none. */
static size_t label_length(const char *text)
{
	size_t len = strspn(text, DIGITS LOWER "-");
	return len == 0 || len > NAME_MAX_LEN || text[0] == '-' || text[len - 1] == '-' ? 0 : len;
}

bool value_label(const char *text, char **out, struct err *e)
{
	size_t len = label_length(text);
	if (!len || text[len])
		return err_set(e, "`%s` is not a namespace name; expected 1 to 63 lower-case letters, digits or `-`",
		    value_shown(text).text);
	*out = mem_copy_text(text, len);
	return true;
}

bool value_subdomain(const char *text, char **out, struct err *e)
{
	const char *p = text;
	size_t len = label_length(p);
	while (len && p[len] == '.') {
		p += len + 1;
		len = label_length(p);
	}
	if (!len || p[len] || (size_t)(p - text) + len > SUBDOMAIN_MAX_LEN)
		return err_set(
		    e, "`%s` is not a cloudspace name; expected a-z, 0-9, `-` and `.`", value_shown(text).text);
	*out = mem_copy_text(text, strlen(text));
	return true;
}
