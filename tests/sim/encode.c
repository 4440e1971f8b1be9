#define _GNU_SOURCE
#include "encode.h"

#include "state.h"
#include "text.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { GZIP_FROM_BYTES = 128 << 10 };

/* Line breaks and two blanks a level, as Go's encoding/json has it; empty containers stay closed.
 */
static void write_indented(FILE *out, const char *json, size_t len)
{
	int depth = 0;
	bool in_string = false;
	for (size_t i = 0; i < len; i++) {
		char c = json[i], next = i + 1 < len ? json[i + 1] : '\0';
		bool opens = !in_string && (c == '{' || c == '['), closes = !in_string && (c == '}' || c == ']');
		if (!in_string && c == '\n')
			continue;
		if (closes && json[i - 1] != '{' && json[i - 1] != '[')
			fprintf(out, "\n%*s", 2 * --depth, "");
		else if (closes)
			depth--;
		putc(c, out);
		if (in_string && c == '\\')
			putc(json[++i], out);
		else if (c == '"')
			in_string = !in_string;
		else if (!in_string && c == ':')
			putc(' ', out);
		if (opens)
			depth++;
		if ((opens && next != '}' && next != ']') || (!in_string && c == ','))
			fprintf(out, "\n%*s", 2 * depth, "");
	}
}

static void indent(struct answer *a)
{
	struct text t;
	size_t len;
	text_open(&t);
	write_indented(t.out, a->body, a->len);
	char *body = text_take(&t, &len);
	answer_body_take(a, body, len);
	a->items_at = a->items_end = 0; /* no longer known */
}

/* Compresses `len` bytes onto the end of the body; `flush` ends a block or the stream. */
static void deflate_onto(struct answer *a, z_stream *z, const char *bytes, size_t len, int flush)
{
	size_t room = deflateBound(z, len) + 64;
	a->body = realloc(a->body, a->len + room);
	if (!a->body)
		abort();
	z->next_in = (Bytef *)(uintptr_t)bytes;
	z->avail_in = (uInt)len;
	z->next_out = (Bytef *)a->body + a->len;
	z->avail_out = (uInt)room;
	deflate(z, flush);
	a->len += room - z->avail_out;
}

static void gzip_init(z_stream *z, struct answer *a)
{
	*z = (z_stream){0};
	if (deflateInit2(z, 1, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK) /* + 16: gzip */
		abort();
	a->body = NULL;
	a->len = 0;
	answer_header(a, "Content-Encoding", "gzip");
	answer_header(a, "Vary", "Accept-Encoding");
}

static void gzip(struct answer *a)
{
	z_stream z;
	char *plain = a->body;
	size_t len = a->len;
	gzip_init(&z, a);
	deflate_onto(a, &z, plain, len, Z_FINISH);
	deflateEnd(&z);
	free(plain);
}

/* A full flush makes the block that follows independent of what was before, so it may be sent again
 * and again. */
void encode_endless(struct answer *a, const char *more, size_t more_len)
{
	z_stream z;
	char *plain = a->body;
	size_t len = a->items_end ? a->items_end : a->len;
	gzip_init(&z, a);
	deflate_onto(a, &z, plain, len, Z_FULL_FLUSH);
	a->items_at = a->len;
	deflate_onto(a, &z, more, more_len, Z_FULL_FLUSH);
	a->items_end = a->len;
	a->endless = a->unglued = true;
	deflateEnd(&z);
	free(plain);
}

static bool is_json(const struct answer *a)
{
	for (size_t i = 0; i < a->header_count; i++)
		if (strcmp(a->headers[i].name, "Content-Type") == 0)
			return strcmp(a->headers[i].value, "application/json") == 0;
	return false;
}

void encode_answer(const struct request *r, struct answer *a)
{
	const char *agent = request_header(r, "User-Agent");
	const char *codings = request_header(r, "Accept-Encoding");
	bool is_indented = a->len > 1 && a->body[1] == '\n';
	if (!is_json(a) || a->endless)
		return;
	if (agent && text_starts(agent, "curl/") && !is_indented)
		indent(a);
	if (!codings || !strstr(codings, "gzip") || a->len <= GZIP_FROM_BYTES)
		return;
	gzip(a);
	state_lock(r->sim);
	r->target->gzipped++;
	state_unlock(r->sim);
}
