/*
 * Markdown as HTML, as far as config/runbook.md uses it: headings with an anchor, paragraphs, lists in lists, tables,
 * indented code, `code`, and links to anchors. All text is escaped. What is not understood becomes a paragraph.
 */
#pragma once

#include "base/buf.h"

/*
 * Appends `len` bytes of Markdown as HTML. `base` (escaped already; "" for none) is put before the links to anchors:
 * "runbook?pair=prod" makes #step of a link runbook?pair=prod#step. Headings of level N become <h(N + 1)>, because the
 * page has its own <h1>.
 */
void markdown_put(const char *text, size_t len, const char *base, struct buf *out);
