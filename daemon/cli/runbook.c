#include "cli/runbook.h"

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
