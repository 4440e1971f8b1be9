/*
 * What a shell may complete the word before the cursor to: one candidate a line, "WORD<TAB>DESCRIPTION". The programs
 * answer `PROGRAM __complete WORD...` with such lines, and the scripts in config/completion/ pass them on.
 */
#pragma once

#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>

/* The line that says: names of files. It stands alone. */
#define COMPLETION_FILES ":files"

struct completion {
	struct buf *out;
	const char *typed; /* what there is of the word; candidates begin with it */
	size_t fixed;      /* so many bytes of it stand before the candidate: "--pair=" */
};

/* The word to complete; of "--option=VALUE" the value. */
struct completion completion_of(const char *word, struct buf *out);

/* True if that word is a value behind "--option=". */
bool completion_is_value(const struct completion *c);

/* Appends the word if it begins as typed. `help` may be "" or have several lines, of which the first is shown. */
void completion_put(const struct completion *c, const char *word, const char *help);

/* The same for each of `words`, which have spaces between them. */
void completion_put_words(const struct completion *c, const char *words);

void completion_put_files(const struct completion *c);
