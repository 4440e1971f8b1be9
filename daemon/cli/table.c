#include "cli/table.h"

#include "base/mem.h"
#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { GAP = 2, NARROWEST = 4, FIRST_CAP = 32 };

void table_put(struct table *t, enum screen_tone tone, const char *format, ...)
{
	char text[TABLE_CELL_MAX_BYTES];
	va_list ap;
	va_start(ap, format);
	text_mark_cut(text, sizeof text, vsnprintf(text, sizeof text, format, ap));
	va_end(ap);
	if (t->count == t->cap) {
		t->cap = t->cap ? 2 * t->cap : FIRST_CAP;
		t->cells = mem_resized(t->cells, t->cap * sizeof *t->cells);
	}
	t->cells[t->count++] = (struct table_cell){.text = mem_copy_text(text, strlen(text)), .tone = tone};
}

/* Columns of the longest word. A narrower column would break it. */
static size_t longest_word(const char *text)
{
	size_t longest = 0;
	for (text += strspn(text, " "); *text; text += strspn(text, " ")) {
		size_t len = strcspn(text, " ");
		char *word = mem_copy_text(text, len);
		size_t width = screen_width(word);
		longest = width > longest ? width : longest;
		free(word);
		text += len;
	}
	return longest;
}

/* The full width of the columns (`width`), and the least width that keeps words whole (`need`). */
static void measure(const struct table *t, size_t width[], size_t need[])
{
	for (size_t c = 0; c < t->columns; c++) {
		width[c] = need[c] = t->min[c];
		for (size_t i = c; i < t->count; i += t->columns) {
			size_t whole = screen_width(t->cells[i].text), word = longest_word(t->cells[i].text);
			width[c] = whole > width[c] ? whole : width[c];
			need[c] = word > need[c] ? word : need[c];
		}
	}
}

static size_t total_of(const struct table *t, const size_t width[])
{
	size_t total = GAP * (t->columns - 1);
	for (size_t c = 0; c < t->columns; c++)
		total += width[c];
	return total;
}

/* Takes one column at a time from the column with most spare space, until the row fits. */
static void squeeze(const struct table *t, size_t room, size_t width[], const size_t need[])
{
	for (size_t total = total_of(t, width); total > room; total--) {
		size_t from = 0;
		for (size_t c = 1; c < t->columns; c++)
			if (width[c] - need[c] >= width[from] - need[from])
				from = c;
		if (width[from] <= need[from]) /* no spare space: break words in the widest column */
			break;
		width[from]--;
	}
	for (size_t total = total_of(t, width); total > room; total--) {
		size_t widest = 0;
		for (size_t c = 1; c < t->columns; c++)
			if (width[c] >= width[widest])
				widest = c;
		if (width[widest] <= NARROWEST)
			return;
		width[widest]--;
	}
}

/* One line of a row. The remaining text stays in `rest` for the next line. */
static void put_line(const struct table *t, const struct screen *screen, size_t row, const size_t width[],
    const char *rest[], struct buf *out)
{
	size_t last = t->columns, pad = 0;
	while (last > 1 && !*rest[last - 1])
		last--;
	for (size_t c = 0; c < last; c++) {
		size_t len = screen_break(rest[c], width[c]);
		char *piece = mem_copy_text(rest[c], len);
		buf_printf(out, "%*s", (int)pad, "");
		size_t used = screen_put(screen, out, *piece ? t->cells[row + c].tone : TONE_PLAIN, piece, width[c]);
		pad = width[c] - used + GAP;
		rest[c] += len + strspn(rest[c] + len, " ");
		free(piece);
	}
	buf_putc(out, '\n');
}

static bool is_through(const struct table *t, const char *rest[])
{
	for (size_t c = 0; c < t->columns; c++)
		if (*rest[c])
			return false;
	return true;
}

/* A row as a paragraph: the first cell, and the others below it. The heads are left out. */
static void put_stacked(const struct table *t, const struct screen *screen, struct buf *out)
{
	for (size_t i = t->columns; i + t->columns <= t->count; i += t->columns) {
		struct buf rest = buf_of(TABLE_COLUMNS_MAX * (TABLE_CELL_MAX_BYTES + 2));
		screen_put(screen, out, t->cells[i].tone, t->cells[i].text, screen->width);
		buf_putc(out, '\n');
		for (size_t c = 1; c < t->columns; c++)
			if (*t->cells[i + c].text && strcmp(t->cells[i + c].text, "-") != 0)
				buf_printf(&rest, "%s%s", rest.len ? ", " : "", t->cells[i + c].text);
		if (rest.len)
			screen_put_wrapped(screen, out, GAP, buf_text(&rest));
		buf_fini(&rest);
	}
}

void table_render(const struct table *t, const struct screen *screen, struct buf *out)
{
	size_t width[TABLE_COLUMNS_MAX], need[TABLE_COLUMNS_MAX];
	const char *rest[TABLE_COLUMNS_MAX];
	measure(t, width, need);
	bool is_tight = total_of(t, width) / 3 > screen->width / 2; /* rows of three lines are hard to read */
	if (t->is_list && (is_tight || total_of(t, need) > screen->width)) {
		put_stacked(t, screen, out);
		return;
	}
	squeeze(t, screen->width, width, need);
	for (size_t i = 0; i + t->columns <= t->count; i += t->columns) {
		for (size_t c = 0; c < t->columns; c++)
			rest[c] = t->cells[i + c].text;
		do
			put_line(t, screen, i, width, rest, out);
		while (!is_through(t, rest));
	}
}

void table_fini(struct table *t)
{
	for (size_t i = 0; i < t->count; i++)
		free(t->cells[i].text);
	free(t->cells);
	t->cells = NULL;
	t->count = t->cap = 0;
}
