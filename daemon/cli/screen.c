#define _XOPEN_SOURCE 700 /* wcwidth */
#define _DEFAULT_SOURCE   /* TIOCGWINSZ */
#include "cli/screen.h"

#include "base/text.h"

#include <errno.h>
#include <locale.h>
#include <poll.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>

enum { USUAL_WIDTH = 80, USUAL_HEIGHT = 24, WIDTH_MIN = 20, HEIGHT_MIN = 4, LINE_MAX_BYTES = 4096 };

static const char *const colour_of[] = {
    [TONE_PLAIN] = NULL,
    [TONE_GOOD] = "\033[32m",
    [TONE_WARN] = "\033[33m",
    [TONE_BAD] = "\033[1;31m",
    [TONE_HEAD] = "\033[1m",
};

/* The terminal's size, else the environment's, else the default. */
static size_t size_of(unsigned short told, const char *variable, long usual, long least)
{
	const char *env = getenv(variable);
	long size = told;
	if (size <= 0 && env)
		size = strtol(env, NULL, 10);
	if (size <= 0)
		size = usual;
	return (size_t)(size < least ? least : size);
}

static struct winsize size_told(int fd)
{
	struct winsize size;
	return ioctl(fd, TIOCGWINSZ, &size) == 0 ? size : (struct winsize){0};
}

void screen_measure(struct screen *s)
{
	s->width = s->height = SIZE_MAX;
	if (!s->is_terminal)
		return;
	struct winsize size = size_told(STDOUT_FILENO);
	s->width = size_of(size.ws_col, "COLUMNS", USUAL_WIDTH, WIDTH_MIN);
	s->height = size_of(size.ws_row, "LINES", USUAL_HEIGHT, HEIGHT_MIN);
}

struct screen screen_open(void)
{
	const char *no_colour = getenv("NO_COLOR"), *term = getenv("TERM");
	struct screen s = {.is_terminal = isatty(STDOUT_FILENO)};
	screen_measure(&s);
	s.has_cursor = s.is_terminal && term && *term && strcmp(term, "dumb") != 0;
	s.has_colour = s.has_cursor && !(no_colour && *no_colour);
	/* hawatchd sends UTF-8 in every locale. Without C.UTF-8 every non-ASCII character becomes '?'. */
	setlocale(LC_CTYPE, "C.UTF-8");
	return s;
}

/* One safe character, or what replaces it. */
struct glyph {
	struct text_code stand_in; /* "": the character is shown as it is */
	size_t width, bytes;       /* on the screen; in the original */
};

/* `marks` as in text_shows(). */
static struct glyph next_glyph(const char *at, size_t left, int *marks)
{
	int32_t c;
	size_t n = text_next(at, &c);
	bool is_shown = text_shows(c, marks) && n <= left;
	int width = is_shown ? wcwidth((wchar_t)c) : -1;
	if (width >= 0)
		return (struct glyph){.width = (size_t)width, .bytes = n};
	struct glyph g = {.stand_in = text_stand_in(n > left ? TEXT_INVALID : c), .bytes = n > left ? 1 : n};
	g.width = strlen(g.stand_in.text);
	return g;
}

/* Columns of the whole text. With `room`, *fits is set to the bytes that fit into `room`. */
static size_t measure(const char *text, size_t len, size_t room, size_t *fits)
{
	size_t width = 0;
	int marks = TEXT_MARKS_MAX;
	*fits = 0;
	for (size_t i = 0; i < len;) {
		struct glyph g = next_glyph(text + i, len - i, &marks);
		width += g.width;
		i += g.bytes;
		if (width <= room)
			*fits = i;
	}
	return width;
}

static size_t first_bytes(const char *text)
{
	int32_t c;
	return text_next(text, &c);
}

size_t screen_width(const char *text)
{
	size_t fits;
	return measure(text, strlen(text), 0, &fits);
}

size_t screen_put_clean(struct buf *out, const char *text, size_t len)
{
	size_t width = 0;
	int marks = TEXT_MARKS_MAX;
	for (size_t i = 0; i < len;) {
		struct glyph g = next_glyph(text + i, len - i, &marks);
		if (*g.stand_in.text)
			buf_puts(out, g.stand_in.text);
		else
			buf_put(out, text + i, g.bytes);
		width += g.width;
		i += g.bytes;
	}
	return width;
}

size_t screen_break(const char *text, size_t width)
{
	size_t len = strlen(text), fits, i;
	if (measure(text, len, width, &fits) <= width)
		return len;
	for (i = fits; i > 0 && text[i] != ' '; i--)
		;
	/* At least one character, otherwise the caller would loop for ever. */
	return i ? i : fits ? fits : first_bytes(text);
}

