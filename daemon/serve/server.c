#define _GNU_SOURCE /* accept4 */
#include "serve/server.h"

#include "base/mem.h"
#include "os/clock.h"
#include "os/log.h"
#include "serve/clients.h"
#include "serve/listen.h"
#include "serve/request_check.h"
#include "serve/routes.h"

#include <errno.h>
#include <linux/tcp.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	LISTENERS_MAX = 8,
	ACCEPTED_MAX = 64,           /* in one turn: those who had to go for them are still being closed */
	CONNECTION_BYTES = 16 << 10, /* request head and libmicrohttpd's own data */
	IDLE_TIMEOUT_S = 75,
	TEND_EVERY_MS = 1000,
	ACCEPT_PAUSE_MS = 100, /* after a connection could not be accepted */
};

/* One listening socket and the MHD daemon that answers on it. */
struct listener {
	struct server *server;
	struct MHD_Daemon *mhd;
	struct clients clients;
	int epoll_fd;
	int fd;              /* the listening socket */
	mono_ms accept_from; /* a pause ends */
	bool is_short;       /* the last connection could not be accepted, and that is logged */
	bool is_control;     /* the Unix socket, which allows changes */
	char *socket_path;
};

struct server {
	struct publish *publish;
	struct orders *orders;
	const struct web_url *web;
	struct listener listeners[LISTENERS_MAX];
	size_t count;
	struct view_http http; /* used by the server thread only; the next one, too */
	struct current current;
	mono_ms tended_at;
	pthread_t thread;
	bool is_running;
	int stop_fd;
};

static struct client *client_of(struct MHD_Connection *connection)
{
	return MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
}

/* What libmicrohttpd refuses before it knows of a request, it does not tell of. */
static bool has_sent_something(int fd)
{
	struct tcp_info info = {0};
	socklen_t size = sizeof info;
	return getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) == 0 && info.tcpi_bytes_received > 0;
}

static void on_connection(
    void *cls, struct MHD_Connection *connection, void **context, enum MHD_ConnectionNotificationCode what)
{
	struct listener *l = cls;
	if (what == MHD_CONNECTION_NOTIFY_STARTED) {
		*context = clients_open(&l->clients,
		    MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd,
		    MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS)->client_addr,
		    clock_now().mono);
		return;
	}
	struct client *client = *context;
	if (client->doing == CLIENT_OPENED && has_sent_something(client->fd))
		clients_began(client, clock_now().mono);
	clients_close(&l->clients, client);
}

/* What it returns becomes the state of the request. */
static void *on_first_line(void *cls, const char *uri, struct MHD_Connection *connection)
{
	struct client *client = client_of(connection);
	(void)cls;
	clients_began(client, clock_now().mono);
	client->has_nul = request_check_nul(uri);
	return NULL;
}

/* The request state after its headers have been read, until it has an order to wait for. */
static char head_taken;

static void on_answered(void *cls, struct MHD_Connection *connection, void **state, enum MHD_RequestTerminationCode why)
{
	(void)cls;
	if (*state != &head_taken)
		free(*state);
	if (why == MHD_REQUEST_TERMINATED_COMPLETED_OK)
		clients_answered(client_of(connection), clock_now().mono);
}

static enum MHD_Result on_request(void *cls, struct MHD_Connection *connection, const char *url, const char *method,
    const char *version, const char *upload, size_t *upload_len, void **state)
{
	const struct listener *listener = cls;
	(void)version;
	(void)upload;
	if (!*state) {
		*state = &head_taken;
		return MHD_YES;
	}
	if (*upload_len) {
		*upload_len = 0; /* no route reads a body, but the deadline also covers it */
		return MHD_YES;
	}
	struct client *client = client_of(connection);
	clients_asked(client, clock_now().mono);
	struct exchange x = {
	    .connection = connection,
	    .publish = listener->server->publish,
	    .current = &listener->server->current,
	    .http = &listener->server->http,
	    .problem = client->has_nul ? "a NUL in the path or a parameter" : request_check_header(connection),
	    .orders = listener->is_control ? listener->server->orders : NULL,
	    .web = listener->is_control ? NULL : listener->server->web,
	    .order = *state == &head_taken ? NULL : *state,
	};
	enum MHD_Result result = routes_answer(&x, url, method);
	if (x.order)
		*state = x.order;
	return result;
}

