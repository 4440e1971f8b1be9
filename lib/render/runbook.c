#include "render/runbook.h"

#include <ctype.h>
#include <string.h>

/* "### Name": how many '#', 0 where the line is no heading. */
static size_t level_of(const char *line)
{
	size_t level = strspn(line, "#");
	return level && line[level] == ' ' ? level : 0;
}

static const char *next_line(const char *line)
{
	const char *end = strchr(line, '\n');
	return end ? end + 1 : line + strlen(line);
}

/* The next heading at or behind `line` of at most `level`; the end of the text where there is none. */
static const char *heading_from(const char *line, size_t level)
{
	/* Code is indented, so that a shell's comment is no heading. */
	while (*line && (!level_of(line) || level_of(line) > level))
		line = next_line(line);
	return line;
}

bool runbook_next(const struct runbook_section *after, struct runbook_section *out)
{
	const char *heading = heading_from(after ? after->body : runbook_text, 6);
	size_t level = level_of(heading);
	if (!level)
		return false;
	const char *body = next_line(heading);
	*out = (struct runbook_section){.name = heading + level + 1,
	    .name_len = strcspn(heading + level + 1, "\n"),
	    .body = body,
	    .len = (size_t)(heading_from(body, level) - body)};
	return true;
}

static char plain(char c)
{
	return (char)(c == '-' ? ' ' : tolower((unsigned char)c));
}

static bool is_named(const struct runbook_section *section, const char *name)
{
	size_t i = 0;
	while (i < section->name_len && name[i] && plain(section->name[i]) == plain(name[i]))
		i++;
	return i == section->name_len && !name[i];
}

bool runbook_find(const char *name, struct runbook_section *out)
{
	struct runbook_section section, before;
	for (bool is_first = true; runbook_next(is_first ? NULL : &before, &section); is_first = false) {
		if (is_named(&section, name)) {
			*out = section;
			return true;
		}
		before = section;
	}
	return false;
}

bool runbook_field(const struct runbook_section *section, const char *name, struct runbook_part *out)
{
	const char *end = section->body + section->len, *line = section->body + strspn(section->body, "\n");
	size_t len = strlen(name);
	for (; line < end && line[0] == '-'; line = next_line(line))
		if (strncmp(line + 2, name, len) == 0 && strncmp(line + 2 + len, ": ", 2) == 0) {
			const char *text = line + len + 4;
			*out = (struct runbook_part){text, strcspn(text, "\n")};
			return true;
		}
	return false;
}

/* The number of the step that begins at `line`; 0 where none does. */
static int step_at(const char *line)
{
	int number = 0;
	for (; isdigit((unsigned char)*line) && number < 1000; line++)
		number = number * 10 + (*line - '0');
	return strncmp(line, ". ", 2) == 0 ? number : 0;
}

/* A line that is not indented and begins no step ends the steps. */
bool runbook_step(const struct runbook_section *section, int number, struct runbook_part *out)
{
	const char *end = section->body + section->len, *line = section->body;
	while (line < end && step_at(line) != number)
		line = next_line(line);
	if (line >= end)
		return false;
	*out = (struct runbook_part){line, 0};
	do
		line = next_line(line);
	while (line < end && (*line == ' ' || *line == '\n'));
	out->len = (size_t)(line - out->text);
	return true;
}

static bool is_item(const char *line)
{
	return strncmp(line + strspn(line, " "), "- ", 2) == 0;
}

/* Indented by four more than the text of a step, which itself is indented by three. */
static bool is_code(const char *line)
{
	return strspn(line, " ") >= 7;
}

/* Where the paragraph, the item or the code that begins at `line` ends: an empty line belongs to what is before it. */
static const char *block_end(const char *line, const char *end)
{
	bool was_code = is_code(line);
	do
		line = next_line(line);
	while (line < end && *line != '\n' && !is_item(line) && is_code(line) == was_code);
	while (line < end && *line == '\n')
		line = next_line(line);
	return line;
}

static bool names_word(const char *text, size_t len, const char *word)
{
	size_t word_len = strlen(word);
	for (size_t i = 0; i + word_len + 2 <= len; i++)
		if (text[i] == '`' && text[i + 1 + word_len] == '`' && memcmp(text + i + 1, word, word_len) == 0)
			return true;
	return false;
}

static bool is_said_of_others(const char *text, size_t len, const char *const all[], const bool holds[], size_t count)
{
	bool names_one = false;
	for (size_t i = 0; i < count; i++) {
		bool is_named = names_word(text, len, all[i]);
		if (is_named && holds[i])
			return false;
		names_one = names_one || is_named;
	}
	return names_one;
}

void runbook_put_for(
    const struct runbook_part *step, const char *const all[], const bool holds[], size_t count, struct buf *out)
{
	const char *end = step->text + step->len, *block_to;
	bool is_left_out = false;
	for (const char *block = step->text; block < end; block = block_to) {
		block_to = block_end(block, end);
		size_t len = (size_t)(block_to - block);
		if (!is_code(block)) /* code belongs to what is said before it */
			is_left_out = is_said_of_others(block, len, all, holds, count);
		if (!is_left_out)
			buf_put(out, block, len);
	}
}

void runbook_put_anchor(const char *name, size_t len, struct buf *out)
{
	for (size_t i = 0; i < len; i++) {
		if (isalnum((unsigned char)name[i]) || name[i] == '_' || name[i] == '-')
			buf_putc(out, (char)tolower((unsigned char)name[i]));
		else if (name[i] == ' ')
			buf_putc(out, '-');
	}
}
