#define _GNU_SOURCE /* kill, struct ucred */
#include "serve/routes.h"

#include "api.h"
#include "base/json_out.h"
#include "base/mem.h"
#include "base/text.h"
#include "os/clock.h"
#include "os/log.h"
#include "render/accept.h"
#include "render/reload_json.h"
#include "serve/admission.h"
#include "serve/page_policy.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum {
	TURN_DEADLINE_MS = 15000, /* without a turn for this long the poll loop is stuck */
	ERROR_MAX_BYTES = 8192,   /* without the names of pairs */
	PAIR_NAME_MAX_BYTES = sizeof((struct order *)0)->pair + sizeof "\"\",", /* in quotes, with its comma */
};

/* What a route is to the one who asks. */
enum route_kind { ROUTE_READ, ROUTE_HEALTH, ROUTE_CHANGE /* by POST */ };

static const bool may_ask[LISTENER_KINDS][ROUTE_CHANGE + 1] = {
    [LISTENER_WEB] = {[ROUTE_READ] = true, [ROUTE_HEALTH] = true},
    [LISTENER_HEALTH] = {[ROUTE_HEALTH] = true},
    [LISTENER_CONTROL] = {[ROUTE_READ] = true, [ROUTE_HEALTH] = true, [ROUTE_CHANGE] = true},
};

struct route {
	const char *path;
	enum route_kind kind;
	bool needs_rendering;
	enum MHD_Result (*answer)(struct exchange *);
	enum http_handler handler;
	enum document document; /* the document it serves, if any */
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
static bool is_last(const struct exchange *x)
{
	return x->client->requests >= CLIENTS_REQUESTS_MAX;
}

static void describe(const struct exchange *x, struct MHD_Response *response, const char *content_type)
{
	MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, content_type);
	MHD_add_response_header(response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
	MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
	put_configured_headers(x, response);
	if (is_last(x))
		MHD_add_response_header(response, MHD_HTTP_HEADER_CONNECTION, "close");
}

/* HEAD is answered without the body. */
static enum MHD_Result queue(struct exchange *x, unsigned status, struct MHD_Response *response, size_t bytes)
{
	count_answer(&x->serving->http, status);
	x->client->answer_bytes = x->is_head ? 0 : bytes;
	return MHD_queue_response(x->connection, status, response);
}

static enum MHD_Result reply(
    struct exchange *x, unsigned status, struct MHD_Response *response, size_t bytes, const char *content_type)
{
	describe(x, response, content_type);
	enum MHD_Result queued = queue(x, status, response, bytes);
	MHD_destroy_response(response);
	return queued;
}

static struct MHD_Response *made(struct MHD_Response *response)
{
	if (!response)
		mem_end();
	return response;
}

static enum MHD_Result reply_text(struct exchange *x, unsigned status, const char *text)
{
	size_t len = strlen(text);
	return reply(x, status,
	    made(MHD_create_response_from_buffer(len, (void *)(uintptr_t)text, MHD_RESPMEM_MUST_COPY)), len,
	    "text/plain; charset=utf-8");
}

static const char *allowed_methods(const struct exchange *x);

/* Takes the body. */
static enum MHD_Result reply_json(struct exchange *x, enum api_error kind, struct buf *body)
{
	assert(!body->overflow);
	size_t len = body->len;
	struct MHD_Response *response = made(MHD_create_response_from_buffer(len, body->data, MHD_RESPMEM_MUST_COPY));
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
		MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW, allowed_methods(x));
	return reply(x, (unsigned)api_errors[kind].http_status, response, len, "application/json");
}

/* {"error", "kind"}; if the pair is wrong or missing, also the names of all pairs. */
static enum MHD_Result reply_error(struct exchange *x, enum api_error kind, const char *text)
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
	return reply_json(x, kind, &body);
}

static void release(void *rendering)
{
	rendering_release(rendering);
}

/* Sends bytes of the rendering without a copy: the response holds the rendering until it is sent. */
static struct MHD_Response *response_of(struct exchange *x, const struct buf *bytes)
{
	return made(MHD_create_response_from_buffer_with_free_callback_cls(
	    bytes->len, bytes->data, release, rendering_hold(x->rendering)));
}

static const char *header_of(struct exchange *x, const char *name)
{
	return MHD_lookup_connection_value(x->connection, MHD_HEADER_KIND, name);
}

