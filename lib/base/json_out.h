/* Writes JSON. It puts commas and escapes; the caller decides the structure. */
#pragma once

#include "base/buf.h"
#include "base/units.h"

/* A document that is being written. `name` arguments are NULL for the document itself and inside arrays. */
struct json_out {
	struct buf *out;
	bool needs_comma;
};

void json_open(struct json_out *j, const char *name, char bracket);         /* '{' or '[' */
void json_close(struct json_out *j, char bracket);                          /* '}' or ']' */
void json_put_text(struct json_out *j, const char *name, const char *text); /* NULL becomes null */
void json_put_bool(struct json_out *j, const char *name, bool value);
void json_put_int(struct json_out *j, const char *name, int64_t value);
void json_put_raw(struct json_out *j, const char *name, const char *json); /* a value that is JSON already */
void json_put_null(struct json_out *j, const char *name);

/* A number, or a boolean; null while it is not known. */
void json_put_known(struct json_out *j, const char *name, bool is_known, int64_t value);
void json_put_maybe(struct json_out *j, const char *name, bool is_known, bool value);

/* Thousandths as a number with at most three decimals: 1500 is 1.5. null while it is not known. */
void json_put_milli(struct json_out *j, const char *name, bool is_known, int64_t milli);

/* A text; null when it is empty. */
void json_put_words(struct json_out *j, const char *name, const char *text);

/* A time as RFC 3339; null while unknown. */
void json_put_time(struct json_out *j, const char *name, wall_ms value);
