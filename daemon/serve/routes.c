#define _GNU_SOURCE /* struct ucred */
#include "serve/routes.h"

#include "api.h"
#include "base/mem.h"
#include "base/text.h"
#include "os/clock.h"
#include "os/log.h"
#include "render/accept.h"
#include "render/reload_json.h"
#include "serve/admission.h"
#include "serve/journal_answer.h"
#include "serve/pages.h"
#include "serve/reply.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum {
	TURN_DEADLINE_MS = 15000, /* without a turn for this long the poll loop is stuck */
};

/* What a route is to the one who asks. */
enum route_kind {
	ROUTE_READ,
	ROUTE_HEALTH,
	ROUTE_CHANGE /* by POST */,
	ROUTE_PEER /* by POST, with the token */,
	ROUTES
};

static const bool may_ask[LISTENER_KINDS][ROUTES] = {
    [LISTENER_WEB] = {[ROUTE_READ] = true, [ROUTE_HEALTH] = true, [ROUTE_PEER] = true},
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
	enum expo_format format = accept_negotiate(reply_header_of(x, MHD_HTTP_HEADER_ACCEPT));
	enum coding coding = reply_coding_of(x);
	const struct buf *bytes = rendering_metrics(x->rendering, format, coding);
	struct MHD_Response **kept = &x->serving->current.metrics[format][coding],
			    *response = reply_is_last(x) ? NULL : *kept;
	if (response) {
		x->client->reads = x->rendering->serial;
		return reply_queue(x, MHD_HTTP_OK, response, bytes->len);
	}
	response = reply_rendered(x, bytes);
	reply_say_coding(response, coding, "Accept, Accept-Encoding");
	if (reply_is_last(x))
		return reply_response(x, MHD_HTTP_OK, response, bytes->len, expo_content_types[format]);
	reply_describe(x, response, expo_content_types[format]);
	return reply_queue(x, MHD_HTTP_OK, *kept = response, bytes->len);
}

static enum MHD_Result reply_document(struct exchange *x, const struct snapshot_pair *pair, enum document document)
{
	const struct buf *bytes = rendering_document(x->rendering, pair, document);
	return reply_response(x, MHD_HTTP_OK, reply_rendered(x, bytes), bytes->len, "application/json");
}

static enum MHD_Result answer_document(struct exchange *x, const struct snapshot_pair *pair)
{
	bool has_question = x->route->document == DOC_EVENTS && journal_answer_is_asked(x);
	return has_question ? journal_answer_ask(x, pair) : reply_document(x, pair, x->route->document);
}

static enum MHD_Result get_document(struct exchange *x)
{
	const char *name = MHD_lookup_connection_value(x->connection, MHD_GET_ARGUMENT_KIND, "pair");
	const struct snapshot_pair *pair = snapshot_pair(x->rendering->snapshot, name);
	struct err e;
	if (pair)
		return answer_document(x, pair);
	enum api_error kind = reply_pair_error(x, name, &e);
	return reply_error(x, kind, e.text);
}

static enum MHD_Result redirect(struct exchange *x, unsigned status, const char *location)
{
	struct MHD_Response *response = reply_made(MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT));
	MHD_add_response_header(response, MHD_HTTP_HEADER_LOCATION, location);
	return reply_response(x, status, response, 0, "text/plain; charset=utf-8");
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
	struct asker asker = {0};
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
	bool is_of_peer;
	const char *peer[API_PEER_PARAMS];
	struct err error;
};

/* Where the parameter of this name is kept; NULL: there is none. */
static const char **place_of(struct params *p, const char *name, size_t len)
{
	for (int i = 0; i < API_PARAMS; i++)
		if (strlen(name) == len && strcmp(name, api_param_names[i]) == 0)
			return &p->v[i];
	for (int i = 0; p->is_of_peer && i < API_PEER_PARAMS; i++)
		if (strlen(name) == len && strcmp(name, api_peer_param_names[i]) == 0)
			return &p->peer[i];
	return NULL;
}

static enum MHD_Result take_param(
    void *ctx, enum MHD_ValueKind kind, const char *name, size_t name_len, const char *value, size_t len)
{
	struct params *p = ctx;
	(void)kind;
	const char **place = place_of(p, name, name_len);
	if (!place)
		err_set(&p->error, "unknown parameter; expected pair, side, action, for_seconds, reason, force");
	else if (*place || !value || strlen(value) != len)
		err_set(&p->error, "%s: expected exactly one value", name);
	else
		*place = value;
	return *p->error.text ? MHD_NO : MHD_YES;
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
		order->kind = reply_pair_error(x, name, &order->error);
	return pair;
}

static enum MHD_Result post_maintenance(struct exchange *x)
{
	struct order order = {.ctx = x->connection, .side = SIDES_MAX, .asker = asker_of(x)};
	return read_order(x, &order) && submit(x, &order) ? MHD_YES : refuse_order(x, &order);
}

