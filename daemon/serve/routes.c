#define _DEFAULT_SOURCE /* kill */
#include "serve/routes.h"

#include "base/json_out.h"
#include "base/mem.h"
#include "os/clock.h"
#include "render/accept.h"
#include "serve/page_policy.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BEAT_DEADLINE_MS = 15000 }; /* a poll loop that has not turned for so long is stuck */

struct route {
	const char *path;
	bool is_post; /* changes something: POST, and on the control socket only */
	bool needs_snapshot;
	enum MHD_Result (*answer)(struct exchange *);
	enum document document; /* that it serves, where it serves one */
};

static enum MHD_Result reply(struct exchange *x, unsigned status, struct MHD_Response *response,
    const char *content_type)
{
	MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, content_type);
	MHD_add_response_header(response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
	MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
	enum MHD_Result queued = MHD_queue_response(x->connection, status, response);
	publish_count_answer(x->publish, status);
	MHD_destroy_response(response);
	return queued;
}

static enum MHD_Result reply_text(struct exchange *x, unsigned status, const char *text)
{
	return reply(x, status,
	    MHD_create_response_from_buffer(
		strlen(text), (void *)(uintptr_t)text, MHD_RESPMEM_MUST_COPY),
	    "text/plain; charset=utf-8");
}

static enum MHD_Result reply_error(struct exchange *x, unsigned status, const char *text)
{
	struct buf body = buf_of(4096);
	struct json_out json = {&body, false};
	json_open(&json, NULL, '{');
	json_put_text(&json, "error", text);
	json_close(&json, '}');
	buf_putc(&body, '\n');
	struct MHD_Response *response =
	    MHD_create_response_from_buffer(body.len, body.data, MHD_RESPMEM_MUST_COPY);
	buf_fini(&body);
	return reply(x, status, response, "application/json");
}

static void release(void *snapshot)
{
	snapshot_release(snapshot);
}

/* Sends bytes of the snapshot without copying them: the response holds it until it has been sent. */
static struct MHD_Response *response_of(struct exchange *x, const struct buf *bytes)
{
	return MHD_create_response_from_buffer_with_free_callback_cls(
	    bytes->len, bytes->data, release, snapshot_hold(x->snapshot));
}

/* Routes. */

static enum MHD_Result get_metrics(struct exchange *x)
{
	const char *accept =
	    MHD_lookup_connection_value(x->connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_ACCEPT);
	enum expo_format format = accept_negotiate(accept);
	struct MHD_Response *response = response_of(x, &x->snapshot->metrics[format]);
	MHD_add_response_header(response, MHD_HTTP_HEADER_VARY, MHD_HTTP_HEADER_ACCEPT);
	return reply(x, MHD_HTTP_OK, response, expo_content_types[format]);
}

static enum MHD_Result get_page(struct exchange *x)
{
	struct MHD_Response *response = response_of(x, &x->snapshot->page);
	struct buf policy = buf_of(1024);
	page_policy_render(&policy);
	MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_SECURITY_POLICY, buf_text(&policy));
	buf_fini(&policy);
	return reply(x, MHD_HTTP_OK, response, "text/html; charset=utf-8");
}

static enum MHD_Result reply_document(
    struct exchange *x, const struct snapshot_pair *pair, enum document document)
{
	return reply(x, MHD_HTTP_OK, response_of(x, snapshot_document(pair, document)), "application/json");
}

static enum MHD_Result reply_no_pair(struct exchange *x, const char *name)
{
	const struct snapshot *s = x->snapshot;
	struct buf text = buf_of(2048);
	buf_puts(&text, name ? "no such pair; there are" : "which pair? say ?pair= with one of");
	for (size_t i = 0; i < s->pair_count; i++)
		buf_printf(&text, "%s %s", i ? "," : "", s->pairs[i].name);
	enum MHD_Result queued =
	    reply_error(x, name ? MHD_HTTP_NOT_FOUND : MHD_HTTP_BAD_REQUEST, buf_text(&text));
	buf_fini(&text);
	return queued;
}

static enum MHD_Result get_document(struct exchange *x)
{
	const char *name = MHD_lookup_connection_value(x->connection, MHD_GET_ARGUMENT_KIND, "pair");
	const struct snapshot_pair *pair = snapshot_pair(x->snapshot, name);
	return pair ? reply_document(x, pair, x->route->document) : reply_no_pair(x, name);
}

/* The monitor is alive while its poll loop turns; the state of HA is not its business. */
static enum MHD_Result get_health(struct exchange *x)
{
	int64_t age_ms = mono_since(publish_last_beat(x->publish), clock_now().mono);
	return age_ms <= BEAT_DEADLINE_MS
	    ? reply_text(x, MHD_HTTP_OK, "ok\n")
	    : reply_text(x, MHD_HTTP_SERVICE_UNAVAILABLE, "the poll loop does not turn\n");
}

static enum MHD_Result get_ready(struct exchange *x)
{
	return x->snapshot && x->snapshot->is_ready
	    ? reply_text(x, MHD_HTTP_OK, "ok\n")
	    : reply_text(x, MHD_HTTP_SERVICE_UNAVAILABLE, "the first round of polls has not finished\n");
}

/* A reload is a SIGHUP, from wherever it comes; its outcome is in the log and in the metrics. */
static enum MHD_Result post_reload(struct exchange *x)
{
	kill(getpid(), SIGHUP);
	return reply_text(x, MHD_HTTP_ACCEPTED, "reloading; see ha_config_last_reload_successful\n");
}

struct params {
	const char *v[ORDER_PARAMS];
	struct err error;
};

