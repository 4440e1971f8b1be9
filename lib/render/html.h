/* Writes HTML. Text from others is escaped, so it never becomes markup. */
#pragma once

#include "base/buf.h"
#include "base/units.h"

/* Appends text, escaped for an element's content and for an attribute in double quotes. */
void html_put(struct buf *out, const char *text);

/* Appends a name of the form A_B_C; a line may break after each underscore. */
void html_put_code(struct buf *out, const char *code);

/* Appends a time in UTC and its distance from `now`: "2026-11-23 20:14:05 UTC (34 min ago)". */
void html_put_time(struct buf *out, wall_ms t, wall_ms now);

/* Appends the distance of `t` from `now`: "34 min ago", "in 2 h". */
void html_put_ago(struct buf *out, wall_ms t, wall_ms now);

/* A row of a <dl>. */
void html_open_row(struct buf *out, const char *term);
void html_close_row(struct buf *out);
