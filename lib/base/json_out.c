#include "base/json_out.h"

#include "base/rfc3339.h"
#include "base/text.h"

#include <inttypes.h>

/* Escapes what must not reach a terminal, so that a document can be read there, too. A byte outside UTF-8 is U+FFFD. */
static bool escape(struct buf *out, int32_t code, bool is_shown)
{
	if (code == '"' || code == '\\')
		buf_printf(out, "\\%c", (char)code);
	else if (is_shown)
		return false;
	else if (code == TEXT_INVALID)
		buf_puts(out, "\\ufffd");
	else if (code > 0xFFFF)
		buf_printf(out, "\\u%04x\\u%04x", 0xD800u + (unsigned)((code - 0x10000) >> 10),
		    0xDC00u + ((unsigned)code & 0x3FFu));
	else
		buf_printf(out, "\\u%04x", (unsigned)code);
	return true;
}

static void put_quoted(struct buf *out, const char *text)
{
	buf_putc(out, '"');
	text_put(out, text, escape);
	buf_putc(out, '"');
}

static void begin(struct json_out *j, const char *name)
{
	if (j->needs_comma)
		buf_putc(j->out, ',');
	if (name) {
		put_quoted(j->out, name);
		buf_putc(j->out, ':');
	}
	j->needs_comma = true;
}

void json_open(struct json_out *j, const char *name, char bracket)
{
	begin(j, name);
	buf_putc(j->out, bracket);
	j->needs_comma = false;
}

void json_close(struct json_out *j, char bracket)
{
	buf_putc(j->out, bracket);
	j->needs_comma = true;
}

void json_put_text(struct json_out *j, const char *name, const char *text)
{
	if (!text) {
		json_put_null(j, name);
		return;
	}
	begin(j, name);
	put_quoted(j->out, text);
}

void json_put_bool(struct json_out *j, const char *name, bool value)
{
	begin(j, name);
	buf_puts(j->out, value ? "true" : "false");
}

void json_put_int(struct json_out *j, const char *name, int64_t value)
{
	begin(j, name);
	buf_put_int(j->out, value);
}

void json_put_raw(struct json_out *j, const char *name, const char *json)
{
	begin(j, name);
	buf_puts(j->out, json);
}

void json_put_null(struct json_out *j, const char *name)
{
	begin(j, name);
	buf_puts(j->out, "null");
}

void json_put_known(struct json_out *j, const char *name, bool is_known, int64_t value)
{
	if (is_known)
		json_put_int(j, name, value);
	else
		json_put_null(j, name);
}

void json_put_maybe(struct json_out *j, const char *name, bool is_known, bool value)
{
	if (is_known)
		json_put_bool(j, name, value);
	else
		json_put_null(j, name);
}

void json_put_milli(struct json_out *j, const char *name, bool is_known, int64_t milli)
{
	if (!is_known) {
		json_put_null(j, name);
		return;
	}
	uint64_t size = milli < 0 ? -(uint64_t)milli : (uint64_t)milli;
	unsigned decimals = (unsigned)(size % 1000);
	int digits = decimals == 0 ? 0 : decimals % 100 == 0 ? 1 : decimals % 10 == 0 ? 2 : 3;
	begin(j, name);
	buf_printf(j->out, "%s%" PRIu64, milli < 0 ? "-" : "", size / 1000);
	if (digits)
		buf_printf(j->out, ".%0*u", digits, decimals / (digits == 1 ? 100 : digits == 2 ? 10 : 1));
}

void json_put_words(struct json_out *j, const char *name, const char *text)
{
	json_put_text(j, name, text[0] ? text : NULL);
}

void json_put_time(struct json_out *j, const char *name, wall_ms value)
{
	char text[RFC3339_SIZE];
	rfc3339_render(value, text);
	json_put_text(j, name, wall_is_known(value) && text[0] ? text : NULL);
}