static enum MHD_Result take_param(void *ctx, enum MHD_ValueKind kind, const char *name, size_t name_len,
    const char *value, size_t len)
{
	struct params *p = ctx;
	(void)kind;
	for (int i = 0; i < ORDER_PARAMS; i++) {
		if (strlen(name) != name_len || strcmp(name, order_param_names[i]) != 0)
			continue;
		if (p->v[i] || !value || strlen(value) != len) {
			err_set(&p->error, "%s: expected one value, once", order_param_names[i]);
			return MHD_NO;
		}
		p->v[i] = value;
		return MHD_YES;
	}
	err_set(&p->error, "unknown parameter; expected pair, side, action, for_seconds, reason, force");
	return MHD_NO;
}

/* The connection sleeps until the poller has decided; see reply_order(). */
static enum MHD_Result post_maintenance(struct exchange *x)
{
	struct params params = {0};
	struct order order = {.ctx = x->connection};
	MHD_get_connection_values_n(x->connection, MHD_GET_ARGUMENT_KIND, take_param, &params);
	if (*params.error.text)
		return reply_error(x, MHD_HTTP_BAD_REQUEST, params.error.text);
	const struct snapshot_pair *pair = snapshot_pair(x->snapshot, params.v[PARAM_PAIR]);
	if (!pair)
		return reply_no_pair(x, params.v[PARAM_PAIR]);
	if (!order_parse(params.v, &order, &params.error))
		return reply_error(x, order.status, params.error.text);
	snprintf(order.pair, sizeof order.pair, "%s", pair->name);
	struct order *submitted = mem_zeroed(1, sizeof *submitted);
	*submitted = order;
	if (!orders_submit(x->orders, submitted)) {
		free(submitted);
		return reply_error(x, MHD_HTTP_SERVICE_UNAVAILABLE, "too many orders at once; try again");
	}
	x->order = submitted;
	MHD_suspend_connection(x->connection);
	return MHD_YES;
}

static enum MHD_Result reply_order(struct exchange *x)
{
	const struct order *order = x->order;
	if (order->status != MHD_HTTP_OK)
		return reply_error(x, order->status, order->error.text);
	const struct snapshot_pair *pair = snapshot_pair(x->snapshot, order->pair);
	return pair ? reply_document(x, pair, DOC_MAINTENANCE) : reply_no_pair(x, order->pair);
}

static const struct route routes[] = {
    {"/metrics", false, true, get_metrics, DOCUMENTS},
    {"/", false, true, get_page, DOCUMENTS},
    {"/api/v1/summary", false, true, get_document, DOC_SUMMARY},
    {"/api/v1/cloudspaces", false, true, get_document, DOC_CLOUDSPACES},
    {"/api/v1/node-balance", false, true, get_document, DOC_NODE_BALANCE},
    {"/api/v1/runners", false, true, get_document, DOC_RUNNERS},
    {"/api/v1/apps", false, true, get_document, DOC_APPS},
    {"/api/v1/events", false, true, get_document, DOC_EVENTS},
    {"/api/v1/check", false, true, get_document, DOC_CHECK},
    {"/api/v1/maintenance", false, true, get_document, DOC_MAINTENANCE},
    {"/healthz", false, false, get_health, DOCUMENTS},
    {"/livez", false, false, get_health, DOCUMENTS},
    {"/-/healthy", false, false, get_health, DOCUMENTS},
    {"/readyz", false, false, get_ready, DOCUMENTS},
    {"/-/ready", false, false, get_ready, DOCUMENTS},
    {"/api/v1/maintenance", true, true, post_maintenance, DOCUMENTS},
    {"/-/reload", true, false, post_reload, DOCUMENTS},
};

/* The route for a path and method; failing that, one for the path alone. */
static const struct route *find_route(const char *path, bool is_post, bool may_change)
{
	const struct route *found = NULL;
	for (size_t i = 0; i < sizeof routes / sizeof *routes; i++)
		if (strcmp(routes[i].path, path) == 0 && (may_change || !routes[i].is_post) &&
		    (!found || routes[i].is_post == is_post))
			found = &routes[i];
	return found;
}

static enum MHD_Result reply_not_allowed(struct exchange *x, const char *path)
{
	static char text[] = "method not allowed\n";
	bool can_get = !find_route(path, false, x->orders)->is_post;
	bool can_post = find_route(path, true, x->orders)->is_post;
	struct MHD_Response *response =
	    MHD_create_response_from_buffer(sizeof text - 1, text, MHD_RESPMEM_PERSISTENT);
	MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW,
	    !can_get ? "POST" : can_post ? "GET, HEAD, POST" : "GET, HEAD");
	return reply(x, MHD_HTTP_METHOD_NOT_ALLOWED, response, "text/plain; charset=utf-8");
}

static enum MHD_Result dispatch(struct exchange *x, const char *path, const char *method)
{
	bool is_get = !strcmp(method, MHD_HTTP_METHOD_GET) || !strcmp(method, MHD_HTTP_METHOD_HEAD);
	bool is_post = !strcmp(method, MHD_HTTP_METHOD_POST);
	x->route = find_route(path, is_post, x->orders);
	if (!x->route)
		return reply_text(x, MHD_HTTP_NOT_FOUND, "not found\n");
	if (x->route->is_post ? !is_post : !is_get)
		return reply_not_allowed(x, path);
	if (x->route->needs_snapshot && !x->snapshot)
		return reply_text(x, MHD_HTTP_SERVICE_UNAVAILABLE, "starting\n");
	return x->route->answer(x);
}

enum MHD_Result routes_answer(struct exchange *x, const char *path, const char *method)
{
	x->snapshot = publish_hold(x->publish);
	enum MHD_Result result = x->order ? reply_order(x) : dispatch(x, path, method);
	snapshot_release(x->snapshot);
	x->snapshot = NULL;
	return result;
}
