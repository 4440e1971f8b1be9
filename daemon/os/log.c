#define _DEFAULT_SOURCE /* flockfile */
#include "os/log.h"

#include "base/buf.h"
#include "base/json_out.h"
#include "base/rfc3339.h"
#include "base/text.h"
#include "os/clock.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *const log_level_names[LOG_LEVELS] = {"debug", "info", "warn", "error"};
const char *const log_format_names[LOG_FORMATS] = {"logfmt", "json"};

enum {
	LINE_MAX_BYTES = 4096, /* Linux's PIPE_BUF */
	END_BYTES = 32,        /* kept free for the number of fields that were left out, and the line's end */
	PART_LEAST_BYTES = 32, /* less of a text says nothing */
	FIELDS_MAX = 32,
};

/* Lines that nobody read, and how many of these the log has told of. */
static _Atomic uint64_t dropped, told;

static struct {
	enum log_level least;
	enum log_format format;
} setup = {LOG_INFO, LOG_LOGFMT};

void log_setup(enum log_level least, enum log_format format)
{
	setup.least = least;
	setup.format = format;
}

/* logfmt: a plain word has no quotes; everything else is quoted like a JSON string. */
static void put_logfmt(struct buf *line, const char *name, const char *text)
{
	buf_printf(line, "%s%s=", line->len ? " " : "", name);
	if (text_is_token(text) && !strpbrk(text, "=\"\\"))
		buf_puts(line, text);
	else
		json_put_text(&(struct json_out){line, false}, NULL, text);
}

/* False, with the line as before, when the field does not fit. */
static bool put_whole(struct json_out *json, const char *name, const char *text)
{
	const struct json_out before = *json;
	size_t len = json->out->len;
	if (setup.format == LOG_JSON)
		json_put_text(json, name, text);
	else
		put_logfmt(json->out, name, text);
	if (!json->out->overflow)
		return true;
	*json = before;
	json->out->len = len;
	json->out->overflow = false;
	return false;
}

/* A text that does not fit is cut, so that the line can be parsed. False: there is no room for any of it. */
static bool put_field(struct json_out *json, const char *name, const char *text)
{
	char part[LINE_MAX_BYTES / 2];
	bool is_put = put_whole(json, name, text);
	for (size_t size = sizeof part; !is_put && size >= PART_LEAST_BYTES; size /= 2) {
		text_copy(part, size, text);
		is_put = put_whole(json, name, part);
	}
	return is_put;
}

/*
 * One write() per line, so that lines of the threads do not mix. A pipe that is not read must not block anybody:
 * POLLOUT means that PIPE_BUF bytes fit; otherwise the line is dropped, and the result is false. The lock keeps another
 * thread from taking that room in between.
 */
static bool write_line(const struct buf *line)
{
	struct pollfd err = {.fd = STDERR_FILENO, .events = POLLOUT};
	ssize_t written;
	flockfile(stderr);
	do {
		bool has_room = poll(&err, 1, 0) == 1 && err.revents & POLLOUT;
		written = has_room ? write(STDERR_FILENO, buf_text(line), line->len) : 0;
	} while (written < 0 && errno == EINTR);
	funlockfile(stderr);
	return written == (ssize_t)line->len;
}

/* `fields` are pairs of name and text, ended by a NULL name. */
static bool put_line(enum log_level level, const char *message, const char *const fields[])
{
	struct buf line = buf_of(LINE_MAX_BYTES - END_BYTES);
	struct json_out json = {&line, false};
	char at[RFC3339_SIZE], omitted[12];
	int left_out = 0;
	rfc3339_render(clock_now().wall, at);

	if (setup.format == LOG_JSON)
		json_open(&json, NULL, '{');
	put_field(&json, "ts", at);
	put_field(&json, "level", log_level_names[level]);
	put_field(&json, "msg", message);
	for (; *fields; fields += 2)
		left_out += !put_field(&json, fields[0], fields[1]);
	line.max = LINE_MAX_BYTES;
	snprintf(omitted, sizeof omitted, "%d", left_out);
	if (left_out)
		put_field(&json, "omitted", omitted);
	if (setup.format == LOG_JSON)
		json_close(&json, '}');
	buf_putc(&line, '\n');
	bool is_written = write_line(&line);
	buf_fini(&line);
	return is_written;
}

/* The first line that can be written after others could not says how many are missing. */
static void tell_dropped(void)
{
	uint64_t total = dropped, before = atomic_exchange(&told, total);
	char lines[24];
	snprintf(lines, sizeof lines, "%" PRIu64, total - before);
	if (total > before &&
	    !put_line(LOG_WARN, "lines of the log were dropped, because it was not read or could not be written",
		(const char *[]){"lines", lines, NULL}))
		told = before;
}

void log_at(enum log_level level, const char *message, ...)
{
	const char *fields[2 * FIELDS_MAX + 1];
	size_t n = 0;
	if (level < setup.least)
		return;
	va_list ap;
	va_start(ap, message);
	for (const char *name; n < 2 * FIELDS_MAX && (name = va_arg(ap, const char *));) {
		const char *text = va_arg(ap, const char *);
		if (!text)
			continue;
		fields[n++] = name;
		fields[n++] = text;
	}
	va_end(ap);
	fields[n] = NULL;
	if (put_line(level, message, fields))
		tell_dropped();
	else
		dropped++;
}

_Noreturn void log_fatal(const char *message, const char *error)
{
	char line[LINE_MAX_BYTES / 8], at[RFC3339_SIZE];
	rfc3339_render(clock_now().wall, at);
	snprintf(line, sizeof line,
	    setup.format == LOG_JSON ? "{\"ts\":\"%s\",\"level\":\"error\",\"msg\":\"%s\",\"error\":\"%s\"}\n"
				     : "ts=%s level=error msg=\"%s\" error=\"%s\"\n",
	    at, message, error);
	ssize_t written = write(STDERR_FILENO, line, strlen(line));
	(void)written; /* nobody can be told that nobody can be told */
	_exit(EXIT_FAILURE);
}

uint64_t log_dropped(void)
{
	return dropped;
}
