#include "cli/names.h"

#include "cli/answer.h"

#include <ctype.h>
#include <string.h>

/*
 * The examples of config/runbook.md and what stands for them in a summary. The first that fits
 * counts, so a longer one goes before what it begins with; `before` must stand in front of it.
 */
static const struct name {
	const char *before, *example;
	const char *paths[2]; /* the second where the first is not told */
} names[] = {
    {"--context=", "matchpoint-runners-2", {"cloudspaces.secondary.context", "secondary_cloudspace"}},
    {"--context=", "matchpoint-runners", {"cloudspaces.primary.context", "primary_cloudspace"}},
    {"", "matchpoint-runners-2", {"secondary_cloudspace"}},
    {"", "matchpoint-runners", {"primary_cloudspace"}},
    {"", "arc-runners", {"namespaces.runners"}},
    {"", "arc-systems", {"namespaces.controller"}},
    {"-n ", "argocd", {"namespaces.argocd"}},
    {"--pair ", "prod", {"pair"}},
    {"pair `", "prod", {"pair"}},
    {"pair=", "prod", {"pair"}},
};

enum { NAMES = sizeof names / sizeof *names };

/* It goes into a command that is pasted into a shell: no character that means anything there. */
static bool is_harmless(const char *text)
{
	size_t len = strlen(text);
	for (size_t i = 0; i < len; i++)
		if (!isalnum((unsigned char)text[i]) && !(i && strchr("._-@:/+", text[i])))
			return false;
	return len > 0 && len < 256;
}

static const char *value_of(const struct name *name, const struct cJSON *summary)
{
	const char *value = NULL;
	for (size_t i = 0; i < 2 && name->paths[i] && !value; i++)
		value = answer_text(summary, name->paths[i]);
	return value;
}

bool names_has_odd(const struct cJSON *summary)
{
	for (size_t i = 0; i < NAMES; i++) {
		const char *value = value_of(&names[i], summary);
		if (value && !is_harmless(value))
			return true;
	}
	return false;
}

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '-' || c == '_';
}

/* Whether the example stands at `at`, as a word of its own, behind what must stand before it. */
static bool is_at(const struct name *name, const char *text, const char *at, size_t left)
{
	size_t len = strlen(name->example), before = strlen(name->before);
	if (left < len || strncmp(at, name->example, len) != 0 || (left > len && is_word(at[len])))
		return false;
	if ((size_t)(at - text) < before || (!before && at > text && is_word(at[-1])))
		return false;
	return strncmp(at - before, name->before, before) == 0;
}

void names_fill(const struct cJSON *summary, const char *text, size_t len, struct buf *out)
{
	for (size_t i = 0; i < len;) {
		const struct name *found = NULL;
		for (size_t n = 0; n < NAMES && !found; n++)
			if (is_at(&names[n], text, text + i, len - i))
				found = &names[n];
		const char *value = found ? value_of(found, summary) : NULL;
		if (value && is_harmless(value)) {
			buf_puts(out, value);
			i += strlen(found->example);
		} else
			buf_putc(out, text[i++]);
	}
}
