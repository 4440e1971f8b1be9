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

void table_render(const struct table *t, const struct screen *screen, struct buf *out)
{
	size_t width[TABLE_COLUMNS_MAX];
	measure(t, screen->width, width);
	for (size_t i = 0; i + t->columns <= t->count; i += t->columns) {
		for (size_t c = 0; c < t->columns; c++) {
			const struct table_cell *cell = &t->cells[i + c];
			size_t used = screen_put(screen, out, cell->tone, cell->text, width[c]);
			if (c + 1 < t->columns)
				buf_printf(out, "%*s", (int)(width[c] - used + GAP), "");
		}
		buf_putc(out, '\n');
	}
}

void table_fini(struct table *t)
{
	for (size_t i = 0; i < t->count; i++)
		free(t->cells[i].text);
	free(t->cells);
	*t = table_of(t->columns);
}