size_t screen_put(const struct screen *screen, struct buf *out, enum screen_tone tone, const char *text, size_t width)
{
	const char *colour = screen->has_colour ? colour_of[tone] : NULL;
	size_t len = strlen(text), fits, used = measure(text, len, width, &fits);
	const char *mark = "";
	if (used > width) {
		mark = width > sizeof TEXT_CUT ? TEXT_CUT : "";
		len = 0;
		used = measure(text, strlen(text), width - strlen(mark), &len);
		used = measure(text, len, SIZE_MAX, &fits) + strlen(mark);
	}
	if (colour)
		buf_puts(out, colour);
	screen_put_clean(out, text, len);
	buf_puts(out, mark);
	if (colour)
		buf_puts(out, "\033[0m");
	return used;
}

void screen_put_wrapped(const struct screen *screen, struct buf *out, size_t indent, const char *text)
{
	size_t column = 0; /* 0: the line is empty */
	for (text += strspn(text, " \n\r\t"); *text; text += strspn(text, " \n\r\t")) {
		size_t len = strcspn(text, " \n\r\t"), room = screen->width - indent, fits, ignored;
		size_t width = measure(text, len, room, &fits);
		if (column && width >= screen->width - column) {
			buf_putc(out, '\n');
			column = 0;
		}
		if (!column && width > room) { /* a word that is longer than a line continues on the next */
			len = fits ? fits : first_bytes(text);
			width = measure(text, len, SIZE_MAX, &ignored);
		}
		if (!column)
			buf_printf(out, "%*s", (int)indent, "");
		else
			buf_putc(out, ' ');
		column += (column ? 1 : indent) + width;
		screen_put_clean(out, text, len);
		text += len;
	}
	buf_putc(out, '\n');
}

size_t screen_put_fitting(struct buf *out, const char *text, size_t height, const char *before)
{
	size_t total = 0, lines = 0;
	for (const char *at = text; (at = strchr(at, '\n')); at++)
		total++;
	for (const char *end; lines < height && (end = strchr(text, '\n')); text = end + 1) {
		buf_puts(out, before);
		if (++lines == height && total > height)
			buf_printf(out, TEXT_CUT " %zu more lines", total - height + 1);
		else
			buf_put(out, text, (size_t)(end - text));
		buf_putc(out, '\n');
	}
	return lines;
}

void screen_put_json(const struct screen *screen, struct buf *out, const char *json, size_t len)
{
	while (len && strchr(" \n\r\t", json[len - 1]))
		len--;
	if (screen->is_terminal)
		screen_put_clean(out, json, len);
	else
		buf_put(out, json, len);
	buf_putc(out, '\n');
}

static enum flush put_out(const char *text, size_t len)
{
	for (size_t done = 0; done < len;) {
		ssize_t n = write(STDOUT_FILENO, text + done, len - done);
		if (n >= 0)
			done += (size_t)n;
		else if (errno == EPIPE)
			return FLUSH_GONE;
		else if (errno != EINTR) {
			screen_complain("cannot write the answer to stdout: %s", strerror(errno));
			return FLUSH_FAILED;
		}
	}
	return FLUSHED;
}

enum flush screen_flush(const struct buf *out)
{
	if (out->overflow) {
		screen_complain("the answer is too large to be shown");
		return FLUSH_FAILED;
	}
	return put_out(out->data, out->len);
}

enum flush screen_say(const char *text)
{
	return put_out(text, strlen(text));
}

bool screen_has_reader(void)
{
	struct pollfd out = {.fd = STDOUT_FILENO};
	return poll(&out, 1, 0) < 0 || !(out.revents & POLLERR);
}

void screen_complain(const char *format, ...)
{
	char text[LINE_MAX_BYTES];
	va_list ap;
	va_start(ap, format);
	text_mark_cut(text, sizeof text, vsnprintf(text, sizeof text, format, ap));
	va_end(ap);
	struct screen terminal = {.width = size_of(size_told(STDERR_FILENO).ws_col, "COLUMNS", USUAL_WIDTH, WIDTH_MIN)};
	struct buf whole = buf_of(LINE_MAX_BYTES + 16), line = buf_of(LINE_MAX_BYTES * sizeof(struct text_code));
	buf_printf(&whole, "hawatch: %s", text);
	if (isatty(STDERR_FILENO))
		screen_put_wrapped(&terminal, &line, 0, buf_text(&whole));
	else {
		screen_put_clean(&line, buf_text(&whole), whole.len);
		buf_putc(&line, '\n');
	}
	/* If stderr fails too, only the exit code is left. */
	if (write(STDERR_FILENO, line.data, line.len) < 0)
		errno = 0;
	buf_fini(&line);
	buf_fini(&whole);
}
