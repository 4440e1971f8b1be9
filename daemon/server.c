#define _DEFAULT_SOURCE /* SOCK_CLOEXEC, kill */
#include "daemon/server.h"

#include "base/mem.h"
#include "daemon/clock.h"
#include "daemon/http_clients.h"
#include "daemon/listen.h"
#include "daemon/log.h"
#include "render/accept.h"
#include "render/json_out.h"

#include <microhttpd.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	LISTENERS_MAX = 8,
	CONNECTIONS_MAX = 512,
	CONNECTION_BYTES = 16 << 10, /* request head and MHD's own needs */
	IDLE_TIMEOUT_S = 75,
	CUT_EVERY_MS = 1000,
	BEAT_DEADLINE_MS = 15000, /* a poll loop that has not turned for so long is stuck */
};

/* One listening socket and the MHD daemon that answers on it. */
struct listener {
	struct server *server;
	struct MHD_Daemon *mhd;
	int epoll_fd;
	bool is_control; /* the Unix socket: may change things */
	char *socket_path;
};

struct server {
	struct publish *publish;
	struct listener listeners[LISTENERS_MAX];
	size_t count;
	struct http_client *clients; /* the thread's own */
	pthread_t thread;
	bool is_running;
	int stop_fd;
};

/* One request, and what it is answered with. */
struct exchange {
	struct MHD_Connection *connection;
	const struct route *route;
	struct snapshot *snapshot; /* held for the request; NULL before the first */
	struct publish *publish;
};

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
	MHD_add_response_header(response, "Content-Security-Policy",
	    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'");
	return reply(x, MHD_HTTP_OK, response, "text/html; charset=utf-8");
}

static enum MHD_Result get_document(struct exchange *x)
{
	const struct snapshot *s = x->snapshot;
	const char *name = MHD_lookup_connection_value(x->connection, MHD_GET_ARGUMENT_KIND, "pair");
	const struct snapshot_pair *pair = snapshot_pair(s, name);
	if (pair)
		return reply(x, MHD_HTTP_OK, response_of(x, snapshot_document(pair, x->route->document)), "application/json");
	struct buf text = buf_of(2048);
	buf_puts(&text, name ? "no such pair; there are" : "which pair? say ?pair= with one of");
	for (size_t i = 0; i < s->pair_count; i++)
		buf_printf(&text, "%s %s", i ? "," : "", s->pairs[i].name);
	enum MHD_Result queued =
	    reply_error(x, name ? MHD_HTTP_NOT_FOUND : MHD_HTTP_BAD_REQUEST, buf_text(&text));
	buf_fini(&text);
	return queued;
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
    {"/-/reload", true, false, post_reload, DOCUMENTS},
};

static const struct route *find_route(const char *path, bool is_control)
{
	for (size_t i = 0; i < sizeof routes / sizeof *routes; i++)
		if (strcmp(routes[i].path, path) == 0 && (is_control || !routes[i].is_post))
			return &routes[i];
	return NULL;
}

static enum MHD_Result reply_not_allowed(struct exchange *x, const struct route *route)
{
	static char text[] = "method not allowed\n";
	struct MHD_Response *response =
	    MHD_create_response_from_buffer(sizeof text - 1, text, MHD_RESPMEM_PERSISTENT);
	MHD_add_response_header(
	    response, MHD_HTTP_HEADER_ALLOW, route->is_post ? "POST" : "GET, HEAD");
	return reply(x, MHD_HTTP_METHOD_NOT_ALLOWED, response, "text/plain; charset=utf-8");
}

static enum MHD_Result dispatch(struct exchange *x, const struct route *route, const char *method)
{
	bool is_get = !strcmp(method, MHD_HTTP_METHOD_GET) || !strcmp(method, MHD_HTTP_METHOD_HEAD);
	bool is_post = !strcmp(method, MHD_HTTP_METHOD_POST);
	if (!route)
		return reply_text(x, MHD_HTTP_NOT_FOUND, "not found\n");
	if (route->is_post ? !is_post : !is_get)
		return reply_not_allowed(x, route);
	if (route->needs_snapshot && !x->snapshot)
		return reply_text(x, MHD_HTTP_SERVICE_UNAVAILABLE, "starting\n");
	x->route = route;
	return route->answer(x);
}

static struct http_client *client_of(struct MHD_Connection *connection)
{
	return MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
}

static void on_connection(void *cls, struct MHD_Connection *connection, void **context,
    enum MHD_ConnectionNotificationCode what)
{
	struct server *server = cls;
	if (what == MHD_CONNECTION_NOTIFY_STARTED)
		*context = http_client_open(&server->clients,
		    MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd,
		    clock_now().mono);
	else
		http_client_close(*context);
}

static void on_answered(void *cls, struct MHD_Connection *connection, void **state,
    enum MHD_RequestTerminationCode why)
{
	(void)cls;
	(void)state;
	if (why == MHD_REQUEST_TERMINATED_COMPLETED_OK)
		http_client_answered(client_of(connection), clock_now().mono);
}