static enum coding coding_of(struct exchange *x)
{
	return accept_gzip(header_of(x, MHD_HTTP_HEADER_ACCEPT_ENCODING)) ? CODING_GZIP : CODING_IDENTITY;
}

/* Caches must not give the one to who accepts the other. */
static void say_coding(struct MHD_Response *response, enum coding coding, const char *vary)
{
	if (coding == CODING_GZIP)
		MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_ENCODING, "gzip");
	MHD_add_response_header(response, MHD_HTTP_HEADER_VARY, vary);
}

/* Routes. */

static enum MHD_Result refuse_scrape(struct exchange *x)
{
	struct err e;
	err_set(&e, "%u requests for metrics are under way, the limit of --web.max-requests; try again later",
	    x->serving->web.max_requests);
	return reply_error(x, API_BUSY, e.text);
}

/* One response for all who ask for the same: it is made no more often than its bytes. */
static enum MHD_Result get_metrics(struct exchange *x)
{
	unsigned limit = x->serving->web.max_requests;
	if (limit && x->serving->scrapes >= limit)
		return refuse_scrape(x);
	x->client->is_scrape = true;
	x->serving->scrapes++;
	enum expo_format format = accept_negotiate(header_of(x, MHD_HTTP_HEADER_ACCEPT));
	enum coding coding = coding_of(x);
	const struct buf *bytes = rendering_metrics(x->rendering, format, coding);
	struct MHD_Response **kept = &x->serving->current.metrics[format][coding],
			    *response = is_last(x) ? NULL : *kept;
	if (response)
		return queue(x, MHD_HTTP_OK, response, bytes->len);
	response = response_of(x, bytes);
	say_coding(response, coding, "Accept, Accept-Encoding");
	if (is_last(x))
		return reply(x, MHD_HTTP_OK, response, bytes->len, expo_content_types[format]);
	describe(x, response, expo_content_types[format]);
	return queue(x, MHD_HTTP_OK, *kept = response, bytes->len);
}

static enum MHD_Result get_page(struct exchange *x)
{
	enum coding coding = coding_of(x);
	const struct buf *bytes = rendering_page(x->rendering, coding);
	struct MHD_Response *response = response_of(x, bytes);
	say_coding(response, coding, "Accept-Encoding");
	struct buf policy = buf_of(1024);
	page_policy_render(&policy);
	MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_SECURITY_POLICY, buf_text(&policy));
	buf_fini(&policy);
	return reply(x, MHD_HTTP_OK, response, bytes->len, "text/html; charset=utf-8");
}

static enum MHD_Result reply_document(struct exchange *x, const struct snapshot_pair *pair, enum document document)
{
	const struct buf *bytes = rendering_document(x->rendering, pair, document);
	return reply(x, MHD_HTTP_OK, response_of(x, bytes), bytes->len, "application/json");
}

/* In the text as many names as it has room for; all of them stand in `pairs`. */
static enum api_error pair_error(const struct exchange *x, const char *name, struct err *e)
{
	struct buf names = buf_of(sizeof e->text / 2);
	size_t count = x->rendering->view.pair_count, i = 0;
	for (; i < count && names.max - names.len > PAIR_NAME_MAX_BYTES; i++)
		buf_printf(&names, "%s %s", i ? "," : "", x->rendering->view.pairs[i]->name);
	if (i < count)
		buf_printf(&names, ", and %zu more", count - i);
	err_set(e, "%s%s", name ? "no such pair; the pairs are" : "parameter pair is missing; add ?pair= with one of",
	    buf_text(&names));
	buf_fini(&names);
	return name ? API_NO_SUCH_PAIR : API_WHICH_PAIR;
}

static enum MHD_Result get_document(struct exchange *x)
{
	const char *name = MHD_lookup_connection_value(x->connection, MHD_GET_ARGUMENT_KIND, "pair");
	const struct snapshot_pair *pair = snapshot_pair(x->rendering->snapshot, name);
	struct err e;
	if (pair)
		return reply_document(x, pair, x->route->document);
	enum api_error kind = pair_error(x, name, &e);
	return reply_error(x, kind, e.text);
}

