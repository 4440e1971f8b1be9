/* Markdown for people, as the runbook is written: prose that is too wide for the screen is wrapped, code is not. */
#pragma once

#include "cli/screen.h"

/*
 * Appends the lines of `text`, clean. A line of prose that is wider than `width` columns goes on in the next one, and
 * what it pushes out joins the line below it. Code, headings and tables stay as they are, so that they can be copied.
 */
void paragraphs_put(struct buf *out, const char *text, size_t width);
