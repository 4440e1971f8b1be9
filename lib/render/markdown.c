#include "render/markdown.h"

#include "render/html.h"
#include "render/runbook.h"

#include <ctype.h>
#include <string.h>

enum {
	CODE_INDENT = 4,
	DEPTH_MAX = 8, /* of lists in lists */
	SPAN_MAX_BYTES = 64 << 10,
};

struct md {
	const char *at, *end; /* what is left: it begins with a line */
	const char *base;
	struct buf *out;
	int depth;
};

struct line {
	const char *text; /* behind its spaces */
	size_t len;       /* without its end */
	int indent;
	const char *next;
};

static struct line line_at(const struct md *md, const char *at)
{
	const char *newline = memchr(at, '\n', (size_t)(md->end - at)), *end = newline ? newline : md->end;
	struct line line = {at, 0, 0, newline ? newline + 1 : md->end};
	for (; line.text < end && *line.text == ' '; line.text++)
		line.indent++;
	line.len = (size_t)(end - line.text);
	return line;
}

/* The width of the marker of an item, "- " or "12. "; 0 where the line begins none. */
static int marker_of(const struct line *line)
{
	size_t digits = 0;
	while (digits < line->len && digits < 4 && isdigit((unsigned char)line->text[digits]))
		digits++;
	if (!digits)
		return line->len > 1 && line->text[0] == '-' && line->text[1] == ' ' ? 2 : 0;
	return line->len > digits + 1 && line->text[digits] == '.' && line->text[digits + 1] == ' ' ? (int)digits + 2
												    : 0;
}

/* Spans. */

static void put_text(struct buf *out, const char *text, size_t len)
{
	struct buf span = buf_of(SPAN_MAX_BYTES);
	buf_put_fitting(&span, text, len);
	html_put(out, buf_text(&span));
	buf_fini(&span);
}

/* `[text](#anchor)` at `text`: returns its length; 0 where none begins. Links to elsewhere are not used. */
static size_t put_link(struct md *md, const char *text, size_t len)
{
	const char *middle = memchr(text, ']', len), *end;
	if (!middle || middle + 2 >= text + len || middle[1] != '(' || middle[2] != '#' ||
	    !(end = memchr(middle, ')', len - (size_t)(middle - text))))
		return 0;
	buf_printf(md->out, "<a href=\"%s", md->base);
	put_text(md->out, middle + 2, (size_t)(end - middle) - 2);
	buf_puts(md->out, "\">");
	put_text(md->out, text + 1, (size_t)(middle - text) - 1);
	buf_puts(md->out, "</a>");
	return (size_t)(end - text) + 1;
}

static size_t put_code(struct md *md, const char *text, size_t len)
{
	const char *end = len > 1 ? memchr(text + 1, '`', len - 1) : NULL;
	if (!end)
		return 0;
	buf_puts(md->out, "<code>");
	put_text(md->out, text + 1, (size_t)(end - text) - 1);
	buf_puts(md->out, "</code>");
	return (size_t)(end - text) + 1;
}

static void put_spans(struct md *md, const char *text, size_t len)
{
	for (size_t i = 0, part; i < len; i += part) {
		const char *rest = text + i;
		part = *rest == '`' ? put_code(md, rest, len - i) : *rest == '[' ? put_link(md, rest, len - i) : 0;
		if (part)
			continue;
		for (part = 1; i + part < len && rest[part] != '`' && rest[part] != '[';)
			part++;
		put_text(md->out, rest, part);
	}
}

/* Blocks. */

static void put_blocks(struct md *md, int indent);

static void put_heading(struct md *md, const struct line *line)
{
	size_t level = 0;
	while (level < line->len && level < 5 && line->text[level] == '#')
		level++;
	size_t name = level < line->len ? level + 1 : level;
	buf_printf(md->out, "<h%zu id=\"", level + 1);
	runbook_put_anchor(line->text + name, line->len - name, md->out);
	buf_puts(md->out, "\">");
	put_spans(md, line->text + name, line->len - name);
	buf_printf(md->out, "</h%zu>\n", level + 1);
	md->at = line->next;
}

/* Empty lines within it belong to it, those behind it do not. */
static void put_code_block(struct md *md, int indent)
{
	size_t empty = 0;
	bool is_first = true;
	buf_puts(md->out, "<pre>");
	while (md->at < md->end) {
		struct line line = line_at(md, md->at);
		if (line.len && line.indent < indent)
			break;
		md->at = line.next;
		if (!line.len) {
			empty++;
			continue;
		}
		for (; empty; empty--)
			buf_putc(md->out, '\n');
		buf_puts(md->out, is_first ? "" : "\n");
		is_first = false;
		for (int i = indent; i < line.indent; i++)
			buf_putc(md->out, ' ');
		put_text(md->out, line.text, line.len);
	}
	buf_puts(md->out, "</pre>\n");
}