static enum MHD_Result redirect(struct exchange *x, unsigned status, const char *location)
{
	struct MHD_Response *response = made(MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT));
	MHD_add_response_header(response, MHD_HTTP_HEADER_LOCATION, location);
	return reply(x, status, response, 0, "text/plain; charset=utf-8");
}

static enum MHD_Result redirect_to_prefix(struct exchange *x)
{
	return redirect(x, MHD_HTTP_FOUND, x->serving->web.url->prefix_encoded);
}

static enum MHD_Result redirect_to_page(struct exchange *x)
{
	return redirect(x, MHD_HTTP_MOVED_PERMANENTLY, x->serving->web.url->page_path);
}

/* Health of the monitor only: healthy while its poll loop turns and rounds end, whatever the HA status is. */
static enum MHD_Result get_health(struct exchange *x)
{
	int64_t age_ms = mono_since(publish_last_turn(x->serving->publish), clock_now().mono);
	const char *problem = age_ms > TURN_DEADLINE_MS     ? "the poll loop is stuck\n"
	    : publish_are_rounds_stuck(x->serving->publish) ? "no round of polls ends\n"
							    : NULL;
	return problem ? reply_text(x, MHD_HTTP_SERVICE_UNAVAILABLE, problem) : reply_text(x, MHD_HTTP_OK, "ok\n");
}

static enum MHD_Result get_ready(struct exchange *x)
{
	return x->rendering && x->rendering->snapshot->is_ready
	    ? reply_text(x, MHD_HTTP_OK, "ok\n")
	    : reply_text(x, MHD_HTTP_SERVICE_UNAVAILABLE, "the first round of polls has not finished\n");
}

/* The other end of a Unix socket. */
static struct asker asker_of(struct exchange *x)
{
	struct asker asker = {"", ""};
	struct ucred who;
	socklen_t size = sizeof who;
	int fd = MHD_get_connection_info(x->connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &size) == 0) {
		snprintf(asker.uid, sizeof asker.uid, "%u", (unsigned)who.uid);
		snprintf(asker.pid, sizeof asker.pid, "%d", (int)who.pid);
	}
	return asker;
}

/* The connection stays suspended until the poller has answered; see reply_order(). */
static bool submit(struct exchange *x, const struct order *order)
{
	struct order *submitted = mem_zeroed(1, sizeof *submitted);
	*submitted = *order;
	if (!orders_submit(x->serving->orders, submitted)) {
		free(submitted);
		return false;
	}
	x->order = submitted;
	MHD_suspend_connection(x->connection);
	return true;
}

static enum MHD_Result refuse_order(struct exchange *x, struct order *order)
{
	if (order->kind == API_NO_ERROR) {
		order->kind = API_BUSY;
		err_set(&order->error, "too many requests at once; try again");
	}
	order_log(order);
	return reply_error(x, order->kind, order->error.text);
}

static enum MHD_Result post_reload(struct exchange *x)
{
	struct order order = {.ctx = x->connection, .is_reload = true, .asker = asker_of(x)};
	log_info("reload requested", "uid", order.asker.uid, "pid", order.asker.pid);
	return submit(x, &order) ? MHD_YES : refuse_order(x, &order);
}

struct params {
	const char *v[API_PARAMS];
	struct err error;
};

static enum MHD_Result take_param(
    void *ctx, enum MHD_ValueKind kind, const char *name, size_t name_len, const char *value, size_t len)
{
	struct params *p = ctx;
	(void)kind;
	for (int i = 0; i < API_PARAMS; i++) {
		if (strlen(name) != name_len || strcmp(name, api_param_names[i]) != 0)
			continue;
		if (p->v[i] || !value || strlen(value) != len) {
			err_set(&p->error, "%s: expected exactly one value", api_param_names[i]);
			return MHD_NO;
		}
		p->v[i] = value;
		return MHD_YES;
	}
	err_set(&p->error, "unknown parameter; expected pair, side, action, for_seconds, reason, force");
	return MHD_NO;
}

/* Reads the request's parameters and its pair. False with the error in `order`. */
static bool read_order(struct exchange *x, struct order *order)
{
	struct params params = {0};
	MHD_get_connection_values_n(x->connection, MHD_GET_ARGUMENT_KIND, take_param, &params);
	if (*params.error.text) {
		order->kind = API_BAD_PARAMETER;
		order->error = params.error;
		return false;
	}
	const char *name = params.v[API_PAIR];
	const struct snapshot_pair *pair = snapshot_pair(x->rendering->snapshot, name);
	/* Also of an order that is refused, for its line in the log. */
	text_copy(order->pair, sizeof order->pair, pair ? pair->view->name : name ? name : "");
	if (!order_parse(params.v, order))
		return false;
	if (!pair)
		order->kind = pair_error(x, name, &order->error);
	return pair;
}

