#include "render/runbook_names.h"

#include "base/text.h"
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
	return isalnum((unsigned char)text[0]) && text_is_shell_word(text) && strlen(text) < 256;
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

/* The text, and where in it and in the output we are. */
struct filling {
	const struct runbook_names *names;
	const char *text;
	size_t len, at, line; /* `line` began in `out` */
	struct buf *out;
};

enum { CODE_INDENT = 4, LINE_WIDTH = 76 };

/* `code`, where a line may break, or a line that is indented; nothing else is to be pasted. */
static bool begins_command(const struct filling *f)
{
	static const char program[] = "hawatch ";
	size_t word = sizeof program - 1, before = f->at;
	if (f->len - f->at <= word || memcmp(f->text + f->at, program, word) != 0 ||
	    !islower((unsigned char)f->text[f->at + word]))
		return false;
	if (before > 0 && f->text[before - 1] == '`')
		return true;
	while (before > 0 && f->text[before - 1] == ' ')
		before--;
	return (before == 0 || f->text[before - 1] == '\n') && f->at - before >= CODE_INDENT;
}

/* Where the words of the command that begins at `at` end: before a comment, a pipe and the like. */
static size_t command_end(const struct filling *f)
{
	static const char *const ends[] = {" #", " |", " &", " >", " \\\n"};
	bool is_inline = f->at > 0 && f->text[f->at - 1] == '`', is_over = false;
	size_t end = f->at;
	for (; end < f->len && f->text[end] != '`' && (f->text[end] != '\n' || is_inline) && !is_over; end++)
		for (size_t k = 0; k < sizeof ends / sizeof *ends; k++)
			is_over = is_over ||
			    (f->len - end >= strlen(ends[k]) && memcmp(f->text + end, ends[k], strlen(ends[k])) == 0);
	end -= is_over;
	while (f->text[end - 1] == ' ')
		end--;
	return end;
}

/* Copies up to `end`, with names. */
static void fill_to(struct filling *f, size_t end)
{
	while (f->at < end) {
		const struct example *found = NULL;
		for (size_t n = 0; f->names && n < EXAMPLES && !found; n++)
			if (is_at(&examples[n], f->text, f->text + f->at, f->len - f->at))
				found = &examples[n];
		const char *value = found ? f->names->v[found->name] : NULL;
		if (value && is_harmless(value)) {
			buf_puts(f->out, value);
			f->at += strlen(found->text);
			continue;
		}
		buf_putc(f->out, f->text[f->at]);
		if (f->text[f->at++] == '\n')
			f->line = f->out->len;
	}
}

static bool has_pair(const char *text, size_t len)
{
	static const char option[] = "--pair ";
	for (size_t i = 0; i + sizeof option - 1 <= len; i++)
		if (memcmp(text + i, option, sizeof option - 1) == 0)
			return true;
	return false;
}

/* Behind the words of a command. A comment behind it stays where it was, as far as it can. */
static void put_pair(struct filling *f, bool is_inline, size_t indent)
{
	struct buf option = buf_of(512);
	buf_printf(&option, " --pair %s", f->names->v[NAME_PAIR]);
	if (!is_inline && f->out->len - f->line + option.len > LINE_WIDTH) {
		buf_printf(f->out, " \\\n%*s", (int)indent + 1, "");
		f->line = f->out->len - indent - 1;
	}
	buf_puts(f->out, buf_text(&option));
	for (size_t i = 0; i < option.len && f->len - f->at > 2 && memcmp(f->text + f->at, "   ", 3) == 0; i++)
		f->at++;
	buf_fini(&option);
}

static void fill_command(struct filling *f)
{
	size_t end = command_end(f), indent = f->out->len - f->line;
	bool is_inline = f->at > 0 && f->text[f->at - 1] == '`', is_complete = has_pair(f->text + f->at, end - f->at);
	fill_to(f, end);
	if (!is_complete)
		put_pair(f, is_inline, indent);
}

void runbook_names_fill(const struct runbook_names *names, const char *text, size_t len, struct buf *out)
{
	struct filling f = {names, text, len, 0, out->len, out};
	const char *pair = names && names->needs_pair ? names->v[NAME_PAIR] : NULL;
	while (f.at < len)
		if (pair && is_harmless(pair) && begins_command(&f))
			fill_command(&f);
		else
			fill_to(&f, f.at + 1);
}
