/*
 * What stands behind stdout, and how text gets there. Text from the network passes screen_put()
 * before a terminal sees it, so that no answer can move the cursor, recolour or rename anything.
 */
#ifndef HAWATCH_CLI_SCREEN_H
#define HAWATCH_CLI_SCREEN_H

#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>

/* Colours only repeat what the words already say. */
enum screen_tone { TONE_PLAIN, TONE_GOOD, TONE_WARN, TONE_BAD, TONE_HEAD };

struct screen {
	bool is_terminal;
	bool has_cursor; /* a terminal that can draw over what stands there */
	bool has_colour;
	size_t width;  /* terminal columns; SIZE_MAX where lines have no end */
	size_t height; /* terminal lines; SIZE_MAX likewise */
};

/*
 * Looks at stdout and the environment: COLUMNS, NO_COLOR (https://no-color.org), TERM. Sets the
 * process's LC_CTYPE to UTF-8, which screen_width() and screen_put() measure by.
 */
struct screen screen_open(void);

/* Asks the terminal for its size anew: it changes under a command that stays. */
void screen_measure(struct screen *screen);

/* Terminal columns that `text` takes when put. */
size_t screen_width(const char *text);

/*
 * Appends `text` in at most `width` columns, cut with "..." when longer. Line ends and tabs become
 * spaces; control characters, invalid UTF-8 and invisible or direction-changing characters become
 * '?'. Returns the columns used.
 */
size_t screen_put(const struct screen *screen, struct buf *out, enum screen_tone tone,
    const char *text, size_t width);

/* The same cleaning for `len` bytes, uncut and uncoloured. Returns the columns used. */
size_t screen_put_clean(struct buf *out, const char *text, size_t len);

/* The same cleaning for every line of `text`; each ends with a line end. */
void screen_put_lines(struct buf *out, const char *text);

/*
 * Bytes of the first line when `text` is broken into lines of `width` columns: between words where
 * it can be, within one where that alone is too long.
 */
size_t screen_break(const char *text, size_t width);

/*
 * Appends `text`, cleaned likewise, broken between words into lines of the screen's width, each
 * behind `indent` spaces.
 */
void screen_put_wrapped(
    const struct screen *screen, struct buf *out, size_t indent, const char *text);

/* Appends JSON and a line end: byte for byte, but cleaned likewise where a terminal shows it. */
void screen_put_json(const struct screen *screen, struct buf *out, const char *json, size_t len);

/* A reader that went away (`| head`) has what it wanted; any other error is said on stderr. */
enum flush { FLUSHED, FLUSH_GONE, FLUSH_FAILED };

/* Writes all of `out` to stdout. */
enum flush screen_flush(const struct buf *out) __attribute__((warn_unused_result));

/* The same for a text of the program's own. */
enum flush screen_say(const char *text) __attribute__((warn_unused_result));

/* Says one line on stderr, "hawatch: ...", cleaned likewise. */
void screen_complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
