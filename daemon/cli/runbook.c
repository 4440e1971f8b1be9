#define _GNU_SOURCE /* memmem */
#include "cli/runbook.h"

#include <ctype.h>
#include <string.h>

enum { CELLS = 4 /* priority, what it means, how fast to respond, who */ };

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

/* In a fence a '#' is a shell's comment. */
static bool is_fence(const char *line)
{
	line += strspn(line, " ");
	return strncmp(line, "```", 3) == 0;
}

/* The next heading at or behind `line` of at most `level`; the end of the text where there is none. */
static const char *heading_from(const char *line, size_t level)
{
	for (bool is_code = false; *line; line = next_line(line)) {
		size_t found = is_code ? 0 : level_of(line);
		if (found && found <= level)
			break;
		is_code ^= is_fence(line);
	}
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

/* The cells of a table's row, white space taken off. */
static size_t cells_of(const char *row, const char *cell[CELLS], size_t len[CELLS])
{
	size_t count = 0;
	for (row++; count < CELLS && *row && *row != '\n'; count++) {
		row += strspn(row, " ");
		size_t size = strcspn(row, "|\n");
		cell[count] = row;
		row += size + (row[size] == '|');
		while (size && cell[count][size - 1] == ' ')
			size--;
		len[count] = size;
	}
	return count;
}

void runbook_put_priority(const struct runbook_section *section, struct buf *out)
{
	const char *mark = memmem(section->body, section->len, "**P", 3), *cell[CELLS];
	size_t len[CELLS];
	if (!mark || mark[3] < '0' || mark[3] > '9')
		return;
	for (const char *line = runbook_text; *line; line = next_line(line))
		if (*line == '|' && cells_of(line, cell, len) == CELLS && len[0] == 2 &&
		    strncmp(cell[0], mark + 2, 2) == 0) {
			buf_printf(out, "%.2s, respond %.*s: %.*s", cell[0], (int)len[2], cell[2],
			    (int)len[3], cell[3]);
			return;
		}
}