/* The pair is looked up by the poller: a peer may watch others. */
static enum MHD_Result post_peer(struct exchange *x)
{
	struct order order = {.ctx = x->connection, .side = SIDES_MAX};
	struct params params = {.is_of_peer = true};
	MHD_get_connection_values_n(x->connection, MHD_GET_ARGUMENT_KIND, take_param, &params);
	if (*params.error.text) {
		order.kind = API_BAD_PARAMETER;
		order.error = params.error;
		return refuse_order(x, &order);
	}
	return order_parse_peer(params.v, params.peer, &order) && submit(x, &order) ? MHD_YES : refuse_order(x, &order);
}

static enum MHD_Result reply_reload(struct exchange *x)
{
	const struct order *order = x->order;
	if (order->kind != API_NO_ERROR && order->kind != API_REFUSED)
		return reply_error(x, order->kind, order->error.text);
	struct buf body = buf_of(RELOAD_JSON_MAX_BYTES);
	bool is_done =
	    reload_json_render(order->mistakes, x->serving->config->failing, api_errors[API_REFUSED].name, &body);
	return reply_json_take(x, is_done ? API_NO_ERROR : API_REFUSED, &body);
}

static enum MHD_Result reply_order(struct exchange *x)
{
	struct order *order = x->order;
	if (order->is_reload)
		return reply_reload(x);
	if (order->is_of_peer && order->reply.len)
		return reply_json_take(x, API_NO_ERROR, &order->reply);
	const struct snapshot_pair *pair = snapshot_pair(x->rendering->snapshot, order->pair);
	if (order->kind == API_NO_ERROR && pair)
		return reply_document(x, pair, DOC_MAINTENANCE);
	if (order->kind == API_NO_ERROR) /* done, but a reload has removed the pair before the answer */
		order->kind = reply_pair_error(x, order->pair, &order->error);
	return reply_error(x, order->kind, order->error.text);
}

/* Where --web.telemetry-path says. */
#define METRICS "metrics"

static const struct route routes[] = {
    {METRICS, ROUTE_READ, true, get_metrics, HTTP_METRICS, DOCUMENTS},
    {"/", ROUTE_READ, true, pages_status, HTTP_PAGE, DOCUMENTS},
    {"/runbook", ROUTE_READ, true, pages_runbook, HTTP_PAGE, DOCUMENTS},
    {"/favicon", ROUTE_READ, true, pages_icon, HTTP_PAGE, DOCUMENTS},
    {"/badge.svg", ROUTE_READ, true, pages_badge, HTTP_PAGE, DOCUMENTS},
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
    {API_DOCTOR, ROUTE_READ, true, get_document, HTTP_API, DOC_DOCTOR},
    {API_MAINTENANCE, ROUTE_READ, true, get_document, HTTP_API, DOC_MAINTENANCE},
    {"/healthz", ROUTE_HEALTH, false, get_health, HTTP_HEALTH, DOCUMENTS},
    {"/livez", ROUTE_HEALTH, false, get_health, HTTP_HEALTH, DOCUMENTS},
    {"/-/healthy", ROUTE_HEALTH, false, get_health, HTTP_HEALTH, DOCUMENTS},
    {"/readyz", ROUTE_HEALTH, false, get_ready, HTTP_HEALTH, DOCUMENTS},
    {"/-/ready", ROUTE_HEALTH, false, get_ready, HTTP_HEALTH, DOCUMENTS},
    {API_MAINTENANCE, ROUTE_CHANGE, true, post_maintenance, HTTP_CONTROL, DOCUMENTS},
    {API_PEER, ROUTE_PEER, false, post_peer, HTTP_CONTROL, DOCUMENTS},
    {API_RELOAD, ROUTE_CHANGE, false, post_reload, HTTP_CONTROL, DOCUMENTS},
};

static bool is_post(const struct route *route)
{
	return route->kind == ROUTE_CHANGE || route->kind == ROUTE_PEER;
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
		    (routes[i].kind != ROUTE_PEER || peer_token_is_set(x->serving->peer_token)) &&
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
	enum admission_of of = !x->route     ? ADMISSION_OF_ANYBODY
	    : x->route->kind == ROUTE_HEALTH ? ADMISSION_OF_PROBE
	    : x->route->kind == ROUTE_PEER   ? ADMISSION_OF_PEER
					     : ADMISSION_OF_ANYBODY;
	return admission_ask(x->serving, x->client, x->connection, of, refusal);
}

static enum MHD_Result dispatch(struct exchange *x, const char *method)
{
	bool is_get = !strcmp(method, MHD_HTTP_METHOD_GET) || x->is_head;
	bool by_post = !strcmp(method, MHD_HTTP_METHOD_POST);
	if (x->problem)
		return reply_error(x, API_BAD_REQUEST, x->problem);
	if (x->kind == LISTENER_WEB && x->is_by_network &&
	    !web_hosts_allow(x->serving->web.hosts, reply_header_of(x, MHD_HTTP_HEADER_HOST)))
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
	x->allowed = allowed_methods(x);
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
	enum MHD_Result result = x->order ? reply_order(x)
	    : x->client->read             ? journal_answer_reply(x)
					  : dispatch(x, method);
	x->rendering = NULL;
	free(below);
	return result;
}
