/* The kind of a scalar in YAML 1.1 as kubectl reads it: `yes` and `on` are booleans, 1_000 and 43e2 are numbers. */
#pragma once

#include "base/buf.h"

#include <stdbool.h>

enum yaml_kind {
	YAML_NULL,    /* nothing, `~` or `null`, unquoted */
	YAML_TEXT,    /* quoted, or of no other kind */
	YAML_BOOLEAN, /* unquoted true, yes, on, y, false, no, off, n; also capitalised or in capitals */
	YAML_NUMBER,  /* unquoted digits, perhaps with sign, fraction, exponent or base */
	YAML_BYTES,   /* a scalar that contains a NUL or, with `!!binary`, is not UTF-8 */
	YAML_LIST,    /* items in order */
	YAML_MAP,     /* items in order, each with its key */
	YAML_REFUSED, /* already reported: must not be reported again */
};

/* YAML_NULL, YAML_BOOLEAN, YAML_NUMBER or YAML_TEXT. A date and 1:30 are texts, as in kubectl. */
enum yaml_kind yaml_scalar_kind(const char *word);

/* The value of a YAML_BOOLEAN; false for any other word. */
bool yaml_scalar_is_true(const char *word);

enum { YAML_NUMBER_MAX_BYTES = 64 };

/* Appends a YAML_NUMBER as JSON writes it, of at most YAML_NUMBER_MAX_BYTES. False if it is infinite or not a number.
 */
bool yaml_scalar_put_number(const char *word, struct buf *out);

/* "a mapping", "a list", "a text", "nothing": the word for messages. */
const char *yaml_scalar_kind_text(enum yaml_kind kind);

/* What a message adds to "expected a text" when a value of this kind was found: ", in quotes" or "". */
const char *yaml_scalar_quotes(enum yaml_kind kind);