static enum MHD_Result post_maintenance(struct exchange *x)
{
	struct order order = {.ctx = x->connection, .side = SIDES_MAX, .asker = asker_of(x)};
	return read_order(x, &order) && submit(x, &order) ? MHD_YES : refuse_order(x, &order);
}

static enum MHD_Result reply_reload(struct exchange *x)
{
	const struct order *order = x->order;
	if (order->kind != API_NO_ERROR && order->kind != API_REFUSED)
		return reply_error(x, order->kind, order->error.text);
	struct buf body = buf_of(RELOAD_JSON_MAX_BYTES);
	bool is_done =
	    reload_json_render(order->mistakes, x->serving->config->failing, api_errors[API_REFUSED].name, &body);
	return reply_json(x, is_done ? API_NO_ERROR : API_REFUSED, &body);
}

static enum MHD_Result reply_order(struct exchange *x)
{
	struct order *order = x->order;
	if (order->is_reload)
		return reply_reload(x);
	const struct snapshot_pair *pair = snapshot_pair(x->rendering->snapshot, order->pair);
	if (order->kind == API_NO_ERROR && pair)
		return reply_document(x, pair, DOC_MAINTENANCE);
	if (order->kind == API_NO_ERROR) /* done, but a reload has removed the pair before the answer */
		order->kind = pair_error(x, order->pair, &order->error);
	return reply_error(x, order->kind, order->error.text);
}

/* Where --web.telemetry-path says. */
#define METRICS "metrics"

static const struct route routes[] = {
    {METRICS, ROUTE_READ, true, get_metrics, HTTP_METRICS, DOCUMENTS},
    {"/", ROUTE_READ, true, get_page, HTTP_PAGE, DOCUMENTS},
    {WEB_URL_ABOVE, ROUTE_READ, false, redirect_to_prefix, HTTP_PAGE, DOCUMENTS},
    {WEB_URL_UNENDED, ROUTE_READ, false, redirect_to_page, HTTP_PAGE, DOCUMENTS},
    {API_SUMMARY, ROUTE_READ, true, get_document, HTTP_API, DOC_SUMMARY},
    {API_CLOUDSPACES, ROUTE_READ, true, get_document, HTTP_API, DOC_CLOUDSPACES},
    {API_NODE_BALANCE, ROUTE_READ, true, get_document, HTTP_API, DOC_NODE_BALANCE},
    {API_RUNNERS, ROUTE_READ, true, get_document, HTTP_API, DOC_RUNNERS},
    {API_APPS, ROUTE_READ, true, get_document, HTTP_API, DOC_APPS},
    {API_EVENTS, ROUTE_READ, true, get_document, HTTP_API, DOC_EVENTS},
    {API_INCIDENTS, ROUTE_READ, true, get_document, HTTP_API, DOC_INCIDENTS},
    {API_CHECK, ROUTE_READ, true, get_document, HTTP_API, DOC_CHECK},
    {API_MAINTENANCE, ROUTE_READ, true, get_document, HTTP_API, DOC_MAINTENANCE},
    {"/healthz", ROUTE_HEALTH, false, get_health, HTTP_HEALTH, DOCUMENTS},
    {"/livez", ROUTE_HEALTH, false, get_health, HTTP_HEALTH, DOCUMENTS},
    {"/-/healthy", ROUTE_HEALTH, false, get_health, HTTP_HEALTH, DOCUMENTS},
    {"/readyz", ROUTE_HEALTH, false, get_ready, HTTP_HEALTH, DOCUMENTS},
    {"/-/ready", ROUTE_HEALTH, false, get_ready, HTTP_HEALTH, DOCUMENTS},
    {API_MAINTENANCE, ROUTE_CHANGE, true, post_maintenance, HTTP_CONTROL, DOCUMENTS},
    {API_RELOAD, ROUTE_CHANGE, false, post_reload, HTTP_CONTROL, DOCUMENTS},
};

