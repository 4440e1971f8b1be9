#include "hawatch_table.h"

#include "base/mem.h"

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
	vsnprintf(text, sizeof text, format, ap);
	va_end(ap);
	if (t->count == t->cap) {
		t->cap = t->cap ? 2 * t->cap : FIRST_CAP;
		t->cells = mem_resized(t->cells, t->cap * sizeof *t->cells);
	}
	t->cells[t->count++] =
	    (struct table_cell){.text = mem_copy_text(text, strlen(text)), .tone = tone};
}

/* Natural widths, then one column less off the widest, again and again, until the row fits. */
static void measure(const struct table *t, size_t room, size_t width[])
{
	size_t total = GAP * (t->columns - 1);
	for (size_t c = 0; c < t->columns; c++) {
		width[c] = t->min[c];
		for (size_t i = c; i < t->count; i += t->columns) {
			size_t w = screen_width(t->cells[i].text);
			if (w > width[c])
				width[c] = w;
		}
		total += width[c];
	}
	for (; total > room; total--) {
		size_t widest = 0;
		for (size_t c = 1; c < t->columns; c++)
			if (width[c] >= width[widest])
				widest = c;
		if (width[widest] <= NARROWEST)
			return;
		width[widest]--;
	}
}

/* One line of a row; what did not fit stays in `rest` for the next one. */
static void put_line(const struct table *t, const struct screen *screen, size_t row,
    const size_t width[], const char *rest[], struct buf *out)
{
	size_t last = t->columns, pad = 0;
	while (last > 1 && !*rest[last - 1])
		last--;
	for (size_t c = 0; c < last; c++) {
		size_t len = screen_break(rest[c], width[c]);
		char *piece = mem_copy_text(rest[c], len);
		buf_printf(out, "%*s", (int)pad, "");
		size_t used = screen_put(screen, out, *piece ? t->cells[row + c].tone : TONE_PLAIN,
		    piece, width[c]);
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

void table_render(const struct table *t, const struct screen *screen, struct buf *out)
{
	size_t width[TABLE_COLUMNS_MAX];
	const char *rest[TABLE_COLUMNS_MAX];
	measure(t, screen->width, width);
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
	*t = table_of(t->columns);
}
