#include "os/log.h"

#include "base/buf.h"
#include "base/json_out.h"
#include "base/rfc3339.h"
#include "base/text.h"
#include "os/clock.h"

#include <poll.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

const char *const log_level_names[LOG_LEVELS] = {"debug", "info", "warn", "error"};
const char *const log_format_names[LOG_FORMATS] = {"logfmt", "json"};

enum { LINE_MAX_BYTES = 4096 }; /* Linux's PIPE_BUF */

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

/* A field that does not fit is left out whole, and so is all after it: the line stays one that can be parsed. */
static void put_field(struct json_out *json, const char *name, const char *text)
{
	size_t before = json->out->len;
	if (setup.format == LOG_JSON)
		json_put_text(json, name, text);
	else
		put_logfmt(json->out, name, text);
	if (json->out->overflow)
		json->out->len = before;
}

void log_at(enum log_level level, const char *message, ...)
{
	if (level < setup.least)
		return;
	struct buf line = buf_of(LINE_MAX_BYTES - 2);
	struct json_out json = {&line, false};
	char at[RFC3339_SIZE];
	rfc3339_render(clock_now().wall, at);

	if (setup.format == LOG_JSON)
		json_open(&json, NULL, '{');
	put_field(&json, "ts", at);
	put_field(&json, "level", log_level_names[level]);
	put_field(&json, "msg", message);
	va_list ap;
	va_start(ap, message);
	for (const char *name; (name = va_arg(ap, const char *));) {
		const char *text = va_arg(ap, const char *);
		if (text)
			put_field(&json, name, text);
	}
	va_end(ap);
	line.overflow = false; /* the end of a line always fits */
	line.max = LINE_MAX_BYTES;
	if (setup.format == LOG_JSON)
		json_close(&json, '}');
	buf_putc(&line, '\n');

	/* One write() per line, so that lines of the two threads do not mix. A pipe that is not read must not
	 * block the loop: POLLOUT means that PIPE_BUF bytes fit; otherwise the line is dropped. */
	struct pollfd err = {.fd = STDERR_FILENO, .events = POLLOUT};
	if (poll(&err, 1, 0) == 1 && err.revents & POLLOUT) {
		ssize_t written = write(STDERR_FILENO, buf_text(&line), line.len);
		(void)written;
	}
	buf_fini(&line);
}