/* Resumes the connections whose orders were answered. */
static void resume_answered(struct server *server)
{
	for (struct order *order; (order = orders_next_answered(server->orders));)
		MHD_resume_connection(order->ctx);
}

/*
 * Accepting. libmicrohttpd could do it; but without a descriptor for a new connection it tries without a pause, or,
 * while it has another connection, not again before that one ends, which a client that keeps it never lets happen.
 */

static bool has_place(const struct listener *l)
{
	return MHD_get_daemon_info(l->mhd, MHD_DAEMON_INFO_CURRENT_CONNECTIONS)->num_connections <
	    CLIENTS_MAX + ACCEPTED_MAX;
}

/* It waits in the kernel's queue. */
static void pause_accepting(struct listener *l, int why)
{
	l->accept_from = mono_plus(clock_now().mono, ACCEPT_PAUSE_MS);
	if (!l->is_short)
		log_warn("cannot accept connections, trying again", "error", strerror(why));
	l->is_short = true;
}

static void accept_waiting(struct listener *l)
{
	for (int i = 0; i < ACCEPTED_MAX && has_place(l); i++) {
		struct sockaddr_storage from;
		socklen_t len = sizeof from;
		int fd = accept4(l->fd, (struct sockaddr *)&from, &len, SOCK_CLOEXEC | SOCK_NONBLOCK);
		if (fd < 0 && (errno == EAGAIN || errno == EINTR || errno == ECONNABORTED))
			return;
		if (fd < 0) {
			pause_accepting(l, errno);
			return;
		}
		if (!clients_make_room(&l->clients, (const struct sockaddr *)&from, clock_now().mono)) {
			close(fd);
			continue;
		}
		MHD_add_connection(l->mhd, fd, (const struct sockaddr *)&from, len); /* closes it on failure */
		if (l->is_short)
			log_info("connections are accepted again");
		l->is_short = false;
	}
}

/* The server thread: one poll() over the epoll descriptors and the sockets of all listeners. */

static int next_timeout_ms(const struct server *server, mono_ms now)
{
	MHD_UNSIGNED_LONG_LONG ms, least = TEND_EVERY_MS;
	for (size_t i = 0; i < server->count; i++) {
		int64_t pause_ms = mono_since(now, server->listeners[i].accept_from);
		if (MHD_get_timeout(server->listeners[i].mhd, &ms) == MHD_YES && ms < least)
			least = ms;
		if (pause_ms > 0 && (MHD_UNSIGNED_LONG_LONG)pause_ms < least)
			least = (MHD_UNSIGNED_LONG_LONG)pause_ms;
	}
	return (int)least;
}

/* Two descriptors of each listener. poll() ignores those below 0. */
static void fill_fds(const struct server *server, struct pollfd *fds, mono_ms now)
{
	for (size_t i = 0; i < server->count; i++) {
		const struct listener *l = &server->listeners[i];
		bool accepts = mono_since(l->accept_from, now) >= 0 && has_place(l);
		fds[2 * i] = (struct pollfd){.fd = l->epoll_fd, .events = POLLIN};
		fds[2 * i + 1] = (struct pollfd){.fd = accepts ? l->fd : -1, .events = POLLIN};
	}
}

static void tend(struct server *server, mono_ms now)
{
	if (mono_is_set(server->tended_at) && mono_since(server->tended_at, now) < TEND_EVERY_MS)
		return;
	server->tended_at = now;
	publish_serving(server->publish, now);
	size_t bytes = server->current.rendering ? rendering_bytes(server->current.rendering) : 0;
	for (size_t i = 0; i < server->count; i++)
		clients_cut_overdue(&server->listeners[i].clients, bytes, now);
	current_drop_idle(&server->current, now);
}

