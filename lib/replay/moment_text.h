/* A moment of a replay for people: what was decided, by which cells of SEMANTICS.md's tables, and why not otherwise. */
#pragma once

#include "base/json_out.h"
#include "replay/moment.h"

/* Appends lines of less than 80 columns, but for long names. As Markdown: headings and lists. */
void moment_text_put(const struct moment *moment, bool is_markdown, struct buf *out);

/* The same as one JSON object; `why` has the lines. */
void moment_text_put_json(const struct moment *moment, struct json_out *out);