static bool is_post(const struct route *route)
{
	return route->kind == ROUTE_CHANGE;
}

bool routes_has(const char *path)
{
	bool found = false;
	for (size_t i = 0; i < sizeof routes / sizeof *routes && !found; i++)
		found = strcmp(routes[i].path, path) == 0;
	return found;
}

static const char *path_of(const struct exchange *x, const struct route *route)
{
	return strcmp(route->path, METRICS) == 0 ? x->serving->web.url->metrics_path : route->path;
}

/* The route for path and method; if none, a route for the path only. */
static const struct route *find_route(const struct exchange *x, bool by_post)
{
	const struct route *found = NULL;
	for (size_t i = 0; i < sizeof routes / sizeof *routes; i++)
		if (strcmp(path_of(x, &routes[i]), x->path) == 0 && may_ask[x->kind][routes[i].kind] &&
		    (!found || is_post(&routes[i]) == by_post))
			found = &routes[i];
	return found;
}

static const char *allowed_methods(const struct exchange *x)
{
	bool can_get = !is_post(find_route(x, false));
	bool can_post = is_post(find_route(x, true));
	return !can_get ? "POST" : can_post ? "GET, HEAD, POST" : "GET, HEAD";
}

/* Only the page has a prefix: the other listeners are not reached through a proxy. */
static const struct web_url *prefix_of(const struct exchange *x)
{
	return x->kind == LISTENER_WEB ? x->serving->web.url : NULL;
}

static enum MHD_Result reply_not_found(struct exchange *x)
{
	const struct web_url *web = prefix_of(x);
	struct err e;
	err_set(&e, "path not found; see %.256s", x->kind == LISTENER_HEALTH ? "/healthz" : web ? web->page_path : "/");
	return reply_error(x, API_NOT_FOUND, e.text);
}

static enum admission admit(struct exchange *x, struct admission_refusal *refusal)
{
	bool is_probe = x->route && x->route->kind == ROUTE_HEALTH;
	return admission_ask(x->serving, x->client, x->connection, is_probe, refusal);
}

static enum MHD_Result dispatch(struct exchange *x, const char *method)
{
	bool is_get = !strcmp(method, MHD_HTTP_METHOD_GET) || x->is_head;
	bool by_post = !strcmp(method, MHD_HTTP_METHOD_POST);
	if (x->problem)
		return reply_error(x, API_BAD_REQUEST, x->problem);
	if (x->kind == LISTENER_WEB && x->is_by_network &&
	    !web_hosts_allow(x->serving->web.hosts, header_of(x, MHD_HTTP_HEADER_HOST)))
		return reply_error(x, API_MISDIRECTED,
		    "the Host header names no host that this daemon knows; allow it with --web.allowed-host=NAME");
	x->route = x->path ? find_route(x, by_post) : NULL;
	struct admission_refusal refusal;
	switch (x->kind == LISTENER_WEB ? admit(x, &refusal) : ADMISSION_GRANTED) {
	case ADMISSION_GRANTED: break;
	case ADMISSION_WAIT: return MHD_YES;
	case ADMISSION_REFUSED:
		x->retry_after_s = refusal.retry_after_s;
		return reply_error(x, refusal.kind, refusal.text);
	}
	if (!x->route)
		return reply_not_found(x);
	if (is_post(x->route) ? !by_post : !is_get)
		return reply_error(x, API_METHOD_NOT_ALLOWED, "method not allowed for this path; see the Allow header");
	if (x->route->needs_rendering && !x->rendering)
		return reply_error(x, API_STARTING, "hawatchd is starting; try again in a second");
	x->client->handler = x->route->handler;
	return x->route->answer(x);
}

enum MHD_Result routes_answer(struct exchange *x, const char *path, const char *method)
{
	const struct web_url *web = prefix_of(x);
	char *below = web ? web_url_path(web, path) : NULL;
	x->path = web ? below : path;
	x->is_head = !strcmp(method, MHD_HTTP_METHOD_HEAD);
	x->client->handler = x->order ? HTTP_CONTROL : HTTP_ERROR;
	x->rendering = current_rendering(&x->serving->current, x->serving->publish, &x->serving->http);
	enum MHD_Result result = x->order ? reply_order(x) : dispatch(x, method);
	x->rendering = NULL;
	free(below);
	return result;
}