static void *serve(void *ctx)
{
	struct server *server = ctx;
	struct pollfd fds[2 * LISTENERS_MAX + 2];
	struct pollfd *stop = &fds[2 * server->count], *answers = stop + 1;
	for (;;) {
		mono_ms now = clock_now().mono;
		fill_fds(server, fds, now);
		*stop = (struct pollfd){.fd = server->stop_fd, .events = POLLIN};
		*answers = (struct pollfd){.fd = orders_answers_fd(server->orders), .events = POLLIN};
		poll(fds, (nfds_t)(2 * server->count + 2), next_timeout_ms(server, now));
		if (stop->revents)
			return NULL;
		resume_answered(server);
		for (size_t i = 0; i < server->count; i++) {
			if (fds[2 * i + 1].revents)
				accept_waiting(&server->listeners[i]);
			MHD_run(server->listeners[i].mhd);
		}
		tend(server, clock_now().mono);
	}
}

/* libmicrohttpd's own messages; mostly about clients that disconnected. */
__attribute__((format(printf, 2, 0))) static void on_mhd_log(void *cls, const char *format, va_list ap)
{
	char text[512];
	(void)cls;
	vsnprintf(text, sizeof text, format, ap);
	text[strcspn(text, "\r\n")] = '\0';
	log_debug("http", "error", text);
}

struct server *server_new(struct publish *publish, struct orders *orders, const struct web_url *web)
{
	struct server *server = mem_zeroed(1, sizeof *server);
	server->publish = publish;
	server->orders = orders;
	server->web = web;
	current_init(&server->current);
	server->tended_at = MONO_NEVER;
	server->stop_fd = eventfd(0, EFD_CLOEXEC);
	if (server->stop_fd < 0)
		log_fatal("cannot start: no descriptor for the HTTP server", strerror(errno));
	return server;
}

/* Takes ownership of a listening socket and of `socket_path`. */
static bool add_listener_take(struct server *server, int fd, bool is_control, char *socket_path, struct err *e)
{
	struct listener *l = &server->listeners[server->count];
	*l = (struct listener){.server = server, .is_control = is_control, .socket_path = socket_path, .epoll_fd = -1};
	l->fd = fd;
	l->accept_from = MONO_NEVER;
	l->clients = (struct clients){.is_local = is_control, .http = &server->http};
	/* The logger is the first option: what goes wrong with those before it would be printed as it is. */
	l->mhd =
	    MHD_start_daemon(MHD_USE_NO_LISTEN_SOCKET | MHD_USE_EPOLL | MHD_USE_ERROR_LOG | MHD_ALLOW_SUSPEND_RESUME, 0,
		NULL, NULL, on_request, l, MHD_OPTION_EXTERNAL_LOGGER, on_mhd_log, NULL, MHD_OPTION_NOTIFY_CONNECTION,
		on_connection, l, MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_URI_LOG_CALLBACK, on_first_line, NULL,
		MHD_OPTION_NOTIFY_COMPLETED, on_answered, NULL, MHD_OPTION_CONNECTION_LIMIT,
		(unsigned)(CLIENTS_MAX + ACCEPTED_MAX), MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_TIMEOUT_S,
		MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_BYTES, MHD_OPTION_END);
	if (!l->mhd) {
		int why = errno;
		close(fd);
		free(socket_path);
		return err_set(e, "cannot start the HTTP server: %s", strerror(why));
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
	return fd >= 0 && add_listener_take(server, fd, true, mem_copy_text(path, strlen(path)), e);
}

void server_start(struct server *server)
{
	publish_serving(server->publish, clock_now().mono);
	int failed = pthread_create(&server->thread, NULL, serve, server);
	if (failed)
		log_fatal("cannot start: no thread for the HTTP server", strerror(failed));
	server->is_running = true;
}

void server_free(struct server **server)
{
	struct server *s = *server;
	if (!s)
		return;
	if (s->is_running && eventfd_write(s->stop_fd, 1) == 0)
		pthread_join(s->thread, NULL);
	orders_close(s->orders);
	resume_answered(s);
	for (size_t i = 0; i < s->count; i++) {
		MHD_run(s->listeners[i].mhd); /* send the answers of resumed connections */
		MHD_stop_daemon(s->listeners[i].mhd);
		close(s->listeners[i].fd);
		if (s->listeners[i].socket_path)
			unlink(s->listeners[i].socket_path);
		free(s->listeners[i].socket_path);
	}
	current_fini(&s->current);
	close(s->stop_fd);
	free(s);
	*server = NULL;
}
