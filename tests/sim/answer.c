#define _GNU_SOURCE
#include "answer.h"

#include "state.h"
#include "text.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

const char *request_bearer(const struct request *r)
{
	static const char SCHEME[] = "Bearer ";
	const char *value = request_header(r, "Authorization");
	return value && text_starts(value, SCHEME) ? value + strlen(SCHEME) : NULL;
}

void answer_init(struct answer *a)
{
	*a = (struct answer){.cut_after = SIZE_MAX};
}

void answer_fini(struct answer *a)
{
	for (size_t i = 0; i < a->header_count; i++)
		free(a->headers[i].value);
	free(a->body);
}

void answer_begin(struct answer *a, unsigned status)
{
	answer_fini(a);
	answer_init(a);
	a->status = status;
}

void answer_header(struct answer *a, const char *name, const char *format, ...)
{
	if (a->header_count == HEADERS_MAX)
		abort();
	va_list ap;
	va_start(ap, format);
	char *value;
	if (vasprintf(&value, format, ap) < 0)
		abort();
	va_end(ap);
	a->headers[a->header_count].name = name;
	a->headers[a->header_count++].value = value;
}

void answer_body_take(struct answer *a, char *body, size_t len)
{
	free(a->body);
	a->body = body;
	a->len = len;
}

void answer_json(struct answer *a, const char *format, ...)
{
	struct text t;
	size_t len;
	va_list ap;
	text_open(&t);
	va_start(ap, format);
	text_vput(t.out, format, ap);
	va_end(ap);
	char *body = text_take(&t, &len);
	answer_body_take(a, body, len);
}

void answer_printf(struct answer *a, const char *format, ...)
{
	va_list ap;
	va_start(ap, format);
	char *body;
	int len = vasprintf(&body, format, ap);
	va_end(ap);
	if (len < 0)
		abort();
	answer_body_take(a, body, (size_t)len);
}

void answer_set_retry_after(const struct request *r, struct answer *a)
{
	char text[sizeof r->target->knobs.retry_after];
	state_lock(r->sim);
	memcpy(text, r->target->knobs.retry_after, sizeof text);
	state_unlock(r->sim);
	if (!*text || (a->status != 429 && a->status != 503))
		return;
	for (size_t i = 0; i < a->header_count; i++) {
		if (strcmp(a->headers[i].name, "Retry-After") != 0)
			continue;
		free(a->headers[i].value);
		a->headers[i].value = text_copy(text);
		return;
	}
	answer_header(a, "Retry-After", "%s", text);
}
