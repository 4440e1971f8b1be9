/*
 * What stands behind stdout, and how text gets there. Text from the network passes screen_put()
 * before a terminal sees it, so that no answer can move the cursor, recolour or rename anything.
 */
#ifndef HAWATCH_SCREEN_H
#define HAWATCH_SCREEN_H

#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>

/* Colours only repeat what the words already say. */
enum screen_tone { TONE_PLAIN, TONE_GOOD, TONE_WARN, TONE_BAD };

struct screen {
	bool is_terminal, has_colour;
	size_t width; /* terminal columns; SIZE_MAX where lines have no end */
};

/*
 * Looks at stdout and the environment: COLUMNS, NO_COLOR (https://no-color.org), TERM. Sets the
 * process's LC_CTYPE to UTF-8, which screen_width() and screen_put() measure by.
 */
struct screen screen_open(void);

/* Terminal columns that `text` takes when put. */
size_t screen_width(const char *text);

/*
 * Appends `text` in at most `width` columns, cut with "..." when longer. Line ends and tabs become
 * spaces; control characters, invalid UTF-8 and invisible or direction-changing characters become
 * '?'. Returns the columns used.
 */
size_t screen_put(const struct screen *screen, struct buf *out, enum screen_tone tone,
    const char *text, size_t width);

/* Appends `text`, cleaned likewise, broken between words into lines of the screen's width. */
void screen_put_wrapped(const struct screen *screen, struct buf *out, const char *text);

/* Appends JSON and a line end: byte for byte, but cleaned likewise where a terminal shows it. */
void screen_put_json(const struct screen *screen, struct buf *out, const char *json, size_t len);

/*
 * Writes all of `out` to stdout. A reader that went away (`| head`) has what it wanted: true. False
 * on any other error, which is then said on stderr.
 */
bool screen_flush(const struct buf *out) __attribute__((warn_unused_result));

/* Says one line on stderr, "hawatch: ...", cleaned likewise. */
void screen_complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
