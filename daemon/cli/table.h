/*
 * Columns on a screen: add cells from left to right, row by row, then render. A column is as wide as its
 * widest cell. On a narrower screen the columns with most spare space shrink first, and their cells continue
 * on the next line.
 */
#pragma once

#include "cli/screen.h"

enum { TABLE_COLUMNS_MAX = 12, TABLE_CELL_MAX_BYTES = 4096 };

struct table_cell {
	char *text;
	enum screen_tone tone;
};

struct table {
	size_t columns;                /* 1 to TABLE_COLUMNS_MAX */
	bool is_list;                  /* the first row holds heads; if words would break, cells are stacked */
	size_t min[TABLE_COLUMNS_MAX]; /* minimum width per column */
	struct table_cell *cells;
	size_t count, cap;
};

static inline struct table table_of(size_t columns)
{
	return (struct table){.columns = columns};
}

/* Adds the next cell. The text is copied; a longer one than TABLE_CELL_MAX_BYTES is cut, and says so. */
void table_put(struct table *t, enum screen_tone tone, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Appends the rows. An incomplete last row is left out. */
void table_render(const struct table *t, const struct screen *screen, struct buf *out);

void table_fini(struct table *t);
