#include "serve/reply.h"

#include "base/json_out.h"
#include "base/mem.h"
#include "base/rendezvous.h"
#include "config/conf_shard.h"
#include "render/accept.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
	ERROR_MAX_BYTES = 8192,                                                 /* without the names of pairs */
	PAIR_NAME_MAX_BYTES = sizeof((struct order *)0)->pair + sizeof "\"\",", /* in quotes, with its comma */
};

static void count_answer(struct view_http *http, unsigned status)
{
	for (int i = 0; i < HTTP_CODES; i++)
		http->answers[i] += (unsigned)http_codes[i] == status;
}

/* Those of the web configuration, in place of our own of the same name. */
static void put_configured_headers(const struct exchange *x, struct MHD_Response *response)
{
	for (int i = 0; i < WEB_HEADERS; i++) {
		const char *value = x->serving->config->conf->headers[i], *own;
		if (!value)
			continue;
		if ((own = MHD_get_response_header(response, web_conf_headers[i])))
			MHD_del_response_header(response, web_conf_headers[i], own);
		MHD_add_response_header(response, web_conf_headers[i], value);
	}
}

/* Then the connection has had its share; a client that goes on asking competes for a place again. */
bool reply_is_last(const struct exchange *x)
{
	return x->client->requests >= CLIENTS_REQUESTS_MAX;
}

void reply_describe(const struct exchange *x, struct MHD_Response *response, const char *content_type)
{
	MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, content_type);
	MHD_add_response_header(response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
	MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
	put_configured_headers(x, response);
	if (reply_is_last(x))
		MHD_add_response_header(response, MHD_HTTP_HEADER_CONNECTION, "close");
}

/* HEAD is answered without the body. */
enum MHD_Result reply_queue(struct exchange *x, unsigned status, struct MHD_Response *response, size_t bytes)
{
	count_answer(&x->serving->http, status);
	x->client->answer_bytes = x->is_head ? 0 : bytes;
	return MHD_queue_response(x->connection, status, response);
}

enum MHD_Result reply_response(
    struct exchange *x, unsigned status, struct MHD_Response *response, size_t bytes, const char *content_type)
{
	reply_describe(x, response, content_type);
	enum MHD_Result queued = reply_queue(x, status, response, bytes);
	MHD_destroy_response(response);
	return queued;
}

struct MHD_Response *reply_made(struct MHD_Response *response)
{
	if (!response)
		mem_end();
	return response;
}

enum MHD_Result reply_text(struct exchange *x, unsigned status, const char *text)
{
	size_t len = strlen(text);
	return reply_response(x, status,
	    reply_made(MHD_create_response_from_buffer(len, (void *)(uintptr_t)text, MHD_RESPMEM_MUST_COPY)), len,
	    "text/plain; charset=utf-8");
}

/* {"error", "kind"}; if the pair is wrong or missing, also the names of all pairs. */
enum MHD_Result reply_error(struct exchange *x, enum api_error kind, const char *text)
{
	bool names_pairs = kind == API_WHICH_PAIR || kind == API_NO_SUCH_PAIR;
	size_t pairs = names_pairs ? x->rendering->view.pair_count : 0;
	struct buf body = buf_of(ERROR_MAX_BYTES + pairs * PAIR_NAME_MAX_BYTES);
	struct json_out json = {&body, false};
	json_open(&json, NULL, '{');
	json_put_text(&json, "error", text);
	json_put_text(&json, "kind", api_errors[kind].name);
	if (names_pairs) {
		json_open(&json, "pairs", '[');
		for (size_t i = 0; i < pairs; i++)
			json_put_text(&json, NULL, x->rendering->view.pairs[i]->name);
		json_close(&json, ']');
	}
	json_close(&json, '}');
	buf_putc(&body, '\n');
	return reply_json_take(x, kind, &body);
}

enum MHD_Result reply_json_take(struct exchange *x, enum api_error kind, struct buf *body)
{
	assert(!body->overflow);
	size_t len = body->len;
	struct MHD_Response *response =
	    reply_made(MHD_create_response_from_buffer(len, body->data, MHD_RESPMEM_MUST_COPY));
	buf_fini(body);
	if (x->retry_after_s) {
		char seconds[24];
		snprintf(seconds, sizeof seconds, "%" PRId64, x->retry_after_s);
		MHD_add_response_header(response, MHD_HTTP_HEADER_RETRY_AFTER, seconds);
	}
	if (kind == API_UNAUTHORIZED) /* RFC 7617 sections 2 and 2.1 */
		MHD_add_response_header(
		    response, MHD_HTTP_HEADER_WWW_AUTHENTICATE, "Basic realm=\"hawatch\", charset=\"UTF-8\"");
	if (kind == API_METHOD_NOT_ALLOWED)
		MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW, x->allowed);
	return reply_response(x, (unsigned)api_errors[kind].http_status, response, len, "application/json");
}

static void release(void *rendering)
{
	rendering_release(rendering);
}

/* Sends bytes of the rendering without a copy: the response holds the rendering until it is sent. */
struct MHD_Response *reply_rendered(struct exchange *x, const struct buf *bytes)
{
	x->client->reads = x->rendering->serial;
	return reply_made(MHD_create_response_from_buffer_with_free_callback_cls(
	    bytes->len, bytes->data, release, rendering_hold(x->rendering)));
}

const char *reply_header_of(struct exchange *x, const char *name)
{
	return MHD_lookup_connection_value(x->connection, MHD_HEADER_KIND, name);
}

enum coding reply_coding_of(struct exchange *x)
{
	return accept_gzip(reply_header_of(x, MHD_HTTP_HEADER_ACCEPT_ENCODING)) ? CODING_GZIP : CODING_IDENTITY;
}

/* Caches must not give the one to who accepts the other. */
void reply_say_coding(struct MHD_Response *response, enum coding coding, const char *vary)
{
	if (coding == CODING_GZIP)
		MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_ENCODING, "gzip");
	MHD_add_response_header(response, MHD_HTTP_HEADER_VARY, vary);
}

static enum api_error pair_is_elsewhere(const struct view *view, const char *name, struct err *e)
{
	err_set(e, "pair `%s` is watched by shard %zu of %lld (counted from 0), and this is shard %lld", name,
	    rendezvous_of(name, (size_t)view->shard_count), (long long)view->shard_count, (long long)view->shard_index);
	return API_PAIR_ELSEWHERE;
}

/* In the text some names; all of them stand in `pairs`. */
enum api_error reply_pair_error(const struct exchange *x, const char *name, struct err *e)
{
	const struct view *view = &x->rendering->view;
	enum { NAMES_SHOWN = 5 };
	struct buf names = buf_of(sizeof e->text);
	size_t count = view->pair_count, i = 0;
	if (name && conf_shard_has(view->elsewhere, name))
		return pair_is_elsewhere(view, name, e);
	for (; i < count && i < NAMES_SHOWN; i++)
		buf_printf(&names, "%s %s", i ? "," : "", view->pairs[i]->name);
	if (i < count)
		buf_printf(&names, ", and %zu more", count - i);
	if (!count)
		err_set(e, "there is no pair here: all are watched by other shards, and this is shard %lld of %lld",
		    (long long)view->shard_index, (long long)view->shard_count);
	else
		err_set(e, "%s%s",
		    name ? "no such pair; the pairs are" : "parameter pair is missing; add ?pair= with one of",
		    buf_text(&names));
	buf_fini(&names);
	return name ? API_NO_SUCH_PAIR : API_WHICH_PAIR;
}
