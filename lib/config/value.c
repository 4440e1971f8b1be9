#include "config/value.h"

#include "base/buf.h"
#include "base/duration.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/url.h"
#include "config/yaml_scalar.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DIGITS "0123456789"
#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

enum {
	MIXED_LIKELY = 20, /* a mix of A-Z, a-z and 0-9 of this length is rarely a word */
	SHORT_MAX = 63,
	NAME_SHOWN_MAX = 120,
	RANDOM_MIN = 32,
	HEX_MIN = 48,
	NAME_MAX_LEN = 63,
	SUBDOMAIN_MAX_LEN = 253,
};

static bool is_mixed(const char *text, size_t len)
{
	return len >= MIXED_LIKELY && strpbrk(text, UPPER) && strpbrk(text, LOWER) && strpbrk(text, DIGITS);
}

/* base64 of `{"` is the start of every JWT. Elsewhere it can be a part of a name, such as MoneyJar. */
static bool is_jwt_like(const char *text)
{
	const char *start = strstr(text, "eyJ");
	return start && (start == text || is_mixed(start, strlen(start)));
}

/*
 * Text as a random generator writes it: base64 changes between capitals, small letters and digits at two of three
 * characters, names in CamelCase with digits at fewer than 9 of 20.
 */
static bool is_random(const char *text)
{
	size_t len = strlen(text), changes = 0;
	char last = 0;
	if (len >= HEX_MIN && strspn(text, DIGITS "abcdefABCDEF") == len)
		return true;
	if (len < RANDOM_MIN || strspn(text, DIGITS LOWER UPPER "-_.~+=") < len || !is_mixed(text, len))
		return false;
	for (const char *p = text; *p; p++) {
		char kind = strchr(UPPER, *p) ? 'A' : strchr(LOWER, *p) ? 'a' : strchr(DIGITS, *p) ? '0' : last;
		changes += kind != last;
		last = kind;
	}
	return 20 * changes > 9 * len;
}

static bool is_secret(const char *text)
{
	return is_jwt_like(text) || strstr(text, "-----BEGIN") || is_random(text);
}

static struct shown length_of(const char *text)
{
	struct shown s;
	snprintf(s.text, sizeof s.text, "(%zu characters, not shown)", strlen(text));
	return s;
}

struct shown value_shown(const char *text)
{
	struct shown s;
	size_t len = strlen(text);
	if (len > SHORT_MAX || is_jwt_like(text) || is_mixed(text, len) || !text_is_line(text))
		return length_of(text);
	snprintf(s.text, sizeof s.text, "%s", text);
	return s;
}

struct shown value_name_shown(const char *name)
{
	struct shown s;
	char part[NAME_SHOWN_MAX + 1];
	if (is_secret(name))
		return length_of(name);
	size_t len = text_fit(name, sizeof part);
	snprintf(part, sizeof part, "%.*s", (int)len, name);
	text_copy_shown(s.text, sizeof part + strlen(TEXT_CUT), part);
	size_t shown = strlen(s.text);
	if (name[len])
		snprintf(s.text + shown, sizeof s.text - shown, "... (%zu bytes)", strlen(name));
	return s;
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
	if (digits[0] == '0' && digits[1])
		return err_set(
		    e, "`%s` is octal in YAML; expected a number without a leading zero", value_shown(text).text);
	errno = 0;
	long long value = strtoll(text, NULL, 10);
	if (errno)
		return err_set(e, "`%s` is too large", value_shown(text).text);
	*n = value;
	return true;
}

bool value_boolean(const char *text, bool *b, struct err *e)
{
	*b = yaml_scalar_is_true(text);
	return yaml_scalar_kind(text) == YAML_BOOLEAN ||
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

bool value_url(const char *text, char **out, struct err *e)
{
	return url_normal(URL_CONFIGURED, text, out, e);
}

bool value_peer(const char *text, char **out, struct err *e)
{
	return url_normal(URL_PEER, text, out, e);
}

bool value_path(const char *file, const char *text, char **out, struct err *e)
{
	if (is_secret(text))
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
		    value_name_shown(text).text);
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
		    value_name_shown(text).text);
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
		    e, "`%s` is not a cloudspace name; expected a-z, 0-9, `-` and `.`", value_name_shown(text).text);
	*out = mem_copy_text(text, strlen(text));
	return true;
}
