#include "cli/paragraphs.h"

#include <ctype.h>
#include <string.h>

enum { CODE_INDENT = 4, LINE_MAX_BYTES = 8192 };

struct paragraphs {
	struct buf *out;
	size_t width;
	size_t prose;    /* where the text of the present paragraph or item begins */
	bool is_code;    /* the present block */
	bool was_blank;  /* the line before */
	struct buf left; /* of the line before: what has to join the next one */
};

/* Where the text of a line begins, behind "=> ", "1. " and "- ". */
static size_t text_at(const char *line)
{
	size_t at = strspn(line, " "), digits;
	at += strncmp(line + at, "=> ", 3) == 0 ? 3 : 0;
	digits = strspn(line + at, "0123456789");
	at += digits && strncmp(line + at + digits, ". ", 2) == 0 ? digits + 2 : 0;
	return at + (strncmp(line + at, "- ", 2) == 0 ? 2 : 0);
}

/* The last space up to `width`, rather not one within `code`; 0 where there is none behind the indent. */
static size_t break_of(const char *line, size_t len, size_t from, size_t width)
{
	size_t best = 0, any = 0;
	bool is_in_code = false;
	for (size_t i = from; i < len && i <= width; i++) {
		is_in_code ^= line[i] == '`';
		if (line[i] == ' ') {
			any = i;
			best = is_in_code ? best : i;
		}
	}
	return best ? best : any;
}

static void put_line(struct paragraphs *p, const char *line, size_t len)
{
	screen_put_clean(p->out, line, len);
	buf_putc(p->out, '\n');
}

/* What is too much stays in p->left, behind the indent. */
static void put_prose(struct paragraphs *p, struct buf *line)
{
	bool is_broken = false;
	size_t at, from = text_at(buf_text(line));
	while (line->len > p->width && (at = break_of(buf_text(line), line->len, from, p->width))) {
		struct buf rest = buf_of(LINE_MAX_BYTES);
		put_line(p, buf_text(line), at);
		buf_printf(&rest, "%*s%s", (int)p->prose, "", buf_text(line) + at + 1);
		buf_fini(line);
		*line = rest;
		from = p->prose;
		is_broken = true;
	}
	if (is_broken)
		buf_puts(&p->left, buf_text(line));
	else
		put_line(p, buf_text(line), line->len);
}

static void flush(struct paragraphs *p)
{
	if (p->left.len)
		put_line(p, buf_text(&p->left), p->left.len);
	buf_reset(&p->left);
}

static void take_prose(struct paragraphs *p, const char *text, size_t len)
{
	size_t indent = strspn(text, " "), at = text_at(text);
	struct buf line = buf_of(LINE_MAX_BYTES);
	if (p->was_blank || at > indent) { /* begins a paragraph or an item */
		flush(p);
		p->prose = at;
	}
	if (p->left.len) {
		buf_printf(&line, "%s ", buf_text(&p->left));
		buf_reset(&p->left);
		text += indent;
		len -= indent;
	}
	buf_put(&line, text, len);
	put_prose(p, &line);
	buf_fini(&line);
}

void paragraphs_put(struct buf *out, const char *text, size_t width)
{
	struct paragraphs p = {.out = out, .width = width, .was_blank = true, .left = buf_of(LINE_MAX_BYTES)};
	for (size_t len; *text; text += len + (text[len] == '\n')) {
		size_t indent = strspn(text, " ");
		len = strcspn(text, "\n");
		if (len == 0) {
			flush(&p);
			buf_putc(out, '\n');
			p.was_blank = true;
			continue;
		}
		if (p.was_blank)
			p.is_code = indent >= p.prose + CODE_INDENT;
		if (p.is_code || *text == '#' || *text == '|' || len >= LINE_MAX_BYTES / 2) {
			flush(&p);
			put_line(&p, text, len);
		} else
			take_prose(&p, text, len);
		p.was_blank = false;
	}
	flush(&p);
	buf_fini(&p.left);
}
