#include "base/completion.h"

#include <string.h>

struct completion completion_of(const char *word, struct buf *out)
{
	const char *value = strncmp(word, "--", 2) == 0 ? strchr(word, '=') : NULL;
	return (struct completion){out, word, value ? (size_t)(value + 1 - word) : 0};
}

bool completion_is_value(const struct completion *c)
{
	return c->fixed > 0;
}

static void put(const struct completion *c, const char *word, size_t len, const char *help)
{
	const char *typed = c->typed + c->fixed;
	if (len < strlen(typed) || strncmp(word, typed, strlen(typed)) != 0)
		return;
	buf_put(c->out, c->typed, c->fixed);
	buf_put(c->out, word, len);
	if (*help) {
		buf_putc(c->out, '\t');
		buf_put(c->out, help, strcspn(help, "\n"));
	}
	buf_putc(c->out, '\n');
}

void completion_put(const struct completion *c, const char *word, const char *help)
{
	put(c, word, strlen(word), help);
}

void completion_put_words(const struct completion *c, const char *words)
{
	for (size_t len; (len = strcspn(words, " ")) > 0; words += len + (words[len] == ' '))
		put(c, words, len, "");
}

void completion_put_files(const struct completion *c)
{
	buf_puts(c->out, COMPLETION_FILES "\n");
}