static bool is_rule(const struct line *line)
{
	for (size_t i = 0; i < line->len; i++)
		if (!strchr("|-: ", line->text[i]))
			return false;
	return true;
}

static void put_row(struct md *md, const struct line *line, const char *cell)
{
	const char *at = line->text + 1, *end = line->text + line->len;
	buf_puts(md->out, "<tr>");
	while (at < end) {
		const char *bar = memchr(at, '|', (size_t)(end - at)), *to = bar ? bar : end;
		for (; at < to && *at == ' '; at++) {
		}
		size_t len = (size_t)(to - at);
		while (len && at[len - 1] == ' ')
			len--;
		buf_printf(md->out, "<%s>", cell);
		put_spans(md, at, len);
		buf_printf(md->out, "</%s>", cell);
		at = to < end ? to + 1 : end;
	}
	buf_puts(md->out, "</tr>\n");
}

static void put_table(struct md *md)
{
	const char *cell = "th";
	buf_puts(md->out, "<table>\n");
	while (md->at < md->end) {
		struct line line = line_at(md, md->at);
		if (!line.len || line.text[0] != '|')
			break;
		if (!is_rule(&line))
			put_row(md, &line, cell);
		cell = "td";
		md->at = line.next;
	}
	buf_puts(md->out, "</table>\n");
}

/* Lines up to an empty one, to an item, or to one that is indented less. The first begins at `md->at`. */
static void put_lines(struct md *md, int indent)
{
	struct buf text = buf_of(SPAN_MAX_BYTES);
	bool is_first = true;
	while (md->at < md->end) {
		struct line line = line_at(md, md->at);
		if (!line.len || (!is_first && (line.indent < indent || marker_of(&line))))
			break;
		buf_puts(&text, is_first ? "" : " ");
		buf_put_fitting(&text, line.text, line.len);
		is_first = false;
		md->at = line.next;
	}
	put_spans(md, buf_text(&text), text.len);
	buf_fini(&text);
}

static bool is_ordered(const struct line *line)
{
	return isdigit((unsigned char)line->text[0]);
}

static void put_item(struct md *md, const struct line *line, int marker)
{
	int indent = line->indent + marker;
	if (is_ordered(line)) {
		buf_puts(md->out, "<li value=\"");
		put_text(md->out, line->text, (size_t)marker - 2);
		buf_puts(md->out, "\">");
	} else
		buf_puts(md->out, "<li>");
	md->at = line->text + marker;
	put_lines(md, indent);
	put_blocks(md, indent);
	buf_puts(md->out, "</li>\n");
}

static void put_list(struct md *md, const struct line *first)
{
	bool ordered = is_ordered(first);
	buf_puts(md->out, ordered ? "<ol>\n" : "<ul>\n");
	while (md->at < md->end) {
		struct line line = line_at(md, md->at);
		int marker = marker_of(&line);
		if (line.len && (line.indent < first->indent || !marker || is_ordered(&line) != ordered))
			break;
		if (line.len)
			put_item(md, &line, marker);
		else
			md->at = line.next;
	}
	buf_puts(md->out, ordered ? "</ol>\n" : "</ul>\n");
}

static void put_block(struct md *md, const struct line *line, int indent)
{
	if (line->indent >= indent + CODE_INDENT)
		put_code_block(md, indent + CODE_INDENT);
	else if (line->text[0] == '#' && line->indent == 0)
		put_heading(md, line);
	else if (line->text[0] == '|')
		put_table(md);
	else if (marker_of(line) && md->depth < DEPTH_MAX)
		put_list(md, line);
	else {
		buf_puts(md->out, "<p>");
		put_lines(md, indent);
		buf_puts(md->out, "</p>\n");
	}
}

static void put_blocks(struct md *md, int indent)
{
	md->depth++;
	while (md->at < md->end) {
		struct line line = line_at(md, md->at);
		if (!line.len)
			md->at = line.next;
		else if (line.indent < indent)
			break;
		else
			put_block(md, &line, indent);
	}
	md->depth--;
}

void markdown_put(const char *text, size_t len, const char *base, struct buf *out)
{
	struct md md = {text, text + len, base, out, 0};
	put_blocks(&md, 0);
}