static enum MHD_Result on_request(void *cls, struct MHD_Connection *connection, const char *url,
    const char *method, const char *version, const char *upload, size_t *upload_len, void **state)
{
	static char seen; /* a mark that the head of this request has been taken */
	const struct listener *listener = cls;
	(void)version;
	(void)upload;
	if (!*state) {
		*state = &seen;
		return MHD_YES;
	}
	if (*upload_len) {
		*upload_len = 0; /* no route reads a body, but its end must come in time as well */
		return MHD_YES;
	}
	http_client_asked(client_of(connection));
	struct exchange x = {
	    .connection = connection,
	    .snapshot = publish_hold(listener->server->publish),
	    .publish = listener->server->publish,
	};
	enum MHD_Result queued = dispatch(&x, find_route(url, listener->is_control), method);
	snapshot_release(x.snapshot);
	return queued;
}

/* The thread: one poll over every listener's epoll descriptor. */

static int next_timeout_ms(const struct server *server)
{
	MHD_UNSIGNED_LONG_LONG ms, least = CUT_EVERY_MS;
	for (size_t i = 0; i < server->count; i++)
		if (MHD_get_timeout(server->listeners[i].mhd, &ms) == MHD_YES && ms < least)
			least = ms;
	return (int)least;
}

static void *serve(void *ctx)
{
	struct server *server = ctx;
	struct pollfd fds[LISTENERS_MAX + 1];
	for (;;) {
		for (size_t i = 0; i < server->count; i++)
			fds[i] = (struct pollfd){.fd = server->listeners[i].epoll_fd, .events = POLLIN};
		fds[server->count] = (struct pollfd){.fd = server->stop_fd, .events = POLLIN};
		poll(fds, (nfds_t)server->count + 1, next_timeout_ms(server));
		if (fds[server->count].revents)
			return NULL;
		for (size_t i = 0; i < server->count; i++)
			MHD_run(server->listeners[i].mhd);
		http_clients_cut(server->clients, clock_now().mono);
	}
}

/* libmicrohttpd's own complaints are about clients, mostly that they went away. */
__attribute__((format(printf, 2, 0))) static void on_mhd_log(
    void *cls, const char *format, va_list ap)
{
	char text[512];
	(void)cls;
	vsnprintf(text, sizeof text, format, ap);
	text[strcspn(text, "\r\n")] = '\0';
	log_debug("http", "error", text);
}

struct server *server_new(struct publish *publish)
{
	struct server *server = mem_zeroed(1, sizeof *server);
	server->publish = publish;
	server->stop_fd = eventfd(0, EFD_CLOEXEC);
	if (server->stop_fd < 0)
		abort();
	return server;
}

/* Takes over a listening socket, and `socket_path` with it. */
static bool add_listener_take(
    struct server *server, int fd, bool is_control, char *socket_path, struct err *e)
{
	struct listener *l = &server->listeners[server->count];
	*l = (struct listener){
	    .server = server, .is_control = is_control, .socket_path = socket_path, .epoll_fd = -1};
	l->mhd = MHD_start_daemon(MHD_USE_EPOLL | MHD_USE_ERROR_LOG, 0, NULL, NULL, on_request, l,
	    MHD_OPTION_NOTIFY_CONNECTION, on_connection, server, MHD_OPTION_NOTIFY_COMPLETED, on_answered,
	    NULL, MHD_OPTION_EXTERNAL_LOGGER, on_mhd_log, NULL, MHD_OPTION_LISTEN_SOCKET, fd,
	    MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS_MAX, MHD_OPTION_CONNECTION_TIMEOUT,
	    (unsigned)IDLE_TIMEOUT_S, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_BYTES,
	    MHD_OPTION_END);
	if (!l->mhd) {
		close(fd);
		free(socket_path);
		return err_set(e, "the HTTP server does not start");
	}
	l->epoll_fd = MHD_get_daemon_info(l->mhd, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
	server->count++;
	return true;
}

bool server_listen(struct server *server, const char *address, struct err *e)
{
	if (server->count == LISTENERS_MAX)
		return err_set(e, "%s: at most %d addresses", address, LISTENERS_MAX - 1);
	int fd = listen_tcp(address, e);
	return fd >= 0 && add_listener_take(server, fd, false, NULL, e);
}

bool server_listen_control(struct server *server, const char *path, struct err *e)
{
	int fd = listen_unix(path, e);
	return fd >= 0 &&
	    add_listener_take(server, fd, true, mem_copy_text(path, strlen(path)), e);
}

void server_start(struct server *server)
{
	if (pthread_create(&server->thread, NULL, serve, server) != 0)
		abort();
	server->is_running = true;
}

void server_free(struct server **server)
{
	struct server *s = *server;
	if (!s)
		return;
	if (s->is_running && eventfd_write(s->stop_fd, 1) == 0)
		pthread_join(s->thread, NULL);
	for (size_t i = 0; i < s->count; i++) {
		MHD_stop_daemon(s->listeners[i].mhd);
		if (s->listeners[i].socket_path)
			unlink(s->listeners[i].socket_path);
		free(s->listeners[i].socket_path);
	}
	close(s->stop_fd);
	free(s);
	*server = NULL;
}
