#include "render/runbook_names.h"

#include <ctype.h>
#include <string.h>

/*
 * The examples of config/runbook.md and what stands for them. The first that fits counts, so a longer one goes before
 * what it begins with; `before` must stand in front of it.
 */
static const struct example {
	const char *before, *text;
	enum runbook_name name;
} examples[] = {
    {"--context=", "matchpoint-runners-2", NAME_SECONDARY_CONTEXT},
    {"--context=", "matchpoint-runners", NAME_PRIMARY_CONTEXT},
    {"", "matchpoint-runners-2", NAME_SECONDARY},
    {"", "matchpoint-runners", NAME_PRIMARY},
    {"", "arc-runners", NAME_RUNNERS},
    {"", "arc-systems", NAME_CONTROLLER},
    {"-n ", "argocd", NAME_ARGOCD},
    {"--pair ", "prod", NAME_PAIR},
    {"pair `", "prod", NAME_PAIR},
    {"pair=", "prod", NAME_PAIR},
};

enum { EXAMPLES = sizeof examples / sizeof *examples };

/* It goes into a command that is pasted into a shell: no character that means anything there. */
static bool is_harmless(const char *text)
{
	size_t len = strlen(text);
	for (size_t i = 0; i < len; i++)
		if (!isalnum((unsigned char)text[i]) && !(i && strchr("._-@:/+", text[i])))
			return false;
	return len > 0 && len < 256;
}

bool runbook_names_has_odd(const struct runbook_names *names)
{
	for (int i = 0; i < RUNBOOK_NAMES; i++)
		if (names->v[i] && !is_harmless(names->v[i]))
			return true;
	return false;
}

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '-' || c == '_';
}

/* Whether the example stands at `at`, as a word of its own, behind what must stand before it. */
static bool is_at(const struct example *example, const char *text, const char *at, size_t left)
{
	size_t len = strlen(example->text), before = strlen(example->before);
	if (left < len || strncmp(at, example->text, len) != 0 || (left > len && is_word(at[len])))
		return false;
	if ((size_t)(at - text) < before || (!before && at > text && is_word(at[-1])))
		return false;
	return strncmp(at - before, example->before, before) == 0;
}

void runbook_names_fill(const struct runbook_names *names, const char *text, size_t len, struct buf *out)
{
	for (size_t i = 0; i < len;) {
		const struct example *found = NULL;
		for (size_t n = 0; names && n < EXAMPLES && !found; n++)
			if (is_at(&examples[n], text, text + i, len - i))
				found = &examples[n];
		const char *value = found ? names->v[found->name] : NULL;
		if (value && is_harmless(value)) {
			buf_puts(out, value);
			i += strlen(found->text);
		} else
			buf_putc(out, text[i++]);
	}
}
