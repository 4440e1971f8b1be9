/*
 * Markdown as a terminal shows it, as far as our own runbook uses it: headings, paragraphs, lists,
 * fenced code, tables, **strong**, `code` and links. What it is not told of stays as it is written.
 */
#ifndef HAWATCH_CLI_MARKDOWN_H
#define HAWATCH_CLI_MARKDOWN_H

#include "cli/screen.h"

/* Appends `text`, broken into lines of the screen's width. Code is never broken. */
void markdown_put(const struct screen *screen, const char *text, struct buf *out);

#endif
