#include "cli/markdown.h"

#include "base/mem.h"
#include "cli/table.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum {
	READABLE_WIDTH = 80, /* longer lines of prose tire the eye, and a pipe has no width */
	CODE_INDENT = 4,
	LINE_MAX_BYTES = 4096,
	PARAGRAPH_MAX_BYTES = 64 << 10,
	OUT_MAX_BYTES = 1 << 20,
};

static const char strong_on[] = "\033[1m", strong_off[] = "\033[0m";

static size_t width_of(const struct screen *screen)
{
	return screen->width < READABLE_WIDTH ? screen->width : READABLE_WIDTH;
}

/*
 * One word without its marks, which switch `is_strong` and `is_code` on and off over words. Returns
 * the columns used.
 */
struct inline_state {
	bool is_strong, is_code;
};

static size_t put_word(const struct screen *screen, const char *word, size_t len,
    struct inline_state *state, struct buf *out)
{
	size_t width = 0;
	bool is_lit = state->is_strong || state->is_code;
	if (is_lit && screen->has_colour)
		buf_puts(out, strong_on);
	for (size_t i = 0; i < len;) {
		size_t piece = 1;
		if (word[i] == '`')
			state->is_code = !state->is_code;
		else if (!state->is_code && i + 1 < len && word[i] == '*' && word[i + 1] == '*') {
			state->is_strong = !state->is_strong;
			piece = 2;
		} else {
			piece += strcspn(word + i + 1, "`*");
			piece = piece > len - i ? len - i : piece;
			width += screen_put_clean(out, word + i, piece);
		}
		i += piece;
		bool lights = state->is_strong || state->is_code;
		if (lights != is_lit && screen->has_colour)
			buf_puts(out, lights ? strong_on : strong_off);
		is_lit = lights;
	}
	if (is_lit && screen->has_colour)
		buf_puts(out, strong_off);
	return width;
}

/* Up to the next space, but a `span of code` is one word: broken, it could not be copied. */
static size_t word_of(const char *text)
{
	size_t len = 0;
	for (bool is_code = false; text[len] && (is_code || text[len] != ' '); len++)
		is_code ^= text[len] == '`';
	return len;
}

/* Appends `text` in lines that begin with `first` columns for the first one, `rest` for the others. */
static void put_paragraph(const struct screen *screen, const char *text, size_t first_used,
    size_t rest, struct buf *out)
{
	struct inline_state state = {0};
	size_t column = first_used;
	bool is_fresh = true; /* nothing in this line yet */
	for (text += strspn(text, " "); *text; text += strspn(text, " ")) {
		size_t len = word_of(text);
		struct buf word = buf_of(LINE_MAX_BYTES);
		size_t width = put_word(screen, text, len, &state, &word);
		if (!is_fresh && column + 1 + width > width_of(screen)) {
			buf_printf(out, "\n%*s", (int)rest, "");
			column = rest;
			is_fresh = true;
		}
		if (!is_fresh)
			buf_putc(out, ' ');
		buf_puts(out, buf_text(&word));
		column += width + !is_fresh;
		is_fresh = false;
		text += len;
		buf_fini(&word);
	}
	buf_putc(out, '\n');
}

/* Links lose their target where it is a place in the same text. */
static char *without_links(const char *text, size_t len)
{
	char *plain = mem_zeroed(len + 1, 1), *to = plain;
	for (size_t i = 0; i < len;) {
		size_t label = text[i] == '[' ? strcspn(text + i, "]") : 0;
		if (label && i + label + 2 < len && strncmp(text + i + label, "](#", 3) == 0) {
			memcpy(to, text + i + 1, label - 1);
			to += label - 1;
			i += label;
			i += strcspn(text + i, ")") + 1;
		} else
			*to++ = text[i++];
	}
	return plain;
}

/* "- " or "12. ": its length with what stands before it, 0 where the line begins no item. */
static size_t item_of(const char *line)
{
	size_t indent = strspn(line, " "), digits = strspn(line + indent, "0123456789");
	if (!digits && line[indent] == '-' && line[indent + 1] == ' ')
		return indent + 2;
	if (digits && strncmp(line + indent + digits, ". ", 2) == 0)
		return indent + digits + 2;
	return 0;
}

static bool starts_block(const char *line)
{
	const char *text = line + strspn(line, " ");
	return !*text || *text == '\n' || *text == '#' || *text == '|' || strncmp(text, "```", 3) == 0 ||
	       item_of(line);
}

