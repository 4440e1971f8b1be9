/*
 * stdout and how text gets there. Text from the network goes through screen_put() before a terminal shows it,
 * so that an answer cannot move the cursor, change colours or the window title.
 */
#pragma once

#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>

/* Colours only repeat what the words say. */
enum screen_tone { TONE_PLAIN, TONE_GOOD, TONE_WARN, TONE_BAD, TONE_HEAD };

struct screen {
	bool is_terminal;
	bool has_cursor; /* a terminal whose cursor can move */
	bool has_colour;
	size_t width;  /* terminal columns; SIZE_MAX: no limit */
	size_t height; /* terminal lines; SIZE_MAX: no limit */
};

/*
 * Reads the properties of stdout and the environment: COLUMNS, NO_COLOR (https://no-color.org), TERM. Sets
 * the process's LC_CTYPE to UTF-8; screen_width() and screen_put() need it.
 */
struct screen screen_open(void);

/* Reads the terminal's size again: it can change while a command runs. */
void screen_measure(struct screen *screen);

/* Terminal columns that screen_put() needs for `text`. */
size_t screen_width(const char *text);

/*
 * Appends `text` in at most `width` columns; a longer text is cut and gets "...". Line ends and tabs become
 * spaces. Control characters and invalid UTF-8 become '?', invisible or direction-changing characters their code.
 * Returns the columns used.
 */
size_t screen_put(const struct screen *screen, struct buf *out, enum screen_tone tone, const char *text, size_t width);

/* Cleans `len` bytes in the same way, without a limit or colour. Returns the columns used. */
size_t screen_put_clean(struct buf *out, const char *text, size_t len);

/*
 * Bytes in the first line when `text` is broken into lines of `width` columns. Breaks between words if
 * possible, inside a word only if it is too long for a line.
 */
size_t screen_break(const char *text, size_t width);

/*
 * Appends `text`, cleaned in the same way, in lines of the screen's width, broken between words and indented
 * by `indent` spaces. Only a word that is longer than a line is broken.
 */
void screen_put_wrapped(const struct screen *screen, struct buf *out, size_t indent, const char *text);

/*
 * Appends the lines of `text`, each behind `before`, as many as `height` has room for. If there are more, the last
 * line says how many. Returns the number of lines.
 */
size_t screen_put_fitting(struct buf *out, const char *text, size_t height, const char *before);

/* Appends JSON and a line end, byte for byte; on a terminal cleaned in the same way. */
void screen_put_json(const struct screen *screen, struct buf *out, const char *json, size_t len);

/* FLUSH_GONE: the reader closed the pipe (`| head`), which is fine. Any other error is reported on stderr. */
enum flush { FLUSHED, FLUSH_GONE, FLUSH_FAILED };

/* Writes all of `out` to stdout. */
enum flush screen_flush(const struct buf *out) __attribute__((warn_unused_result));

/* The same for a fixed text. */
enum flush screen_say(const char *text) __attribute__((warn_unused_result));

/* False when stdout is a pipe whose reader has gone: the next write would fail. */
bool screen_has_reader(void);

/* Prints one cleaned line on stderr, "hawatch: ..."; wrapped if stderr is a terminal. */
void screen_complain(const char *format, ...) __attribute__((format(printf, 1, 2)));