static const char *behind_line(const char *line)
{
	line += strcspn(line, "\n");
	return *line ? line + 1 : line;
}

static const char *put_heading(const struct screen *screen, const char *line, struct buf *out)
{
	const char *text = line + strspn(line, "# ");
	char *name = mem_copy_text(text, strcspn(text, "\n"));
	screen_put(screen, out, TONE_HEAD, name, screen->width);
	buf_putc(out, '\n');
	free(name);
	return behind_line(line);
}

/* Code stays in one piece, for copying; its indent is the block's own and four more. */
static const char *put_code(const char *line, struct buf *out)
{
	size_t indent = strspn(line, " ");
	for (line = behind_line(line); *line; line = behind_line(line)) {
		size_t own = strspn(line, " "), len = strcspn(line, "\n");
		if (strncmp(line + own, "```", 3) == 0)
			return behind_line(line);
		own = own < indent ? own : indent;
		if (len > own)
			buf_printf(out, "%*s", (int)(indent + CODE_INDENT), "");
		screen_put_clean(out, line + own, len - own);
		buf_putc(out, '\n');
	}
	return line;
}

static void put_cell(struct table *t, const char *text, size_t len, bool is_head)
{
	static const struct screen no_colour = {.width = SIZE_MAX};
	struct buf cell = buf_of(TABLE_CELL_MAX_BYTES);
	char *plain = without_links(text, len);
	put_word(&no_colour, plain, strlen(plain), &(struct inline_state){0}, &cell);
	table_put(t, is_head ? TONE_HEAD : TONE_PLAIN, "%s", buf_text(&cell));
	free(plain);
	buf_fini(&cell);
}

/* "| a | b |", of which the second row only draws a line. */
static const char *put_table(const struct screen *screen, const char *line, struct buf *out)
{
	struct table t = {.is_list = true};
	size_t indent = strspn(line, " ");
	for (size_t row = 0; line[strspn(line, " ")] == '|'; row++, line = behind_line(line)) {
		const char *at = line + strspn(line, " ") + 1, *end = line + strcspn(line, "\n");
		size_t column = 0;
		for (; row != 1 && at < end && column < TABLE_COLUMNS_MAX; column++) {
			at += strspn(at, " ");
			size_t size = strcspn(at, "|\n"), len = size;
			while (len && at[len - 1] == ' ')
				len--;
			put_cell(&t, at, len, row == 0);
			at += size + 1;
		}
		if (row == 0)
			t.columns = column;
	}
	struct screen narrower = *screen;
	struct buf text = buf_of(OUT_MAX_BYTES);
	narrower.width = width_of(screen) > indent ? width_of(screen) - indent : 1;
	if (t.columns)
		table_render(&t, &narrower, &text);
	for (const char *at = buf_text(&text); *at; at = behind_line(at))
		buf_printf(out, "%*s%.*s\n", (int)indent, "", (int)strcspn(at, "\n"), at);
	table_fini(&t);
	buf_fini(&text);
	return line;
}

/* A paragraph or an item of a list: all its lines up to the next block. */
static const char *put_text(const struct screen *screen, const char *line, struct buf *out)
{
	struct buf text = buf_of(PARAGRAPH_MAX_BYTES);
	size_t indent = strspn(line, " "), hang = item_of(line);
	hang = hang ? hang : indent;
	buf_printf(out, "%.*s", (int)hang, line); /* the item's own number stays */
	const char *at = line + hang;
	do {
		at += strspn(at, " ");
		buf_put(&text, at, strcspn(at, "\n"));
		buf_putc(&text, ' ');
		at = behind_line(at);
	} while (!starts_block(at));
	char *plain = without_links(buf_text(&text), text.len);
	put_paragraph(screen, plain, hang, hang, out);
	free(plain);
	buf_fini(&text);
	return at;
}

void markdown_put(const struct screen *screen, const char *text, struct buf *out)
{
	while (*text) {
		const char *sign = text + strspn(text, " ");
		if (*sign == '\n' || !*sign) {
			buf_putc(out, '\n');
			text = behind_line(text);
		} else if (*text == '#')
			text = put_heading(screen, text, out);
		else if (*sign == '|')
			text = put_table(screen, text, out);
		else if (strncmp(sign, "```", 3) == 0)
			text = put_code(text, out);
		else
			text = put_text(screen, text, out);
	}
}
